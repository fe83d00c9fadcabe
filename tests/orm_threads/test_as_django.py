"""Requests on the pool, with middleware on the loop, are answered as Django answers them by itself.

An upgrade of Django or asgiref that changes what is overridden (docs/decisions.md) is seen here.
"""

import asyncio
import re

import pytest
from django.core import signals
from django.core.handlers.asgi import ASGIHandler
from django.test import override_settings

from benchmarks.django_middleware import django_middleware
from blog.models import Tag
from frodo.orm_threads import OrmThreads
from frodo.request_limits import RequestLimits
from tests.factories import make_post
from tests.orm_threads.requests import ask, run

FORM = {"method": "POST", "body": b"tea=green", "content_type": "application/x-www-form-urlencoded"}
TOKEN = "a" * 32
FILES = (
    b'--edge\r\nContent-Disposition: form-data; name="tea"\r\n\r\ngreen\r\n'
    b'--edge\r\nContent-Disposition: form-data; name="leaf"; filename="leaf.txt"\r\n\r\nleaf\r\n--edge--\r\n'
)

QUESTIONS = {
    "async view": {"path": "/quiet/"},
    "its language": {"path": "/quiet/", "accept_language": "zh-hans,en;q=0.5"},
    "sync view": {"path": "/sync/?q=%E8%8C%B6", "accept_language": "zh-hans"},
    "async query": {"path": "/count/"},
    "to and fro": {"path": "/to-and-fro/"},
    "head": {"path": "/quiet/", "method": "HEAD"},
    "options": {"path": "/api/markdown/", "method": "OPTIONS"},
    "missing": {"path": "/missing/"},
    "missing, sync": {"path": "/missing-sync/"},
    "not in the table": {"path": "/no/such/thing"},
    "without its slash": {"path": "/quiet?a=b"},
    "fails": {"path": "/fails/"},
    "fails, sync": {"path": "/fails-sync/"},
    "forbidden": {"path": "/forbidden/"},
    "suspicious": {"path": "/suspicious/"},
    "bad": {"path": "/bad/"},
    "answers nothing": {"path": "/nothing/"},
    "strange host": {"path": "/quiet/", "host": "evil.example"},
    "strange query": {"path": "/quiet/?\xff=\xfe"},
    "new session": {"path": "/session/"},
    "new session, sync": {"path": "/session-sync/"},
    "session only read": {"path": "/session-read/"},
    "unknown session": {"path": "/session-read/", "cookie": "sessionid=unknown"},
    "session ended": {"path": "/session-ended/", "cookie": "sessionid=unknown"},
    "user": {"path": "/user/"},
    "user, sync": {"path": "/user-sync/"},
    "message": {"path": "/message/"},
    "cookies": {"path": "/cookies/"},
    "csrf token": {"path": "/token/"},
    "csrf token again": {"path": "/token/", "cookie": f"csrftoken={TOKEN}"},
    "form without token": {"path": "/form/", **FORM},
    "form with token": {"path": "/form/", **FORM, "cookie": f"csrftoken={TOKEN}", "x_csrftoken": TOKEN},
    "form of another site": {
        "path": "/form/",
        **FORM,
        "cookie": f"csrftoken={TOKEN}",
        "x_csrftoken": TOKEN,
        "origin": "https://evil.example",
    },
    "upload": {
        "path": "/form/",
        "method": "POST",
        "body": FILES,
        "content_type": "multipart/form-data; boundary=edge",
        "content_length": str(len(FILES)),
        "cookie": f"csrftoken={TOKEN}",
        "x_csrftoken": TOKEN,
    },
    "damaged upload": {
        "path": "/form/",
        "method": "POST",
        "body": FILES,
        "content_type": "multipart/form-data; boundary=",
        "cookie": f"csrftoken={TOKEN}",
        "x_csrftoken": TOKEN,
    },
    "stream": {"path": "/stream/"},
    "stream, sync": {"path": "/stream-sync/"},
    "file": {"path": "/file/"},
    "in parts": {"path": "/large/"},
    "template": {"path": "/template/"},
    "template fails": {"path": "/template-fails/"},
    "home": {"path": "/"},
    "post": {"path": "/post/a-walk/"},
    "feed": {"path": "/feed.json"},
    "comments": {"path": "/api/posts/a-walk/comments/"},
    "sign in": {"path": "/accounts/sign-in/"},
    "admin": {"path": "/admin/"},
}


@pytest.fixture(autouse=True)
def _views_of_every_kind(settings):
    settings.ROOT_URLCONF = "tests.orm_threads.urls"
    settings.ALLOWED_HOSTS = ["localhost"]


@pytest.mark.quality
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous iterators")
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_answer(pool, settings, question, debug):
    settings.DEBUG = debug
    make_post()
    Tag.objects.bulk_create(Tag(name=name, name_key=name, slug=name) for name in ("tea", "cup"))

    with override_settings(MIDDLEWARE=django_middleware()):
        stock = asyncio.run(ask(ASGIHandler(), **QUESTIONS[question]))
    ours = asyncio.run(ask(site(pool), **QUESTIONS[question]))

    assert ours.status == stock.status
    assert without_chance(ours.headers) == without_chance(stock.headers)
    if ours.status < 400 or not debug:  # a report with the code's own lines
        assert masked(ours.body.decode()) == masked(stock.body.decode())
        assert ours.n_parts == stock.n_parts


def site(pool) -> OrmThreads:
    """As in frodo.asgi."""
    return OrmThreads(RequestLimits(ASGIHandler()), pool)


def without_chance(headers):
    """Nor those that Django leaves out where it cannot make a request of what it is sent (tests/site)."""
    left_out = {"expires", "content-length", "content-security-policy", "permissions-policy", "x-content-type-options"}
    return [(name, masked(value)) for name, value in headers if name.lower() not in left_out]


def masked(text: str) -> str:
    text = re.sub(r"(sessionid|csrftoken)=\w+|expires=[^;]+", r"\1=…", text)
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|messages=[^;]+', "…", text)


class Stamp:
    """Sync only, as many packages' middleware is."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["X-Stamp"] = "stamped"
        return response


class Rescue(Stamp):
    def process_exception(self, request, exception):
        from django.http import HttpResponse

        return HttpResponse(f"rescued from {type(exception).__name__}")


def test_sync_middleware_works_on_one_thread(narrow, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.orm_threads.test_as_django.Stamp"]
    app = site(narrow)

    async def test():
        paths = ["/count/", "/to-and-fro/", "/sync/", "/session/"] * 5
        return await asyncio.gather(*(ask(app, path) for path in paths))

    assert {(answer.status, answer["x-stamp"]) for answer in asyncio.run(test())} == {(200, "stamped")}


@pytest.mark.parametrize("path", ["/fails/", "/fails-sync/", "/template-fails/"])
def test_middleware_may_rescue(pool, settings, path):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.orm_threads.test_as_django.Rescue"]

    assert asyncio.run(ask(site(pool), path)).body == b"rescued from ZeroDivisionError"


def test_signals_are_sent(pool):
    heard = []

    def begun(**kwargs):
        heard.append("begun")

    async def ended(**kwargs):
        heard.append("ended")

    def failed(**kwargs):
        heard.append("failed")

    signals.request_started.connect(begun)
    signals.request_finished.connect(ended)
    signals.got_request_exception.connect(failed)
    try:
        asyncio.run(ask(site(pool), "/count/"))
        asyncio.run(ask(site(pool), "/fails/"))
    finally:
        signals.request_started.disconnect(begun)
        signals.request_finished.disconnect(ended)
        signals.got_request_exception.disconnect(failed)

    assert heard == ["begun", "ended", "begun", "failed", "ended"]


def test_who_leaves_is_not_worked_for(pool, monkeypatch):
    from tests.orm_threads import urls

    gone, said = asyncio.Event(), []

    async def slow(request):
        gone.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            said.append("cancelled")
            raise

    monkeypatch.setattr(urls.urlpatterns[0], "callback", slow)

    answer = asyncio.run(ask(site(pool), "/quiet/", gone=gone))

    assert (said, answer.status) == (["cancelled"], 0)


# What leaves the loop: the last hop of each closes the response, after it is sent


def hops(pool, path: str, **question) -> int:
    app = site(pool)
    asyncio.run(ask(app, path, **question))
    before = pool.n_hops
    asyncio.run(ask(app, path, **question))
    return pool.n_hops - before - 1


@pytest.mark.parametrize(
    ("path", "n"),
    [
        ("/quiet/", 0),
        ("/cookies/", 0),
        ("/token/", 0),
        ("/count/", 1),
        ("/sync/", 1),
        ("/to-and-fro/", 1),
        ("/missing/", 2),
        ("/user/", 0),
        ("/healthz", 0),
        ("/readyz", 1),
    ],
)
def test_only_what_asks_the_database_leaves_the_loop(pool, path, n):
    assert hops(pool, path) == n


def test_a_session_is_saved_on_a_thread(pool):
    saved = hops(pool, "/session-sync/")

    assert saved == 2  # the view, and the saving


def test_a_page_for_what_went_wrong_is_made_on_a_thread_with_a_connection(pool):
    run(pool, Tag.objects.acount)
    answer = asyncio.run(ask(site(pool), "/missing/"))

    assert answer.status == 404
    assert len(pool.threads) <= 4
