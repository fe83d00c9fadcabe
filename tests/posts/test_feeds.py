import json
from urllib.parse import urlsplit

import feedparser
import pytest

from tests.factories import make_comment, make_post, make_topic

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
    make_comment(post, text="Unseen", state="held", email="bob@example.org")

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
    make_comment(tea, text="Unseen", state="held")
    make_comment(draft, text="Unseen too")

    answer = client.get("/comments.xml")
    feed = feedparser.parse(answer.content)

    assert [entry.title for entry in feed.entries] == ["Eve on “Tea”", "Bob on “A walk”"]
    assert 'href="http://testserver/tags/"' in feed.entries[1].summary
    assert feed.entries[1].link == f"http://testserver{walk.url}#comment-{walk.comments.get().pk}"
    assert b"Unseen" not in answer.content
    assert b"example.org" not in answer.content
    assert 'href="/comments.xml"' in client.get("/").content.decode()
