"""Checks before the server starts, run by `manage.py check` and when the application is loaded."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, register

NOT_STARTED = 3
"""The exit code by which uvicorn and gunicorn know that starting their workers again will not help."""


@register
def data_folder_exists(**kwargs: Any) -> list[Error]:
    """The folder of the SQLite database exists; SQLite's own error does not name it."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3") or ":memory:" in str(database["NAME"]):
        return []
    folder = Path(database["NAME"]).resolve().parent
    if not folder.is_dir():
        hint = "Check DATA_DIR; `manage.py migrate` creates the folder."
        return [Error(f"The folder of the database, {folder}, does not exist.", hint=hint, id="frodo.E002")]
    if not os.access(folder, os.W_OK | os.X_OK):
        hint = "Check DATA_DIR, and as which user you run this."
        return [Error(f"The folder of the database, {folder}, cannot be written to.", hint=hint, id="frodo.E003")]
    return []


def refuse_if_misconfigured() -> None:
    """No server runs Django's checks, so the application asks for these as it is loaded."""
    errors = [*several_need_redis(), *data_folder_exists()]
    if errors:
        exit_with(f"{error.msg}\n{error.hint}" for error in errors)


def exit_with(messages: Iterable[str]) -> None:
    print("Frodo does not start.", *messages, sep="\n", file=sys.stderr, flush=True)
    supervisor = multiprocessing.parent_process()
    if supervisor is not None and supervisor.pid is not None:
        # uvicorn's supervisor would exit with 0, or start its workers again for ever.
        with suppress(ProcessLookupError):  # another worker was first
            os.kill(supervisor.pid, signal.SIGKILL)
    sys.exit(NOT_STARTED)


WHY = (
    "%d worker processes without REDIS_URL: a comment would be shown live only to readers of the same process, "
    "changed pages would stay in the memory of the others, and each would count limits for itself."
)
HINT = "Set REDIS_URL, or serve with one worker: it holds many thousand readers."


def n_workers(arguments: list[str], environment: dict[str, str]) -> int:
    """As uvicorn and gunicorn understand it: their own option first, then WEB_CONCURRENCY."""
    asked = environment.get("WEB_CONCURRENCY", "")
    options = {"--workers", "-w"} if "gunicorn" in arguments[0] else {"--workers"}
    for n, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name in options:
            asked = value or " ".join(arguments[n + 1 : n + 2])
    return int(asked) if asked.isascii() and asked.isdigit() else 1


@register
def several_need_redis(**kwargs: Any) -> list[Error]:
    n = n_workers(sys.argv, dict(os.environ))
    if n > 1 and not settings.REDIS_URL:
        return [Error(WHY % n, hint=HINT, id="frodo.E001")]
    return []
