"""Rate limits hold however full the cache is, whoever fills it, and while Redis is away."""

import math
import time
from itertools import count

import pytest
from django.core.cache import caches
from django.test import Client

import frodo.caches
from frodo import rate_limits
from frodo.circuit_breaker import CircuitBreaker
from tests.factories import make_post
from tests.server import free_port

pytestmark = pytest.mark.django_db

COMMENTS = "/api/posts/a-walk/comments/"
NETWORK = "198.51.100.7"
numbers = count()
"""The same text is not taken twice."""


@pytest.fixture(autouse=True)
def _a_blog(ann, settings):
    make_post(title="A walk")
    settings.SIGN_IN_RATE, settings.COMMENT_RATE, settings.COMMENT_RATE_ALL = "3/365d", "2/365d", "20/365d"


@pytest.fixture
def small_cache(settings):
    """A cache that is full after 20 entries."""
    settings.CACHES = {
        alias: {**cache, "OPTIONS": {**cache.get("OPTIONS", {}), "MAX_ENTRIES": 20}}
        if "locmem" in cache["BACKEND"] or "Counters" in cache["BACKEND"]
        else cache
        for alias, cache in settings.CACHES.items()
    }


def sign_in(network: str = NETWORK) -> int:
    said = {"login": "ann", "password": "guessed"}
    return Client().post("/accounts/sign-in/", said, REMOTE_ADDR=network).status_code


def comment(client: Client, network: str = NETWORK) -> int:
    said = {"text": f"Lovely, {next(numbers)}.", "name": "Bob"}
    return client.post(COMMENTS, said, "application/json", REMOTE_ADDR=network).status_code


def test_refused_comments_do_not_reset_the_limit_on_passwords(small_cache):
    assert [sign_in() for _ in range(4)] == [400, 400, 400, 429]

    statuses = [comment(Client(), f"203.0.{n}.1") for n in range(60)]

    assert statuses == [201] * 20 + [429] * 40
    assert sign_in() == 429


def test_whose_network_is_refused_uses_up_no_limit_of_their_own():
    bob = Client()
    assert comment(bob, "203.0.1.1") == 201
    assert [comment(Client()) for _ in range(3)] == [201, 201, 429]

    assert [comment(bob) for _ in range(5)] == [429] * 5

    assert [comment(bob, f"203.0.{n}.1") for n in (2, 3)] == [201, 429]


def test_what_is_refused_makes_no_counter_for_a_visitor(settings):
    if settings.REDIS_URL:
        pytest.skip("Counted in Redis.")
    counters = caches["default"]
    assert [comment(Client()) for _ in range(3)] == [201, 201, 429]
    n = len(counters._cache)

    assert [comment(Client()) for _ in range(20)] == [429] * 20

    assert len(counters._cache) == n


def test_counters_are_forgotten_when_they_expire(monkeypatch):
    counters = frodo.caches.Counters("expiring", {"OPTIONS": {"MAX_ENTRIES": 20}})
    monkeypatch.setattr(frodo.caches.Counters, "swept_at", math.inf)
    for n in range(30):
        counters.add(f"long-ago-{n}", 1, -1)
    counters.add("now", 1, 60)

    monkeypatch.setattr(frodo.caches.Counters, "swept_at", 0.0)
    counters.add("one-more", 1, 60)

    assert {key.rpartition(":")[2] for key in counters._cache} == {"now", "one-more"}


def test_a_period_begins_with_the_first_attempt_and_not_at_full_hours(settings, monkeypatch):
    settings.COMMENT_RATE = "2/h"
    hour = 500_000 * 3600
    monkeypatch.setattr(time, "time", lambda: hour - 2)
    assert [comment(Client()) for _ in range(2)] == [201, 201]

    monkeypatch.setattr(time, "time", lambda: hour + 2)
    response = Client().post(COMMENTS, {"text": "Lovely.", "name": "Bob"}, "application/json", REMOTE_ADDR=NETWORK)

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) == 3596


def test_a_limit_holds_after_a_million_attempts():
    rate = rate_limits.Rate(2, 3600)
    assert [rate_limits.take("guess", "ann", rate) > 0 for _ in range(3)] == [False, False, True]

    caches["default"].incr("rate:guess:ann:3600", (1 << 20) - 3)

    assert 3590 <= rate_limits.take("guess", "ann", rate) <= 3600


def test_they_hold_while_redis_is_away(settings, monkeypatch):
    monkeypatch.setattr(frodo.caches, "outage", CircuitBreaker("The cache in Redis"))
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    away = {"BACKEND": "frodo.caches.Limits", "LOCATION": settings.REDIS_URL}
    settings.CACHES = {**settings.CACHES, "default": away}

    assert [sign_in() for _ in range(5)] == [400, 400, 400, 429, 429]
    assert [comment(Client()) for _ in range(3)] == [201, 201, 429]


def test_a_proof_of_work_is_good_once_however_full_the_cache_is(small_cache):
    from blog.moderation import proof_of_work

    assert proof_of_work.is_unused("nonce")
    for n in range(60):
        assert proof_of_work.is_unused(f"another-{n}")

    assert not proof_of_work.is_unused("nonce")
