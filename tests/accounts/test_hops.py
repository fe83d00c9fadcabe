"""Signing in adds nothing to other requests, and what needs no database asks no thread (docs/orm-threads.md)."""

import asyncio
import json

from django.core.handlers.asgi import ASGIHandler

from accounts.avatars import avatar_url
from frodo.orm_threads import OrmThreads
from tests import people
from tests.orm_threads.conftest import make_pool, pool  # noqa: F401 - fixtures
from tests.orm_threads.requests import ask


def hops(pool, address: str, **headers) -> int:  # noqa: F811
    answer = asyncio.run(ask(OrmThreads(ASGIHandler(), pool), address, **headers))
    assert answer.status in {200, 302}
    return pool.n_hops - 1  # closing the response


def test_a_picture_is_drawn_on_the_loop(pool):  # noqa: F811
    assert hops(pool, avatar_url("user:7")) == 0


def test_the_page_to_sign_in_is_made_in_two_hops(pool):  # noqa: F811
    """allauth's view, and its template."""
    assert hops(pool, "/accounts/sign-in/") == 2


def test_who_is_not_signed_in_is_sent_away_from_the_loop(pool):  # noqa: F811
    assert hops(pool, "/accounts/me/") == 0


def test_a_password_is_checked_on_a_thread_and_a_program_takes_one_hop(pool):  # noqa: F811
    people.bob()

    body = json.dumps({"username": "bob", "password": "bob's password"}).encode()
    app = OrmThreads(ASGIHandler(), pool)
    headers = {"content_type": "application/json", "content_length": str(len(body))}
    answer = asyncio.run(ask(app, "/api/token/", method="POST", body=body, **headers))

    assert answer.status == 200, answer.body
    assert pool.n_hops == 2  # and closing the response
