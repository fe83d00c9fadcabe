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


def test_what_waits_is_shown_with_its_reasons_and_writer(held, desk, settings, say):
    page = page_of(desk)

    for words in [
        "Hello, I am new.",
        "Every comment waits for approval.",
        "This writer: 0 shown, 0 removed",
        "127.0.0.0/24",
    ]:
        assert words in page
    assert "127.0.0.1" not in page


def test_without_a_script_a_button_decides_and_comes_back(held, desk):
    said = {"deed": f"approve:{held.pk}", "next": f"{ADDRESS}?tab=held"}

    page = desk.post(f"{ADDRESS}decide/", said, follow=True)

    assert page.redirect_chain == [(f"{ADDRESS}?tab=held", 302)]
    assert "Bob: approved." in page.content.decode()
    assert "Nothing waits for you." in page.content.decode()
    held.refresh_from_db()
    assert held.state == "visible"


def test_the_way_back_is_not_to_another_site(held, desk):
    answer = desk.post(f"{ADDRESS}decide/", {"deed": f"approve:{held.pk}", "next": "https://evil.example/"})

    assert answer["Location"] == ADDRESS


def test_odd_deeds_are_the_callers_mistake(held, decide, desk):
    for deed, status in [("", 400), ("approve", 404), ("approve:x", 404), ("undo:9999", 404), ("explode:1", 400)]:
        answer = desk.post(f"{ADDRESS}decide/", {"deed": deed}, headers={"Accept": "application/json"})
        assert answer.status_code == status, deed


def test_who_may_not_is_not_let_in(held, client):
    deeds = [("get", ADDRESS), ("get", f"{ADDRESS}{held.pk}/"), ("get", f"{ADDRESS}counts/")]
    deeds += [("post", f"{ADDRESS}decide/"), ("post", f"{ADDRESS}seen/"), ("post", f"{ADDRESS}flood/end/")]
    clerk = people.mallory()
    clerk.is_staff = True
    clerk.save()
    clerk.user_permissions.add(Permission.objects.get(codename="view_comment"))

    for user, status in [(None, 302), (people.bob(), 302), (clerk, 403)]:
        someone = Client()
        if user:
            someone.force_login(user)
        for method, address in deeds:
            assert getattr(someone, method)(address, {"deed": f"approve:{held.pk}"}).status_code == status, address
    held.refresh_from_db()
    assert held.state == "held"
    assert "moderation-counts" not in page_of(someone, "/admin/")


def test_a_form_of_another_site_decides_nothing(held, ann):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ann)

    assert strict.post(f"{ADDRESS}decide/", {"deed": f"approve:{held.pk}"}).status_code == 403


def test_what_is_new_is_counted_until_it_was_looked_at(comment, desk, say):
    say("And another one")
    assert desk.get(f"{ADDRESS}counts/").json()["unread"] == 2
    assert "Mark all as read" in page_of(desk, f"{ADDRESS}?tab=new")

    desk.post(f"{ADDRESS}seen/", {})

    assert desk.get(f"{ADDRESS}counts/").json()["unread"] == 0
    assert "And another one" in page_of(desk, f"{ADDRESS}?tab=new")


def test_the_header_counts_on_every_page_of_the_admin(held, desk):
    for address in ["/admin/", "/admin/blog/post/", "/admin/blog/comment/", "/admin/password_change/", ADDRESS]:
        page = page_of(desk, address)
        assert "Held <b>1</b>" in page, address


def test_a_reader_reports_and_the_author_looks(comment, desk, decide, client):
    address = f"/api/comments/{comment.pk}/report/"
    for _ in range(2):
        assert client.post(address, {"reason": "This is rude."}, "application/json").status_code == 201
    assert Report.objects.count() == 1
    assert "This is rude." in page_of(desk, f"{ADDRESS}?tab=reported")

    decide("approve", comment)

    assert "No reader has reported anything." in page_of(desk, f"{ADDRESS}?tab=reported")


def test_reports_from_other_sites_and_of_what_is_not_seen_are_not_taken(comment, held, client):
    elsewhere = {"Origin": "https://evil.example"}
    for pk, headers, status in [(comment.pk, elsewhere, 403), (held.pk, {}, 404), (10**9, {}, 404)]:
        answer = client.post(f"/api/comments/{pk}/report/", {}, "application/json", headers=headers)
        assert answer.status_code == status


def test_many_comments_need_no_more_queries(post, desk, django_assert_max_num_queries):
    for n in range(40):
        make_comment(post, text=f"Number {n}", state="held", visitor=f"v{n}")
    with django_assert_max_num_queries(25):
        page = page_of(desk)

    assert "Next page" in page
    assert "Number 35" in page_of(desk, f"{ADDRESS}?page=2")


def test_actions_in_the_list_of_comments(comment, desk):
    for action, column, value in [
        *(("pin", "pinned", True), ("unpin", "pinned", False), ("feature", "featured", True)),
        *(("call_spam", "state", "removed"), ("pin", "pinned", False)),
    ]:
        desk.post("/admin/blog/comment/", {"action": action, "_selected_action": comment.pk})
        assert Comment.objects.values_list(column, flat=True).get() == value, action


@pytest.mark.parametrize("address", ["rule", "block", "flood", "comment"])
def test_the_lists_in_admin_open(desk, comment, decide, address):
    decide("block_person", comment)

    page_of(desk, f"/admin/blog/{address}/")
