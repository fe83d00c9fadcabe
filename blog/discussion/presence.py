"""Who writes right now. Told to open pages, and kept nowhere."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.discussion.models import Comment
from blog.discussion.speaking import CommentsClosed, name_for
from blog.events.recording import SOURCE
from blog.moderation.judging import is_heard
from blog.posts.models import Post
from frodo import live, names, rates
from frodo.errors import Refused

RATE = rates.Rate(120, 60)
"""Of one network: a page says it once in some seconds, and several people may sit behind one address."""


class NotShown(Refused):
    code = "not_found"
    message = _("This site does not show who writes.")
    status = 404


def is_writing(post: Post, *, name: str = "", user: User | None = None, visitor: str = "", address: str = "") -> bool:
    """Tell that somebody writes. False where there is no name that may be shown.

    A guest shows no name of the staff, and whose comments must wait for approval shows none at all.
    """
    if not settings.SHOW_PRESENCE:
        raise NotShown
    if not post.takes_comments:
        raise CommentsClosed
    if wait := rates.take("writing", address, RATE):
        raise rates.TooFast(wait)
    if user is None and not names.can_be_seen(names.clean(name)):
        return False
    writer = Comment(post=post, user=user, visitor=visitor, name=name_for(user, name))
    if not is_heard(writer, address):
        return False
    live.tell_writing(SOURCE, post.pk, writer.name)
    return True
