"""What is over is not kept: links that are too old, sessions that have ended, devices that are signed out."""

from accounts import links
from accounts.leaving import session_store
from accounts.tokens import devices


def forget() -> None:
    links.forget_old()
    devices.forget_old()
    session_store().clear_expired()
