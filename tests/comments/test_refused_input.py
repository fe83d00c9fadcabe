"""Comments that are not taken, lists that end, and what a page is told about its reader."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import Comment, Event
from tests import people
from tests.factories import make_activity, make_comment, make_page, make_post

pytestmark = pytest.mark.django_db
COMMENTS = "/api/posts/a-walk/comments/"
CHINESE = {"Accept-Language": "zh-hans"}


def send(client, url: str, data, verb: str = "post", **headers):
    return getattr(client, verb)(url, data, content_type="application/json", headers=headers)


REFUSED = [
    ({"text": ""}, "empty", "text", "Enter a comment.", "请输入评论内容。"),
    ({"text": "\u200b\u3164"}, "empty", "text", "Enter a comment.", "请输入评论内容。"),
    ({"text": "&nbsp;"}, "empty", "text", "Enter a comment.", "请输入评论内容。"),
    ({"text": "---"}, "empty", "text", "Enter a comment.", "请输入评论内容。"),
    ({"name": ""}, "name_missing", "name", "Enter your name.", "请填写名字。"),
    ({"name": "\u200b"}, "name_missing", "name", "Enter your name.", "请填写名字。"),
    (
        {"name": "Ａｎｎ"},
        "name_taken",
        "name",
        "This name belongs to an author of this site. Choose another one.",
        "这是本站作者的名字，请换一个。",
    ),
    (
        {"parent": 999},
        "no_such_comment",
        "parent",
        "The comment you are replying to no longer exists.",
        "你回复的评论已经不在了。",
    ),
    (
        {"text": "茶" * 10_001},
        "too_long",
        "text",
        "It is 10001 characters long; up to 10000 are allowed.",
        "现在有 10001 个字符，最多 10000 个。",
    ),
]


def test_each_refusal_has_a_code_and_says_what_to_do_in_both_languages(client, post, ann):
    for data, code, field, english, chinese in REFUSED:
        for headers, words in (({}, english), (CHINESE, chinese)):
            answer = send(client, COMMENTS, {"text": "Lovely.", "name": "Bob", **data}, **headers)
            assert answer.status_code == 400, data
            assert answer.json()["error"] == {"code": code, "message": words, "fields": {field: [words]}}
    assert not Comment.objects.exists()
    assert not Event.objects.exists()


def test_fields_of_a_wrong_kind_are_named(client, post):
    wanted = [
        ({"text": None}, "text", "This field may not be null."),
        ({"name": "x" * 61}, "name", "Ensure this field has no more than 60 characters."),
        ({"email": "bob"}, "email", "Enter a valid email address."),
        ({"parent": "x"}, "parent", "A valid integer is required."),
        ({"parent": 0}, "parent", "Ensure this value is greater than or equal to 1."),
        ({"notify": "perhaps"}, "notify", "Must be a valid boolean."),
    ]

    for data, field, words in wanted:
        answer = send(client, COMMENTS, {"text": "Lovely.", "name": "Bob", **data})
        assert answer.status_code == 400, data
        assert answer.json()["error"]["fields"] == {field: [words]}, data


def test_closed_comments_and_a_double_click_in_both_languages(client, post):
    closed = make_post(title="Closed", comments_open=False)
    said = {"text": "Lovely.", "name": "Bob"}
    assert send(client, COMMENTS, said).status_code == 201

    for headers, twice, shut in (
        ({}, "You have posted this already.", "Comments on this post are closed."),
        (CHINESE, "这条评论已经发过了。", "这篇文章已关闭评论。"),
    ):
        again = send(client, COMMENTS, said, **headers)
        assert (again.status_code, again.json()["error"]["message"]) == (409, twice)
        late = send(client, f"/api/posts/{closed.slug}/comments/", said, **headers)
        assert (late.status_code, late.json()["error"]["message"]) == (403, shut)


def test_the_same_words_elsewhere_or_from_another_are_no_double_click(say, post):
    other = make_post(title="Another walk")
    first = say("Lovely.")

    say("Lovely.", parent=first["id"])
    send(Client(), COMMENTS, {"text": "Lovely.", "name": "Eve"})
    send(Client(), f"/api/posts/{other.slug}/comments/", {"text": "Lovely.", "name": "Bob"})

    assert Comment.objects.filter(text="Lovely.").count() == 4


def test_a_text_may_be_as_long_as_the_limit_says(say, post):
    assert len(say("茶" * 10_000)["text"]) == 10_000


def test_a_reply_to_a_comment_of_another_post_is_none(client, post):
    elsewhere = make_comment(make_post(title="Elsewhere"))

    answer = send(client, COMMENTS, {"text": "Lovely.", "name": "Bob", "parent": elsewhere.pk})

    assert answer.json()["error"]["code"] == "no_such_comment"


@pytest.mark.parametrize("state", ["pending", "removed"])
def test_nobody_replies_to_what_is_not_shown(client, post, state):
    hidden = make_comment(post, state=state)

    answer = send(client, COMMENTS, {"text": "Lovely.", "name": "Bob", "parent": hidden.pk})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "no_such_comment")


def test_a_list_refuses_an_order_or_cursor_that_it_does_not_know(client, post):
    make_comment(post)
    wanted = {
        "order=worst": ("order", '"worst" is not a valid choice.'),
        "cursor=x": ("cursor", "This value does not match the required pattern."),
        "cursor=1-": ("cursor", "This value does not match the required pattern."),
        "cursor=١-١": ("cursor", "This value does not match the required pattern."),
    }

    for query, (field, words) in wanted.items():
        answer = client.get(f"{COMMENTS}?{query}")
        assert (answer.status_code, answer.json()["error"]["fields"]) == (400, {field: [words]}), query


def test_a_cursor_of_a_comment_that_was_deleted_goes_on_at_its_place(client, post):
    comments = [make_comment(post, text=f"Comment {n}.") for n in range(5)]
    first = client.get(f"{COMMENTS}?limit=2").json()
    assert (first["rest"], [each["text"] for each in first["comments"]]) == (3, ["Comment 0.", "Comment 1."])

    comments[1].delete()
    second = client.get(f"{COMMENTS}?limit=2&cursor={first['next']}").json()
    last = client.get(f"{COMMENTS}?limit=2&cursor=999-999").json()

    assert [each["text"] for each in second["comments"]] == ["Comment 3.", "Comment 4."]
    assert (last["comments"], last["next"], last["rest"]) == ([], None, 0)


def test_the_page_of_one_comment_in_a_long_thread(client, post):
    comments = [make_comment(post, text=f"Comment {n}.") for n in range(6)]

    found = client.get(f"{COMMENTS}?limit=2&around={comments[3].pk}").json()
    unknown = client.get(f"{COMMENTS}?limit=2&around=999").json()

    assert [each["text"] for each in found["comments"]] == [f"Comment {n}." for n in range(4)]
    assert found["rest"] == 2
    assert len(unknown["comments"]) == 2


@pytest.mark.parametrize("limit", ["0", "-1", "x", "501", "9" * 30])
def test_an_odd_limit_is_brought_into_its_bounds(client, post, limit):
    for n in range(3):
        make_comment(post, text=f"Comment {n}.")

    answer = client.get(f"{COMMENTS}?limit={limit}")

    assert answer.status_code == 200
    assert 1 <= len(answer.json()["comments"]) <= 3


def test_a_removed_parent_is_a_placeholder_that_tells_nothing_of_its_writer(client, post, desk):
    parent = make_comment(post, name="Zoe", email="zoe@example.org", text="Private words.", visitor="v" * 32)
    make_comment(post, text="Why?", parent=parent)
    parent.state = "removed"
    parent.save()

    [shown, reply] = client.get(COMMENTS).json()["comments"]
    pages = [client.get(url).content.decode() for url in ("/post/a-walk/", "/post/a-walk/comments/", COMMENTS)]

    assert (shown["state"], shown["text"], shown["author"], shown["html"]) == ("removed", "", None, "")
    assert reply["parent"] == parent.pk
    for page in pages:
        assert "Why?" in page
        assert "Zoe" not in page
        assert "Private words." not in page
    assert client.get(f"/api/comments/{parent.pk}/").status_code == 404
    assert client.get(f"/comment/{parent.pk}/").headers["Location"] == f"/post/a-walk/#comment-{parent.pk}"


def test_a_removed_comment_without_replies_has_no_place(client, post):
    comment = make_comment(post, state="removed")

    assert client.get(f"/comment/{comment.pk}/").status_code == 404
    assert client.get(COMMENTS).json()["comments"] == []


def test_a_comment_that_is_gone_is_neither_edited_nor_deleted(client, say, post):
    comment = say("Mine.")
    url = f"/api/comments/{comment['id']}/"
    assert client.delete(url).status_code == 200

    assert send(client, url, {"text": "Better."}, "patch").status_code == 404
    assert client.delete(url).status_code == 404
    assert client.get(url).status_code == 404


def test_a_comment_of_a_post_that_was_unpublished_is_out_of_reach(client, say, post):
    url = f"/api/comments/{say('Mine.')['id']}/"
    post.status = "draft"
    post.save()

    assert client.get(url).status_code == 404
    assert send(client, url, {"text": "Better."}, "patch").status_code == 404
    assert client.delete(url).status_code == 404
    assert Comment.objects.get().text == "Mine."


def test_what_a_page_asks_about_its_reader_survives_odd_numbers(client, post, bob):
    client.force_login(bob)

    for query in ("", "post=x", "post=-1", f"post={10**30}", "post=999", "page=x", f"page={10**30}", "post=&page="):
        answer = client.get(f"/api/me/?{query}")
        assert answer.status_code == 200, query
        assert answer.json()["user"]["name"] == "Bob"
        assert answer.json()["edit_url"] is None
        assert answer.json()["pending"] == []
        assert answer["Cache-Control"] == "private, no-store"


def test_a_page_leads_those_to_its_form_who_may_edit_it(client, post):
    page, activity = make_page(), make_activity()
    draft = make_post(title="Draft", status="draft", author=people.cid())
    wanted = {
        "ann": [f"/admin/blog/post/{post.pk}/change/", f"/admin/blog/activity/{activity.pk}/change/"],
        "edith": [f"/admin/blog/post/{post.pk}/change/", f"/admin/blog/activity/{activity.pk}/change/"],
        "cid": [None, None],
        "bob": [None, None],
    }

    for name, urls in wanted.items():
        client.force_login(getattr(people, name)())
        found = [client.get(f"/api/me/?post={each.pk}").json()["edit_url"] for each in (post, activity)]
        assert found == urls, name
        has_page = client.get(f"/api/me/?page={page.pk}").json()["edit_url"] == f"/admin/blog/page/{page.pk}/change/"
        assert has_page is (name in {"ann", "edith"}), name
    client.force_login(people.cid())
    assert client.get(f"/api/me/?post={draft.pk}").json()["edit_url"] == f"/admin/blog/post/{draft.pk}/change/"


def test_the_preview_of_a_comment_is_checked_and_saves_nothing(client, post):
    make_comment(post, name="Zoe")

    shown = send(client, "/api/markdown/", {"text": "@Zoe **yes**", "post": "a-walk"})
    long = send(client, "/api/markdown/", {"text": "x" * 10_001})
    unknown = send(client, "/api/markdown/", {"text": "x", "post": "none"})
    empty = send(client, "/api/markdown/", {"text": ""})

    assert "<strong>yes</strong>" in shown.json()["html"]
    assert 'class="mention"' in shown.json()["html"]
    assert (long.status_code, long.json()["error"]["code"]) == (400, "too_long")
    assert unknown.status_code == 404
    assert empty.json() == {"html": ""}
    assert Comment.objects.count() == 1


def test_events_asked_for_with_a_number_that_cannot_be_are_a_reset(client, say, post):
    say("Lovely.")
    url = "/api/posts/a-walk/events/"

    assert client.get(url).json() == {"n": 1, "events": [], "reset": False}
    assert [event["n"] for event in client.get(f"{url}?since=0").json()["events"]] == [1]
    for since in ("2", "-1", "x", "9" * 30):
        assert client.get(f"{url}?since={since}").json() == {"n": 1, "events": [], "reset": True}, since


def test_comments_close_by_age_on_the_page_and_for_programs(client, post, settings, say):
    settings.COMMENT_CLOSE_DAYS = 30
    post.published_at = timezone.now() - timedelta(days=31)
    post.save()

    assert "Comments on this post are closed." in client.get("/post/a-walk/comment/").content.decode()
    assert client.get("/api/posts/a-walk/").json()["takes_comments"] is False
    assert say("Late.", status=403)["error"]["code"] == "comments_closed"
