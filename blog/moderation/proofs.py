"""Work that a browser does while there is a flood: cheap for one comment, dear for thousands.

The challenge is signed, bound to the post and to the network that asked, and good for one comment within ten
minutes. Nothing of it is stored until it is used.
"""

import hashlib
import secrets

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from frodo.errors import Refused

SALT = "blog.moderation.proof"
SECONDS = 600
MAX_LENGTH = 400


class ProofWanted(Refused):
    code = "proof_wanted"
    message = _("Far too much is being posted here just now. Your browser has to do a little work first; try again.")
    status = 403

    def __init__(self, post: int, network: str) -> None:
        super().__init__()
        self.more = {"challenge": challenge(post, network), "bits": settings.COMMENT_PROOF_BITS}


def challenge(post: int, network: str) -> str:
    said = f"{post}.{bound_to(network)}.{settings.COMMENT_PROOF_BITS}.{secrets.token_urlsafe(9)}"
    return signing.TimestampSigner(salt=SALT, sep="~").sign(said)


def bound_to(network: str) -> str:
    """The address itself is not said, not even to whom it belongs."""
    return salted_hmac(SALT, network, algorithm="sha256").hexdigest()[:16]


def is_good(proof: str, post: int, network: str) -> bool:
    """`<challenge>:<number>`. True once only."""
    given, _colon, number = proof.rpartition(":")
    if len(proof) > MAX_LENGTH or not (number.isascii() and number.isdecimal()):
        return False
    try:
        said = signing.TimestampSigner(salt=SALT, sep="~").unsign(given, max_age=SECONDS)
    except signing.BadSignature:
        return False
    for_post, for_network, bits, nonce = said.split(".")
    if (for_post, for_network) != (str(post), bound_to(network)):
        return False
    return zero_bits(f"{given}:{number}") >= int(bits) and is_unused(nonce)


def zero_bits(text: str) -> int:
    digest = hashlib.sha256(text.encode()).digest()
    return 256 - int.from_bytes(digest).bit_length()


def is_unused(nonce: str) -> bool:
    """With a cache that is away everything is unused: better one too many than an honest one refused."""
    return cache.add(f"proof:{nonce}", 1, SECONDS + 60) is not False
