"""Conditional writes: `If-Match` names the version that a write changes (RFC 9110)."""

import json
import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from frodo.api.bodies import Answer
from frodo.conflict_retry import EditConflict
from frodo.errors import ServiceError

TAG = re.compile(r'"v([0-9a-f]{16})-')


class Conflict(ServiceError):
    """409 with both versions: `current` with its `etag`, and `yours`, what was sent."""

    code = "conflict"
    message = _("This was changed meanwhile, elsewhere. Look at both versions, then save again with the new ETag.")
    status = 409

    def __init__(self, current: dict, yours: Any, etag: str) -> None:
        super().__init__()
        self.more = {"current": current, "yours": yours, "etag": etag}
        self.headers = {"ETag": etag}


class Versioned:
    """Mixin for endpoints with conditional writes. A subclass defines `edited` and `shown`.

    Services get `is_expected` and call it with the locked row.
    """

    def edited(self, entry: Any) -> list:
        raise NotImplementedError

    def shown(self, entry: Any) -> dict:
        raise NotImplementedError

    request: Any

    def is_expected(self, entry: Model) -> bool:
        return names(self.request, version(*self.edited(entry)))

    def show(self, entry: Model, status: int = 200, headers: dict | None = None) -> HttpResponse:
        return self.tagged(Answer(self.shown(entry), status, headers), entry)

    def tagged(self, answer: HttpResponse, entry: Model) -> HttpResponse:
        return tagged(answer, *self.edited(entry))

    def answer(self, request: Request, handler: Callable[..., Any]) -> HttpResponse:
        try:
            return super().answer(request, handler)  # type: ignore[misc]  # Endpoint's
        except EditConflict as error:
            yours = {} if request.method == "DELETE" else request.data
            now = etag(version(*self.edited(error.entry)))
            raise Conflict(self.shown(error.entry), yours, now) from error


def version(*values: Any) -> str:
    """A version: a digest of the editable values."""
    return blake2b(json.dumps(values, default=str).encode(), digest_size=8).hexdigest()


def etag(version: str, content: str = "") -> str:
    """An ETag of the version and the representation; counts that change without an edit are in `content`."""
    return f'"v{version}-{content}"'


def tagged(answer: HttpResponse, *values: Any) -> HttpResponse:
    """The response with the ETag of this version."""
    answer.headers["ETag"] = etag(version(*values), digest(answer.content))
    return answer


def digest(content: bytes) -> str:
    return blake2b(content, digest_size=12).hexdigest()


def names(request: Request, version: str) -> bool:
    """Whether `If-Match` names this version; True without the header.

    Only the version counts, so new comments and reactions are no conflict.
    """
    data = request.headers.get("If-Match")
    if data is None or data.strip() == "*":
        return True
    found = [TAG.match(tag.removeprefix("W/")) for tag in parse_etags(data)]
    return any(match and match[1] == version for match in found)
