"""Create, verify, refresh and revoke access tokens, refresh tokens and personal access tokens (docs/tokens.md).

A refresh token is used once. One that is used again is in two hands, so its device is signed out. But a response may be
lost, or a program ask twice at once: for `GRACE`, the previous token is answered with the same new one again.
"""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tokens.models import NAME_LENGTH, SCOPES, Device, DeviceQuerySet, PersonalToken, session_of
from frodo.conflict_retry import retry_on_conflict
from frodo.display_names import can_be_seen, clean
from frodo.errors import ServiceError

ACCESS, REFRESH = "access", "refresh"
PREFIX = "frodo_"
"""Of personal access tokens; secret scanners know them by it."""
RECENT = timedelta(minutes=15)
GRACE = timedelta(seconds=30)
MAX_DEVICES, MAX_PERSONAL_TOKENS = 100, 50
"""Of one user. One more device ends the one that was used least recently."""
KEEP_ENDED = timedelta(days=30)
USED_AT_PRECISION = timedelta(minutes=5)


class TokenInvalid(ServiceError):
    code = "token_invalid"
    message = _("This token is invalid or has expired. Sign in again.")
    status = 401
    headers = {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'}


class TokenExpired(TokenInvalid):
    code = "token_expired"
    message = _("This token has expired.")


class TokenReused(TokenInvalid):
    code = "token_reused"
    message = _("This token was used before, so this device has been signed out. Sign in again.")


class NameMissing(ServiceError):
    code = "name_missing"
    message = _("Enter a name that you will recognize.")
    field = "name"


class TooManyTokens(ServiceError):
    code = "too_many_tokens"
    message = _("You have too many tokens already. Remove one first.")
    status = 409


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    refresh: str
    expires_in: int


def verify(token: str, now: datetime | None = None) -> Device | PersonalToken:
    """Whose access token or personal access token this is, in one query. Raises TokenInvalid or TokenExpired."""
    now = now or timezone.now()
    if not token.startswith(PREFIX):
        device = unsign(ACCESS, token, now)[0].select_related("user").first()
        if device is None or not device.is_alive(now):
            raise TokenInvalid
        return device
    found = PersonalToken.objects.select_related("user").filter(digest=digest_of(token), user__is_active=True).first()
    if found is None:
        raise TokenInvalid
    if found.expires_at and found.expires_at <= now:
        raise TokenExpired
    if found.used_at is None or now - found.used_at > USED_AT_PRECISION:
        PersonalToken.objects.filter(pk=found.pk).update(used_at=now)
    return found


@transaction.atomic
def sign_in(user: User, *, name: str = "", network: str = "", now: datetime | None = None) -> Tokens:
    """Register a device of a user who has been authenticated."""
    now = now or timezone.now()
    device = Device(user=user, name=clean(name)[:NAME_LENGTH], session=session_of(user), created_at=now)
    rotate(device, network, now)
    too_many = user.devices.alive(now).newest().values_list("pk", flat=True)[MAX_DEVICES : MAX_DEVICES + 10]
    user.devices.filter(pk__in=list(too_many)).revoke(now)
    return issue(device, now)


@retry_on_conflict
def refresh(token: str, *, network: str = "", now: datetime | None = None) -> Tokens:
    now = now or timezone.now()
    devices, token_id = unsign(REFRESH, token, now)
    with transaction.atomic():
        device = devices.select_for_update().first()
        if device is None or not device.is_alive(now):
            raise TokenInvalid
        is_reused = token_id != device.refresh and (token_id != device.previous or now - device.rotated_at > GRACE)
        if is_reused:
            devices.revoke(now)
        elif token_id == device.refresh:
            rotate(device, network, now)
    if is_reused:
        raise TokenReused
    return issue(device, now)


def sign_out(token: str, *, now: datetime | None = None) -> None:
    """Revoke the device of a refresh token, even of one that was used or has expired."""
    now = now or timezone.now()
    with suppress(TokenExpired):
        unsign(REFRESH, token, now)[0].revoke(now)


def rotate(device: Device, network: str, now: datetime) -> None:
    device.previous, device.refresh, device.rotated_at = device.refresh, secrets.token_urlsafe(16), now
    device.used_at, device.expires_at = now, now + timedelta(days=settings.TOKEN_REFRESH_DAYS)
    device.network = network or device.network
    device.save()


def issue(device: Device, now: datetime) -> Tokens:
    lifetime = timedelta(minutes=settings.TOKEN_ACCESS_MINUTES)
    return Tokens(
        access=sign(ACCESS, device, now + lifetime),
        refresh=sign(REFRESH, device, device.expires_at),
        expires_in=int(lifetime.total_seconds()),
    )


def signer(kind: str) -> signing.Signer:
    """Another salt for each kind: a refresh token is no access token. "." may stand in a header (RFC 6750)."""
    return signing.Signer(salt=f"accounts.tokens.{kind}", sep=".")


def sign(kind: str, device: Device, expires_at: datetime) -> str:
    claims = [device.user_id, device.pk, device.refresh, int(expires_at.timestamp())]
    return signer(kind).sign_object(claims)


def unsign(kind: str, token: str, now: datetime) -> tuple[DeviceQuerySet, str]:
    """A query for the token's device, and the id of the refresh token."""
    try:
        user, device, token_id, expires_at = signer(kind).unsign_object(token)
    except signing.BadSignature as error:
        raise TokenInvalid from error
    if expires_at <= now.timestamp():
        raise TokenExpired
    return Device.objects.filter(pk=device, user=user), token_id


@transaction.atomic
def create_personal_token(
    user: User, name: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> tuple[PersonalToken, str]:
    """Return the row and the token, which is not stored."""
    if not can_be_seen(name := clean(name)[:NAME_LENGTH]):
        raise NameMissing
    User.objects.select_for_update().get(pk=user.pk)  # counts tokens created at the same moment one by one
    if user.personal_tokens.count() >= MAX_PERSONAL_TOKENS:
        raise TooManyTokens
    token = PREFIX + secrets.token_urlsafe(32)
    scope = " ".join(scope for scope in SCOPES if scope in scopes)
    fields = {"name": name, "scope": scope, "digest": digest_of(token), "begins_with": token[:10]}
    return user.personal_tokens.create(**fields, expires_at=expires_at), token


def digest_of(token: str) -> str:
    """SHA-256 without salt is enough for 256 random bits."""
    return sha256(token.encode()).hexdigest()


def delete_ended_devices(now: datetime | None = None) -> None:
    before = (now or timezone.now()) - KEEP_ENDED
    Device.objects.filter(Q(revoked_at__lte=before) | Q(expires_at__lte=before)).delete()


class SignedInLongAgo(ServiceError):
    code = "signed_in_long_ago"
    message = _("Sign out and sign in again first. This protects your account if someone else uses your browser.")
    status = 403


def require_recent_authentication(user: User, since: datetime | None = None) -> None:
    """Raise SignedInLongAgo unless a staff member signed in recently; `since`: for sign-ins not by browser."""
    since = since or user.last_login
    if user.needs_recent_authentication and (since is None or since <= timezone.now() - RECENT):
        raise SignedInLongAgo
