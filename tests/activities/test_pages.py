"""What readers open: the list, one of them with its discussion, the feeds, the menu, the sitemap."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from blog.models import Activity, ActivityLink
from tests.factories import make_activity, make_comment, make_page, make_post

pytestmark = pytest.mark.django_db


def ready(activity, **fields) -> None:
    ActivityLink.objects.filter(activity=activity).update(state="ready", **fields)


def read(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_list_has_the_newest_first(client):
    make_activity(text="An old one.", days_ago=2)
    make_activity(text="A new one.", days_ago=1)

    page = read(client, "/activities/")

    assert page.index("A new one.") < page.index("An old one.")
    assert 'data-last-event="2"' in page


def test_an_empty_list_says_so(client):
    assert "No activities yet." in read(client, "/activities/")


def test_a_long_list_has_pages(client, settings):
    settings.POSTS_PER_PAGE = 2
    for n in range(3):
        make_activity(text=f"Number {n}.", days_ago=n + 1)

    assert "Number 2." not in read(client, "/activities/")
    assert "Number 2." in read(client, "/activities/page/2/")
    assert client.get("/activities/page/3/").status_code == 404
    assert client.get(f"/activities/page/{10**20}/").status_code == 404
    assert client.get("/activities/page/1/").headers["Location"] == "/activities/"


def test_its_own_page_has_its_discussion(client):
    activity = make_activity(text="A heron.")
    make_comment(activity, text="Lovely.")

    page = read(client, activity.url)

    assert "A heron." in page
    assert "Lovely." in page
    assert f'data-post-slug="{activity.slug}"' in page
    assert f'<link rel="canonical" href="http://testserver{activity.url}">' in page
    assert '<meta property="og:title" content="A heron.">' in page


def test_its_page_is_the_same_for_everyone_and_has_nothing_inline(client, ann):
    activity = make_activity(text="A heron.", links=["https://a.example/"])
    page = read(client, activity.url)
    client.force_login(ann)

    assert read(client, activity.url) == page
    assert "csrf" not in page
    assert not re.search(r"<style\b|\sstyle=|\son\w+=", page)
    assert '<html lang="zh-hans"' in client.get(activity.url, headers={"accept-language": "zh-CN"}).content.decode()


@pytest.mark.parametrize("address", ["/activities/{pk}/", "/activities/{pk}/comments.xml", "/post/{slug}/comments/"])
def test_what_is_to_come_is_not_shown(client, address):
    soon = timezone.now() + timedelta(hours=1)
    activity = make_activity(text="Not yet.", published_at=soon)

    assert client.get(address.format(pk=activity.pk, slug=activity.slug)).status_code == 404
    assert "Not yet." not in read(client, "/activities/")


def test_a_post_has_no_page_among_activities(client):
    assert client.get(f"/activities/{make_post().pk}/").status_code == 404
    assert client.get(f"/activities/{2**70}/").status_code == 404


def test_where_posts_are_it_leads_to_its_own_address(client):
    activity = make_activity()

    for name in (activity.slug, activity.pk):
        answer = client.get(f"/post/{name}/")
        assert (answer.status_code, answer.headers["Location"]) == (301, activity.url)


@pytest.mark.parametrize(
    "address", ["/", "/archives/", "/atom.xml", "/feed.json", "/api/posts/", "/search/?q=heron", "/tags/"]
)
def test_where_posts_are_listed_it_is_not(client, address):
    make_post()
    make_activity(text="A heron.")

    assert "heron." not in read(client, address)


def test_posts_have_no_activity_for_a_neighbour(client):
    make_activity(text="A heron.", days_ago=2)
    make_post(title="A walk", days_ago=1)

    assert "heron" not in read(client, "/post/a-walk/")


@pytest.mark.parametrize("with_page", [True, False])
def test_the_menu_leads_there_once_there_is_one(client, with_page):
    if with_page:
        make_page()
    link = '<a href="/activities/"'
    assert link not in read(client, "/")

    make_activity(published_at=timezone.now() + timedelta(hours=1))
    assert link not in read(client, "/tags/")

    make_activity()
    assert link in read(client, "/archives/")
    assert link in client.get("/nowhere/").content.decode()


def test_a_card_shows_what_was_read_and_else_there_is_the_link(client):
    one = make_activity(links=["https://a.example/tea?x=1&y=2"])
    make_activity(links=["https://b.example/"])
    ready(one, title="On <tea>", description="Leaves.", site="A")

    page = read(client, "/activities/")

    assert 'href="https://a.example/tea?x=1&amp;y=2"' in page
    assert "On &lt;tea&gt;" in page
    assert "Leaves." in page
    assert '<a class="link-plain" href="https://b.example/" rel="noopener">https://b.example/</a>' in page


def test_the_feeds_have_words_and_links(client):
    activity = make_activity(text="A **heron**.", links=["https://a.example/"])
    ready(activity, title="Herons")

    atom = ElementTree.fromstring(read(client, "/activities/atom.xml"))
    rss = ElementTree.fromstring(read(client, "/activities/rss.xml"))
    item = json.loads(read(client, "/activities/feed.json"))["items"][0]

    ns = {"a": "http://www.w3.org/2005/Atom"}
    content = atom.find("a:entry/a:content", ns).text
    assert "<strong>heron</strong>" in content
    assert '<a href="https://a.example/">Herons</a>' in content
    assert atom.find("a:entry/a:title", ns).text == "A heron."
    assert rss.find("channel/item/link").text == f"http://testserver{activity.url}"
    assert item["content_html"] == content
    assert item["external_url"] == "https://a.example/"
    assert "title" not in item


def test_the_sitemap_has_the_list_and_each_of_them(client):
    activity = make_activity()

    sitemap = read(client, "/sitemap.xml")

    assert "<loc>http://testserver/activities/</loc>" in sitemap
    assert f"<loc>http://testserver{activity.url}</loc>" in sitemap


def test_comments_on_it_are_in_feeds(client):
    activity = make_activity(text="A heron.")
    make_comment(activity, text="Lovely.")

    for address in ("/comments.xml", f"{activity.url}comments.xml", f"/post/{activity.slug}/comments.xml"):
        feed = read(client, address)
        assert "Lovely." in feed
        assert f"http://testserver{activity.url}#comment-" in feed


@pytest.mark.parametrize("n", [1, 30])
@pytest.mark.parametrize(("address", "n_queries"), [("/activities/", 7), ("/activities/feed.json", 4)])
def test_one_and_many_ask_the_same(client, django_assert_num_queries, n, address, n_queries):
    make_page()
    for i in range(n):
        make_activity(links=[f"https://a.example/{i}"], days_ago=i + 1)

    with django_assert_num_queries(n_queries):
        read(client, address)


def test_lists_are_read_from_indexes():
    """The rows are long: who is shown is found without them."""
    plans = [kind.objects.published().newest().values_list("pk").explain() for kind in (Activity, type(make_post()))]

    from django.db import connection

    if connection.vendor == "sqlite":
        assert all("COVERING INDEX by_time" in plan for plan in plans), plans


def test_new_activities_are_counted_as_activities_in_chinese(client, db):
    page = client.get("/activities/", headers={"accept-language": "zh-hans"}).content.decode()

    assert 'data-new-count="{n} 条新动态"' in page
