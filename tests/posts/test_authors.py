"""Pages and feeds of authors, and what posts say of theirs."""

import pytest

from accounts.models import User
from blog.models import Post
from tests import people
from tests.factories import make_activity, make_post
from tests.posts.json_ld import json_ld_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts(ann):
    ann.bio, ann.website = "Ann walks.\nAnd writes.", "https://ann.example/"
    ann.save()
    make_post(title="Walk", author=ann)
    make_post(title="Edith's", author=people.edith())
    make_post(title="Draft", author=ann, status="draft")


def test_a_page_has_the_bio_and_the_posts_of_its_author(client, posts):
    page = client.get("/author/ann/").content.decode()

    assert "<h1>Ann</h1>" in page
    assert "Ann walks.<br>And writes." in page
    assert 'href="https://ann.example/" rel="me noopener"' in page
    assert "Walk" in page
    assert "1 post<" in page
    assert "Edith" not in page
    assert "Draft" not in page


def test_a_post_links_to_its_author(client, posts):
    page = client.get("/post/walk/").content.decode()

    assert '<a href="/author/ann/" rel="author">Ann</a>' in page
    assert '<strong><a href="/author/ann/">Ann</a></strong>' in page
    author = json_ld_of(page)["author"]
    assert author == {
        "@type": "Person",
        "name": "Ann",
        "url": "http://testserver/author/ann/",
        "sameAs": "https://ann.example/",
    }


def test_machines_read_who_the_author_is(client, posts):
    found = json_ld_of(client.get("/author/ann/").content.decode())

    assert found["@type"] == "ProfilePage"
    assert found["mainEntity"]["name"] == "Ann"
    assert found["mainEntity"]["description"] == "Ann walks.\nAnd writes."
    assert found["mainEntity"]["sameAs"] == "https://ann.example/"


@pytest.mark.parametrize("name", ["bob", "ANN", "nobody", "cid"])
def test_who_has_published_nothing_has_no_page(client, posts, name):
    people.bob()
    make_post(title="Mine", author=people.cid(), status="draft")

    assert client.get(f"/author/{name}/").status_code == 404
    assert client.get(f"/author/{name}/atom.xml").status_code == 404
    assert client.get(f"/author/{name}/feed.json").status_code == 404


@pytest.mark.parametrize("feed", ["atom.xml", "rss.xml"])
def test_each_author_has_feeds(client, posts, feed):
    answer = client.get(f"/author/ann/{feed}").content.decode()

    assert "Walk" in answer
    assert "Edith" not in answer
    assert "<title>Ann · Frodo</title>" in answer
    assert 'href="/author/ann/atom.xml"' in client.get("/author/ann/").content.decode()


def test_the_json_feed_of_an_author(client, posts):
    found = client.get("/author/ann/feed.json").json()

    assert [item["title"] for item in found["items"]] == ["Walk"]
    assert found["home_page_url"] == "http://testserver/author/ann/"
    assert client.get("/author/ann/feed/").url == "/author/ann/atom.xml"


def test_the_api_names_the_page_and_filters_by_author(client, posts):
    [post] = client.get("/api/posts/?author=ann&expand=author").json()["results"]

    assert post["author"]["page_url"] == "/author/ann/"
    assert post["author"]["bio"] == "Ann walks.\nAnd writes."


def test_long_lists_have_pages(client, settings, ann):
    settings.POSTS_PER_PAGE = 2
    for n in range(3):
        make_post(title=f"Post {n}", days_ago=n + 1)

    assert "Post 2" in client.get("/author/ann/page/2/").content.decode()
    assert 'rel="next" href="/author/ann/page/2/"' in client.get("/author/ann/").content.decode()
    assert client.get("/author/ann/page/3/").status_code == 404


def test_the_sitemap_names_authors_and_covers(client, posts):
    Post.objects.filter(title="Walk").update(cover_link="https://a.example/a.png?x=1&y=2")

    found = client.get("/sitemap.xml").content.decode()

    assert "<loc>http://testserver/author/ann/</loc>" in found
    assert "<image:loc>https://a.example/a.png?x=1&amp;y=2</image:loc>" in found
    assert found.count("<image:image>") == 1


def test_an_activity_says_who_wrote_it(client, ann):
    activity = make_activity()

    page = client.get(activity.url).content.decode()

    assert json_ld_of(page)["author"] == {"@type": "Person", "name": "Ann"}


def test_a_name_with_signs_has_an_address(client):
    user = User.objects.create_superuser("li.lei+a@b_c", "li@example.org", "li's password", display_name="<李雷>")
    make_post(author=user)

    page = client.get(user.page_url).content.decode()

    assert "<h1>&lt;李雷&gt;</h1>" in page
    assert json_ld_of(page)["mainEntity"]["name"] == "<李雷>"
