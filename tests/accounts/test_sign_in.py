"""Checking a password takes as long as half a second of computing: never on the event loop."""

import threading

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import AsyncClient

checked_in: list[int] = []


class WatchedHasher(MD5PasswordHasher):
    algorithm = "watched"

    def verify(self, password: str, encoded: str) -> bool:
        checked_in.append(threading.get_ident())
        return super().verify(password, encoded)


@pytest.mark.django_db(transaction=True)
def test_signing_in_leaves_the_event_loop_to_others(settings, ann):
    settings.PASSWORD_HASHERS = [f"{__name__}.WatchedHasher"]
    ann.set_password("ann's password")
    ann.save()
    checked_in.clear()

    async def sign_in() -> tuple[int, int]:
        answer = await AsyncClient().post("/accounts/sign-in/", {"login": "ann", "password": "ann's password"})
        return answer.status_code, threading.get_ident()

    status, loop_thread = async_to_sync(sign_in)()

    assert status == 302
    assert len(checked_in) == 1
    assert loop_thread not in checked_in
