"""Who loses the right to be here is told so at once, in every process.

Whoever signs out, is deactivated or deleted, is no longer staff, has another role, or gets another password is
announced on the channel layer, to the group `accounts.<pk>`:

    {"type": "accounts.left", "user": 7, "session": "3f…" or None, "why": "signed_out"}

`session` names the one session that ended, as `session_name` does; None is all of them. `why` is one of REASONS.
A socket that shows what only some may see

1. joins `group_of(user.pk)` before it looks whether the user may (`may_stay`), and leaves it when it closes;
2. closes on every message that `concerns` it;
3. asks `may_stay` again now and then: the channel layer may be away, a session ends by age, and
   `User.objects.update()` or SQL by hand announces nothing.
"""

import logging
from functools import partial
from importlib import import_module
from types import SimpleNamespace

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import User
from frodo import layer

logger = logging.getLogger(__name__)

REASONS = ("signed_out", "deactivated", "not_staff", "password", "deleted")
WATCHED = ("is_active", "is_staff", "is_superuser", "role", "password")


def group_of(user: int) -> str:
    return f"accounts.{user}"


def session_name(session_key: str | None) -> str:
    """A name for a session that does not open it."""
    return salted_hmac("accounts.leaving", session_key or "", algorithm="sha256").hexdigest()[:32]


def concerns(message: dict, session_key: str | None) -> bool:
    """Does this end what was begun in that session?"""
    return message["session"] in {None, session_name(session_key)}


@sync_to_async
def may_stay(session_key: str | None, *, staff: bool = False) -> User | None:
    """The user of this session, as it is now; None when there is none, or, if asked for, none of the staff."""
    if not session_key:
        return None
    user = get_user(SimpleNamespace(session=session_store()(session_key)))
    return user if user.is_authenticated and user.is_active and (user.is_staff or not staff) else None


def session_store() -> type[SessionBase]:
    return import_module(settings.SESSION_ENGINE).SessionStore


def announce(user: int, why: str, session: str | None = None) -> None:
    """Tell all processes, once the transaction is committed. Never fails: who listens also looks."""
    message = {"type": "accounts.left", "user": user, "session": session, "why": why}
    transaction.on_commit(partial(send, user, message))


def send(user: int, message: dict) -> None:
    try:
        async_to_sync(layer.send_to_group)(group_of(user), message)
    except Exception as error:  # whatever the layer's server throws at us
        logger.warning("Nobody was told that user %s has left (%s): %r", user, message["why"], error)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **signal) -> None:
    """Sent before the session is flushed, so it still has its key."""
    if user is not None and user.pk:
        announce(user.pk, "signed_out", session_name(request.session.session_key))


@receiver(pre_save, sender=User)
def remember_before(instance: User, update_fields: frozenset | None, raw: bool, **signal) -> None:
    is_watched = update_fields is None or not update_fields.isdisjoint(WATCHED)
    instance.before_saving = None
    if instance.pk and is_watched and not raw:
        instance.before_saving = User.objects.filter(pk=instance.pk).values(*WATCHED).first()


@receiver(post_save, sender=User)
def saved(instance: User, **signal) -> None:
    before, instance.before_saving = getattr(instance, "before_saving", None), None
    if before is None:
        return
    if before["is_active"] and not instance.is_active:
        announce(instance.pk, "deactivated")
    elif before["is_staff"] and (not instance.is_staff or before["role"] != instance.role):
        announce(instance.pk, "not_staff")
    elif before["password"] != instance.password:
        announce(instance.pk, "password")


@receiver(post_delete, sender=User)
def deleted(instance: User, **signal) -> None:
    announce(instance.pk, "deleted")
