"""Settings as another process sees them when it starts."""

import os
import re
import subprocess
import sys

import pytest

from tests.operator.checkout import ROOT

SECRET = "s" * 50


def start(code: str = "import django; django.setup()", **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "frodo.settings",
            "ENV_FILE": os.devnull,
            "DATA_DIR": os.environ["DATA_DIR"],
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def setting(name: str, **variables: str) -> str:
    started = start(f"from django.conf import settings; print(settings.{name})", **variables)
    assert not started.stderr, started.stderr
    return started.stdout.strip()


def refusal(**variables: str) -> str:
    """The last line of a start that fails."""
    started = start(**variables)
    assert started.returncode != 0
    return started.stderr.strip().splitlines()[-1]


def test_a_laptop_needs_no_settings():
    assert start().returncode == 0
    assert setting("DEBUG") == "True"


@pytest.mark.parametrize("secret", [None, "", "too short", "insecure-key-for-a-laptop-only"])
def test_without_a_good_secret_it_does_not_start_in_the_open(secret: str | None):
    given = {} if secret is None else {"SECRET_KEY": secret}

    assert "With DEBUG off, SECRET_KEY must be set" in refusal(DEBUG="false", **given)


def test_with_a_secret_it_starts_in_the_open():
    assert start(DEBUG="false", SECRET_KEY=SECRET).returncode == 0


@pytest.mark.parametrize("name", ["DEBUG", "HTTPS", "SHOW_VIEWS"])
def test_a_mistyped_truth_is_named(name: str):
    assert re.search(rf"ImproperlyConfigured: .*{name}", refusal(**{name: "ture"}))


@pytest.mark.parametrize(
    ("name", "value"),
    [("POSTS_PER_PAGE", "ten"), ("POSTS_PER_PAGE", "0"), ("LOG_LEVEL", "LOUD"), ("DATABASE_URL", "wherever")],
)
def test_a_value_out_of_reach_is_named(name: str, value: str):
    assert re.search(rf"ImproperlyConfigured: .*{name}", refusal(**{name: value}))


@pytest.mark.parametrize(("written", "meant"), [("false", "False"), ("0", "False"), ("on", "True"), ("Yes", "True")])
def test_truth_has_many_spellings(written: str, meant: str):
    assert setting("SHOW_VIEWS", SHOW_VIEWS=written) == meant


def test_lists_are_separated_by_commas():
    assert setting("ALLOWED_HOSTS", ALLOWED_HOSTS="blog.example,www.blog.example") == (
        "['blog.example', 'www.blog.example']"
    )


def test_an_https_site_keeps_its_cookies_to_https():
    site = {"SITE_URL": "https://blog.example/"}

    assert setting("SESSION_COOKIE_SECURE", **site) == "True"
    assert setting("CSRF_TRUSTED_ORIGINS", **site) == "['https://blog.example']"


def test_an_env_file_is_read_and_the_environment_comes_first(tmp_path):
    env = tmp_path / "env"
    env.write_text("SITE_NAME=From the file\nPOSTS_PER_PAGE=7\n")

    assert setting("SITE_NAME", ENV_FILE=str(env)) == "From the file"
    assert setting("SITE_NAME", ENV_FILE=str(env), SITE_NAME="From outside") == "From outside"


def test_the_table_of_settings_is_complete():
    read_by_settings = set(re.findall(r'read\(env\.\w+, "(\w+)"', (ROOT / "frodo" / "settings.py").read_text()))
    read_by_settings |= {"ENV_FILE"}
    read_by_make_run = {"HOST", "PORT"}

    documented = re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert len(documented) == len(set(documented))
    assert set(documented) == read_by_settings | read_by_make_run
