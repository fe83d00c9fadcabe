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


def test_a_name_has_no_spaces():
    with pytest.raises(CommandError, match="valid username"):
        createauthor("ann of the shire")
