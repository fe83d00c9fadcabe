import json
import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import feedparser
import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone

from blog.models import Activity, Event, Post
from tests.factories import make_activity, make_comment, make_post, make_topic

pytestmark = pytest.mark.django_db

XML = ["/atom.xml", "/rss.xml"]


@pytest.mark.parametrize("address", XML)
def test_a_feed_parses_and_carries_the_whole_text(client, address):
    make_post(title="茶 & cake", text="Tea is *good*. [Home](/tags/)", tags=("tea",))

    feed = feedparser.parse(client.get(address).content)

    entry = feed.entries[0]
    assert not feed.bozo
    assert entry.title == "茶 & cake"
    assert "<em>good</em>" in entry.content[0].value
    assert 'href="http://testserver/tags/"' in entry.content[0].value
    assert entry.author == "Ann"
    assert entry.tags[0].term == "tea"


@pytest.mark.parametrize(
    "address", [*XML, "/comments.xml", "/post/tea/comments.xml", "/activities/atom.xml", "/activities/rss.xml"]
)
def test_a_feed_has_a_stylesheet_for_those_who_open_it_in_a_browser(client, address):
    make_post(title="Tea")

    answer = client.get(address)

    stylesheet = re.search(r'<\?xml-stylesheet href="/static/([^"]+)" type="text/css"\?>', answer.content.decode())
    assert finders.find(stylesheet[1])
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"  # which browsers show as a page


@pytest.mark.parametrize("address", ["/atom.xml", "/rss.xml", "/activities/rss.xml", "/comments.xml"])
def test_the_stylesheet_speaks_the_language_of_the_feed(client, settings, address):
    settings.LANGUAGE_CODE = "zh-hans"

    feed = client.get(address).content.decode()

    assert re.search(r'<(?:rss|feed)[^>]* xml:lang="zh-hans"', feed)


def test_the_json_feed_follows_its_specification(client):
    make_post(title="茶", text="Tea.")

    answer = client.get("/feed.json")

    feed = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://testserver/feed.json"
    assert feed["items"][0]["title"] == "茶"
    assert feed["items"][0]["content_html"].startswith("<p>Tea.")


@pytest.mark.parametrize("address", ["/tag/tea/{}", "/topic/walks/{}"])
@pytest.mark.parametrize("name", ["atom.xml", "rss.xml", "feed.json"])
def test_a_tag_and_a_topic_have_feeds_of_their_own(client, address, name):
    make_post(title="In", tags=("tea",), topic=make_topic("Walks"))
    make_post(title="Outside")

    text = client.get(address.format(name)).content.decode()

    assert "In" in text
    assert "Outside" not in text


def test_an_unknown_tag_has_no_feed(client):
    assert client.get("/tag/none/atom.xml").status_code == 404
    assert client.get("/tag/none/feed.json").status_code == 404


def test_the_id_of_an_entry_outlives_its_slug(client):
    post = make_post(title="Tea")
    before = feedparser.parse(client.get("/atom.xml").content).entries[0].id
    post.slug = "other"
    post.save()

    after = feedparser.parse(client.get("/atom.xml").content).entries[0].id

    assert before == after
    assert client.get(urlsplit(after).path).status_code == 301


def test_markup_in_a_title_stays_words(client):
    make_post(title="<b>bold</b>", text="`<script>`")

    feed = feedparser.parse(client.get("/atom.xml").content, sanitize_html=False)

    assert feed.entries[0].title == "<b>bold</b>"
    assert "<script>" not in feed.entries[0].summary


def test_a_discussion_has_a_feed_without_what_is_held(client):
    post = make_post()
    make_comment(post, text="Seen", name="Bob")
    make_comment(post, text="Unseen", state="pending", email="bob@example.org")

    text = client.get(f"{post.url}comments.xml").content.decode()

    assert "Seen" in text
    assert "Unseen" not in text
    assert "example.org" not in text


@pytest.mark.parametrize("address", [*XML, "/feed.json"])
def test_an_empty_blog_has_valid_feeds(client, address):
    assert client.get(address).status_code == 200


def test_all_discussions_have_one_feed(client):
    walk, tea = make_post(title="A walk"), make_post(title="Tea")
    draft = make_post(title="Unfinished", status="draft")
    make_comment(walk, text="On [the river](/tags/)", name="Bob", email="bob@example.org")
    make_comment(tea, text="Hot", name="Eve")
    make_comment(tea, text="Unseen", state="pending")
    make_comment(draft, text="Unseen too")

    answer = client.get("/comments.xml")
    feed = feedparser.parse(answer.content)

    assert [entry.title for entry in feed.entries] == ["Eve on “Tea”", "Bob on “A walk”"]
    assert 'href="http://testserver/tags/"' in feed.entries[1].content[0].value
    assert feed.entries[1].summary == "On the river"  # what a browser shows of it
    assert feed.entries[1].link == f"http://testserver{walk.url}#comment-{walk.comments.get().pk}"
    assert b"Unseen" not in answer.content
    assert b"example.org" not in answer.content
    assert 'href="/comments.xml"' in client.get("/").content.decode()


def test_a_comment_with_markup_in_its_words_has_a_valid_summary(client):
    make_comment(make_post(), text="`a < b`\n\n**and** &amp; `<script>`")

    entry = feedparser.parse(client.get("/comments.xml").content, sanitize_html=False).entries[0]

    assert entry.summary == "a &lt; b and &amp; &lt;script&gt;"


@pytest.mark.parametrize("path", ["/comments.xml", "/post/tea/comments.xml", "/activities/atom.xml"])
def test_the_words_of_a_feed_are_in_the_language_that_it_names(client, path):
    make_comment(make_post(title="Tea"))
    make_activity()

    feed = feedparser.parse(client.get(path, headers={"Accept-Language": "zh-CN"}).content).feed

    assert re.search("^(Comments|Activities) on ", feed.title)
    assert feed.title_detail.language == "en"
    as_json = client.get("/activities/feed.json", headers={"Accept-Language": "zh-CN"}).json()
    assert as_json["title"].startswith("Activities on ")


def test_a_text_that_is_cut_ends_in_an_ellipsis_in_chinese_too(client):
    make_post(text="茶" * 300)

    assert "茶…" in client.get("/", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert "茶…" in client.get("/atom.xml", headers={"Accept-Language": "zh-CN"}).content.decode()


FEEDS = ["/atom.xml", "/rss.xml", "/feed.json", "/tag/tea/atom.xml", "/topic/walks/feed.json"]


@pytest.mark.parametrize("address", FEEDS)
def test_urls_in_a_text_are_absolute_in_every_feed(client, address):
    make_post(
        title="Tea",
        tags=("tea",),
        topic=make_topic("Walks"),
        text='[a](../b/) [h](#x) ![p](pic.png) `href="/code"`\n\n<img src="/i.png" srcset="s.png 1x, /m,1.png 2x">'
        '\n\n<video poster="v.png" src="v.mp4" controls></video>\n\n[m](mailto:a@b.example) [o](//cdn.example/x)',
    )

    text = client.get(address).content.decode().replace("&quot;", '"').replace('\\"', '"').replace("&#x27;", "'")

    root = "http://testserver"
    for url in ("/post/b/", "/post/tea/#x", "/post/tea/pic.png", "/i.png", "/post/tea/v.png", "/post/tea/v.mp4"):
        assert f'="{root}{url}"' in text
    assert f"{root}/post/tea/s.png 1x, {root}/m,1.png 2x" in text
    assert "mailto:a@b.example" in text
    assert "//cdn.example/x" in text
    assert f"{root}/code" not in text


def test_urls_in_comments_and_activities_are_absolute_in_their_feeds(client):
    post = make_post(title="Tea")
    make_comment(post, text="[a](../b/) ![p](pic.png)")
    activity = make_activity(text="[a](../b/)")
    make_comment(activity, text="[c](x/)")

    for address in ("/comments.xml", f"{post.url}comments.xml"):
        assert 'href="http://testserver/post/b/"' in unescape(client.get(address).content.decode())
    for address in ("/comments.xml", f"{activity.url}comments.xml"):
        text = unescape(client.get(address).content.decode())
        assert f'href="http://testserver{activity.url}x/"' in text
    for address in ("/activities/atom.xml", "/activities/rss.xml"):
        assert 'href="http://testserver/activities/b/"' in unescape(client.get(address).content.decode())
    [item] = json.loads(client.get("/activities/feed.json").content)["items"]
    assert 'href="http://testserver/activities/b/"' in item["content_html"]


def test_a_relative_link_leads_home_from_a_list_too(client):
    make_post(title="Tea", text="[a](../b/)\n\n<!--more-->\n\nMore.")

    assert 'href="/post/b/"' in client.get("/").content.decode()


def ids(client) -> dict[str, str]:
    post, activity = Post.objects.get(), Activity.objects.get()
    addresses = [
        *("/atom.xml", "/comments.xml", "/activities/atom.xml", f"{post.tags.get().url}atom.xml"),
        *(f"{post.topic.url}atom.xml", f"{post.url}comments.xml", f"{activity.url}comments.xml"),
    ]
    return {address: feedparser.parse(client.get(address).content).feed.id for address in addresses}


def test_each_feed_has_an_id_of_its_own_that_outlives_slugs(client):
    post = make_post(title="Tea", tags=("tea",), topic=make_topic("Walks"))
    make_comment(post)
    make_comment(make_activity())

    before = ids(client)
    for entry in (Post.objects.get(), post.tags.get(), post.topic):
        entry.slug = "other"
        entry.save()

    assert len(set(before.values())) == 7
    assert list(ids(client).values()) == list(before.values())
    assert before["/atom.xml"] == "http://testserver/"


@pytest.mark.parametrize(
    ("usual", "feed"),
    [
        ("/feed/", "/atom.xml"),
        ("/feed.xml", "/atom.xml"),
        ("/rss/", "/rss.xml"),
        ("/index.xml", "/rss.xml"),
        ("/tag/tea/feed/", "/tag/tea/atom.xml"),
        ("/topic/walks/index.xml", "/topic/walks/rss.xml"),
        ("/activities/feed/", "/activities/atom.xml"),
        ("/comments/feed/", "/comments.xml"),
    ],
)
def test_where_other_programs_have_their_feed_ours_is_found(client, usual, feed):
    make_post(tags=("tea",), topic=make_topic("Walks"))

    answer = client.get(usual)

    assert (answer.status_code, answer.url) == (301, feed)
    assert client.get(feed).status_code == 200


def test_there_is_an_icon_for_programs_that_read_no_html(client):
    answer = client.get("/favicon.ico")

    assert answer.headers["Content-Type"] == "image/x-icon"
    assert answer.content.startswith(b"\0\0\1\0")


def moments(client, address: str) -> tuple[str, str]:
    entry = feedparser.parse(client.get(address).content).entries[0]
    return entry.published, entry.updated


def test_a_draft_published_later_is_not_updated_before(client, desk):
    post = make_post(status="draft", published_at=None)
    long_ago = timezone.now() - timedelta(days=3)
    Post.objects.filter(pk=post.pk).update(updated_at=long_ago, created_at=long_ago)

    desk.post(reverse("admin:blog_post_changelist"), {"action": "publish", "_selected_action": [post.pk]})

    published, updated = moments(client, "/atom.xml")
    assert published == updated
    [item] = json.loads(client.get("/feed.json").content)["items"]
    assert item["date_modified"] >= item["date_published"]
    assert client.get(f"/api/posts/{post.slug}/").json()["updated_at"] == item["date_modified"]


def test_a_scheduled_post_or_activity_is_not_updated_before_its_time(client, monkeypatch):
    later = timezone.now() + timedelta(days=3)
    make_post(published_at=later)
    make_activity(published_at=later)

    monkeypatch.setattr(timezone, "now", lambda: later + timedelta(hours=1))

    for address in ("/atom.xml", "/activities/atom.xml"):
        published, updated = moments(client, address)
        assert published == updated


def test_a_post_that_is_not_scheduled_any_more_was_not_updated_in_the_future(desk):
    post = make_post(published_at=timezone.now() + timedelta(days=3))

    answer = desk.patch(
        f"/api/posts/{post.slug}/",
        {"published_at": (timezone.now() - timedelta(days=1)).isoformat()},
        content_type="application/json",
    )

    assert answer.json()["updated_at"] <= timezone.now().isoformat()


def test_only_new_words_are_an_update(client, desk):
    """As a browser sends them: with lines that end otherwise than the API's."""
    post = make_post(title="Tea", text="One.\n\nTwo.\n")
    before = moments(client, "/atom.xml")
    form = {
        "title": "Tea",
        "slug": "tea",
        "text": "One.\r\n\r\nTwo.",
        "language": "en",
        "status": "published",
        "topic_order": 0,
        "author": post.author_id,
        "approval": "always",
        "redirects-TOTAL_FORMS": 0,
        "redirects-INITIAL_FORMS": 0,
        "published_at_0": f"{post.published_at:%Y-%m-%d}",
        "published_at_1": f"{post.published_at:%H:%M:%S}",
    }

    answer = desk.post(reverse("admin:blog_post_change", args=[post.pk]), form)

    assert answer.status_code == 302, answer.context["errors"]
    post.refresh_from_db()
    assert post.approval == "always"
    assert moments(client, "/atom.xml")[1] == before[1]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["/atom.xml", "/rss.xml", "/tag/tea/atom.xml", "/post/a-walk/comments.xml", "/comments.xml", "/activities/rss.xml"],
)
def test_a_feed_that_is_not_newer_is_not_sent_again_without_a_page_cache(client, path):
    make_comment(make_post(tags=("tea",)))
    make_activity()
    answer = client.get(path)

    assert client.get(path, headers={"If-Modified-Since": answer["Last-Modified"]}).status_code == 304
    assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(path, headers={"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/feed.json", "/sitemap.xml"])
def test_other_shared_views_answer_conditional_requests_too(client, path):
    assert client.get(path, headers={"If-None-Match": client.get(path)["ETag"]}).status_code == 304
