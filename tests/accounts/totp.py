"""What an authenticator app does, and how it is set up by hand."""

import hmac
import re
import struct
from base64 import b32decode
from time import time
from typing import NamedTuple

ACTIVATE = "/accounts/2fa/totp/activate/"


class Phone(NamedTuple):
    secret: str
    recovery_codes: list[str]

    def code(self, ahead: int = 1) -> str:
        """By default the next one, which is taken early: the present one may have turned TOTP on, and is used up."""
        return code_at(self.secret, time() + 30 * ahead)


def code_at(secret: str, seconds: float) -> str:
    """RFC 6238, with SHA-1, six digits, half a minute."""
    digest = hmac.digest(b32decode(secret), struct.pack(">Q", int(seconds) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def secret_in(page: str) -> str:
    return re.search(r'id="authenticator_secret" value="([A-Z2-7]+)"', page)[1]


def codes_in(page: str) -> list[str]:
    return re.search(r"<textarea[^>]*>\s*([\d\s]+)</textarea>", page)[1].split()


def set_up(browser) -> Phone:
    """In a browser that has just signed in."""
    secret = secret_in(browser.get(ACTIVATE).content.decode())
    answer = browser.post(ACTIVATE, {"code": code_at(secret, time())}, follow=True)
    return Phone(secret, codes_in(answer.content.decode()))
