"""What is over is not kept: links that are too old, and sessions that have ended."""

from accounts import links
from accounts.leaving import session_store


def forget() -> None:
    links.forget_old()
    session_store().clear_expired()
