"""Signing in adds nothing to other requests, and what needs no database asks no thread (docs/threads.md)."""

import asyncio

from accounts.avatars import avatar_url
from frodo.handler import Handler
from frodo.threads import OrmThreads
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
