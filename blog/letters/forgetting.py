"""Erasing what was only needed for a time: where a comment came from, and whom to write to."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.chores import chore
from blog.discussion.models import Comment
from blog.letters.models import Letter, Mailbox, key_of

AT_ONCE = 500


@chore(every=timedelta(days=1))
def forget() -> str:
    old = timezone.now() - timedelta(days=settings.COMMENT_FORGET_DAYS)
    n_networks = Comment.objects.filter(created_at__lt=old).exclude(network="").update(network="")
    n_emails = forget_emails(Comment.objects.filter(created_at__lt=old).exclude(email=""))
    done = Letter.objects.filter(created_at__lt=old).exclude(state__in=["queued", "taken", "handed"])
    done.filter(kind=Letter.Kind.CONFIRM).delete()
    n_letters = done.exclude(to="").update(to="", said="")
    silent = timezone.now() - timedelta(days=settings.LETTERS_SILENCE_DAYS)
    Mailbox.objects.filter(confirmed=[], closed_at=None, mutes=None, letters=None, seen_at__lt=silent).delete()
    return _("erased: %(networks)d network addresses, %(emails)d e-mails, %(letters)d addresses of letters") % {
        "networks": n_networks,
        "emails": n_emails,
        "letters": n_letters,
    }


class Row(NamedTuple):
    pk: int
    email: str
    visitor: str
    notify: bool
    post: int
    is_alive: bool


def forget_emails(comments) -> int:
    """All but those by which letters are still wanted. Letters to an account go to the account's own address."""
    n = comments.exclude(user=None).update(email="")
    silent = timezone.now() - timedelta(days=settings.LETTERS_SILENCE_DAYS)
    said_since = Comment.objects.visible().filter(post=OuterRef("post"), created_at__gte=silent)
    guests = comments.filter(user=None).annotate(is_alive=Exists(said_since)).order_by("pk")
    last = 0
    while rows := [Row(*row) for row in guests.filter(pk__gt=last).values_list(*Row._fields)[:AT_ONCE]]:
        last = rows[-1].pk
        n += erase(row.pk for row in unwanted(rows))
    return n


def unwanted(rows: list[Row]) -> list[Row]:
    keys = {row.pk: key_of(row.email) for row in rows}
    mailboxes = Mailbox.objects.filter(key__in=keys.values())
    known = {mailbox.key: mailbox.confirmed for mailbox in mailboxes.filter(closed_at=None)}
    muted = set(mailboxes.exclude(mutes=None).values_list("key", "mutes__post"))
    return [
        row
        for row in rows
        if not (row.notify and row.is_alive)
        or row.visitor not in known.get(keys[row.pk], [])
        or (keys[row.pk], row.post) in muted
    ]


def erase(comments: Iterable[int]) -> int:
    return Comment.objects.filter(pk__in=list(comments)).update(email="", notify=False)
