"""Chores of rooms that know nothing of the blog."""

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.forgetting import forget
from blog.chores import chore


@chore(every=timedelta(hours=1))
def forget_sessions() -> str:
    forget()
    return _("links and sessions that have ended")
