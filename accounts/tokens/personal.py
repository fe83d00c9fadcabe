"""Tokens that a person makes for a script, shown once."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tokens.credential import SCOPES
from accounts.tokens.models import NAME_LENGTH, PersonalToken
from frodo.errors import Refused
from frodo.names import can_be_seen, clean

PREFIX = "frodo_"
"""By which people, and programs that look for secrets in what is published, know one."""
MOST = 50


class Unnamed(Refused):
    code = "name_missing"
    message = _("Give it a name by which you will know it again.")
    field = "name"


class ScopesMissing(Refused):
    code = "scopes_missing"
    message = _("Choose what the token may be used for.")
    field = "scopes"


class AlreadyOver(Refused):
    code = "already_over"
    message = _("This time is past.")
    field = "expires_at"


class TooManyTokens(Refused):
    code = "too_many_tokens"
    message = _("You have too many tokens already. Remove one first.")
    status = 409


@transaction.atomic
def make(
    user: User, name: str, scopes: Iterable[str], expires_at: datetime | None = None, now: datetime | None = None
) -> tuple[PersonalToken, str]:
    """The row, and the token that nobody will be told again."""
    now = now or timezone.now()
    name, scopes = clean(name)[:NAME_LENGTH], set(scopes)
    if not can_be_seen(name):
        raise Unnamed
    if not scopes or scopes - SCOPES.keys():
        raise ScopesMissing
    if expires_at is not None and expires_at <= now:
        raise AlreadyOver
    User.objects.select_for_update().get(pk=user.pk)  # many at once are counted one by one
    if user.personal_tokens.count() >= MOST:
        raise TooManyTokens
    secret = PREFIX + secrets.token_urlsafe(32)
    token = PersonalToken.objects.create(
        user=user,
        name=name,
        digest=digest_of(secret),
        begins_with=secret[:10],
        scope=" ".join(scope for scope in SCOPES if scope in scopes),
        created_at=now,
        expires_at=expires_at,
    )
    return token, secret


def remove(user: User, pk: int) -> bool:
    """False where this person has none of that number."""
    return bool(user.personal_tokens.filter(pk=pk).delete()[0])


def digest_of(secret: str) -> str:
    """A plain one is enough: what it is made of are 256 bits that nobody guesses."""
    return sha256(secret.encode()).hexdigest()
