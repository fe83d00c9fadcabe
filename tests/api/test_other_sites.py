"""Writes by pages of other sites, told by what their browser says of them."""

import pytest
from django.test import Client

from accounts.tokens.services import create_personal_token
from blog.models import Comment, Post
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def comment_on(client, post: Post, **headers: str):
    said = {"text": "Lovely.", "name": "Eve"}
    return client.post(f"/api/posts/{post.slug}/comments/", said, "application/json", headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:8000"},
        {"Origin": "http://["},
        {"Origin": "http://]testserver"},
        {"Origin": "testserver"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)
def test_a_page_of_another_site_writes_no_comment(client, headers):
    answer = comment_on(client, make_post(), **headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "other_site")
    assert answer.json()["error"]["message"] == "Requests from other sites are not accepted."
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_page_of_ours_and_a_program_write_one(client, headers):
    assert comment_on(client, make_post(), **headers).status_code == 201


def test_an_origin_that_the_settings_trust_may_write(client, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://blog.example"]
    post = make_post()

    assert comment_on(client, post, Origin="https://blog.example").status_code == 201
    assert comment_on(client, post, Origin="https://blog.example:444").status_code == 403


def test_reading_is_not_refused_to_another_site(client):
    post = make_post()
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}

    assert client.get("/api/posts/", headers=headers).status_code == 200
    assert client.get(f"/api/posts/{post.slug}/comments/", headers=headers).status_code == 200


def test_a_token_is_sent_by_no_browser_of_itself_so_its_origin_does_not_matter(ann):
    _token, secret = create_personal_token(ann, "script", ["posts"])
    headers = {"Authorization": f"Bearer {secret}", "Origin": "https://editor.example", "Sec-Fetch-Site": "cross-site"}

    answer = Client().post("/api/posts/", {"title": "Tea"}, "application/json", headers=headers)

    assert answer.status_code == 201


def test_a_session_needs_the_csrf_token_besides(bob):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bob)
    post = make_post()

    without = comment_on(browser, post, Origin="http://testserver")
    assert (without.status_code, without.json()["error"]["code"]) == (403, "permission_denied")

    token = browser.get("/api/me/").json()["csrf"]
    assert comment_on(browser, post, **{"Origin": "http://testserver", "X-CSRFToken": token}).status_code == 201
    assert comment_on(browser, post, **{"Origin": "http://testserver", "X-CSRFToken": "x" * 64}).status_code == 403


@pytest.mark.parametrize("origin", ["http://[", "null", "http://testserver.evil.example", "https://testserver"])
def test_a_reaction_by_form_is_taken_from_this_site_only(client, origin):
    post = make_post()

    answer = client.post(f"/post/{post.slug}/react/", {"kind": "love"}, headers={"Origin": origin})

    post.refresh_from_db()
    assert (answer.status_code, post.reactions) == (403, {})


@pytest.mark.parametrize(
    ("referer", "status"),
    [
        ("http://testserver/post/a-walk/", 303),
        ("http://testserver", 303),
        ("http://testserver.evil.example/", 403),
        ("http://testserver@evil.example/", 403),
        ("http://[", 403),
        ("", 403),
    ],
)
def test_without_an_origin_the_referer_of_a_form_says_where_it_stands(client, referer, status):
    post = make_post()

    answer = client.post(f"/post/{post.slug}/react/", {"kind": "love"}, headers={"Referer": referer})

    assert answer.status_code == status
