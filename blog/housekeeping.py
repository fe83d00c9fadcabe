"""Chores of rooms that know nothing of the blog."""

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.forgetting import forget
from blog.chores import chore
from frodo.api.idempotency import forget_answers as forget_old_answers


@chore(every=timedelta(hours=1))
def forget_sessions() -> str:
    forget()
    return _("links and sessions that have ended")


@chore(every=timedelta(hours=6))
def forget_answers() -> str:
    return _("%(n)d answers of the API") % {"n": forget_old_answers()}
