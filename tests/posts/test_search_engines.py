"""What search engines are told: SEO title and description, canonical URL, translations."""

import json
import re

import pytest

from blog.models import Page, Post
from tests import people
from tests.factories import make_page, make_post

pytestmark = pytest.mark.django_db

SEO = {
    "canonical_url": "https://elsewhere.example/tea/",
    "seo_title": "Tea for engines",
    "seo_description": "What engines quote.",
}


def head_of(client, url: str) -> str:
    return client.get(url).content.decode().partition("</head>")[0]


@pytest.mark.parametrize("make", [make_post, make_page])
def test_seo_fields_are_in_the_head(client, make):
    entry = make(title="Tea", **SEO)

    head = head_of(client, entry.url)

    assert "<title>Tea for engines · " in head
    assert '<meta name="description" content="What engines quote.">' in head
    assert '<meta property="og:title" content="Tea for engines">' in head
    assert '<meta property="og:description" content="What engines quote.">' in head
    assert '<link rel="canonical" href="https://elsewhere.example/tea/">' in head
    assert "noindex" not in head
    assert f"<loc>http://testserver{entry.url}</loc>" not in client.get("/sitemap.xml").content.decode()


def test_structured_data_say_the_same(client):
    post = make_post(title="Tea", **SEO)

    found = re.search(r'application/ld\+json">(.*?)</script>', head_of(client, post.url))

    data = json.loads(found[1])
    assert (data["headline"], data["description"]) == ("Tea for engines", "What engines quote.")
    assert data["mainEntityOfPage"] == "https://elsewhere.example/tea/"


def test_without_them_title_summary_and_own_url_are_told(client):
    post = make_post(title="Tea", summary="Hot.")

    head = head_of(client, post.url)

    assert "<title>Tea · " in head
    assert '<meta property="og:description" content="Hot.">' in head
    assert f'<link rel="canonical" href="http://testserver{post.url}">' in head
    assert "hreflang" not in head


@pytest.fixture
def pair() -> tuple[Post, Post]:
    english = make_post(title="Tea", language="en")
    return english, make_post(title="茶", language="zh-hans", translation_of=english)


def test_translations_link_to_each_other(client, pair):
    english, chinese = pair
    for post, other in (pair, pair[::-1]):
        page = client.get(post.url).content.decode()
        for each in pair:
            link = f'<link rel="alternate" hreflang="{each.language}" href="http://testserver{each.url}">'
            assert link in page, post
        assert (
            f'<a href="{other.url}" hreflang="{other.language}" lang="{other.language}" title="{other.title}">' in page
        )
    assert "English" in client.get(chinese.url).content.decode()
    sitemap = client.get("/sitemap.xml").content.decode()
    for each in pair:
        link = f'<xhtml:link rel="alternate" hreflang="{each.language}" href="http://testserver{each.url}"/>'
        assert sitemap.count(link) == 2
    shown = client.get(f"/api/posts/{english.slug}/?fields=translations&expand=translations").json()["translations"]
    assert [each["title"] for each in shown] == ["茶"]


@pytest.mark.parametrize("hidden", [{"status": "draft"}, {"visibility": "private"}, {"visibility": "unlisted"}])
def test_a_translation_that_is_not_public_is_not_linked(client, pair, hidden):
    english, chinese = pair
    for name, value in hidden.items():
        setattr(chinese, name, value)
    chinese.save()

    assert "hreflang" not in client.get(english.url).content.decode()
    assert "hreflang" not in client.get("/sitemap.xml").content.decode()


def change(desk, post: Post, **data):
    return desk.patch(f"/api/posts/{post.slug}/", data, "application/json")


def test_translations_by_the_api(desk, pair):
    english, chinese = pair
    third = make_post(title="Thé", language="en")

    assert change(desk, third, translation_of=chinese.slug).json()["error"]["fields"].keys() == {"translation_of"}
    assert change(desk, english, translation_of=english.slug).status_code == 400
    assert change(desk, english, translation_of="nothing").status_code == 400
    assert change(desk, chinese, translation_of=None).json()["translation_of"] is None
    assert change(desk, chinese, translation_of=third.slug).json()["translation_of"] == third.slug
    assert change(desk, english, translation_of="").status_code == 200


def test_the_original_of_a_translation_is_the_original_of_all(desk):
    """A translation of a translation belongs to the same text, and an original that becomes one takes its own along."""
    original, chinese = make_post(title="Tea", language="en"), make_post(title="茶", language="zh-hans")
    older = make_post(title="Old tea", language="en")
    chinese.translation_of = older
    chinese.save()
    older.language = "fr"
    Post.objects.filter(pk=older.pk).update(language="fr")

    assert change(desk, original, translation_of=chinese.slug).json()["translation_of"] == older.slug


def test_seo_fields_by_the_api_and_for_pages(desk):
    page = make_page(title="About")
    for kind, entry in (("posts", make_post(title="Tea")), ("pages", page)):
        answer = desk.patch(f"/api/{kind}/{entry.slug}/", SEO, "application/json")
        assert SEO.items() <= answer.json().items()
        bad = desk.patch(f"/api/{kind}/{entry.slug}/", {"canonical_url": "javascript:alert(1)"}, "application/json")
        assert bad.json()["error"]["fields"].keys() == {"canonical_url"}
    assert Page.objects.get().seo_title == "Tea for engines"


def test_visibility_by_the_api(desk, client):
    post = make_post(title="Tea")

    assert change(desk, post, visibility="password").json()["error"]["fields"].keys() == {"password"}
    answer = change(desk, post, visibility="password", password="oolong").json()
    assert (answer["visibility"], answer["password"]) == ("password", "oolong")
    assert "password" not in make_post(title="Open", password="left over").to_dict_sync()
    desk.force_login(people.bob())
    assert desk.get(f"/api/posts/{post.slug}/").status_code == 404


def test_a_description_without_a_summary_is_the_beginning_of_the_prose(client):
    post = make_post(
        text='# Walks\n\n```python title="walk.py"\nwalk()\n```\n\n> [!NOTE]\n> By the river.\n\nAnd back.'
    )

    assert '<meta name="description" content="By the river. And back.">' in client.get(post.url).content.decode()
