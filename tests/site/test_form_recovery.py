"""A form whose session or CSRF token has expired is shown again with all that was entered, without JavaScript."""

import lxml.html
import pytest
from django.test import Client

from blog.models import Comment, Page, Tag
from tests.factories import make_page, make_post

pytestmark = pytest.mark.django_db

TEXT = "\nA long evening's work.\r\n\r\n  <b>一个晚上的成果。</b> & more"
HERE = {"Origin": "http://testserver"}


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True, headers=HERE)


def form_of(answer, button: str) -> tuple[str, dict]:
    """Where the form with that button leads to, and what a browser sends."""
    document = lxml.html.fromstring(answer.content.decode())
    form = next(form for form in document.forms if form.xpath(f".//button[.='{button}' or @value='{button}']"))
    fields: dict = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return form.action, fields


def send_again(browser, answer):
    assert answer.status_code == 403
    assert "no-store" in answer["Cache-Control"]
    path, fields = form_of(answer, "Send again")
    return browser.post(path, fields)


def fields_of(answer) -> dict:
    document = lxml.html.fromstring(answer.content.decode())
    form = next(form for form in document.forms if "form_version" in form.fields)
    fields: dict = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields


def sign_in(browser) -> None:
    form = fields_of_sign_in(browser)
    answer = browser.post("/accounts/sign-in/", {**form, "login": "ann", "password": "ann's password"})
    assert answer.status_code == 302


def fields_of_sign_in(browser) -> dict:
    answer = browser.get("/admin/login/", follow=True)
    forms = lxml.html.fromstring(answer.content.decode()).forms
    return dict(next(form for form in forms if "login" in form.fields).form_values())


def test_what_was_written_in_the_admin_survives_an_expired_session(browser, ann):
    green, black = Tag.objects.create(name="green"), Tag.objects.create(name="black")
    post = make_post(title="Tea")
    path = f"/admin/blog/post/{post.pk}/change/"
    sign_in(browser)
    fields = {**fields_of(browser.get(path)), "text": TEXT, "tags": [green.pk, black.pk], "_continue": "Save"}
    del browser.cookies["sessionid"]

    answer = browser.post(path, fields)
    assert "You are signed out, so this was not saved." in answer.content.decode()
    assert "/admin/login/?next=%2Fadmin%2F" in answer.content.decode()
    assert send_again(browser, answer).status_code == 403
    sign_in(browser)
    answer = send_again(browser, answer)  # signing in has made another CSRF token
    answer = send_again(browser, answer)

    assert answer.status_code == 302
    assert answer["Location"] == path
    post.refresh_from_db()
    assert post.text.split() == TEXT.split()
    assert "\n\n  <b>" in post.text.replace("\r\n", "\n")
    assert {tag.name for tag in post.tags.all()} == {"green", "black"}


def test_a_form_that_the_browser_keeps_leads_to_signing_in_at_once(browser, ann):
    path = f"/admin/blog/page/{make_page().pk}/change/"
    sign_in(browser)
    fields = {**fields_of(browser.get(path)), "draft": "abc-123"}
    del browser.cookies["sessionid"]

    answer = browser.post(path, fields)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/?next=/admin/blog/page/")


def test_a_reader_in_the_admin_is_told_so_and_loses_nothing(browser, ann, bob):
    page = make_page()
    path = f"/admin/blog/page/{page.pk}/change/"
    sign_in(browser)
    fields = {**fields_of(browser.get(path)), "text": TEXT}
    browser.force_login(bob)

    answer = send_again(browser, browser.post(path, fields))

    assert "This account may not use the admin" in answer.content.decode()
    assert "一个晚上的成果" in answer.content.decode()


def test_what_was_changed_on_ones_own_page_survives(browser, bob):
    browser.force_login(bob)
    _path, fields = form_of(browser.get("/accounts/me/"), "Save")
    del browser.cookies["sessionid"]

    answer = browser.post("/accounts/me/", {**fields, "name": "Robert"})
    browser.force_login(bob)
    answer = send_again(browser, answer)

    assert answer.status_code == 302
    bob.refresh_from_db()
    assert bob.display_name == "Robert"


@pytest.mark.parametrize("lost", ["cookie", "token"])
def test_a_comment_survives_an_expired_csrf_token(browser, lost):
    make_post(title="A walk")
    path, fields = form_of(browser.get("/post/a-walk/comment/"), "post")
    if lost == "cookie":
        browser.cookies.clear()
    else:
        fields["csrfmiddlewaretoken"] = ["x" * 64]

    answer = browser.post(path, {**fields, "name": "Bob", "text": TEXT, "intent": "post"})
    assert not Comment.objects.exists()
    answer = send_again(browser, answer)

    assert answer.status_code == 303
    comment = Comment.objects.get()
    assert comment.name == "Bob"
    assert comment.text.replace("\r\n", "\n").strip() == TEXT.replace("\r\n", "\n").strip()


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
def test_what_another_site_fills_in_is_shown_and_cannot_be_sent(browser, desk, origin):
    page = make_page()
    browser.cookies = desk.cookies
    browser.defaults.pop("HTTP_ORIGIN")
    headers = {"Origin": origin} if origin else {}

    answer = browser.post(f"/admin/blog/page/{page.pk}/change/", {"text": TEXT}, headers=headers)

    assert answer.status_code == 403
    shown = answer.content.decode()
    assert "一个晚上的成果" in shown
    assert "Send again" not in shown
    assert "csrfmiddlewaretoken" not in shown
    assert Page.objects.get().text == "Who we are."


def test_passwords_are_not_repeated(browser, ann):
    answer = browser.post("/accounts/sign-in/", {"login": "ann", "password": "ann's password"})

    assert answer.status_code == 403
    shown = answer.content.decode()
    assert "ann's" not in shown.replace("&#x27;", "'")
    assert "Open the page again" in shown


def test_it_is_told_in_chinese(browser):
    make_post(title="A walk")

    answer = browser.post("/post/a-walk/comment/", {"text": TEXT}, headers={"Accept-Language": "zh-hans", **HERE})

    assert "再次发送" in answer.content.decode()
