"""How many processes serve the site. Several need Redis: each has a memory of its own."""

import os
import sys

from django.conf import settings
from django.core.checks import Error, register

WHY = (
    "%d worker processes without REDIS_URL: a comment would be shown live only to readers of the same process, "
    "changed pages would stay in the memory of the others, and each would count limits for itself."
)
HINT = "Set REDIS_URL, or serve with one worker: it holds many thousand readers."
NOT_STARTED = 3
"""The exit code by which uvicorn knows that starting its workers again will not help."""


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
def several_need_redis(**kwargs) -> list[Error]:
    n = n_workers(sys.argv, dict(os.environ))
    if n > 1 and not settings.REDIS_URL:
        return [Error(WHY % n, hint=HINT, id="frodo.E001")]
    return []


def refuse_to_serve_alone() -> None:
    """No server runs Django's checks, so the application asks for this one as it is loaded."""
    for error in several_need_redis():
        print(f"Frodo does not start.\n{error.msg}\n{error.hint}", file=sys.stderr, flush=True)
        sys.exit(NOT_STARTED)
