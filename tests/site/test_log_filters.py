"""A request that makes no sense is one short line in the log, however often it comes and whatever it says."""

import logging
from io import StringIO

import pytest

pytestmark = pytest.mark.django_db

MISTAKES = {
    "DisallowedHost": {"headers": {"Host": "evil.example"}},
    "DisallowedHost with a long name": {"headers": {"Host": "x" * 5000}},
    "TooManyFieldsSent": {"data": {f"field{n}": "" for n in range(1001)}},
    "RequestDataTooBig": {"data": {"text": "x" * 3_000_000}},
}


@pytest.fixture
def log():
    """What an operator reads."""
    console = next(handler for handler in logging.getLogger().handlers if handler.name == "console")
    lines = StringIO()
    before = console.setStream(lines)
    yield lambda: lines.getvalue().splitlines()
    console.setStream(before)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_clients_mistake_is_one_line_without_traceback(client, log, mistake):
    answer = client.post("/accounts/sign-in/", **{"data": {}, **MISTAKES[mistake]})

    assert answer.status_code == 400
    [line] = log()
    assert f" WARNING django.security.{mistake.split()[0]}: " in line
    assert len(line) < 600


def test_an_unreadable_form_is_no_error_either(client, log):
    answer = client.post("/accounts/sign-in/", data="none", content_type="multipart/form-data")

    assert answer.status_code == 400
    assert not log()
