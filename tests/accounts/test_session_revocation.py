"""Whoever loses the right to be here is announced to every process at once."""

import asyncio

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.test import AsyncClient

from accounts.models import User
from accounts.session_revocation import concerns, group_of, may_stay, session_name

pytestmark = pytest.mark.django_db(transaction=True)


def heard(user: User, action) -> dict | None:
    """What is said to the user's group when `deed`, an async function, is done."""

    group = group_of(user.pk)  # the deed may take the number away

    async def listen() -> dict | None:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(group, channel)
        hearing = asyncio.create_task(layer.receive(channel))
        await asyncio.sleep(0)
        await action()
        said = {"type": "nothing"}
        await layer.send(channel, said)  # after all that was said before
        message = await asyncio.wait_for(hearing, 15)
        await layer.group_discard(group, channel)
        return None if message == said else message

    return async_to_sync(listen)()


def test_signing_out_ends_that_session_and_no_other(ann):
    here, there = AsyncClient(), AsyncClient()
    here.force_login(ann)
    there.force_login(ann)
    key, other = here.session.session_key, there.session.session_key

    message = heard(ann, lambda: here.post("/accounts/sign-out/"))

    assert message == {"type": "accounts.left", "user": ann.pk, "session": session_name(key), "why": "signed_out"}
    assert concerns(message, key)
    assert not concerns(message, other)
    assert key not in str(message)


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"is_active": False}, "deactivated"), ({"is_staff": False}, "not_staff"), ({"password": "x"}, "password")],
)
def test_losing_a_right_ends_all_sessions(ann, changed, why):
    async def change():
        for name, value in changed.items():
            setattr(ann, name, value)
        await ann.asave()

    message = heard(ann, change)

    assert (message["why"], message["session"]) == (why, None)
    assert concerns(message, "any session")


def test_so_does_the_admins_button(ann, bob):
    User.objects.filter(pk=bob.pk).update(is_staff=True, role="editor")
    desk = AsyncClient()
    desk.force_login(ann)
    said = {"username": "bob", "display_name": "Bob", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    inlines = ("socialaccount_set", "authenticator_set", "devices", "personal_tokens")
    said |= {f"{inline}-{name}": "0" for inline in inlines for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    said |= {"is_active": "on", "role": "reader"}

    message = heard(bob, lambda: desk.post(f"/admin/accounts/user/{bob.pk}/change/", said))

    assert message["why"] == "not_staff"


def test_an_account_that_is_deleted_is_announced(bob):
    pk = bob.pk

    assert heard(bob, bob.adelete)["user"] == pk


def test_nothing_is_said_of_other_changes(ann):
    async def change():
        ann.display_name = "Anne"
        await ann.asave()

    assert heard(ann, change) is None


def test_who_may_stay_can_be_asked_at_any_time(ann):
    client = AsyncClient()
    client.force_login(ann)
    key = client.session.session_key
    ask = async_to_sync(may_stay)

    assert ask(key, staff=True) == ann
    User.objects.update(is_staff=False)
    assert ask(key) == ann
    assert ask(key, staff=True) is None
    User.objects.update(is_active=False)
    assert ask(key) is None
    assert ask(None) is None
    assert ask("nonsense") is None
