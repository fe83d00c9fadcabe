"""`Idempotency-Key`: what is sent again is done once, and nobody gets the response to another request."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import Comment, Post
from frodo.models import IdempotentResponse
from tests import people
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def send(client, said: dict, key: str, path: str = "/api/posts/", **options):
    return client.post(path, said, "application/json", headers={"Idempotency-Key": key}, **options)


def test_the_second_response_is_the_first_with_its_headers(desk):
    first, second = (send(desk, {"title": "茶"}, "b6f1") for _ in range(2))

    assert (second.status_code, second.content) == (201, first.content)
    assert second["Location"] == first["Location"] == "/api/posts/%E8%8C%B6/"
    assert second["ETag"] == first["ETag"]
    assert second["Content-Type"] == "application/json"
    assert second["Cache-Control"] == "private, no-store"
    assert ("Idempotent-Replayed" in first, second["Idempotent-Replayed"]) == (False, "true")
    assert Post.objects.count() == 1


def test_another_key_is_another_request(desk):
    slugs = [send(desk, {"title": "Tea"}, key).json()["slug"] for key in ("one", "two")]

    assert slugs[0] != slugs[1]
    assert Post.objects.count() == 2


@pytest.mark.parametrize(("said", "path"), [({"title": "Coffee"}, "/api/posts/"), ({"title": "Tea"}, "/api/pages/")])
def test_a_key_is_not_used_for_another_request(desk, said, path):
    send(desk, {"title": "Tea"}, "b6f1")

    answer = send(desk, said, "b6f1", path)

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert answer.json()["error"]["message"] == "This Idempotency-Key was used with another request. Use a new one."
    assert Post.objects.count() == 1


def test_the_order_of_names_in_the_body_does_not_matter(desk):
    send(desk, {"title": "Tea", "text": "Hot."}, "b6f1")

    assert send(desk, {"text": "Hot.", "title": "Tea"}, "b6f1")["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", "茶", "a\u00e9", "x" * 201, "a\tb"])
def test_a_key_that_cannot_be_is_refused(desk, key):
    answer = send(desk, {"title": "Tea"}, key)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_idempotency_key")
    assert not Post.objects.exists()


def test_the_longest_key_is_taken(desk):
    assert send(desk, {"title": "Tea"}, "x" * 200).status_code == 201
    assert send(desk, {"title": "Tea"}, "x" * 200)["Idempotent-Replayed"] == "true"


def test_keys_that_differ_in_case_are_two(desk):
    send(desk, {"title": "Tea"}, "key")

    assert "Idempotent-Replayed" not in send(desk, {"title": "Tea"}, "KEY")
    assert Post.objects.count() == 2


def test_an_error_is_not_kept_so_the_request_can_be_corrected(desk):
    assert send(desk, {"title": ""}, "b6f1").status_code == 400
    assert not IdempotentResponse.objects.exists()

    assert send(desk, {"title": "Tea"}, "b6f1").status_code == 201


def test_two_people_may_use_the_same_key(desk):
    other = Client()
    other.force_login(people.edith())

    first, second = (send(each, {"title": "Tea"}, "b6f1") for each in (desk, other))

    assert "Idempotent-Replayed" not in second
    assert first.json()["id"] != second.json()["id"]


def test_guests_of_two_networks_may_use_the_same_key(client):
    post = make_post()
    path, said = f"/api/posts/{post.slug}/comments/", {"text": "Lovely.", "name": "Eve"}

    here, there = (send(client, said, "b6f1", path, REMOTE_ADDR=ip) for ip in ("198.51.100.7", "203.0.113.7"))

    assert (here.status_code, "Idempotent-Replayed" in there) == (201, False)
    again = send(client, said, "b6f1", path, REMOTE_ADDR="198.51.100.7")
    assert again["Idempotent-Replayed"] == "true"
    assert again.json()["id"] == here.json()["id"]


def test_a_response_is_kept_for_a_day(desk):
    send(desk, {"title": "Tea"}, "b6f1")
    IdempotentResponse.objects.update(created_at=timezone.now() - timedelta(hours=23, minutes=59))
    assert send(desk, {"title": "Tea"}, "b6f1")["Idempotent-Replayed"] == "true"

    IdempotentResponse.objects.update(created_at=timezone.now() - timedelta(hours=24, minutes=1))
    later = send(desk, {"title": "Tea"}, "b6f1")

    assert (later.status_code, "Idempotent-Replayed" in later) == (201, False)
    assert IdempotentResponse.objects.count() == 1


def test_what_was_deleted_meanwhile_is_not_made_again(desk):
    slug = send(desk, {"title": "Tea"}, "b6f1").json()["slug"]
    desk.delete(f"/api/posts/{slug}/")

    assert send(desk, {"title": "Tea"}, "b6f1")["Idempotent-Replayed"] == "true"
    assert desk.get(f"/api/posts/{slug}/").status_code == 404


def test_a_replay_asks_for_the_right_to_write_again(desk, ann):
    send(desk, {"title": "Tea"}, "b6f1")
    desk.logout()

    assert send(desk, {"title": "Tea"}, "b6f1").status_code == 401


def test_without_a_key_nothing_is_kept(desk):
    desk.post("/api/posts/", {"title": "Tea"}, "application/json")

    assert not IdempotentResponse.objects.exists()


def test_a_change_ignores_the_key(desk):
    post = make_post(title="Tea")
    path, headers = f"/api/posts/{post.slug}/", {"Idempotency-Key": "b6f1"}

    for title in ("Green tea", "Black tea"):
        assert desk.patch(path, {"title": title}, "application/json", headers=headers).json()["title"] == title


def test_a_comment_that_is_sent_twice_is_there_once_and_counted_once(client):
    post = make_post()
    path, said = f"/api/posts/{post.slug}/comments/", {"text": "Lovely.", "name": "Eve"}

    first, second = (send(client, said, "b6f1", path) for _ in range(2))

    assert second.json() == first.json()
    assert Comment.objects.count() == 1
    assert client.get(f"/api/posts/{post.slug}/").json()["n_comments"] == 1
