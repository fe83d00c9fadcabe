"""Each code by which the API refuses is in the table of docs/api.md: programs rely on them."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from rest_framework.exceptions import APIException

from frodo.errors import ServiceError

DOCS = Path(__file__).resolve().parents[2] / "docs"
TOLD = set(re.findall(r"^\| `(\w+)` \|", (DOCS / "api.md").read_text(), re.M))


def everything_loaded() -> None:
    for package in ("frodo", "accounts", "blog"):
        for found in walk_packages(import_module(package).__path__, f"{package}."):
            if "migrations" not in found.name and not found.name.endswith(("asgi", "wsgi", "__main__")):
                import_module(found.name)


def codes_of(kind: type, name: str) -> set[str]:
    subclasses = kind.__subclasses__()
    own = {getattr(kind, name)} if kind.__module__.split(".")[0] in {"frodo", "accounts", "blog"} else set()
    return own.union(*(codes_of(each, name) for each in subclasses))


def refusals() -> set[str]:
    everything_loaded()
    return {code for code in codes_of(ServiceError, "code") | codes_of(APIException, "default_code") if code}


def test_every_code_is_in_the_table():
    assert sorted(refusals() - TOLD - {"refused"}) == []


FROM_DJANGO = {
    *("authentication_failed", "invalid", "method_not_allowed", "not_authenticated", "not_found", "parse_error"),
    *("permission_denied", "unavailable", "unknown_field", "unsupported_media_type"),
    *("not_a_writer", "not_an_editor", "other_site", "server_error", "unknown_host"),
}


def test_the_table_tells_of_no_others():
    assert sorted(TOLD - refusals() - FROM_DJANGO) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/nothing/", "/api/posts/none/", "/api/no%0Athing/"])
def test_what_is_not_there_is_said_in_the_same_shape(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.django_db
def test_a_missing_slash_is_added(client):
    answer = client.get("/api/posts?limit=3")

    assert (answer.status_code, answer["Location"]) == (301, "/api/posts/?limit=3")


@pytest.mark.django_db
def test_nothing_can_be_sent_where_nothing_is(client):
    answer = client.post("/api/nothing/", {"a": 1}, content_type="application/json")

    assert answer.json()["error"]["code"] == "not_found"
