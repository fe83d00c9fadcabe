"""Signing in adds nothing to other requests, and what needs no database asks no thread (docs/threads.md)."""

import asyncio
import json

from accounts.avatars import avatar_url
from frodo.handler import Handler
from frodo.threads import OrmThreads
from tests import people
from tests.threads.asking import ask
from tests.threads.conftest import make_pool, pool  # noqa: F401 - fixtures


def hops(pool, address: str, **headers) -> int:  # noqa: F811
    answer = asyncio.run(ask(OrmThreads(Handler(), pool), address, **headers))
    assert answer.status in {200, 302}
    return pool.n_hops


def test_a_picture_is_drawn_on_the_loop(pool):  # noqa: F811
    assert hops(pool, avatar_url("user:7")) == 0


def test_the_page_to_sign_in_asks_for_the_menu_alone(pool):  # noqa: F811
    assert hops(pool, "/accounts/sign-in/") == 1


def test_who_is_not_signed_in_is_sent_away_from_the_loop(pool):  # noqa: F811
    assert hops(pool, "/accounts/me/") == 0


def test_a_password_is_checked_on_a_thread_and_a_program_takes_one_hop(pool):  # noqa: F811
    people.bob()

    body = json.dumps({"username": "bob", "password": "bob's password"}).encode()
    app = OrmThreads(Handler(), pool)
    headers = {"content_type": "application/json", "content_length": str(len(body))}
    answer = asyncio.run(ask(app, "/api/token/", method="POST", body=body, **headers))

    assert answer.status == 200, answer.body
    assert pool.n_hops == 1
