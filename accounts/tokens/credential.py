"""What a request's token proves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User

JWT, PERSONAL = "jwt", "personal"

SCOPES = {
    "read": _("Read, your own drafts among it"),
    "posts": _("Write posts, pages, tags and topics"),
    "activities": _("Write activities"),
    "uploads": _("Upload pictures"),
    "comments": _("Comment and react"),
}
"""What a personal token may be made for. Each lets one read, too; none lets do more than its owner may."""


@dataclass(frozen=True, slots=True)
class Credential:
    """Whose word a token is, and for what. Held by `request.auth`."""

    kind: str
    user: User
    scopes: frozenset[str] = frozenset(SCOPES)
    device: int | None = None
    """Of a JWT: the id of the row that it hangs on."""

    def allows(self, scope: str) -> bool:
        return self.kind == JWT or scope in self.scopes or (scope == "read" and bool(self.scopes))
