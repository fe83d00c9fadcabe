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
from tests.factories import make_activity, make_post
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


def test_a_scheduled_post_that_is_published_early_is_told_once(receiver, endpoint):
    post = make_post(published_at=timezone.now() + timedelta(days=1))
    post.published_at = timezone.now()
    post.save()
    Job.objects.filter(type="announce_post").update(available_at=timezone.now())
    run("announce_post")
    send()

    assert types(receiver) == ["post.published"]


def test_an_edit_after_a_scheduled_post_appeared_is_an_update(receiver, endpoint, desk):
    post = make_post(published_at=timezone.now() + timedelta(seconds=60))
    Post.objects.filter(pk=post.pk).update(published_at=timezone.now() - timedelta(seconds=1))
    Job.objects.filter(type="announce_post").update(available_at=timezone.now())
    run("announce_post")
    answer = desk.patch(f"/api/posts/{post.slug}/", {"text": "By the lake."}, content_type="application/json")
    assert answer.status_code == 200
    Job.objects.filter(type="announce_post").update(available_at=timezone.now())
    run("announce_post")
    send()

    assert types(receiver) == ["post.published", "post.updated"]


def test_a_scheduled_post_that_is_scheduled_later_is_told_at_the_later_time(receiver, endpoint):
    post = make_post(published_at=timezone.now() + timedelta(hours=1))
    later = timezone.now() + timedelta(hours=2)
    post.published_at = later
    post.save()

    job = Job.objects.get(type="announce_post")
    assert job.available_at == later
    Job.objects.update(available_at=timezone.now())
    run("announce_post")
    send()
    assert types(receiver) == []


def test_a_scheduled_post_that_is_taken_back_is_not_told(receiver, endpoint):
    post = make_post(published_at=timezone.now() + timedelta(hours=1))
    unpublish(Post.objects.filter(pk=post.pk))
    Job.objects.filter(type="announce_post").update(available_at=timezone.now())
    run("announce_post")
    send()

    assert receiver.got == []


def test_a_post_that_is_hidden_from_strangers_is_told_as_unpublished_without_its_text(receiver, endpoint):
    post = make_post(title="Diary", text="Dear diary.")
    send()
    post.visibility, post.password = "password", "leaves"
    post.save()
    send()

    assert types(receiver) == ["post.published", "post.unpublished"]
    assert json.loads(receiver.got[-1][1])["data"] == {"post": {"id": post.pk, "title": "Diary", "slug": "diary"}}


def test_comments_on_a_hidden_post_are_told_without_their_words(receiver, endpoint, desk):
    post = make_post(title="Diary", visibility="private")
    sent = {"text": "Nobody else reads this."}
    made = desk.post(f"/api/posts/{post.slug}/comments/", sent, content_type="application/json")
    assert made.status_code == 201, made.content
    send()

    assert types(receiver) == ["comment.created"]
    comment = Comment.objects.get()
    assert json.loads(receiver.got[-1][1])["data"]["comment"] == {"id": comment.pk, "state": "visible"}
    assert b"Nobody else" not in receiver.got[-1][1]


def test_a_comment_that_awaits_approval_is_told_with_the_reasons_and_then_its_approval(
    receiver, endpoint, client, settings
):
    settings.COMMENT_APPROVAL = "always"
    post = make_post()
    WebhookDelivery.objects.all().delete()
    sent = {"text": "Lovely.", "name": "Bob"}
    client.post(f"/api/posts/{post.slug}/comments/", sent, content_type="application/json")
    comment = Comment.objects.get()
    assert comment.state == "pending"
    send()
    [pending] = [json.loads(body)["data"] for _headers, body in receiver.got if b"comment.pending" in body]
    actions.approve(comment)
    send()

    assert pending["comment"]["state"] == "pending"
    assert pending["comment"]["pending_reasons"]
    assert pending["post"]["id"] == post.pk
    assert "comment.approved" not in types(receiver)[:2]
    assert "comment.approved" in types(receiver)


def test_activities_are_no_posts_and_are_not_told(receiver, endpoint):
    activity = make_activity(text="A heron.")
    activity.delete()
    send()

    assert receiver.got == []


def test_a_delivery_to_a_disabled_webhook_ends_and_says_why(receiver, endpoint, desk):
    make_post()
    WebhookEndpoint.objects.update(is_active=False)
    send()

    assert receiver.got == []
    delivery = WebhookDelivery.objects.get()
    assert delivery.state == "failed"
    page = desk.get(reverse("admin:blog_webhookdelivery_change", args=[delivery.pk])).content.decode()
    assert "The webhook is disabled." in page


def test_resending_to_a_disabled_webhook_is_refused_with_what_to_do(receiver, endpoint, desk):
    make_post()
    send()
    delivery = WebhookDelivery.objects.get()
    WebhookEndpoint.objects.update(is_active=False)

    page = reverse("admin:blog_webhookdelivery_change", args=[delivery.pk])
    one = desk.post(page, {"_resend": "x"}, follow=True).content.decode()
    many = {"action": "resend", "_selected_action": [delivery.pk]}
    some = desk.post(reverse("admin:blog_webhookdelivery_changelist"), many, follow=True).content.decode()
    chinese = desk.post(page, {"_resend": "x"}, follow=True, headers={"accept-language": "zh-CN"}).content.decode()

    for shown in (one, some):
        assert "“The chat” is disabled. Enable it first." in shown
        assert "Resending" not in shown
    assert "“The chat”已停用，请先启用。" in chinese
    send()
    assert len(receiver.got) == 1
    assert WebhookDelivery.objects.get().state == "delivered"


def test_several_deliveries_are_resent_at_once(receiver, endpoint, desk):
    for title in ("One", "Two"):
        make_post(title=title)
    send()
    chosen = list(WebhookDelivery.objects.values_list("pk", flat=True))

    said = {"action": "resend", "_selected_action": chosen}
    page = desk.post(reverse("admin:blog_webhookdelivery_changelist"), said, follow=True).content.decode()
    send()

    assert "Resending 2 deliveries." in page
    ids = [headers["webhook-id"] for headers, _body in receiver.got]
    assert sorted(ids[:2]) == sorted(ids[2:])


def test_an_enabled_webhook_starts_anew(receiver, endpoint, desk):
    off = {"is_active": False, "disabled_at": timezone.now(), "failing_since": timezone.now() - timedelta(days=9)}
    WebhookEndpoint.objects.update(**off)
    receiver.status = 500

    page = reverse("admin:blog_webhookendpoint_change", args=[endpoint.pk])
    desk.post(page, {"url": receiver.url, "description": "The chat", "is_active": "on"})
    make_post()
    send()

    endpoint.refresh_from_db()
    assert endpoint.is_active
    assert endpoint.disabled_at is None
    assert timezone.now() - endpoint.failing_since < timedelta(minutes=1)
    assert "was disabled" not in desk.get("/admin/").content.decode()


@pytest.mark.parametrize("url", ["ftp://a.example/", "javascript:alert(1)", "nonsense", "", "https://"])
def test_a_url_that_is_none_of_the_web_is_refused_with_what_was_typed(desk, url):
    answer = desk.post(
        reverse("admin:blog_webhookendpoint_add"), {"url": url, "description": "Kept", "is_active": "on"}
    )

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["url"]
    assert 'value="Kept"' in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_an_event_that_there_is_not_is_refused(desk):
    sent = {"url": "https://hooks.example/", "is_active": "on", "events": ["post.published", "post.eaten"]}
    answer = desk.post(reverse("admin:blog_webhookendpoint_add"), sent)

    assert "post.eaten" in str(answer.context["adminform"].form.errors["events"])
    assert not WebhookEndpoint.objects.exists()


def test_a_test_that_fails_is_not_repeated_and_counts_as_no_failure(receiver, endpoint, desk):
    receiver.status = 500
    form = {"url": receiver.url, "description": "The chat", "is_active": "on", "_test": "x"}
    desk.post(reverse("admin:blog_webhookendpoint_change", args=[endpoint.pk]), form)
    send()
    send()

    delivery = WebhookDelivery.objects.get()
    assert (delivery.type, delivery.state, delivery.status, delivery.attempts) == ("webhook.test", "failed", 500, 1)
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_a_disabled_webhook_can_still_be_tested(receiver, endpoint, desk):
    WebhookEndpoint.objects.update(is_active=False)
    form = {"url": receiver.url, "description": "The chat", "_test": "x"}
    desk.post(reverse("admin:blog_webhookendpoint_change", args=[endpoint.pk]), form)
    send()

    assert types(receiver) == ["webhook.test"]
    assert WebhookDelivery.objects.get().state == "delivered"


def test_a_deleted_webhook_gets_nothing_more_and_its_log_goes(receiver, endpoint, desk):
    make_post()
    desk.post(reverse("admin:blog_webhookendpoint_delete", args=[endpoint.pk]), {"post": "yes"})
    send()

    assert receiver.got == []
    assert not WebhookDelivery.objects.exists()
    assert Job.objects.filter(type="send_webhook", state="failed").count() == 0


@pytest.mark.parametrize("path", ["webhookendpoint/", "webhookendpoint/add/", "webhookdelivery/"])
def test_only_the_owner_opens_these_pages(client, endpoint, bob, path):
    for user, status in ((people.edith(), 403), (people.cid(), 403), (bob, 302)):
        client.force_login(user)
        assert client.get(f"/admin/blog/{path}").status_code == status, user


def test_the_log_says_what_is_about_in_chinese(desk, endpoint):
    WebhookDelivery.objects.create(endpoint=endpoint, type="comment.pending", state="failed", status=500)

    page = desk.get("/admin/blog/webhookdelivery/", headers={"accept-language": "zh-CN"}).content.decode()

    assert "评论待审核" in page
    assert "失败" in page
