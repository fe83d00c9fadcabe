"""Who comes in: the account of somebody whom a provider, or a mailbox, vouches for.

An account is found by what the provider calls its owner. Only where that is not known yet an e-mail address
counts: one that is proven, and never for an account that may do more than speak.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import naming
from accounts.mailboxes import normal
from accounts.models import Identity, User
from frodo.errors import Refused
from frodo.racing import taken_up_again


class AccountClosed(Refused):
    code = "account_closed"
    message = _("This account has been closed.")
    status = 403


class Guarded(Refused):
    code = "account_guarded"
    message = _(
        "This e-mail address belongs to somebody who writes here. "
        "Sign in with the password first; then this way can be added on your own page."
    )
    status = 403


class BelongsToAnother(Refused):
    code = "belongs_to_another"
    message = _("This is already a way into another account here.")
    status = 409


class LastWay(Refused):
    code = "last_way"
    message = _("This is the only way into your account. Add another one first.")
    status = 409


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody at the door. `email` is empty unless it is proven."""

    provider: str
    uid: str
    label: str = ""
    names: tuple[str, ...] = ()
    email: str = ""


@taken_up_again
@transaction.atomic
def enter(known: Known) -> User:
    """The account, a new one if need be."""
    user = find(known) or make(known)
    if not user.is_active:
        raise AccountClosed
    Identity.objects.filter(provider=known.provider, uid=known.uid).update(used_at=timezone.now(), label=known.label)
    return user


def find(known: Known) -> User | None:
    identity = Identity.objects.filter(provider=known.provider, uid=known.uid).select_related("user").first()
    if identity is not None and known.provider != Identity.EMAIL:
        return identity.user
    user = identity.user if identity else owner(known.email)
    if user is None:
        return None
    if user.is_guarded:
        raise Guarded
    if identity is None:
        Identity.objects.create(user=user, provider=known.provider, uid=known.uid)
    return user


def owner(email: str) -> User | None:
    """Whose account this proven address opens. Of several, one that is guarded comes first, and so refuses."""
    if not email:
        return None
    listed = Identity.objects.filter(provider=Identity.EMAIL, uid=email).select_related("user")
    users = [identity.user for identity in listed]
    users += [user for user in User.objects.filter(email__iexact=email) if normal(user.email) == email]
    return max(users, key=lambda user: user.is_guarded, default=None)


def make(known: Known) -> User:
    user = User(
        username=f"reader-{secrets.token_hex(8)}",
        email=known.email,
        display_name=naming.free_name(*known.names),
    )
    user.set_unusable_password()
    user.save()
    Identity.objects.create(user=user, provider=known.provider, uid=known.uid)
    if known.email and known.provider != Identity.EMAIL:
        Identity.objects.create(user=user, provider=Identity.EMAIL, uid=known.email, label=known.email)
    return user


@taken_up_again
@transaction.atomic
def connect(user: User, known: Known) -> None:
    """One more way into the account of somebody who is in."""
    identity, _created = Identity.objects.get_or_create(
        provider=known.provider, uid=known.uid, defaults={"user": user, "label": known.label}
    )
    if identity.user_id != user.pk:
        raise BelongsToAnother


@transaction.atomic
def disconnect(user: User, pk: int) -> None:
    User.objects.select_for_update().get(pk=user.pk)  # two at once must not take the last two
    if not user.has_usable_password() and not ways_left(user).exclude(pk=pk).exists():
        raise LastWay
    user.identities.filter(pk=pk).delete()


def ways_left(user: User):
    """Those that still lead in: a provider may have been taken out of the settings, or mail."""
    offered = [*settings.SIGN_IN_PROVIDERS, *([Identity.EMAIL] if settings.CAN_SEND_MAIL else [])]
    return user.identities.filter(provider__in=offered)
