"""Unsaved forms of the admin are kept on the server, for their owner only, until they are saved."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from blog.models import AutosavedForm
from tests import people
from tests.editor.test_conflicts import opened
from tests.factories import make_page

pytestmark = pytest.mark.django_db
URL = "/admin/blog/page/autosave/"


def draft(account, **fields) -> dict:
    return {
        "form": "blog.page:1",
        "window": "abc",
        "account": str(account.pk),
        "at": 1000,
        "version": "v",
        "rows": {},
        "fields": {"text": ["Half a sentence"]},
        **fields,
    }


def send(client, content) -> int:
    return client.post(URL, json.dumps(content), content_type="application/json").status_code


def kept(client, form: str = "blog.page:1") -> list[dict]:
    return client.get(URL, {"form": form}).json()["drafts"]


def test_what_is_sent_is_offered_again_and_the_last_counts(desk, ann):
    assert send(desk, draft(ann)) == 204
    assert send(desk, draft(ann, at=2000, fields={"text": ["A whole sentence."]})) == 204

    [found] = kept(desk)
    assert (found["id"], found["at"], found["fields"]) == ("abc", 2000, {"text": ["A whole sentence."]})
    assert kept(desk, "blog.page:2") == []


def test_two_windows_keep_one_each_until_they_are_discarded(desk, ann):
    send(desk, draft(ann))
    send(desk, draft(ann, window="def"))

    assert desk.delete(f"{URL}?form=blog.page:1&window=abc").status_code == 204

    assert [each["id"] for each in kept(desk)] == ["def"]


def test_nobody_else_sees_it(client, desk, ann):
    send(desk, draft(ann))
    client.force_login(people.edith())

    assert kept(client) == []
    client.delete(f"{URL}?form=blog.page:1&window=abc")
    assert AutosavedForm.objects.count() == 1


def test_a_window_of_another_account_is_refused(client, ann):
    client.force_login(people.edith())

    assert send(client, draft(ann)) == 403
    assert not AutosavedForm.objects.exists()


def test_who_is_signed_out_keeps_nothing(client, ann):
    assert send(client, draft(ann)) in {302, 403}
    assert not AutosavedForm.objects.exists()


@pytest.mark.parametrize(
    "content",
    ["x", [], {}, {"form": 1}, "form", {"window": "x" * 41}, {"form": "x" * 81}, {"at": "soon"}, {"fields": []}],
)
def test_what_is_no_draft_is_refused(desk, ann, content):
    sent = draft(ann, **content) if isinstance(content, dict) and content else content

    assert send(desk, sent) == 400


def test_a_save_forgets_what_it_has_saved_and_nothing_later(desk, ann):
    page = make_page()
    url, first = opened(desk, page)
    send(desk, draft(ann, at=1000))

    desk.post(url, {**first, "text": "Saved.", "draft": "abc-1000", "_continue": "x"})
    assert kept(desk) == []

    url, first = opened(desk, page)
    send(desk, draft(ann, at=3000))
    desk.post(url, {**first, "text": "Saved again.", "draft": "abc-2000", "_continue": "x"})
    assert len(kept(desk)) == 1


def test_old_ones_are_deleted(desk, ann):
    send(desk, draft(ann))
    AutosavedForm.objects.update(saved_at=timezone.now() - timedelta(days=31))

    call_command("run_jobs", "delete_old_autosaves")

    assert not AutosavedForm.objects.exists()


def test_each_form_names_the_url(desk):
    assert f'data-autosave="{URL}"' in desk.get(reverse("admin:blog_page_add")).content.decode()


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"form": ' + "[" * 5000 + "]" * 5000 + "}",
        "null",
        "[]",
        "{}",
        "{",
        '"text"',
        b"\xff\xfe",
        '{"at": NaN}',
    ],
)
def test_a_body_that_is_no_json_is_refused(desk, body):
    assert desk.post(URL, body, content_type="application/json").status_code == 400
    assert not AutosavedForm.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [
        {"fields": {"n": float("nan")}},
        {"fields": {"n": float("inf")}},
        {"at": None},
        {"form": ""},
        {"window": ""},
    ],
)
def test_a_draft_with_an_odd_value_is_refused(desk, ann, odd):
    assert send(desk, draft(ann, **odd)) == 400
    assert kept(desk) == []


def test_a_draft_that_is_too_large_is_refused_and_the_last_one_stays(desk, ann):
    send(desk, draft(ann))

    assert send(desk, draft(ann, fields={"text": ["x" * (3 * 1024**2)]})) == 400
    assert kept(desk)[0]["fields"] == {"text": ["Half a sentence"]}


def test_characters_that_no_page_can_carry_are_left_out(desk, ann):
    assert send(desk, draft(ann, fields={"text": ["茶\x00🫖\ud800"]})) == 204
    assert kept(desk)[0]["fields"] == {"text": ["茶🫖"]}


def test_other_verbs_are_refused(desk):
    answer = desk.put(URL, "{}", content_type="application/json")

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST, DELETE"
