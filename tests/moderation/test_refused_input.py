"""The moderators' pages with odd input, in both languages, and blocks and reports at their limits."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from blog.models import Block, Comment, Decision, Event, Report, SpamWave
from tests import people
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db
DECIDE = "/admin/moderation/decide/"
JSON = {"Accept": "application/json"}
CHINESE = {**JSON, "Accept-Language": "zh-hans"}


def press(desk, intent: str, **headers):
    return desk.post(DECIDE, {"intent": intent}, headers={**JSON, **headers})


def test_a_button_that_does_not_exist_is_refused_in_both_languages(desk, comment):
    for intent in ("", ":", "fly", f"fly:{comment.pk}", f"APPROVE:{comment.pk}"):
        for headers, words in (({}, "This cannot be done."), (CHINESE, "无法执行此操作。")):
            answer = press(desk, intent, **headers)
            assert (answer.status_code, answer.json()) == (400, {"words": words, "decision": None}), intent
    assert not Decision.objects.exists()


@pytest.mark.parametrize("pk", ["", "x", "0", "-1", "999", "9" * 30, "１"])
def test_a_comment_or_decision_that_is_not_there_is_not_found(desk, comment, pk):
    assert press(desk, f"remove:{pk}").status_code == 404
    assert press(desk, f"undo:{pk}").status_code == 404
    comment.refresh_from_db()
    assert comment.state == "visible"


def test_deciding_the_same_again_says_that_nothing_changes(desk, comment):
    assert press(desk, f"pin:{comment.pk}").json()["words"] == "Bob: pinned."

    assert press(desk, f"pin:{comment.pk}").json() == {"words": "Nothing to change.", "decision": None}
    assert press(desk, f"pin:{comment.pk}", **CHINESE).json()["words"] == "无需改动，原本就是这样。"
    assert Decision.objects.count() == 1
    assert Event.objects.filter(type="comment.edited").count() == 1


def test_what_cannot_be_decided_says_why_in_both_languages(desk, post, pending, ann):
    nameless = make_comment(post, name="Eve")
    wanted = [
        (
            f"pin:{pending.pk}",
            409,
            "Only a comment that readers see can be pinned or featured.",
            "只有读者看得到的评论才能置顶或设为精选。",
        ),
        (f"block_person:{nameless.pk}", 400, "Nothing is stored that identifies this commenter.", None),
        (f"block_network:{nameless.pk}", 400, "The network of this comment is no longer stored.", None),
    ]

    for intent, status, english, chinese in wanted:
        answer = press(desk, intent)
        assert (answer.status_code, answer.json()["words"]) == (status, english), intent
        said = press(desk, intent, **CHINESE).json()["words"]
        assert said == chinese if chinese else said != english
    assert not Block.objects.exists()


def test_a_plain_form_leads_back_to_a_page_of_this_site_only(desk, comment):
    for next_url, leads_to in (
        ("/admin/moderation/?tab=new", "/admin/moderation/?tab=new"),
        ("https://evil.example/", "/admin/moderation/"),
        ("//evil.example/", "/admin/moderation/"),
        ("javascript:alert(1)", "/admin/moderation/"),
        ("", "/admin/moderation/"),
    ):
        answer = desk.post(DECIDE, {"intent": f"feature:{comment.pk}", "next": next_url})
        assert (answer.status_code, answer["Location"]) == (302, leads_to), next_url


def test_an_error_of_a_plain_form_is_a_message_on_the_queue(desk, pending):
    page = desk.post(DECIDE, {"intent": f"feature:{pending.pk}"}, follow=True)

    assert "Only a comment that readers see can be pinned or featured." in page.content.decode()


def test_tabs_and_pages_of_the_queue_have_ends(desk, post):
    for n in range(31):
        make_comment(post, text=f"Comment {n:02}.", state="pending")
    url = "/admin/moderation/"

    first, second = (desk.get(f"{url}?page={n}").content.decode() for n in (1, 2))

    assert "Comment 00." in first
    assert "Comment 30." not in first
    assert "Comment 30." in second
    for query in ("page=3", "page=9999", "tab=decided&page=2", "tab=reported"):
        page = desk.get(f"{url}?{query}")
        assert page.status_code == 200, query
        assert "Comment 00." not in page.content.decode(), query
    for query in ("page=0", "page=x", "page=-1"):
        assert "Comment 00." in desk.get(f"{url}?{query}").content.decode(), query
    assert desk.get(f"{url}?tab=none").status_code == 404
    assert desk.get(f"{url}999/").status_code == 404


def test_what_is_read_never_becomes_unread(desk, post, ann):
    comments = [make_comment(post, text=f"Comment {n}.") for n in range(3)]

    def unread() -> int:
        return desk.get("/admin/moderation/counts/").json()["unread"]

    assert unread() == 3
    for up_to, left in ((comments[1].pk, 1), (comments[0].pk, 1), ("0", 1), (10**25, 0), (1, 0)):
        assert desk.post("/admin/moderation/seen/", {"up_to": up_to}, headers=JSON).status_code == 204
        assert unread() == left, up_to
    make_comment(post, text="A new one.")
    assert unread() == 1


def test_counts_stop_at_a_number_that_fits(desk, post):
    Comment.objects.bulk_create(
        [Comment(post=post, name="Bob", text="x", html="x", state="pending") for _n in range(120)]
    )

    assert desk.get("/admin/moderation/counts/").json()["pending"] == 100


def test_a_reply_is_checked_and_keeps_the_comment_pending(desk, pending):
    url, field = f"/admin/moderation/{pending.pk}/reply/", f"reply-{pending.pk}"
    wanted = [
        ("", "请输入评论内容。"),
        ("\u200b", "请输入评论内容。"),
        ("茶" * 10_001, "现在有 10001 个字符，最多 10000 个。"),
    ]

    for text, words in wanted:
        answer = desk.post(url, {field: text}, headers=CHINESE)
        assert (answer.status_code, answer.json()["words"]) == (400, words)
    pending.refresh_from_db()
    assert pending.state == "pending"
    assert desk.post(url, {field: "Welcome!"}, headers=CHINESE).status_code == 200
    assert [each.state for each in Comment.objects.order_by("id")] == ["visible", "visible"]


def test_a_removed_comment_is_not_replied_to(desk, comment):
    press(desk, f"remove:{comment.pk}")

    answer = desk.post(f"/admin/moderation/{comment.pk}/reply/", {f"reply-{comment.pk}": "Why?"}, headers=CHINESE)

    assert (answer.status_code, answer.json()["words"]) == (409, "这条评论已被删除。请先通过审核，再回复。")
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("url", "verb"),
    [
        ("/admin/moderation/", "get"),
        ("/admin/moderation/counts/", "get"),
        ("/admin/moderation/1/", "get"),
        ("/admin/moderation/decide/", "post"),
        ("/admin/moderation/seen/", "post"),
        ("/admin/moderation/1/reply/", "post"),
        ("/admin/moderation/spam-wave/end/", "post"),
    ],
)
def test_each_page_is_for_moderators_and_takes_one_verb(desk, url, verb):
    other = "post" if verb == "get" else "get"
    reader, contributor = Client(), Client()
    reader.force_login(people.bob())
    contributor.force_login(people.cid())

    assert getattr(Client(), verb)(url).status_code == (302 if verb == "get" else 403)
    assert getattr(reader, verb)(url).status_code == (302 if verb == "get" else 403)
    assert getattr(contributor, verb)(url).status_code == 403
    assert getattr(desk, other)(url).status_code == 405


def test_a_block_says_when_it_ends_in_the_time_zone_and_language_of_the_site(settings, say, comment):
    settings.TIME_ZONE = "Asia/Shanghai"
    Block.objects.create(visitor=comment.visitor, until=datetime(2099, 1, 1, 18, 30, tzinfo=UTC))

    english = say("Again.", status=403)["error"]
    chinese = say("Again.", status=403, headers={"Accept-Language": "zh-hans"})["error"]

    assert english == {"code": "blocked", "message": "You cannot comment here until Jan. 2, 2099, 2:30 a.m.."}
    assert chinese["message"] == "在 2099年1月2日 02:30 之前，你不能在这里评论。"


def test_of_several_blocks_the_one_that_lasts_longest_is_told(say, comment):
    Block.objects.create(visitor=comment.visitor, until=datetime(2099, 1, 1, tzinfo=UTC))
    Block.objects.create(visitor=comment.visitor)

    assert say("Again.", status=403)["error"]["message"] == "You cannot comment here."


def test_the_form_of_a_block_says_what_it_needs(desk, ann):
    url, empty = "/admin/blog/block/add/", {"until_0": "", "until_1": ""}
    wanted = [
        ({}, "Choose a user or enter a network."),
        ({"user": ann.pk}, "Authors of this site cannot be blocked."),
        ({"network": "somewhere"}, "Enter a network such as 203.0.113.0/24."),
        ({"network": "203.0.113.0/33"}, "Enter a network such as 203.0.113.0/24."),
        ({"network": "0.0.0.0/0"}, "This network is too large."),
        ({"network": "2001::/15"}, "This network is too large."),
    ]

    for data, words in wanted:
        page = desk.post(url, {**empty, **data})
        assert page.status_code == 200, data
        assert words in page.content.decode(), data
    for typed, kept in (("203.0.113.9/24", "203.0.113.0/24"), (" 2001:db8::1 ", "2001:db8::/64")):
        desk.post(url, {**empty, "network": typed})
        assert Block.objects.latest("pk").network == kept


def test_blocking_twice_is_one_block_and_lifting_it_says_how_many(desk, comment):
    first = press(desk, f"block_person:{comment.pk}")
    second = press(desk, f"block_person:{comment.pk}")

    assert first.json()["words"] == "Bob: commenter blocked."
    assert second.json()["words"] == "Nothing to change."
    block = Block.objects.get()
    data = {"action": "lift", "_selected_action": [block.pk]}
    assert "1 block lifted." in desk.post("/admin/blog/block/", data, follow=True).content.decode()
    assert "0 blocks lifted." in desk.post("/admin/blog/block/", data, follow=True).content.decode()


def test_a_report_is_checked_counted_once_and_closed_by_a_decision(desk, client, comment):
    url = f"/api/comments/{comment.pk}/report/"

    def report(**data):
        return client.post(url, data, content_type="application/json")

    assert report(reason="x" * 501).json()["error"]["fields"] == {
        "reason": ["Ensure this field has no more than 500 characters."]
    }
    for _n in range(2):
        assert (report(reason="广告").status_code, report().json()) == (201, {"reported": True})
    assert [each.reason for each in Report.objects.all()] == ["广告"]
    assert desk.get("/admin/moderation/counts/").json()["reported"] == 1
    assert "广告" in desk.get("/admin/moderation/?tab=reported").content.decode()

    press(desk, f"approve:{comment.pk}")

    assert desk.get("/admin/moderation/counts/").json()["reported"] == 0
    assert Report.objects.get().settled_at


@pytest.mark.parametrize("state", ["pending", "removed"])
def test_what_is_not_shown_is_not_reported(client, post, state):
    hidden = make_comment(post, state=state)

    for pk in (hidden.pk, 999, 10**25):
        assert client.post(f"/api/comments/{pk}/report/", {}, content_type="application/json").status_code == 404
    assert not Report.objects.exists()


def test_ending_a_spam_wave_that_is_none_says_nothing(desk):
    page = desk.post("/admin/moderation/spam-wave/end/", follow=True)

    assert "according to your settings again" not in page.content.decode()
    assert not SpamWave.objects.exists()


def test_a_thread_deleted_as_a_whole_leaves_nothing(desk, post):
    parent = make_comment(post, text="One.")
    reply = make_comment(post, text="Two.", parent=parent)
    data = {"action": "delete_selected", "_selected_action": [parent.pk, reply.pk], "post": "yes"}

    desk.post("/admin/blog/comment/", data)

    assert not Comment.objects.exists()
    post.refresh_from_db()
    assert post.n_comments == 0


def test_of_a_deleted_comment_with_replies_nothing_personal_is_kept(desk, client, post):
    zoe = make_comment(post, name="Zoe")
    parent = make_comment(post, text="@Zoe is right.", name="Bob", email="bob@example.org", network="203.0.113.9")
    Comment.objects.filter(pk=parent.pk).update(mentions={"Zoe": zoe.pk}, visitor="v" * 32)
    make_comment(post, text="So it is.", name="Eve", parent=parent)

    desk.post(f"/admin/blog/comment/{parent.pk}/delete/", {"post": "yes"})

    parent.refresh_from_db()
    kept = (parent.name, parent.email, parent.visitor, parent.network, parent.text, parent.html, parent.mentions)
    assert kept == ("", "", "", "", "", "", {})
    assert "So it is." in client.get("/post/a-walk/").content.decode()
    assert "Bob" not in client.get("/api/posts/a-walk/comments/").content.decode()
    assert desk.get("/admin/blog/comment/").status_code == 200
    assert desk.get(f"/admin/blog/comment/{parent.pk}/change/").status_code == 200


def test_the_state_of_a_comment_changed_in_its_form_is_a_decision(desk, comment, client):
    url = f"/admin/blog/comment/{comment.pk}/change/"

    desk.post(url, {"state": "removed"})
    assert "Lovely." not in client.get("/post/a-walk/").content.decode()
    desk.post(url, {"state": "visible"})
    assert "Lovely." in client.get("/post/a-walk/").content.decode()

    assert [(each.verb, each.source) for each in Decision.objects.order_by("id")] == [
        ("remove", "admin"),
        ("approve", "admin"),
    ]
    assert desk.post(url, {"state": "gone"}).status_code == 200
    comment.refresh_from_db()
    assert comment.state == "visible"


def test_a_bulk_action_counts_what_changed_and_names_what_did_not(desk, post):
    shown, hidden = make_comment(post), make_comment(post, text="Hidden.", state="removed")
    data = {"action": "pin", "_selected_action": [shown.pk, hidden.pk]}

    page = desk.post("/admin/blog/comment/", data, follow=True).content.decode()

    assert "1 comment changed." in page
    assert "Only a comment that readers see can be pinned or featured." in page
    assert list(Comment.objects.order_by("id").values_list("pinned", flat=True)) == [True, False]


def test_a_post_of_its_own_approval_setting_overrides_the_sites(client, settings, ann):
    settings.COMMENT_APPROVAL = "always"
    make_post(title="Open", approval="never")
    make_post(title="Strict", approval="always")
    make_post(title="Usual")

    def state(slug: str) -> str:
        data = {"text": f"On {slug}.", "name": "Bob"}
        return client.post(f"/api/posts/{slug}/comments/", data, content_type="application/json").json()["state"]

    assert {slug: state(slug) for slug in ("open", "strict", "usual")} == {
        "open": "visible",
        "strict": "pending",
        "usual": "pending",
    }
