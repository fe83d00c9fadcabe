"""Programs that are signed in: two tokens for each device, and when they are void."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.db import connection
from django.utils import timezone

from accounts.models import Device, User
from accounts.tokens import services
from accounts.tokens.services import TokenExpired, TokenInvalid, TokenReused, refresh, sign_in, sign_out, verify
from tests import people

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LATER = NOW + timedelta(minutes=1)


def test_a_token_speaks_for_its_user(bob, django_assert_num_queries):
    tokens = sign_in(bob, name="Bob's phone")

    with django_assert_num_queries(1):
        credential = verify(tokens.access)
        assert credential.user.username == "bob"

    assert isinstance(credential, Device)
    assert all(credential.allows(scope) for scope in ("read", "posts", "comments"))


def test_nothing_of_the_person_but_the_number_is_in_a_token(bob):
    tokens = sign_in(bob)

    for token in (tokens.access, tokens.refresh):
        device = Device.objects.get()
        assert contents(token)[:3] == [bob.pk, device.pk, device.refresh]
        assert isinstance(contents(token)[3], int)
        assert len(contents(token)) == 4


def contents(token: str) -> list:
    data = token.partition(".")[0]
    return json.loads(urlsafe_b64decode(data + "=" * (-len(data) % 4)))


def test_a_token_for_access_is_good_for_ten_minutes(bob):
    tokens = sign_in(bob, now=NOW)

    assert tokens.expires_in == 600
    assert verify(tokens.access, NOW + timedelta(seconds=599)).user == bob
    with pytest.raises(TokenExpired):
        verify(tokens.access, NOW + timedelta(seconds=600))


def test_each_refresh_gives_two_new_ones(bob):
    first = sign_in(bob, now=NOW)

    second = refresh(first.refresh, now=LATER)
    third = refresh(second.refresh, now=LATER)

    assert len({first.refresh, second.refresh, third.refresh}) == 3
    assert verify(third.access, LATER).user == bob


def test_a_device_that_was_silent_for_thirty_days_signs_in_again(bob):
    tokens = sign_in(bob, now=NOW)

    still = refresh(tokens.refresh, now=NOW + timedelta(days=29))
    again = refresh(still.refresh, now=NOW + timedelta(days=58))

    with pytest.raises(TokenExpired):
        refresh(again.refresh, now=NOW + timedelta(days=89))


def test_an_answer_that_was_lost_is_given_again(bob):
    first = sign_in(bob, now=NOW)
    lost = refresh(first.refresh, now=LATER)

    found = refresh(first.refresh, now=LATER + services.GRACE)

    assert found.refresh == lost.refresh
    assert refresh(found.refresh, now=LATER + services.GRACE)


def test_one_that_is_used_again_later_signs_the_device_out(bob):
    first = sign_in(bob, now=NOW)
    second = refresh(first.refresh, now=LATER)
    after = LATER + services.GRACE + timedelta(seconds=1)

    with pytest.raises(TokenReused):
        refresh(first.refresh, now=after)

    for use in (lambda: refresh(second.refresh, now=after), lambda: verify(second.access, after)):
        with pytest.raises(TokenInvalid):
            use()


def test_one_older_than_the_last_two_signs_the_device_out_at_once(bob):
    first = sign_in(bob, now=NOW)
    second = refresh(first.refresh, now=NOW)
    third = refresh(second.refresh, now=NOW)

    with pytest.raises(TokenReused):
        refresh(first.refresh, now=NOW)
    with pytest.raises(TokenInvalid):
        refresh(third.refresh, now=NOW)


def test_other_devices_stay_signed_in(bob):
    phone, laptop = sign_in(bob), sign_in(bob)

    sign_out(phone.refresh)

    assert verify(laptop.access).user == bob
    with pytest.raises(TokenInvalid):
        verify(phone.access)


def test_a_token_that_was_used_still_signs_out(bob):
    first = sign_in(bob)
    second = refresh(first.refresh)

    sign_out(first.refresh)

    with pytest.raises(TokenInvalid):
        verify(second.access)


@pytest.mark.parametrize(
    "change",
    [
        lambda bob: User.objects.filter(pk=bob.pk).update(is_active=False),
        lambda bob: (bob.set_password("another one"), bob.save()),
        lambda bob: bob.delete(),
        lambda bob: bob.devices.all().delete(),
    ],
    ids=["not active", "another password", "no user", "no device"],
)
def test_it_is_void_at_once(bob, change):
    tokens = sign_in(bob)

    change(bob)

    for use in (lambda: verify(tokens.access), lambda: refresh(tokens.refresh)):
        with pytest.raises(TokenInvalid):
            use()


@pytest.mark.parametrize(
    "signer",
    [
        {"key": "another secret"},
        {"salt": "accounts.tokens.refresh"},
        {"salt": "accounts.tokens"},
        {"algorithm": "md5"},
    ],
    ids=["other key", "salt of the other kind", "other salt", "other algorithm"],
)
def test_what_we_have_not_signed_is_nobody(bob, signer):
    claims = contents(sign_in(bob).access)

    assert verify(Signer(sep=".", salt="accounts.tokens.access").sign_object(claims))
    with pytest.raises(TokenInvalid):
        verify(Signer(sep=".", **{"salt": "accounts.tokens.access", **signer}).sign_object(claims))


def test_a_changed_token_is_nobody(bob):
    people.ann()
    tokens = sign_in(bob)
    claims = contents(tokens.access)
    signature = tokens.access.partition(".")[2]

    for changed in ([bob.pk + 1, *claims[1:]], [*claims[:3], claims[3] + 3600], claims):
        data = urlsafe_b64encode(json.dumps(changed).encode()).decode().strip("=")
        with pytest.raises(TokenInvalid):
            verify(f"{data}.{signature}")


def test_a_token_is_of_the_user_of_its_device(bob):
    claims = contents(sign_in(bob).access)
    with pytest.raises(TokenInvalid):
        verify(Signer(sep=".", salt="accounts.tokens.access").sign_object([people.ann().pk, *claims[1:]]))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "frodo_", "frodo_x", "é.é.é", "." * 2000, "\x00", "e30.e30.e30"])
def test_rubbish_is_nobody(db, token):
    for use in (verify, refresh, sign_out):
        with pytest.raises(TokenInvalid):
            use(token)


def test_neither_kind_is_taken_for_the_other(bob):
    tokens = sign_in(bob)

    with pytest.raises(TokenInvalid):
        verify(tokens.refresh)
    with pytest.raises(TokenInvalid):
        refresh(tokens.access)


def test_a_crowd_of_devices_ends_the_most_silent(bob, monkeypatch):
    monkeypatch.setattr(services, "MAX_DEVICES", 3)

    first, *others = [sign_in(bob, now=NOW + timedelta(seconds=n)) for n in range(4)]

    with pytest.raises(TokenInvalid):
        verify(first.access, LATER)
    assert all(verify(tokens.access, LATER) for tokens in others)


def test_the_name_of_a_device_is_shown_as_one_line(bob):
    sign_in(bob, name=" curl/8\n\x00\u202e " + "x" * 200)

    name = Device.objects.get().name
    assert name.startswith("curl/8 x")
    assert len(name) == 100


def test_devices_whose_end_is_long_past_are_forgotten(bob):
    sign_in(bob, now=NOW - timedelta(days=61))
    gone = sign_in(bob, now=NOW)
    sign_out(gone.refresh, now=NOW)
    sign_in(bob, now=NOW)

    services.delete_ended_devices(now=NOW)
    assert Device.objects.count() == 2

    services.delete_ended_devices(now=NOW + timedelta(days=30, seconds=1))
    assert Device.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_refreshes_at_the_same_moment_agree():
    """Of an honest program that asks twice: neither signs it out, and both are told the same."""
    first = sign_in(people.bob())

    def ask(_n: int):
        try:
            return refresh(first.refresh)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, range(4)))

    assert len({answer.refresh for answer in answers}) == 1
    assert refresh(answers[0].refresh)
    assert Device.objects.get().revoked_at is None
