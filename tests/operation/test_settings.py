"""Settings as another process sees them when it starts."""

import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from frodo.site_urls import origin_of
from tests.operation.checkout import ROOT

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
    [
        ("POSTS_PER_PAGE", "ten"),
        ("POSTS_PER_PAGE", "0"),
        ("LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "wherever"),
        ("HTTP_CLIENT_ALLOW", "10.0.0.0/8,here"),
        ("HTTP_CLIENT_ALLOW", "10.0.0.1/8"),
        ("HTTP_CLIENT_SECONDS", "0"),
        ("UPLOAD_MAX_MB", "0"),
        ("UPLOAD_WIDTHS", "480,9"),
    ],
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


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp://mail.example", "mail.example 25 False False"),
        ("smtp+tls://ann%40blog.example:a%3Ab@mail.example", "mail.example 587 True False"),
        ("smtps://ann:word@mail.example:2465", "mail.example 2465 False True"),
    ],
)
def test_an_address_of_mail_is_taken_apart(url, found):
    names = "EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL"

    assert setting(names, EMAIL_URL=url) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            (name, "0")
            for name in ("CLIENT_SECONDS", "PAGE_CACHE_SECONDS", "PAGE_CACHE_POLL_SECONDS", "JOBS_POLL_SECONDS")
        ),
        *(("VIEWS_WRITE_SECONDS", "-1"), ("PAGE_CACHE_MB", "-1"), ("PAGE_CACHE_CDN_SECONDS", "-1")),
    ],
)
def test_a_number_beyond_its_bounds_stops_the_start(name: str, value: str):
    assert re.search(rf"ImproperlyConfigured: .*{name}", refusal(**{name: value}))


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:x"])
def test_an_address_of_mail_that_cannot_be_used(url):
    assert "EMAIL_URL" in refusal(EMAIL_URL=url)


def test_an_env_file_is_read_and_the_environment_comes_first(tmp_path):
    env = tmp_path / "env"
    env.write_text("SITE_NAME=From the file\nPOSTS_PER_PAGE=7\n")

    assert setting("SITE_NAME", ENV_FILE=str(env)) == "From the file"
    assert setting("SITE_NAME", ENV_FILE=str(env), SITE_NAME="From outside") == "From outside"


def test_the_table_of_settings_is_complete():
    read_by_settings = set(re.findall(r'read\(\s*env\.\w+,\s*"(\w+)"', (ROOT / "frodo" / "settings.py").read_text()))
    read_by_settings |= {"ENV_FILE"}
    read_by_make_run = {"HOST", "PORT"}

    documented = re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert len(documented) == len(set(documented))
    assert set(documented) == read_by_settings | read_by_make_run


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"REDIS_SENTINELS": "10.0.0.1"}, "REDIS_SENTINELS: '10.0.0.1' is not host:port"),
        ({"GITHUB_CLIENT_ID": "x"}, "GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET"),
        ({"OIDC_PROVIDERS": "forge"}, "OIDC_FORGE_ISSUER, OIDC_FORGE_CLIENT_ID and OIDC_FORGE_CLIENT_SECRET"),
        ({"MASTODON_CLIENT_ID": "x", "MASTODON_CLIENT_SECRET": "y"}, "MASTODON_URL must name the server"),
        ({"OIDC_PROVIDERS": "google"}, "cannot be a name"),
        ({"OIDC_PROVIDERS": "Goo gle"}, "use small letters and digits"),
        ({"OIDC_PROVIDERS": "email"}, "cannot be a name"),
        ({"EMAIL_URL": "mail.example"}, "EMAIL_URL begins with one of"),
    ],
)
def test_half_a_way_to_sign_in_is_refused(given: dict, said: str):
    assert said in refusal(**given)


def test_mail_is_sent_as_its_address_says():
    url = "submission://blog%40example.org:se%2Fcret@mail.example:587"
    names = ["EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_URL"]

    found = start(f"from django.conf import settings as s; print(*(getattr(s, n) for n in {names}))", EMAIL_URL=url)

    assert found.stdout.split() == ["mail.example", "587", "blog@example.org", "se/cret", "True", url]


def test_in_the_open_no_mail_is_sent_unless_it_is_said_how():
    assert setting("EMAIL_URL", DEBUG="false", SECRET_KEY=SECRET) == ""
    assert setting("EMAIL_URL") == "console://"  # to the terminal, on a laptop


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://blog.example", "https://blog.example"),
        ("https://blog.example/", "https://blog.example"),
        (" HTTPS://Blog.Example ", "https://blog.example"),
        ("https://blog.example:443", "https://blog.example"),
        ("http://blog.example:80/", "http://blog.example"),
        ("http://192.0.2.1:8000", "http://192.0.2.1:8000"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://博客.example", "https://xn--9krq6q.example"),
        ("", ""),
    ],
)
def test_site_url_is_taken_as_browsers_write_an_origin(given: str, origin: str):
    assert origin_of(given) == origin


@pytest.mark.parametrize(
    "given",
    [
        *("blog.example", "//blog.example", "ftp://blog.example", "https://", "https:blog.example", "https:///x"),
        *("https://example.org/blog", "https://example.org/?a", "https://example.org/#a", "https://example.org?"),
        *(
            "https://ann@blog.example",
            "https://blog.example:x",
            "https://blog.example:99999",
            "https://a b",
            "https://[::1",
        ),
        *("javascript://blog.example", "https://blog,example", "https://*"),
    ],
)
def test_what_is_no_origin_is_refused(given: str):
    with pytest.raises(ImproperlyConfigured, match="SITE_URL must be the site's scheme and host, such as https://"):
        origin_of(given)


def test_a_site_url_that_is_no_origin_stops_the_start():
    assert "SITE_URL must be the site's scheme and host" in refusal(SITE_URL="blog.example")
    assert setting("SITE_URL", SITE_URL="HTTPS://Blog.Example/") == "https://blog.example"
