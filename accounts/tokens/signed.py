"""Words with our signature on them (JWT): they name a device, and nothing of the person but the number."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import jwt
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from frodo.errors import Refused

ACCESS, REFRESH = "access", "refresh"
ALGORITHM = "HS256"
NEEDED = ["typ", "sub", "dev", "jti", "iat", "exp"]
MAX_LENGTH = 1000


class TokenInvalid(Refused):
    code = "token_invalid"
    message = _("This token is not valid, or not any more. Sign in again.")
    status = 401
    headers = {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'}


class TokenExpired(TokenInvalid):
    code = "token_expired"
    message = _("This token has expired.")


class Words(NamedTuple):
    user: int
    device: int
    id: str


def sign(kind: str, words: Words, now: datetime, lifetime: timedelta) -> str:
    claims = {
        "typ": kind,
        "sub": str(words.user),
        "dev": words.device,
        "jti": words.id,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    return jwt.encode(claims, key(kind, settings.SECRET_KEY), ALGORITHM)


def unsign(kind: str, token: str, now: datetime) -> Words:
    """Raises TokenExpired, or TokenInvalid for all that we have not signed as this kind."""
    if len(token) > MAX_LENGTH:
        raise TokenInvalid
    try:
        claims = jwt.decode(
            token,
            key(kind, settings.SECRET_KEY),
            algorithms=[ALGORITHM],
            options={"require": NEEDED, "verify_exp": False, "verify_iat": False},  # `now` may be passed in
        )
        words = Words(int(claims["sub"]), int(claims["dev"]), claims["jti"])
        is_over = claims["exp"] <= now.timestamp()
    except (jwt.InvalidTokenError, ValueError, TypeError) as error:
        raise TokenInvalid from error
    if claims["typ"] != kind:
        raise TokenInvalid
    if is_over:
        raise TokenExpired
    return words


@lru_cache(maxsize=8)
def key(kind: str, secret: str) -> bytes:
    """One for each kind: a token of one is never taken for the other."""
    return salted_hmac(f"accounts.tokens.{kind}", "", secret=secret, algorithm="sha256").digest()
