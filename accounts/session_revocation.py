"""Who loses the right to be here is told so at once, in every process.

Whoever signs out, is deactivated or deleted, is no longer staff, has another role, or gets another password is
announced on the channel layer, to the group `accounts.<pk>`:

    {"type": "accounts.left", "user": 7, "session": "3f…" or None, "why": "signed_out"}

`session` names the one session that ended, as `session_name` does; None is all of them. `why` is
`signed_out`, `deactivated`, `not_staff`, `password` or `deleted`.
A socket that shows what only some may see

1. joins `group_of(user.pk)` before it looks whether the user may (`may_stay`), and leaves it when it closes;
2. closes on every message that `concerns` it;
3. asks `may_stay` again now and then: the channel layer may be away, a session ends by age, and
   `User.objects.update()` or SQL by hand announces nothing.
"""

import logging
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.tokens.services import delete_ended_devices
from frodo import channel_layer

logger = logging.getLogger(__name__)

WATCHED = ("is_active", "is_staff", "is_superuser", "role", "password")


def group_of(user: int) -> str:
    return f"accounts.{user}"


def session_name(session_key: str | None) -> str:
    """A public name of a session, from which its key cannot be derived."""
    return salted_hmac("accounts.session_revocation", session_key or "", algorithm="sha256").hexdigest()[:32]


def concerns(message: dict, session_key: str | None) -> bool:
    """Whether the message ends this session."""
    return message["session"] in {None, session_name(session_key)}


@sync_to_async
def may_stay(session_key: str | None, *, staff: bool = False) -> User | None:
    """The current user of a session; None without one, or, with `staff`, if not staff."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = session_store()(session_key)
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active and (user.is_staff or not staff) else None


def session_store() -> type[SessionBase]:
    return import_module(settings.SESSION_ENGINE).SessionStore


def announce(user: int, why: str, session: str | None = None) -> None:
    """Announce to all processes after the commit. Never fails: listeners also check."""
    message = {"type": "accounts.left", "user": user, "session": session, "why": why}
    transaction.on_commit(partial(send, user, message))


def send(user: int, message: dict) -> None:
    try:
        async_to_sync(channel_layer.send_to_group)(group_of(user), message)
    except channel_layer.ERRORS as error:
        logger.warning("Nobody was told that user %s has left (%s): %r", user, message["why"], error)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **signal: Any) -> None:
    """Sent before the session is flushed, so it still has its key."""
    if user is not None and user.pk:
        announce(user.pk, "signed_out", session_name(request.session.session_key))


@receiver(post_delete, sender=UserSession)
def session_ended(instance: UserSession, **signal: Any) -> None:
    """A session ended in the list of one's sessions."""
    announce(instance.user_id, "signed_out", session_name(instance.session_key))


@receiver(pre_save, sender=User)
def remember_before(instance: User, update_fields: frozenset | None, raw: bool, **signal: Any) -> None:
    is_watched = update_fields is None or not update_fields.isdisjoint(WATCHED)
    vars(instance)["before_saving"] = None
    if instance.pk and is_watched and not raw:
        vars(instance)["before_saving"] = User.objects.filter(pk=instance.pk).values(*WATCHED).first()


@receiver(post_save, sender=User)
def saved(instance: User, **signal: Any) -> None:
    before = vars(instance).pop("before_saving", None)
    if before is None:
        return
    if before["password"] != instance.password:
        instance.devices.all().revoke()  # their tokens are void, so no list should show them as signed in
    if before["is_active"] and not instance.is_active:
        announce(instance.pk, "deactivated")
    elif before["is_staff"] and (not instance.is_staff or before["role"] != instance.role):
        announce(instance.pk, "not_staff")
    elif before["password"] != instance.password:
        announce(instance.pk, "password")


@receiver(post_delete, sender=User)
def deleted(instance: User, **signal: Any) -> None:
    announce(instance.pk, "deleted")


def delete_ended_sessions() -> None:
    """Delete expired sessions, signed-out devices, and sign-ups whose e-mail address was never verified."""
    delete_ended_devices()
    session_store().clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    yesterday = timezone.now() - timedelta(days=1)
    never_verified = User.objects.filter(last_login=None, username__startswith="reader-", date_joined__lt=yesterday)
    never_verified.exclude(emailaddress__verified=True).delete()
