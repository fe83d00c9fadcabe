"""Several workers need Redis between them."""

import os
import subprocess
import sys

import pytest

from frodo import startup
from tests.server import ROOT, free_port


@pytest.mark.parametrize(
    ("command", "web_concurrency", "n"),
    [
        ("uvicorn frodo.asgi:application", "", 1),
        ("uvicorn frodo.asgi:application", "4", 4),
        ("uvicorn frodo.asgi:application --workers 2", "", 2),
        ("uvicorn frodo.asgi:application --workers=3", "4", 3),
        ("uvicorn frodo.asgi:application --workers 1", "4", 1),
        ("/usr/bin/gunicorn -w 5 frodo.asgi:application", "", 5),
        ("manage.py something -w 5", "", 1),
        ("uvicorn frodo.asgi:application --workers", "", 1),
        ("uvicorn frodo.asgi:application", "many", 1),
    ],
)
def test_how_many_there_are(command, web_concurrency, n):
    assert startup.n_workers(command.split(), {"WEB_CONCURRENCY": web_concurrency}) == n


def test_the_check_tells_why(settings, monkeypatch):
    settings.REDIS_URL = ""
    monkeypatch.setenv("WEB_CONCURRENCY", "2")

    (error,) = startup.several_need_redis()

    assert error.id == "frodo.E001"
    assert "2 worker processes without REDIS_URL" in error.msg


def test_it_is_content_with_redis_or_with_one(settings, monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "1")
    settings.REDIS_URL = ""
    assert startup.several_need_redis() == []

    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    settings.REDIS_URL = "redis://localhost/0"
    assert startup.several_need_redis() == []


@pytest.mark.quality
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"DATABASE_URL": "sqlite:////nowhere/at/all/frodo.sqlite3"}, "/nowhere/at/all, does not exist."),
        ({"SECRET_KEY": "short", "DEBUG": "false"}, "SECRET_KEY must be set"),
        ({"ENV_FILE": "/nowhere/frodo.env"}, "/nowhere/frodo.env does not exist"),
    ],
)
def test_settings_that_cannot_work_end_it(tmp_path, workers, wrong, said):
    """Several workers are not started again and again."""
    done = subprocess.run(
        [sys.executable, "-m", "uvicorn", "frodo.asgi:application", "--port", str(free_port()), "--workers", workers],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "frodo.settings", "DATA_DIR": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1"}
        | wrong,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("options", "environment"), [(["--workers", "2"], {}), ([], {"WEB_CONCURRENCY": "2"})])
def test_the_server_does_not_start(tmp_path, options, environment):
    done = subprocess.run(
        [sys.executable, "-m", "uvicorn", "frodo.asgi:application", "--port", str(free_port()), *options],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(tmp_path), "REDIS_URL": "", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode != 0
    assert "2 worker processes without REDIS_URL" in done.stderr
    assert "Traceback" not in done.stderr
