"""What a CDN gets with each page, and what it is told to purge: by a server of its own, which receives the requests."""

import io
import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.request import urlopen

import pytest
from django.core.management import call_command
from django.utils import timezone

from frodo.jobs import Job
from tests.factories import make_post
from tests.live.test_post_and_hear import MAKE_POST
from tests.server import Server, until


class Api(ThreadingHTTPServer):
    """Answers with `status` and `answer_headers`; `got` is what it was asked: method, path, headers, body."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[str, str, dict, bytes]] = []
        self.status, self.answer_headers = 200, {}
        self.url = f"http://127.0.0.1:{self.server_port}"

    def purged(self) -> list[list[str]]:
        return [request[2]["Surrogate-Key"].split() for request in self.got]


class Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.command, self.path, dict(self.headers.items()), body))
        self.send_response(self.server.status)
        for name, value in self.server.answer_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PURGE = answer

    def log_message(self, *arguments) -> None:
        pass


@pytest.fixture
def api():
    with Api() as api:
        thread = Thread(target=api.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield api
        api.shutdown()
        thread.join()


def settings_for(api: Api, cdn: str, path: str, **more: str) -> dict[str, str]:
    quick = {"HTTP_CLIENT_ALLOW": "127.0.0.1/32", "PAGE_CACHE_POLL_SECONDS": "0.2", "JOBS_POLL_SECONDS": "0.5"}
    return {"CDN": cdn, "CDN_PURGE_URL": api.url + path, "CDN_PURGE_TOKEN": "secret", **quick, **more}


def headers_of(server: Server, path: str) -> dict[str, str]:
    with urlopen(server.url + path, timeout=60) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}


def say(server: Server, text: str) -> None:
    assert server.ask("/api/posts/a-walk/comments/", {"text": text, "name": "Eve"})[0] == 201


# By a server


def test_fastly_is_told_of_the_post_that_changed_and_then_of_everything(api, tmp_path):
    with Server(tmp_path, **settings_for(api, "fastly", "/service/abc/purge")) as server:
        post = server.run(MAKE_POST)
        until(lambda: ["frodo"] in api.purged(), "the new post to be purged")
        until(lambda: not server.query("SELECT id FROM frodo_job WHERE type = 'purge_cdn'"), "all purges")
        page, front, archive = (headers_of(server, path) for path in ("/post/a-walk/", "/", "/archives/"))
        api.got.clear()
        say(server, "Hello.")
        until(lambda: {f"frodo-{post}", "frodo-lists"} == {key for keys in api.purged() for key in keys}, "the purge")

        assert page["surrogate-key"] == f"frodo frodo-{post}"
        assert front["surrogate-key"] == "frodo frodo-lists"
        assert archive["surrogate-key"] == "frodo"
        assert page["cache-control"] == "public, max-age=0, s-maxage=3600"
        method, path, headers, body = api.got[0]
        assert (method, path, headers["Fastly-Key"], body) == ("POST", "/service/abc/purge", "secret", b"")

        api.got.clear()
        server.manage("purge_pages")
        until(lambda: ["frodo"] in api.purged(), "everything to be purged")


# By the job alone


def configure(settings, api: Api, cdn: str, path: str = "/") -> None:
    settings.CDN, settings.CDN_PURGE_URL, settings.CDN_PURGE_TOKEN = cdn, api.url + path, "secret"
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]


def run_due() -> None:
    """As if their time had come."""
    Job.objects.filter(type="purge_cdn", attempts=0).update(available_at=timezone.now())
    call_command("run_jobs", "purge_cdn", stdout=io.StringIO())


@pytest.mark.django_db(transaction=True)
def test_cloudflare_gets_tags_with_a_token(api, settings, client):
    configure(settings, api, "cloudflare", "/client/v4/zones/abc/purge_cache")
    post = make_post()
    run_due()
    api.got.clear()
    sent = {"text": "Lovely.", "name": "Bob"}
    client.post(f"/api/posts/{post.slug}/comments/", sent, content_type="application/json")
    run_due()

    [(method, path, headers, body)] = api.got
    assert (method, path) == ("POST", "/client/v4/zones/abc/purge_cache")
    assert (headers["Authorization"], headers["Content-Type"]) == ("Bearer secret", "application/json")
    assert json.loads(body) == {"tags": [f"frodo-{post.pk}", "frodo-lists"]}


@pytest.mark.django_db(transaction=True)
def test_changes_of_the_same_seconds_share_one_request(api, settings, client):
    configure(settings, api, "http")
    post = make_post()
    run_due()
    api.got.clear()
    for n in range(5):
        sent = {"text": f"Number {n}", "name": "Eve"}
        answer = client.post(f"/api/posts/{post.slug}/comments/", sent, content_type="application/json")
        assert answer.status_code == 201
    run_due()

    [(method, path, headers, _body)] = api.got
    assert (method, path, headers["Authorization"]) == ("PURGE", "/", "Bearer secret")
    assert set(api.purged()[0]) == {f"frodo-{post.pk}", "frodo-lists"}


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_no_news_and_a_scheduled_post_is_at_its_time(api, settings):
    configure(settings, api, "http")
    make_post(status="draft", published_at=None)
    assert not Job.objects.filter(type="purge_cdn").exists()

    at = timezone.now() + timedelta(days=3)
    make_post(status="scheduled", published_at=at)
    [job] = Job.objects.filter(type="purge_cdn")
    assert 0 < (job.available_at - at).total_seconds() <= 4


@pytest.mark.django_db(transaction=True)
def test_what_failed_is_sent_with_the_next_and_waits_as_long_as_it_is_asked_to(api, settings):
    configure(settings, api, "http")
    api.status, api.answer_headers = 429, {"Retry-After": "30"}
    make_post()
    run_due()
    [job] = Job.objects.filter(type="purge_cdn")
    assert (job.state, job.attempts) == ("pending", 1)
    assert 25 < (job.available_at - timezone.now()).total_seconds() <= 30

    api.status = 200
    Job.objects.create(type="purge_cdn", key="another", args={"key": "frodo-7"})
    run_due()
    assert api.purged() == [["frodo"], ["frodo"]]  # which contains the other
    assert not Job.objects.filter(type="purge_cdn").exists()


@pytest.mark.django_db(transaction=True)
def test_a_wrong_token_is_reported_and_not_tried_again(api, settings):
    configure(settings, api, "fastly")
    api.status = 401
    make_post()
    run_due()

    [job] = Job.objects.filter(type="purge_cdn")
    assert (job.state, job.error) == ("failed", "This URL responded with status 401.")
    assert len(api.got) == 1


@pytest.mark.django_db(transaction=True)
def test_a_private_address_needs_to_be_allowed(api, settings):
    configure(settings, api, "http")
    settings.HTTP_CLIENT_ALLOW = []
    make_post()
    run_due()

    assert Job.objects.get(type="purge_cdn").error == "This URL is not public."
    assert api.got == []


@pytest.mark.django_db(transaction=True)
def test_more_keys_than_a_request_may_have_are_sent_in_several(api, settings):
    configure(settings, api, "http")
    now = timezone.now()
    rows = [Job(type="purge_cdn", key=f"{n}", args={"key": f"frodo-{n}"}, available_at=now) for n in range(250)]
    Job.objects.bulk_create(rows)
    run_due()

    assert [len(keys) for keys in api.purged()] == [100, 100, 50]
    assert {key for keys in api.purged() for key in keys} == {f"frodo-{n}" for n in range(250)}
