"""Pictures of people, made by us. A stand-in: the address alone."""

import hashlib
import hmac

from django.conf import settings


def avatar_url(seed: str) -> str:
    key = hmac.new(settings.SECRET_KEY.encode(), f"avatar:{seed}".encode(), hashlib.sha256).hexdigest()[:16]
    return f"/avatar/{key}.svg"
