"""Programs that are signed in: two tokens for each device, and when they are void."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Device, User
from accounts.tokens import devices, signed
from accounts.tokens.devices import TokenReused, refresh, sign_in, sign_out
from accounts.tokens.reading import read
from accounts.tokens.signed import TokenExpired, TokenInvalid
from tests import people

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LATER = NOW + timedelta(minutes=1)


def test_a_token_speaks_for_its_user(bob, django_assert_num_queries):
    tokens = sign_in(bob, name="Bob's phone")

    with django_assert_num_queries(1):
        credential = read(tokens.access)
        assert credential.user.username == "bob"

    assert credential.kind == "jwt"
    assert all(credential.allows(scope) for scope in ("read", "posts", "comments"))


def test_nothing_of_the_person_but_the_number_is_in_a_token(bob):
    tokens = sign_in(bob)

    for token in (tokens.access, tokens.refresh):
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims.keys() == {"typ", "sub", "dev", "jti", "iat", "exp"}
        assert claims["sub"] == str(bob.pk)


def test_a_token_for_access_is_good_for_ten_minutes(bob):
    tokens = sign_in(bob, now=NOW)

    assert tokens.expires_in == 600
    assert read(tokens.access, NOW + timedelta(seconds=599)).user == bob
    with pytest.raises(TokenExpired):
        read(tokens.access, NOW + timedelta(seconds=600))


def test_each_refresh_gives_two_new_ones(bob):
    first = sign_in(bob, now=NOW)

    second = refresh(first.refresh, now=LATER)
    third = refresh(second.refresh, now=LATER)

    assert len({first.refresh, second.refresh, third.refresh}) == 3
    assert read(third.access, LATER).user == bob


def test_a_device_that_was_silent_for_thirty_days_signs_in_again(bob):
    tokens = sign_in(bob, now=NOW)

    still = refresh(tokens.refresh, now=NOW + timedelta(days=29))
    again = refresh(still.refresh, now=NOW + timedelta(days=58))

    with pytest.raises(TokenExpired):
        refresh(again.refresh, now=NOW + timedelta(days=89))


def test_an_answer_that_was_lost_is_given_again(bob):
    first = sign_in(bob, now=NOW)
    lost = refresh(first.refresh, now=LATER)

    found = refresh(first.refresh, now=LATER + devices.GRACE)

    assert signed.unsign("refresh", found.refresh, LATER) == signed.unsign("refresh", lost.refresh, LATER)
    assert refresh(found.refresh, now=LATER + devices.GRACE)


def test_one_that_is_used_again_later_signs_the_device_out(bob):
    first = sign_in(bob, now=NOW)
    second = refresh(first.refresh, now=LATER)
    after = LATER + devices.GRACE + timedelta(seconds=1)

    with pytest.raises(TokenReused):
        refresh(first.refresh, now=after)

    for use in (lambda: refresh(second.refresh, now=after), lambda: read(second.access, after)):
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

    assert read(laptop.access).user == bob
    with pytest.raises(TokenInvalid):
        read(phone.access)


def test_a_token_that_was_used_still_signs_out(bob):
    first = sign_in(bob)
    second = refresh(first.refresh)

    sign_out(first.refresh)

    with pytest.raises(TokenInvalid):
        read(second.access)


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

    for use in (lambda: read(tokens.access), lambda: refresh(tokens.refresh)):
        with pytest.raises(TokenInvalid):
            use()


def forged(bob, **changes) -> str:
    tokens = sign_in(bob)
    claims = jwt.decode(tokens.access, options={"verify_signature": False}) | changes.pop("claims", {})
    return jwt.encode(claims, **{"key": "a key of somebody else, which is long", "algorithm": "HS256", **changes})


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"key": None, "algorithm": "none"},
        {"key": signed.key("access", "another secret")},
        {"key": signed.key("refresh", "a key for tests, which protects nothing at all")},
        {"key": signed.key("access", "a key for tests, which protects nothing at all"), "algorithm": "HS384"},
    ],
    ids=["other key", "none", "other secret", "key of the other kind", "other algorithm"],
)
def test_what_we_have_not_signed_is_nobody(bob, changes):
    with pytest.raises(TokenInvalid):
        read(forged(bob, **changes))


@pytest.mark.parametrize("claims", [{"sub": "2"}, {"sub": "x"}, {"dev": "1 or 1=1"}, {"typ": "refresh"}, {"exp": None}])
def test_not_even_with_our_key_do_odd_claims_pass(bob, settings, claims):
    with pytest.raises(TokenInvalid):
        read(forged(bob, key=signed.key("access", settings.SECRET_KEY), claims=claims))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "frodo_", "frodo_x", "é.é.é", "." * 2000, "\x00", "e30.e30.e30"])
def test_rubbish_is_nobody(db, token):
    for use in (read, refresh, sign_out):
        with pytest.raises(TokenInvalid):
            use(token)


def test_neither_kind_is_taken_for_the_other(bob):
    tokens = sign_in(bob)

    with pytest.raises(TokenInvalid):
        read(tokens.refresh)
    with pytest.raises(TokenInvalid):
        refresh(tokens.access)


def test_a_crowd_of_devices_ends_the_most_silent(bob, monkeypatch):
    monkeypatch.setattr(devices, "MOST", 3)

    first, *others = [sign_in(bob, now=NOW + timedelta(seconds=n)) for n in range(4)]

    with pytest.raises(TokenInvalid):
        read(first.access, LATER)
    assert all(read(tokens.access, LATER) for tokens in others)


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

    devices.forget_old(now=NOW)
    assert Device.objects.count() == 2

    devices.forget_old(now=NOW + timedelta(days=30, seconds=1))
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

    now = timezone.now()
    assert len({signed.unsign("refresh", answer.refresh, now) for answer in answers}) == 1
    assert refresh(answers[0].refresh)
    assert Device.objects.get().revoked_at is None
