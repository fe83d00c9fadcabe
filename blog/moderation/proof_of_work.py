"""Proof of work during a spam wave: cheap for one comment, expensive for thousands.

The challenge is signed, bound to the post and the network, and valid for one comment within ten minutes. Nothing is
stored until it is used.
"""

import hashlib
import secrets

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from frodo import rate_limits
from frodo.errors import ServiceError

SALT = "blog.moderation.proof"
SECONDS = 600
MAX_LENGTH = 400


class ProofWanted(ServiceError):
    code = "proof_wanted"
    message = _("There are too many comments right now. Your browser must do some work first. Try again.")
    status = 403

    def __init__(self, post: int, network: str) -> None:
        super().__init__()
        self.more = {"challenge": challenge(post, network), "bits": settings.SPAM_WAVE_PROOF_BITS}


def challenge(post: int, network: str) -> str:
    data = f"{post}.{bound_to(network)}.{settings.SPAM_WAVE_PROOF_BITS}.{secrets.token_urlsafe(9)}"
    return signing.TimestampSigner(salt=SALT, sep="~").sign(data)


def bound_to(network: str) -> str:
    """A keyed hash of the network, so that the challenge does not contain an IP address."""
    return salted_hmac(SALT, network, algorithm="sha256").hexdigest()[:16]


def is_good(proof: str, post: int, network: str) -> bool:
    """Check `<challenge>:<number>`. True only the first time."""
    given, _colon, number = proof.rpartition(":")
    if len(proof) > MAX_LENGTH or not (number.isascii() and number.isdecimal()):
        return False
    try:
        data = signing.TimestampSigner(salt=SALT, sep="~").unsign(given, max_age=SECONDS)
    except signing.BadSignature:
        return False
    for_post, for_network, bits, nonce = data.split(".")
    if (for_post, for_network) != (str(post), bound_to(network)):
        return False
    return zero_bits(f"{given}:{number}") >= int(bits) and is_unused(nonce)


def zero_bits(text: str) -> int:
    digest = hashlib.sha256(text.encode()).digest()
    return 256 - int.from_bytes(digest).bit_length()


def is_unused(nonce: str) -> bool:
    return rate_limits.count(f"proof:{nonce}", SECONDS + 60) == 1
