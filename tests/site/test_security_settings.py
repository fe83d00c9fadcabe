"""Settings that guard a site in the open, and the tests that SECURITY.md names."""

import os
import re
import subprocess
import sys

import pytest

from tests.databases import ROOT
from tests.operation.test_settings import refusal, setting

OPEN = {
    "DEBUG": "false",
    "SECRET_KEY": "Rw2Pz6-gU6Qx2nVb8sKd4Wf0Zr7Lm3Tp9Yc5Hj1Ea-Io_XvNq0MkBtD",
    "SITE_URL": "https://blog.example",
    "ALLOWED_HOSTS": "blog.example,127.0.0.1",
}


def test_each_test_that_the_threat_model_names_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))

    assert len(named) > 25
    for path, test in named:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not test or re.search(rf"^(async )?def {test}\(", text, re.MULTILINE), f"{path}::{test}"


def test_check_deploy_says_nothing():
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"],
        cwd=ROOT,
        env=OPEN | {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DATA_DIR": os.environ["DATA_DIR"]},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_cookies_of_an_https_site_are_of_this_host_alone():
    for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME"):
        assert setting(name, **OPEN).startswith("__Host-")
        assert not setting(name).startswith("__Host-")
    assert setting("SESSION_COOKIE_DOMAIN, settings.SESSION_COOKIE_SECURE", **OPEN) == "None True"


def test_a_guest_of_before_is_known_by_the_old_cookie(rf, settings):
    from django.http import HttpResponse

    from accounts import guests

    response = HttpResponse()
    guests.remember(response, guests.Guest("abc", "Bob"))
    settings.COOKIE_PREFIX = "__Host-"
    request = rf.get("/", headers={"Cookie": f"visitor={response.cookies['visitor'].value}"})

    assert guests.read(request) == guests.Guest("abc", "Bob")
    guests.remember(response, guests.Guest("abc", "Bob"))
    assert response.cookies["__Host-visitor"]["path"] == "/"


@pytest.mark.parametrize(
    ("ip", "status"), [("203.0.113.7", 302), ("198.51.100.1", 404), ("2001:db8::1", 302), ("", 404)]
)
def test_the_admin_exists_only_for_its_networks(db, client, settings, ip, status):
    settings.ADMIN_ALLOW = ["203.0.113.0/24", "2001:db8::/48"]

    assert client.get("/admin/", REMOTE_ADDR=ip).status_code == status
    assert client.get("/tags/", REMOTE_ADDR=ip).status_code == 200


def test_the_allow_list_goes_by_whom_the_trusted_proxy_names(db, client, settings):
    settings.ADMIN_ALLOW, settings.TRUSTED_PROXIES = ["203.0.113.0/24"], ["127.0.0.1"]

    assert client.get("/admin/", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 302
    assert client.get("/admin/", headers={"X-Forwarded-For": "203.0.113.7, 198.51.100.1"}).status_code == 404


@pytest.mark.parametrize(("name", "value"), [("ADMIN_ALLOW", "here"), ("ADMIN_PATH", "a/b"), ("ADMIN_PATH", "")])
def test_what_cannot_be_meant_stops_the_start(name, value):
    assert name in refusal(**{name: value})


def ask(code: str, **environment: str) -> str:
    """What a fresh process with these settings prints."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import django; django.setup()\nfrom django.test import Client\nclient = Client()\n{code}",
        ],
        cwd=ROOT,
        env=OPEN
        | {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DATA_DIR": os.environ["DATA_DIR"]}
        | {"DJANGO_SETTINGS_MODULE": "frodo.settings", "DATABASE_URL": "sqlite://:memory:", "ORM_THREADS": "0"}
        | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_admin_is_where_its_setting_says():
    code = "from django.urls import reverse; print(reverse('admin:index'), reverse('doctor'), reverse('statistics'))"

    assert ask(code, ADMIN_PATH="desk-7") == "/desk-7/ /desk-7/doctor/ /desk-7/statistics/"


@pytest.mark.parametrize(("allowed", "origin", "found"), [
    ("https://app.example", "https://app.example", "https://app.example"),
    ("https://app.example", "https://evil.example", "None"),
    ("*", "https://any.example", "*"),
    ("", "https://app.example", "None"),
])  # fmt: skip
def test_another_site_reads_the_api_only_where_it_is_named(allowed, origin, found):
    code = (
        f"headers = {{'Origin': {origin!r}, 'Access-Control-Request-Method': 'GET', 'Host': 'blog.example'}}\n"
        "answer = client.options('/api/posts/', headers=headers)\n"
        "print(answer.get('Access-Control-Allow-Origin'), answer.get('Access-Control-Allow-Credentials'),\n"
        "      'POST' in answer.get('Access-Control-Allow-Methods', ''))"
    )

    assert ask(code, API_CORS_ORIGINS=allowed) == f"{found} None False"
