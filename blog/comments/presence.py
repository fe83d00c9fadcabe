"""Typing indicator: who is writing a comment now. Sent to open pages, never stored."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.comments import hooks
from blog.comments.group_commit import CommentsClosed
from blog.comments.models import Comment
from blog.comments.services import name_for
from blog.posts.models import Post
from frodo import display_names, live, rate_limits
from frodo.errors import ServiceError

RATE = rate_limits.Rate(120, 60)
"""Per network: a page reports every few seconds, and several people may share one IP address."""


class NotShown(ServiceError):
    code = "not_found"
    message = _("This site does not show who writes.")
    status = 404


def is_writing(post: Post, *, name: str = "", user: User | None = None, visitor: str = "", network: str = "") -> bool:
    """Report that somebody is writing. False if there is no name that may be shown.

    A guest cannot show a staff member's name, and a writer whose comments require approval is not shown.
    """
    if not settings.SHOW_PRESENCE:
        raise NotShown
    if not post.takes_comments:
        raise CommentsClosed
    if wait := rate_limits.take("writing", network, RATE):
        raise rate_limits.TooFast(wait)
    if user is None and not display_names.can_be_seen(display_names.clean(name)):
        return False
    writer = Comment(post=post, user=user, visitor=visitor, name=name_for(user, name))
    if not hooks.moderation().is_visible_at_once(writer, network):
        return False
    live.tell_writing(post.event_room, post.pk, writer.name)
    return True
