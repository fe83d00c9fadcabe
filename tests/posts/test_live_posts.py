"""A live post: its entries in HTML, feeds, API, search, structured data and exports, and who may write them."""

import json
import re

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse

from blog.models import Event, LiveEntry, Post
from tests import people
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def match():
    return make_post(title="The match", text="Tonight.", live="live")


def add(client: Client, text: str, post: str = "the-match") -> dict:
    answer = client.post(f"/api/posts/{post}/entries/", {"text": text}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def events(post: Post) -> list[tuple[str, dict]]:
    return list(Event.objects.filter(post=post).values_list("type", "data"))


def page_of(client: Client, url: str = "/post/the-match/"):
    return lxml.html.fromstring(client.get(url).content.decode())


def texts(page) -> list[str]:
    return [each.text_content().strip() for each in page.find_class("live-entry-list")[0].find_class("live-entry-text")]


def desk_page(desk: Client, post: Post, **data):
    return desk.post(reverse("admin:blog_post_live_entries", args=[post.pk]), data)


def test_entries_stand_in_the_page_with_time_and_permanent_link_newest_first(desk, match):
    first, second = add(desk, "Kick-off"), add(desk, "**Goal!**")

    page = page_of(Client())

    assert texts(page) == ["Goal!", "Kick-off"]
    assert [each.get("id") for each in page.find_class("live-entry-list")[0]] == [
        f"entry-{second['id']}",
        f"entry-{first['id']}",
    ]
    assert page.find_class("live-entry-time")[0].get("href") == f"#entry-{second['id']}"
    assert page.xpath("//*[@id='live']//time/@datetime")[0].startswith("20")
    assert [kind for kind, _data in events(match)] == ["entry.posted", "entry.posted"]


def test_an_ended_post_reads_from_the_beginning_and_takes_no_more(desk, match):
    add(desk, "Kick-off")
    add(desk, "Final whistle")
    match.live = "ended"
    match.save()

    assert texts(page_of(Client())) == ["Kick-off", "Final whistle"]
    assert events(match)[-1] == ("live.changed", {"live": "ended"})
    answer = desk.post("/api/posts/the-match/entries/", {"text": "Late"}, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_live")


def test_entries_are_sanitised_when_they_are_saved(desk, match):
    entry = add(desk, '<script>alert(1)</script><b id="x" onclick="y()">bold</b> [a](javascript:b)\n\n# Heading')

    assert "<script" not in entry["html"]
    assert "onclick" not in entry["html"]
    assert 'href="javascript' not in entry["html"]
    assert " id=" not in entry["html"]  # entries share a page
    assert "<b>bold</b>" in entry["html"]


def test_an_edit_reaches_readers_and_removes_the_old_text_from_what_was_announced(desk, match):
    entry = add(desk, "Wrong name")

    answer = desk.patch(
        f"/api/posts/the-match/entries/{entry['id']}/", {"text": "Right name"}, content_type="application/json"
    )

    assert answer.json()["html"] == "<p>Right name</p>"
    assert answer.json()["updated_at"]
    assert texts(page_of(Client())) == ["Right name"]
    assert [kind for kind, _data in events(match)] == ["entry.posted", "entry.edited"]
    assert "Wrong" not in json.dumps(events(match))


def test_a_deleted_entry_is_gone_from_the_page_and_from_what_was_announced(desk, match):
    entry = add(desk, "A secret")

    assert desk.delete(f"/api/posts/the-match/entries/{entry['id']}/").status_code == 204

    assert texts(page_of(Client())) == []
    assert events(match)[-1] == ("entry.removed", {"entry": {"id": entry["id"]}})
    assert "secret" not in json.dumps(events(match))


def test_an_edit_of_an_outdated_version_is_a_conflict(desk, match):
    entry = add(desk, "One")
    url = f"/api/posts/the-match/entries/{entry['id']}/"
    seen = desk.get(url).headers["ETag"]
    desk.patch(url, {"text": "Two"}, content_type="application/json")

    answer = desk.patch(url, {"text": "Three"}, content_type="application/json", headers={"if-match": seen})

    assert answer.status_code == 409
    assert answer.json()["error"]["current"]["text"] == "Two"
    assert LiveEntry.objects.get().text == "Two"


def test_feeds_api_and_search_have_the_entries(desk, match):
    entry = add(desk, "A goal by Zidane")
    client = Client()
    link = f"/post/the-match/#entry-{entry['id']}"

    for feed in ("/atom.xml", "/rss.xml", "/feed.json"):
        text = client.get(feed).content.decode()
        assert "A goal by Zidane" in text
        assert link in text
    post = client.get("/api/posts/the-match/?fields=live,live_entries").json()
    assert post["live"] == "live"
    assert [each["html"] for each in post["live_entries"]] == ["<p>A goal by Zidane</p>"]
    found = client.get("/api/search/?q=zidane").json()
    assert [each["title"] for each in found["results"]] == ["The match"]
    assert "<mark>Zidane</mark>" in found["passages"][0]
    assert "<mark>Zidane</mark>" in client.get("/search/?q=zidane").content.decode()


def test_adding_an_entry_counts_as_an_update_of_the_post(desk, match):
    before = Post.objects.get().updated_at

    add(desk, "News")

    assert Post.objects.get().updated_at > before


def test_structured_data_is_a_live_blog(desk, match):
    entry = add(desk, "A **goal**")
    match.live = "ended"
    match.save()

    data = json.loads(page_of(Client()).xpath("//script[@type='application/ld+json']/text()")[0])

    assert data["@type"] == "LiveBlogPosting"
    assert data["headline"] == "The match"
    assert data["coverageStartTime"] <= data["coverageEndTime"]
    [update] = data["liveBlogUpdate"]
    assert update["articleBody"] == "A goal"
    assert update["url"].endswith(f"/post/the-match/#entry-{entry['id']}")


def test_a_post_that_is_not_live_asks_and_shows_nothing_of_it(django_assert_num_queries):
    make_post(title="A walk")
    html = Client().get("/post/a-walk/").content.decode()

    assert "live-entries" not in html
    assert '"BlogPosting"' in html
    with django_assert_num_queries(0):
        from blog.posts.models.live_entry import entries_of

        assert entries_of([Post(pk=1)]) == {}


@pytest.mark.parametrize(("person", "status"), [(None, 401), ("bob", 403), ("cid", 403), ("edith", 201)])
def test_only_who_may_edit_the_post_adds_entries(match, person, status):
    client = Client()
    if person:
        client.force_login(getattr(people, person)())

    answer = client.post("/api/posts/the-match/entries/", {"text": "Mine"}, content_type="application/json")

    assert answer.status_code == status
    assert LiveEntry.objects.count() == (status == 201)


def test_a_contributor_adds_to_an_own_draft_which_nobody_else_reads():
    cid = people.cid()
    make_post(title="Draft", status="draft", published_at=None, live="live", author=cid)
    client = Client()
    client.force_login(cid)

    add(client, "Early", "draft")

    assert Client().get("/api/posts/draft/entries/").status_code == 404
    assert len(client.get("/api/posts/draft/entries/").json()["entries"]) == 1


def test_the_form_in_the_admin_adds_edits_and_deletes_without_javascript(desk, match):
    url = reverse("admin:blog_post_live_entries", args=[match.pk])
    assert url in desk.get(reverse("admin:blog_post_change", args=[match.pk])).content.decode()

    assert desk_page(desk, match, action="add", text="Kick-off").headers["Location"] == url
    entry = LiveEntry.objects.get()
    form = lxml.html.fromstring(desk.get(url).content.decode()).get_element_by_id(f"entry-{entry.pk}").forms[0]
    desk_page(desk, match, **{**dict(form.fields), "text": "Kick-off, late", "action": "edit"})
    assert texts(page_of(Client())) == ["Kick-off, late"]

    form = lxml.html.fromstring(desk.get(url).content.decode()).get_element_by_id(f"entry-{entry.pk}").forms[0]
    desk_page(desk, match, **{**dict(form.fields), "action": "delete"})
    assert not LiveEntry.objects.exists()


def test_the_form_keeps_what_was_typed_when_it_is_refused(desk, match):
    entry = add(desk, "One")
    outdated = {"entry": entry["id"], "version": "of another text", "action": "edit", "text": "Mine"}

    answer = desk_page(desk, match, **outdated)
    page = lxml.html.fromstring(answer.content.decode())

    assert answer.status_code == 409
    assert "“One”" in page.text_content()
    assert page.get_element_by_id(f"entry-{entry['id']}").xpath(".//textarea")[0].text.strip() == "Mine"
    assert desk_page(desk, match, action="add", text="  ").status_code == 400
    assert desk_page(desk, match, action="add", text="x" * 20_001).status_code == 400


def test_a_post_is_switched_to_live_in_its_settings(desk):
    post = make_post(title="The match")
    assert desk_page(desk, post, action="add", text="Too early").status_code == 400
    page = desk.get(reverse("admin:blog_post_change", args=[post.pk]))
    form = lxml.html.fromstring(page.content.decode()).get_element_by_id("post_form")
    fields = {name: value for name, value in form.fields.items() if value and name[0] != "_"} | {"live": "live"}

    answer = desk.post(reverse("admin:blog_post_change", args=[post.pk]), {**fields, "_continue": "1"})

    assert answer.status_code == 302, re.findall(r"errorlist.*", answer.content.decode())
    assert Post.objects.get().live == "live"
    assert events(post) == [("live.changed", {"live": "live"})]
    assert "live-entries" in Client().get("/post/the-match/").content.decode()


def test_an_editors_page_is_closed_to_who_may_not_edit_the_post(match):
    client = Client()
    client.force_login(people.cid())

    assert client.get(reverse("admin:blog_post_live_entries", args=[match.pk])).status_code == 404


BLANK = ["", "   ", "\u200b", "\u3164", "<!-- later -->", "<script>alert(1)</script>", "[]()", "\n\n---\n"]


@pytest.mark.parametrize("text", BLANK)
def test_an_entry_that_shows_nothing_is_refused_and_announced_to_nobody(desk, match, text):
    answer = desk.post("/api/posts/the-match/entries/", {"text": text}, content_type="application/json")
    page = desk_page(desk, match, action="add", text=text)

    assert answer.status_code == 400
    if text:
        assert answer.json()["error"]["fields"] == {"text": ["Enter some text."]}
    assert page.status_code == 400
    assert "Enter some text." in page.content.decode()
    assert not LiveEntry.objects.exists()
    assert events(match) == []


def test_an_entry_is_not_edited_into_nothing(desk, match):
    entry = add(desk, "Goal!")

    answer = desk.patch(
        f"/api/posts/the-match/entries/{entry['id']}/",
        {"text": "\u200b"},
        content_type="application/json",
        headers={"Accept-Language": "zh-hans"},
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["fields"] == {"text": ["请输入内容。"]}
    assert LiveEntry.objects.get().text == "Goal!"


@pytest.mark.parametrize("text", ["![](https://example.org/goal.png)", "⚽", "👏🏽", "1:0", "$x$"])
def test_an_entry_of_a_picture_a_sign_or_a_formula_shows_something(desk, match, text):
    assert add(desk, text)["html"]


def test_an_entry_that_is_too_long_is_refused_with_the_limit(desk, match):
    answer = desk.post("/api/posts/the-match/entries/", {"text": "x" * 20_001}, content_type="application/json")
    page = desk_page(desk, match, action="add", text="x" * 20_001)

    assert answer.status_code == page.status_code == 400
    assert "20000" in answer.json()["error"]["fields"]["text"][0]
    assert "20000" in page.content.decode()
    assert not LiveEntry.objects.exists()


@pytest.mark.parametrize("entry", ["", "x", "999", "9" * 30])
@pytest.mark.parametrize("action", ["edit", "delete"])
def test_an_entry_that_is_not_there_is_not_found_in_the_admin(desk, match, action, entry):
    other = make_post(title="Other match", live="live")
    kept = LiveEntry.objects.create(post=other, author_name="Ann", text="Elsewhere.")

    assert desk_page(desk, match, action=action, entry=entry, text="x").status_code == 404
    assert desk_page(desk, match, action=action, entry=kept.pk, text="x").status_code == 404
    assert LiveEntry.objects.get().text == "Elsewhere."


def test_an_entry_is_read_with_a_version_and_only_that_one_is_deleted(desk, match):
    url = f"/api/posts/the-match/entries/{add(desk, 'Goal!')['id']}/"
    seen = desk.get(url)
    desk.patch(url, {"text": "No goal."}, content_type="application/json")

    stale = desk.delete(url, headers={"If-Match": seen["ETag"]})
    gone = desk.delete(url, headers={"If-Match": desk.get(url)["ETag"]})

    assert seen.json()["text"] == "Goal!"
    assert "text" not in Client().get(url).json()
    assert (stale.status_code, gone.status_code) == (409, 204)
    assert desk.get(url).status_code == 404
    assert desk.delete(url).status_code == 404
