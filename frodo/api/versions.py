"""Two devices do not overwrite each other: a write may say which version it changes (RFC 9110, If-Match)."""

import json
import re
from hashlib import blake2b

from django.http import HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from frodo.errors import Refused

TAG = re.compile(r'"v([0-9a-f]{16})-')


class Conflict(Refused):
    """The error holds both versions: `current`, as it is now with `etag`, and `yours`, what was sent."""

    code = "conflict"
    message = _("This was changed meanwhile, elsewhere. Look at both versions, then save again with the new ETag.")
    status = 409

    def __init__(self, current: dict, yours: dict, etag: str) -> None:
        super().__init__()
        self.more = {"current": current, "yours": yours, "etag": etag}
        self.headers = {"ETag": etag}


def version(*values) -> str:
    """A name for what can be edited of a thing, made of the values themselves: nothing has to be counted."""
    return blake2b(json.dumps(values, default=str).encode(), digest_size=8).hexdigest()


def etag(version: str, content: str = "") -> str:
    """Of a representation of this version; what changes without being edited, such as counts, is in `content`."""
    return f'"v{version}-{content}"'


def tagged(answer: HttpResponse, *values) -> HttpResponse:
    """With the ETag of this version, which `values` make, in this form."""
    answer.headers["ETag"] = etag(version(*values), digest(answer.content))
    return answer


def digest(content: bytes) -> str:
    return blake2b(content, digest_size=12).hexdigest()


def names(request: Request, version: str) -> bool:
    """Was this request made for this version? True where it names none.

    Comments and reactions that came in meanwhile are no conflict: of the tag, only the version counts.
    """
    said = request.headers.get("If-Match")
    if said is None or said.strip() == "*":
        return True
    found = [TAG.match(tag.removeprefix("W/")) for tag in parse_etags(said)]
    return any(match and match[1] == version for match in found)
