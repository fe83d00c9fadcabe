"""The moderators' pages as plain pages, and who is let in."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from blog.models import Comment, Report
from tests import people
from tests.factories import make_comment

ADDRESS = "/admin/moderation/"


def page_of(client, address=ADDRESS) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_waits_is_shown_with_its_reasons_and_writer(pending, desk, settings, say):
    page = page_of(desk)

    for words in [
        "Hello, I am new.",
        "Every comment requires approval.",
        "This commenter: 0 shown, 0 removed",
        "127.0.0.0/24",
    ]:
        assert words in page
    assert "127.0.0.1" not in page


def test_nothing_is_counted_of_a_writer_whom_nobody_knows(post, desk, say):
    """An imported comment has neither account nor browser; "0 shown" under a visible comment would be wrong."""
    make_comment(post, text="Imported.")
    say("By a browser.")

    page = page_of(desk, f"{ADDRESS}?tab=new")

    imported = page[page.index("Imported.") - 1500 : page.index("Imported.")]
    assert "This commenter" not in imported.rpartition("<article")[2]
    assert "This commenter: 1 shown, 0 removed" in page


def test_without_a_script_a_button_decides_and_comes_back(pending, desk):
    data = {"intent": f"approve:{pending.pk}", "next": f"{ADDRESS}?tab=pending"}

    page = desk.post(f"{ADDRESS}decide/", data, follow=True)

    assert page.redirect_chain == [(f"{ADDRESS}?tab=pending", 302)]
    assert "Bob: approved." in page.content.decode()
    assert "No pending comments." in page.content.decode()
    pending.refresh_from_db()
    assert pending.state == "visible"


def test_without_a_script_a_reply_approves_what_was_pending(pending, desk, ann):
    page = desk.post(f"{ADDRESS}{pending.pk}/reply/", {f"reply-{pending.pk}": "Welcome!", "next": ADDRESS}, follow=True)

    assert "Reply to Bob published." in page.content.decode()
    pending.refresh_from_db()
    assert pending.state == "visible"
    reply = Comment.objects.get(text="Welcome!")
    assert (reply.parent_id, reply.user, reply.state) == (pending.pk, ann, "visible")


def test_a_reply_that_cannot_be_posted_approves_nothing(pending, desk, decide, ann):
    for text, status in [("  ", 400), ("x" * 100_000, 400)]:
        answer = desk.post(
            f"{ADDRESS}{pending.pk}/reply/", {f"reply-{pending.pk}": text}, headers={"Accept": "application/json"}
        )
        assert (answer.status_code, pending.decisions.filter(verb="approve").count()) == (status, 0)
    make_comment(post=pending.post, parent=pending, user=ann, name="", text="Welcome!")
    answer = desk.post(
        f"{ADDRESS}{pending.pk}/reply/", {f"reply-{pending.pk}": "Welcome!"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["words"]) == (409, "You have posted this already.")
    assert (Comment.objects.get(pk=pending.pk).state, pending.decisions.filter(verb="approve").count()) == (
        "pending",
        0,
    )

    decide("remove", pending)
    answer = desk.post(
        f"{ADDRESS}{pending.pk}/reply/", {f"reply-{pending.pk}": "Hello"}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 409
    assert "was deleted" in answer.json()["words"]


def test_the_way_back_is_not_to_another_site(pending, desk):
    answer = desk.post(f"{ADDRESS}decide/", {"intent": f"approve:{pending.pk}", "next": "https://evil.example/"})

    assert answer["Location"] == ADDRESS


def test_odd_deeds_are_the_callers_mistake(pending, decide, desk):
    for action, status in [("", 400), ("approve", 404), ("approve:x", 404), ("undo:9999", 404), ("explode:1", 400)]:
        answer = desk.post(f"{ADDRESS}decide/", {"intent": action}, headers={"Accept": "application/json"})
        assert answer.status_code == status, action


def test_who_may_not_is_not_let_in(pending, client):
    deeds = [("get", ADDRESS), ("get", f"{ADDRESS}{pending.pk}/"), ("get", f"{ADDRESS}counts/")]
    deeds += [("post", f"{ADDRESS}decide/"), ("post", f"{ADDRESS}seen/"), ("post", f"{ADDRESS}spam-wave/end/")]
    clerk = people.mallory()
    clerk.is_staff = True
    clerk.save()
    clerk.user_permissions.add(Permission.objects.get(codename="view_comment"))

    for user, when_reading in [(None, 302), (people.bob(), 302), (clerk, 403)]:
        someone = Client()
        if user:
            someone.force_login(user)
        for method, address in deeds:
            status = when_reading if method == "get" else 403
            assert getattr(someone, method)(address, {"intent": f"approve:{pending.pk}"}).status_code == status, address
    pending.refresh_from_db()
    assert pending.state == "pending"
    assert "moderation-counts" not in page_of(someone, "/admin/")


def test_a_form_of_another_site_decides_nothing(pending, ann):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ann)

    assert strict.post(f"{ADDRESS}decide/", {"intent": f"approve:{pending.pk}"}).status_code == 403


def test_what_is_new_is_counted_until_it_was_looked_at(comment, desk, say):
    say("And another one")
    assert desk.get(f"{ADDRESS}counts/").json()["unread"] == 2
    assert "Mark all as read" in page_of(desk, f"{ADDRESS}?tab=new")

    desk.post(f"{ADDRESS}seen/", {})

    assert desk.get(f"{ADDRESS}counts/").json()["unread"] == 0
    assert "And another one" in page_of(desk, f"{ADDRESS}?tab=new")


def test_the_header_counts_on_every_page_of_the_admin(pending, desk):
    for address in ["/admin/", "/admin/blog/post/", "/admin/blog/comment/", "/admin/statistics/", ADDRESS]:
        page = page_of(desk, address)
        assert "Pending <b>1</b>" in page, address


def test_a_reader_reports_and_the_author_looks(comment, desk, decide, client):
    address = f"/api/comments/{comment.pk}/report/"
    for _ in range(2):
        assert client.post(address, {"reason": "This is rude."}, "application/json").status_code == 201
    assert Report.objects.count() == 1
    assert "This is rude." in page_of(desk, f"{ADDRESS}?tab=reported")

    decide("approve", comment)

    assert "No reported comments." in page_of(desk, f"{ADDRESS}?tab=reported")


def test_reports_from_other_sites_and_of_what_is_not_seen_are_not_taken(comment, pending, client):
    elsewhere = {"Origin": "https://evil.example"}
    for pk, headers, status in [(comment.pk, elsewhere, 403), (pending.pk, {}, 404), (10**9, {}, 404)]:
        answer = client.post(f"/api/comments/{pk}/report/", {}, "application/json", headers=headers)
        assert answer.status_code == status


def test_many_comments_need_no_more_queries(post, desk, django_assert_max_num_queries):
    for n in range(40):
        make_comment(post, text=f"Number {n}", state="pending", visitor=f"v{n}")
    with django_assert_max_num_queries(25):
        page = page_of(desk)

    assert "Next page" in page
    assert "Number 35" in page_of(desk, f"{ADDRESS}?page=2")


def test_actions_in_the_list_of_comments(comment, desk):
    for action, column, value in [
        *(("pin", "pinned", True), ("unpin", "pinned", False), ("feature", "featured", True)),
        *(("mark_as_spam", "state", "removed"), ("pin", "pinned", False)),
    ]:
        desk.post("/admin/blog/comment/", {"action": action, "_selected_action": comment.pk})
        assert Comment.objects.values_list(column, flat=True).get() == value, action


@pytest.mark.parametrize("address", ["rule", "block", "spamwave", "comment"])
def test_the_lists_in_admin_open(desk, comment, decide, address):
    decide("block_person", comment)

    page_of(desk, f"/admin/blog/{address}/")


def test_a_reply_below_a_closed_post_approves_nothing(desk, say, post, pending):
    post.comments_open = False
    post.save()

    answer = desk.post(
        f"/admin/moderation/{pending.pk}/reply/",
        {f"reply-{pending.pk}": "Welcome!"},
        headers={"Accept": "application/json"},
    )

    assert answer.status_code == 403
    assert answer.json()["words"] == "Comments on this post are closed."
    pending.refresh_from_db()
    assert pending.state == "pending"
    assert not pending.decisions.of_people().exists()
