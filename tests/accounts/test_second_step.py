"""A code besides the password: set up, asked for at every door, and turned off again."""

from base64 import b32encode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core import signing
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import SecondStep, User
from accounts.second_step import codes
from accounts.second_step.codes import CodeRequired, CodeWrong, check, code_at, turn_on
from accounts.views.second_step import SALT
from tests import people
from tests.accounts.visits import go_there, link_in, user_of

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAGE = "/accounts/me/code/"
ANN = {"username": "ann", "password": "ann's password"}
DOORS = pytest.mark.parametrize("door", ["/accounts/sign-in/", "/admin/login/"])


def now_code(ahead: int = 0) -> str:
    return code_at(SECRET, timezone.now() + timedelta(seconds=30 * ahead))


@pytest.fixture
def recovery(ann):
    """Ann has turned it on, a while ago."""
    then = timezone.now() - timedelta(hours=1)
    return turn_on(ann, SECRET, code_at(SECRET, then), then)


# Codes


def test_the_codes_are_those_of_rfc_6238():
    """Its appendix B, with the last six of eight digits."""
    secret = b32encode(b"12345678901234567890").decode()
    table = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}

    assert {n: code_at(secret, datetime.fromtimestamp(n, UTC)) for n in table} == table


def test_the_picture_says_who_and_where(ann, settings):
    settings.SITE_NAME = "Tea: a blog"

    address = codes.address_of(SECRET, ann)

    assert address.startswith("otpauth://totp/Tea%3A%20a%20blog:ann?")
    assert f"secret={SECRET}" in address


def test_a_code_is_used_once_and_none_before_it(ann, recovery):
    now = timezone.now()

    check(ann, code_at(SECRET, now), now=now)

    for old in (now, now - timedelta(seconds=30)):
        with pytest.raises(CodeWrong):
            check(ann, code_at(SECRET, old), now=now)
    check(ann, code_at(SECRET, now + timedelta(seconds=30)), now=now)


@pytest.mark.parametrize("seconds", [-60, 61])
def test_a_code_of_another_minute_is_wrong(ann, recovery, seconds):
    now = timezone.now().replace(second=0, microsecond=0)

    with pytest.raises(CodeWrong):
        check(ann, code_at(SECRET, now + timedelta(seconds=seconds)), now=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_of_two_at_the_same_moment_one_is_too_late(kind):
    ann, then = people.ann(), timezone.now() - timedelta(hours=1)
    recovery = turn_on(ann, SECRET, code_at(SECRET, then), then)
    said = now_code() if kind == "code" else recovery[0]

    def use(_n: int) -> bool:
        try:
            check(ann, said)
        except CodeWrong:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(use, range(4))) == [False, False, False, True]


def test_spaces_do_not_matter(ann, recovery):
    code = now_code()

    check(ann, f" {code[:3]} {code[3:]} ")


@pytest.mark.parametrize("said", ["00000", "0000000", "１２３４５６", "abcdef", "-", "\x00", "x" * 5000])
def test_rubbish_is_wrong(ann, recovery, said):
    with pytest.raises(CodeWrong):
        check(ann, said)


def test_a_recovery_code_works_once(ann, recovery):
    check(ann, recovery[0].upper().replace("-", " "))

    with pytest.raises(CodeWrong):
        check(ann, recovery[0])
    check(ann, recovery[1])


def test_the_database_tells_neither_the_secret_nor_the_recovery_codes(ann, recovery):
    rows = str([*SecondStep.objects.values(), *ann.second_step.recovery_codes.values()])

    assert SECRET not in rows
    assert recovery[0] not in rows
    assert recovery[0].replace("-", "") not in rows


def test_with_another_secret_key_recovery_codes_still_work(ann, recovery, settings):
    settings.SECRET_KEY = "another one, of thirty-two characters or more"

    with pytest.raises(CodeWrong):
        check(ann, now_code())
    check(ann, recovery[0])


def test_who_has_none_is_asked_for_none(bob):
    check(bob, "")


def test_who_has_one_is_asked(ann, recovery):
    with pytest.raises(CodeRequired):
        check(ann, " ")


# The doors


@DOORS
def test_a_password_alone_signs_nobody_in(client, recovery, door):
    answer = client.post(f"{door}?next=/admin/blog/post/", ANN)

    assert (answer.status_code, answer.url) == (302, "/accounts/code/")
    assert user_of(client) is None
    assert client.get("/admin/").status_code == 302
    assert "known" not in client.cookies


@DOORS
def test_with_the_code_one_goes_where_one_wanted(client, ann, recovery, door):
    client.post(f"{door}?next=/admin/blog/post/", ANN)

    answer = client.post("/accounts/code/", {"code": now_code()})

    assert (answer.status_code, answer.url) == (302, "/admin/blog/post/")
    assert user_of(client) == ann
    assert "known" in client.cookies
    assert client.cookies["second-step"].value == ""


@DOORS
def test_a_wrong_code_can_be_corrected(client, ann, recovery, door):
    client.post(door, ANN)

    wrong = client.post("/accounts/code/", {"code": "000000"})
    empty = client.post("/accounts/code/", {"code": ""})
    assert (wrong.status_code, empty.status_code) == (400, 400)
    assert "This code is wrong" in wrong.content.decode()
    assert user_of(client) is None

    client.post("/accounts/code/", {"code": recovery[0]})
    assert user_of(client) == ann


def test_a_wrong_password_is_told_first(client, recovery):
    answer = client.post("/accounts/sign-in/", {**ANN, "password": "guessed"})

    assert answer.status_code == 400
    assert "second-step" not in client.cookies


def test_a_provider_leads_to_the_code_too(client, ann, recovery, github):
    ann.identities.create(provider="github", uid="7")

    answer = client.get(go_there(client, next="/tags/"))
    assert answer.url == "/accounts/code/"
    assert user_of(client) is None

    assert client.post("/accounts/code/", {"code": now_code()}).url == "/tags/"
    assert user_of(client) == ann


def test_so_does_a_link(client, bob, post_office):
    """Of somebody who belonged to the staff once."""
    then = timezone.now() - timedelta(hours=1)
    turn_on(bob, SECRET, code_at(SECRET, then), then)
    client.post("/accounts/link/", {"email": "bob@example.org", "next": "/tags/"})

    assert client.post(link_in(post_office[-1])).url == "/accounts/code/"
    assert user_of(client) is None
    assert client.post("/accounts/code/", {"code": now_code()}).url == "/tags/"


def test_codes_are_tried_slowly_whatever_the_network(recovery):
    answers = []
    for n in range(11):
        stranger = Client(REMOTE_ADDR=f"198.51.{n}.1")
        stranger.post("/accounts/sign-in/", ANN)
        answers.append(stranger.post("/accounts/code/", {"code": "000000"}))

    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_that_locks_the_author_out_of_no_browser_used_before(ann, recovery):
    hers = Client()
    hers.post("/accounts/sign-in/", ANN)
    hers.post("/accounts/code/", {"code": recovery[0]})
    hers.post("/accounts/sign-out/")
    stranger = Client(REMOTE_ADDR="198.51.100.7")
    stranger.post("/accounts/sign-in/", ANN)
    for _ in range(11):
        stranger.post("/accounts/code/", {"code": "000000"})

    hers.post("/accounts/sign-in/", ANN)
    hers.post("/accounts/code/", {"code": now_code()})

    assert user_of(hers) == ann


def test_the_page_alone_is_no_door(client, recovery):
    assert client.get("/accounts/code/").status_code == 400
    assert client.post("/accounts/code/", {"code": now_code()}).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        lambda ann: User.objects.filter(pk=ann.pk).update(is_active=False),
        lambda ann: (ann.set_password("another one"), ann.save()),
    ],
    ids=["not active", "another password"],
)
def test_what_ends_a_session_ends_the_waiting(client, ann, recovery, change):
    client.post("/accounts/sign-in/", ANN)

    change(ann)

    assert client.post("/accounts/code/", {"code": now_code()}).status_code == 400
    assert user_of(client) is None


def test_nobody_is_led_to_another_site(client, ann, recovery):
    client.post("/accounts/sign-in/?next=//evil.example/", ANN)

    assert client.post("/accounts/code/", {"code": now_code()}).url == "/accounts/me/"


# Turning it on and off


def test_it_is_turned_on_with_a_code_and_recovery_codes_are_shown_once(desk, ann):
    page = desk.get(PAGE)
    secret = page.context["secret"].replace(" ", "")
    assert "<svg" in page.content.decode()
    assert "otpauth" not in page.content.decode()

    code = code_at(secret, timezone.now())
    answer = desk.post(PAGE, {"deed": "on", "secret": page.context["signed"], "code": code})

    shown = answer.context["recovery_codes"]
    assert len(set(shown)) == 10
    assert all(code in answer.content.decode() for code in shown)
    assert shown[0] not in desk.get(PAGE).content.decode()
    assert "10 recovery codes are left" in desk.get("/accounts/me/").content.decode()
    check(ann, shown[0])


def test_a_wrong_code_turns_nothing_on_and_the_secret_stays(desk, ann):
    signed = desk.get(PAGE).context["signed"]

    answer = desk.post(PAGE, {"deed": "on", "secret": signed, "code": "000000"})

    assert answer.status_code == 400
    assert signing.loads(answer.context["signed"], salt=SALT) == signing.loads(signed, salt=SALT)
    assert not SecondStep.objects.exists()


def test_a_secret_of_ones_own_is_not_taken(desk, ann):
    for forged in (SECRET, "", signing.dumps([people.bob().pk, SECRET], salt=SALT)):
        assert desk.post(PAGE, {"deed": "on", "secret": forged, "code": now_code()}).status_code == 400


def test_turning_it_on_asks_for_a_fresh_sign_in(desk, ann):
    User.objects.filter(pk=ann.pk).update(last_login=timezone.now() - timedelta(minutes=16))
    signed = signing.dumps([ann.pk, SECRET], salt=SALT)

    assert desk.post(PAGE, {"deed": "on", "secret": signed, "code": now_code()}).status_code == 403
    assert not SecondStep.objects.exists()


def test_the_one_that_is_on_is_not_replaced(desk, ann, recovery):
    signed = signing.dumps([ann.pk, codes.new_secret()], salt=SALT)

    assert desk.post(PAGE, {"deed": "on", "secret": signed, "code": "000000"}).status_code == 409
    assert codes.opened(SecondStep.objects.get().secret) == SECRET


def test_readers_are_not_offered_one(client, bob):
    client.force_login(bob)

    assert client.get(PAGE).status_code == 404
    signed = signing.dumps([bob.pk, SECRET], salt=SALT)
    client.post(PAGE, {"deed": "on", "secret": signed, "code": now_code()})
    assert not SecondStep.objects.exists()


@pytest.mark.parametrize("said", [{"code": "{code}"}, {"code": "{recovery}"}, {"password": "ann's password"}])
def test_it_is_turned_off_with_a_code_or_the_password(desk, ann, recovery, said):
    words = {key: value.format(code=now_code(), recovery=recovery[0]) for key, value in said.items()}

    assert desk.post(PAGE, {"deed": "off", **words}).status_code == 302
    assert not SecondStep.objects.exists()


@pytest.mark.parametrize(
    "said", [{}, {"code": "000000"}, {"password": "guessed"}, {"code": "1", "password": ANN["password"]}]
)
def test_without_them_it_stays(desk, ann, recovery, said):
    assert desk.post(PAGE, {"deed": "off", **said}).status_code == 400
    assert SecondStep.objects.exists()


def test_new_recovery_codes_void_the_old(desk, ann, recovery):
    answer = desk.post(PAGE, {"deed": "renew", "code": recovery[0]})

    with pytest.raises(CodeWrong):
        check(ann, recovery[1])
    check(ann, answer.context["recovery_codes"][0])


def test_the_operator_can_turn_it_off(ann, recovery):
    said = StringIO()

    call_command("remove_totp", "ann", stdout=said)

    assert "ann" in said.getvalue()
    assert not SecondStep.objects.exists()
    for name in ("ann", "nobody"):
        with pytest.raises(CommandError):
            call_command("remove_totp", name)


def test_the_owner_helps_others_in_the_admin_but_not_herself(desk, ann, recovery):
    edith = people.edith()
    then = timezone.now() - timedelta(hours=1)
    turn_on(edith, SECRET, code_at(SECRET, then), then)

    def can_delete(user) -> bool:
        page = desk.get(f"/admin/accounts/user/{user.pk}/change/")
        [found] = [one for one in page.context["inline_admin_formsets"] if one.formset.prefix == "second_step"]
        return found.formset.can_delete

    assert can_delete(edith)
    assert not can_delete(ann)


def test_it_is_part_of_ones_own_data(desk, ann, recovery):
    data = desk.get("/accounts/me/export/").json()

    assert data["second_step"]["turned_on_at"]
    assert SECRET not in str(data)
