"""A page of another site cannot speak for its reader."""

import pytest
from django.test import Client

from tests import people
from tests.factories import make_post

ADDRESS = "/api/posts/a-walk/comments/"
SAID = {"text": "Buy my book.", "name": "Bob"}


@pytest.fixture(autouse=True)
def _post(db):
    make_post(title="A walk")


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_a_guest_is_not_spoken_for(client, headers):
    answer = client.post(ADDRESS, SAID, "application/json", headers=headers)

    assert answer.status_code == 403


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])
def test_what_a_form_can_send_is_not_taken(client, kind):
    assert client.post(ADDRESS, '{"text": "x", "name": "Bob"}', kind).status_code == 415


def test_our_own_page_and_programs_are_heard(client):
    ours = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}

    assert client.post(ADDRESS, SAID, "application/json", headers=ours).status_code == 201
    assert client.post(ADDRESS, SAID | {"text": "More."}, "application/json").status_code == 201


def test_who_is_signed_in_needs_the_token(client):
    client.force_login(people.bob())

    refused = client.post(ADDRESS, SAID, "application/json")
    token = client.get("/api/me/").json()["csrf"]
    taken = client.post(ADDRESS, SAID, "application/json", headers={"X-CSRFToken": token})

    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "permission_denied"
    assert taken.status_code == 201


def test_the_form_page_needs_its_token(client):
    assert client.post("/post/a-walk/comment/", SAID).status_code == 403
