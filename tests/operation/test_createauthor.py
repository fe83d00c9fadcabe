import io
import re

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def createauthor(*arguments: str) -> str:
    said = io.StringIO()
    call_command("createauthor", *arguments, stdout=said)
    return said.getvalue()


def test_an_author_gets_a_password_that_works():
    said = createauthor("ann", "--email", "ann@example.com", "--name", "安")

    password = re.search(r"only this once: (\S{16,})", said)[1]
    ann = authenticate(username="ann", password=password)
    assert (ann.is_staff, ann.is_superuser, ann.email, ann.name) == (True, True, "ann@example.com", "安")


def test_a_password_may_come_in_by_the_input(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("one of her own: 5 cats\n"))

    said = createauthor("ann", "--password-stdin")

    assert "only this once" not in said
    assert authenticate(username="ann", password="one of her own: 5 cats")


@pytest.mark.parametrize(("given", "complaint"), [("", "No password came in"), ("1234\n", "too short")])
def test_a_password_nobody_should_have_is_refused(monkeypatch: pytest.MonkeyPatch, given: str, complaint: str):
    monkeypatch.setattr("sys.stdin", io.StringIO(given))

    with pytest.raises(CommandError, match=complaint):
        createauthor("ann", "--password-stdin")

    assert not User.objects.exists()


def test_a_name_is_given_once():
    createauthor("ann")

    with pytest.raises(CommandError, match="already exists"):
        createauthor("ann")


@pytest.mark.parametrize("twin", ["Ann", "ANN", "ann"])
def test_a_name_that_differs_in_case_only_would_let_neither_sign_in(twin):
    password = re.search(r"only this once: (\S{16,})", createauthor("ann"))[1]

    with pytest.raises(CommandError, match="A user with that username already exists"):
        createauthor(twin)

    assert authenticate(username="ann", password=password) == authenticate(username="ANN", password=password)
    assert User.objects.get().check_password(password)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("",), "username: This field cannot be blank."),
        (("a" * 151,), "username: Ensure this value has at most 150 characters"),
        (("ann\x00",), "username: Enter a valid username."),
        (("ann", "--email", "ann"), "email: Enter a valid email address."),
        (("ann", "--name", "x" * 101), "display_name: Ensure this value has at most 100 characters"),
        (("ann of", "--email", "ann"), "username: .* email: "),
    ],
)
def test_what_cannot_be_is_refused_with_the_name_of_the_field(arguments, complaint):
    with pytest.raises(CommandError, match=complaint):
        createauthor(*arguments)

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("name", "shown"), [("\u3164", "ann"), ("\u200b", "ann"), ("An\u202en", "Ann"), (" 安  安 ", "安 安")]
)
def test_a_display_name_is_what_can_be_seen_of_it(name, shown):
    createauthor("ann", "--name", name)

    assert User.objects.get().name == shown


def test_a_username_may_be_chinese_and_the_host_of_an_address_is_in_lower_case():
    createauthor("安", "--email", "Ann@EXAMPLE.org")

    assert (User.objects.get().username, User.objects.get().email) == ("安", "Ann@example.org")


def test_a_name_has_no_spaces():
    with pytest.raises(CommandError, match="valid username"):
        createauthor("ann of the shire")
