"""Links that sign in, sent by e-mail: each works once, and not for long.

They are rows, not signed tokens, so that "once" holds for two clicks at the same moment, and for addresses that
have no account yet.
"""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.entering import AccountClosed, Guarded, Known, enter, owner
from accounts.models import Identity, SignInLink, User
from frodo import rates
from frodo.errors import Refused
from frodo.racing import taken_up_again

PER_ADDRESS = rates.Rate(4, 15 * 60)


class LinkGone(Refused):
    code = "link_gone"
    message = _("This link was used already, or it is too old.")
    status = 410


class TooManyLetters(rates.TooFast):
    code = "too_many_letters"

    def __str__(self) -> str:
        minutes = -(-self.retry_after // 60)
        return _("Enough letters were sent for now. Look into your mailbox, or try again in %(minutes)d minutes.") % {
            "minutes": minutes
        }


def slow_down(email: str, network: str) -> None:
    limits = [(email, PER_ADDRESS), (network, rates.Rate.of(settings.SIGN_IN_RATE))]
    wait = max(rates.take("link", digest_of(who), rate) if who else 0 for who, rate in limits)
    if wait:
        raise TooManyLetters(wait)


@taken_up_again
@transaction.atomic
def make(email: str, to: str = "") -> str:
    """The secret of a new link; empty where this address opens nothing by a link, which only its owner is told."""
    forget_old()
    user = owner(email)
    if user is not None and (user.is_guarded or not user.is_active):
        return ""
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.create(digest=digest_of(secret), email=email, next=to)
    return secret


def look(secret: str) -> tuple[SignInLink, User | None]:
    """The link, and whose account it opens; None of a newcomer. Nothing is used up."""
    link = SignInLink.objects.filter(digest=digest_of(secret), created_at__gt=oldest()).first()
    if link is None:
        raise LinkGone
    user = owner(link.email)
    if user is not None and user.is_guarded:
        raise Guarded
    if user is not None and not user.is_active:
        raise AccountClosed
    return link, user


@taken_up_again
@transaction.atomic
def use(secret: str, name: str = "") -> User:
    """The account of whoever holds the link; other links to the same mailbox go with it."""
    link, _user = look(secret)
    links = SignInLink.objects.select_for_update().filter(email=link.email).order_by("pk")
    waiting = [other.pk for other in links]
    if link.pk not in waiting:
        raise LinkGone
    SignInLink.objects.filter(pk__in=waiting).delete()
    known = Known(Identity.EMAIL, link.email, label=link.email, names=(name,), email=link.email)
    return enter(known)


def forget_old() -> None:
    old = SignInLink.objects.filter(created_at__lte=oldest()).values_list("pk", flat=True)
    SignInLink.objects.filter(pk__in=list(old)).delete()


def oldest():
    return timezone.now() - timedelta(minutes=settings.SIGN_IN_LINK_MINUTES)


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
