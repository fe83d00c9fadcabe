"""A token becomes a Credential: one query, which brings the user along."""

from datetime import datetime, timedelta

from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.tokens import signed
from accounts.tokens.credential import JWT, PERSONAL, Credential
from accounts.tokens.models import Device, PersonalToken
from accounts.tokens.personal import PREFIX, digest_of
from accounts.tokens.signed import TokenExpired, TokenInvalid

WRITTEN = timedelta(minutes=5)
"""How old "last used" may be before it is written anew."""


def read(token: str, now: datetime | None = None) -> Credential:
    """Raises TokenInvalid or TokenExpired."""
    now = now or timezone.now()
    return of_script(token, now) if token.startswith(PREFIX) else of_device(token, now)


aread = sync_to_async(read)


def of_device(token: str, now: datetime) -> Credential:
    words = signed.unsign(signed.ACCESS, token, now)
    device = Device.objects.select_related("user").filter(pk=words.device, user=words.user).first()
    if device is None or not device.is_alive(now):
        raise TokenInvalid
    return Credential(JWT, device.user, device=device.pk)


def of_script(token: str, now: datetime) -> Credential:
    found = PersonalToken.objects.select_related("user").filter(digest=digest_of(token)).first()
    if found is None or not found.user.is_active:
        raise TokenInvalid
    if found.is_over(now):
        raise TokenExpired
    if found.used_at is None or now - found.used_at > WRITTEN:
        PersonalToken.objects.filter(pk=found.pk).update(used_at=now)
    return Credential(PERSONAL, found.user, frozenset(found.scopes))
