"""Programs that sign in. Each device holds a token for access, good for minutes, and one to get the next two.

A refresh token is used once. One that is used again is in two hands, so the device is signed out. But an answer may
be lost on its way, or a program ask twice at once: for `GRACE` after it was used, the token before the last is
answered with the same new one, so that no second line of tokens begins.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tokens import signed
from accounts.tokens.models import NAME_LENGTH, Device, session_of
from accounts.tokens.signed import TokenInvalid, Words
from frodo.names import clean
from frodo.racing import taken_up_again

GRACE = timedelta(seconds=30)
MOST = 100
"""Devices of one person; one more ends that which has been silent for longest."""
KEEP = timedelta(days=30)
"""How long one is shown in the admin after its end."""


class TokenReused(TokenInvalid):
    code = "token_reused"
    message = _("This token was used before, so this device has been signed out. Sign in again.")


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    refresh: str
    expires_in: int
    """Seconds for which `access` is good."""


@transaction.atomic
def sign_in(user: User, *, name: str = "", network: str = "", now: datetime | None = None) -> Tokens:
    """For somebody who has proven to be this user."""
    now = now or timezone.now()
    device = Device.objects.create(
        user=user,
        name=clean(name)[:NAME_LENGTH],
        network=network,
        session=session_of(user),
        refresh=new_id(),
        rotated_at=now,
        created_at=now,
        used_at=now,
        expires_at=now + refresh_lifetime(),
    )
    crowd = user.devices.alive(now).newest().values_list("pk", flat=True)[MOST : MOST + 10]
    if too_many := list(crowd):
        Device.objects.filter(pk__in=too_many).revoke(now)
    return tokens_of(device, now)


def refresh(token: str, *, network: str = "", now: datetime | None = None) -> Tokens:
    now = now or timezone.now()
    words = signed.unsign(signed.REFRESH, token, now)
    device = turn(words, network, now)
    if device.revoked_at == now:
        raise TokenReused
    return tokens_of(device, now)


@taken_up_again
@transaction.atomic
def turn(words: Words, network: str, now: datetime) -> Device:
    """The device with its next token; or revoked just now, which must stay written."""
    device = device_of(words)
    if device is None or not device.is_alive(now):
        raise TokenInvalid
    if words.id == device.refresh:
        device.previous, device.refresh, device.rotated_at = device.refresh, new_id(), now
        device.used_at, device.expires_at = now, now + refresh_lifetime()
        device.network = network or device.network
    elif words.id != device.previous or now - device.rotated_at > GRACE:
        device.revoked_at = now
    device.save(update_fields=["previous", "refresh", "rotated_at", "used_at", "expires_at", "network", "revoked_at"])
    return device


@transaction.atomic
def sign_out(token: str, *, now: datetime | None = None) -> None:
    """By its refresh token, even one that was used: who holds it wants an end. One that is over already may be sent."""
    now = now or timezone.now()
    try:
        words = signed.unsign(signed.REFRESH, token, now)
    except signed.TokenExpired:
        return
    Device.objects.filter(pk=words.device, user=words.user).revoke(now)


def device_of(words: Words) -> Device | None:
    return Device.objects.select_for_update().filter(pk=words.device, user=words.user).first()


def tokens_of(device: Device, now: datetime) -> Tokens:
    lifetime = timedelta(minutes=settings.TOKEN_ACCESS_MINUTES)
    return Tokens(
        access=signed.sign(signed.ACCESS, Words(device.user_id, device.pk, new_id()), now, lifetime),
        refresh=signed.sign(
            signed.REFRESH, Words(device.user_id, device.pk, device.refresh), now, device.expires_at - now
        ),
        expires_in=int(lifetime.total_seconds()),
    )


def refresh_lifetime() -> timedelta:
    return timedelta(days=settings.TOKEN_REFRESH_DAYS)


def new_id() -> str:
    return secrets.token_urlsafe(16)


def forget_old(now: datetime | None = None) -> None:
    """Devices whose end is long past."""
    Device.objects.over((now or timezone.now()) - KEEP).delete()
