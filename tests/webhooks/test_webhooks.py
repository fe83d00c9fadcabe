"""Webhooks, as their receiver and the owner see them."""

import hmac
import io
import json
import subprocess
import sys
from base64 import b64decode, b64encode
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from blog.models import Comment, Post, WebhookDelivery, WebhookEndpoint
from blog.moderation import actions
from blog.posts import trash
from blog.posts.services import publish, unpublish
from frodo.jobs import Job
from tests import people
from tests.databases import ROOT
from tests.factories import make_post
from tests.server import Server, free_port, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver(settings):
    """Another program. `receiver.status` is what it answers, `receiver.got` the headers and bodies it was sent."""
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.got.append((dict(self.headers.items()), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(server.status)
            for name, value in server.answer_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"Thanks")

        def log_message(self, *arguments) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.status, server.answer_headers = [], 200, {}
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def endpoint(db, receiver):
    return WebhookEndpoint.objects.create(url=receiver.url, description="The chat")


def run(job: str) -> None:
    call_command("run_jobs", job, stdout=io.StringIO())


def send() -> None:
    run("send_webhook")


def types(receiver) -> list[str]:
    return [json.loads(body)["type"] for _headers, body in receiver.got]


def signatures(headers: dict, body: bytes, secret: str) -> str:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + b64encode(hmac.digest(b64decode(secret.removeprefix("whsec_")), signed, "sha256")).decode()


def test_a_post_is_told_from_its_publication_to_its_deletion(receiver, endpoint, ann):
    post = make_post(title="A walk", status="draft", published_at=None)
    publish(Post.objects.filter(pk=post.pk))
    post = Post.objects.get(pk=post.pk)
    post.text = "Along the lake."
    post.save()
    unpublish(Post.objects.filter(pk=post.pk))
    publish(Post.objects.filter(pk=post.pk))
    trash.put(Post.objects.get(pk=post.pk))
    send()

    assert types(receiver) == [
        *("post.published", "post.updated", "post.unpublished", "post.published", "post.deleted"),
    ]
    data = json.loads(receiver.got[-1][1])["data"]
    assert data == {"post": {"id": post.pk, "title": "A walk", "slug": "a-walk"}}


def test_the_payload_is_the_post_as_the_api_shows_it(receiver, endpoint, client, settings):
    settings.SITE_URL = "https://blog.example"
    post = make_post(title="A walk", tags=("tea",))
    send()

    message = json.loads(receiver.got[-1][1])
    shown = client.get(f"/api/posts/{post.slug}/").json()
    assert message["data"]["post"]["title"] == shown["title"]
    assert message["data"]["post"]["url"] == "https://blog.example/post/a-walk/"
    assert set(message["data"]["post"]) <= set(shown)


def test_comments_and_decisions_are_told(receiver, endpoint, client, ann):
    post = make_post()
    WebhookDelivery.objects.all().delete()
    sent = {"text": "Lovely.", "name": "Bob"}
    made = client.post(f"/api/posts/{post.slug}/comments/", sent, content_type="application/json")
    assert made.status_code == 201, made.content
    send()
    actions.remove(Comment.objects.get())
    send()

    assert types(receiver) == ["comment.created", "comment.deleted", "moderation.decided"]
    created, deleted, decided = (json.loads(body)["data"] for _headers, body in receiver.got)
    assert created["comment"]["text" if "text" in created["comment"] else "html"]
    assert created["post"]["id"] == post.pk
    assert deleted["comment"] == {"id": created["comment"]["id"], "state": "removed"}
    assert decided["decision"]["action"] == "remove"


def test_what_was_deleted_before_it_was_sent_does_not_leave_the_site(receiver, endpoint, client):
    post = make_post()
    sent = {"text": "Something private.", "name": "Bob"}
    client.post(f"/api/posts/{post.slug}/comments/", sent, content_type="application/json")
    actions.remove(Comment.objects.get())
    send()

    assert "comment.created" in types(receiver)
    assert not any(b"private" in body for _headers, body in receiver.got)


def test_only_the_chosen_events_are_sent(receiver, endpoint):
    WebhookEndpoint.objects.update(events=["comment.created"])
    make_post()
    send()

    assert receiver.got == []


def test_a_scheduled_post_is_told_at_its_time(receiver, endpoint):
    post = make_post(published_at=timezone.now() + timedelta(days=1))
    job = Job.objects.get(type="announce_post")
    assert job.available_at == post.published_at
    Post.objects.filter(pk=post.pk).update(published_at=timezone.now())
    Job.objects.filter(pk=job.pk).update(available_at=timezone.now())
    run("announce_post")
    send()

    assert types(receiver) == ["post.published"]


def test_it_is_signed_and_a_former_secret_signs_as_well_for_a_day(receiver, endpoint):
    former = endpoint.secret
    endpoint.rotate()
    make_post()
    send()

    [(headers, body)] = receiver.got
    assert headers["webhook-signature"].split(" ") == [
        signatures(headers, body, endpoint.secret),
        signatures(headers, body, former),
    ]
    WebhookEndpoint.objects.update(rotated_at=timezone.now() - timedelta(hours=25))
    make_post(title="Another")
    send()
    headers, body = receiver.got[-1]
    assert headers["webhook-signature"] == signatures(headers, body, endpoint.secret)
    assert endpoint.secret != former


@pytest.mark.parametrize("status", [500, 404, 302])
def test_a_failure_is_tried_again_with_the_same_id(receiver, endpoint, status):
    receiver.status, receiver.answer_headers = status, {"Retry-After": "300", "Location": receiver.url}
    make_post()
    send()

    job = Job.objects.get(type="send_webhook")
    assert job.state == Job.State.PENDING
    assert job.available_at > timezone.now() + timedelta(seconds=250)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.response) == ("pending", status, "Thanks")
    receiver.status = 204
    Job.objects.update(available_at=timezone.now())
    send()
    assert [headers["webhook-id"] for headers, _body in receiver.got] == [delivery.uid] * 2
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("delivered", 2)
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_one_that_fails_for_days_is_turned_off_and_the_owner_is_told(receiver, endpoint, ann, settings, client):
    settings.SITE_URL, settings.EMAIL_URL = "https://blog.example", "console://"
    receiver.status = 500
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=6))
    make_post()
    send()

    endpoint.refresh_from_db()
    assert not endpoint.is_active
    assert WebhookDelivery.objects.get().state == "failed"
    [letter] = mail.outbox
    assert letter.to == [ann.email]
    assert f"https://blog.example/admin/blog/webhookendpoint/{endpoint.pk}/change/" in letter.body
    client.force_login(ann)
    assert "The chat” was disabled" in client.get("/admin/").content.decode()


def test_gone_turns_it_off_at_once(receiver, endpoint):
    receiver.status = 410
    make_post()
    send()

    endpoint.refresh_from_db()
    assert not endpoint.is_active


def test_no_host_inside_is_asked(receiver, endpoint, settings):
    settings.HTTP_CLIENT_ALLOW = []
    make_post()
    send()

    assert receiver.got == []
    assert WebhookDelivery.objects.get().response == "This URL is not public."


def test_the_owner_makes_tests_and_rotates_a_webhook_in_the_admin(receiver, desk):
    add = reverse("admin:blog_webhookendpoint_add")
    desk.post(add, {"url": receiver.url, "description": "The chat", "is_active": "on", "events": ["post.published"]})
    endpoint = WebhookEndpoint.objects.get()
    page = reverse("admin:blog_webhookendpoint_change", args=[endpoint.pk])
    assert endpoint.secret in desk.get(page).content.decode()

    form = {"url": receiver.url, "description": "The chat", "is_active": "on"}
    tested = desk.post(page, {**form, "_test": "x"}, follow=True)
    assert "A test is being sent" in tested.content.decode()
    send()
    assert types(receiver) == ["webhook.test"]
    delivery = WebhookDelivery.objects.get()
    log = desk.get(reverse("admin:blog_webhookdelivery_change", args=[delivery.pk])).content.decode()
    assert "Thanks" in log
    desk.post(reverse("admin:blog_webhookdelivery_change", args=[delivery.pk]), {"_resend": "x"})
    send()
    assert [headers["webhook-id"] for headers, _body in receiver.got] == [delivery.uid] * 2

    former = endpoint.secret
    desk.post(page, {**form, "_rotate": "x"})
    endpoint.refresh_from_db()
    assert endpoint.secret != former


def test_editors_do_not_see_webhooks(client, endpoint):
    client.force_login(people.edith())
    assert client.get(reverse("admin:blog_webhookendpoint_changelist")).status_code == 403


def test_the_log_is_deleted_when_it_is_old(endpoint, settings):
    make_post()
    WebhookDelivery.objects.update(state="delivered", created_at=timezone.now() - timedelta(days=31))
    run("delete_old_webhook_deliveries")

    assert not WebhookDelivery.objects.exists()


def test_the_example_of_the_documents_receives_and_verifies(tmp_path):
    port = free_port()
    with Server(tmp_path, HTTP_CLIENT_ALLOW="127.0.0.1/32", JOBS_POLL_SECONDS="0.2") as server:
        secret = server.run(
            "from blog.models import WebhookEndpoint as W; from tests.factories import make_post\n"
            f"print(W.objects.create(url='http://127.0.0.1:{port}/').secret); make_post(slug='walk')"
        )
        script = [sys.executable, str(ROOT / "docs/examples/webhook_receiver.py"), str(port)]
        with (tmp_path / "received").open("w") as out:
            example = subprocess.Popen(script, stdout=out, env={"WEBHOOK_SECRET": secret})
        try:
            status, _made = server.ask("/api/posts/walk/comments/", {"text": "Lovely.", "name": "Bob"})
            assert status == 201
            lines = (tmp_path / "received").read_text
            until(lambda: "comment.created" in lines(), "the comment to be received", 60)
            assert '"name": "Bob"' in lines()
            forged = Request(
                f"http://127.0.0.1:{port}/",
                b'{"type": "forged", "data": {}}',
                {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"},
            )
            with pytest.raises(HTTPError, match="400"):
                urlopen(forged, timeout=10)
            assert "forged" not in lines()
        finally:
            example.kill()
            example.wait()


def test_deliveries_are_listed_by_the_name_of_their_event(desk):
    endpoint = WebhookEndpoint.objects.create(url="https://hooks.example/in")
    WebhookDelivery.objects.create(endpoint=endpoint, type="post.published")

    assert ">Post published</a>" in desk.get("/admin/blog/webhookdelivery/").content.decode()
