"""Blocked accounts, browsers and networks."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.comments.models import Comment
from blog.moderation.models import Block
from blog.moderation.policy import policy
from frodo.client_ip import wide
from frodo.errors import ServiceError


class Blocked(ServiceError):
    code = "blocked"
    status = 403

    def __init__(self, until: datetime | None) -> None:
        super().__init__()
        self.until = until

    def __str__(self) -> str:
        if self.until is None:
            return _("You cannot comment here.")
        return _("You cannot comment here until %(time)s.") % {
            "time": formats.date_format(timezone.localtime(self.until), "DATETIME_FORMAT")
        }


class CannotBeBlocked(ServiceError):
    """The writer cannot be identified, or is staff."""

    code = "cannot_be_blocked"

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


def block_on(user: User | None, visitor: str, network: str) -> Block | None:
    """The block with the latest end that applies, or None."""
    return policy.get().block_on(user, visitor, network)


def block_person(comment: Comment, by: User | None, reason: str = "") -> Block:
    """Block the account, or the guest's browser."""
    who: dict[str, Any]
    if comment.user:
        if comment.user.is_staff:
            raise CannotBeBlocked(_("Authors of this site cannot be blocked."))
        who = {"user": comment.user}
    elif comment.visitor:
        who = {"visitor": comment.visitor}
    else:
        raise CannotBeBlocked(_("Nothing is stored that identifies this commenter."))
    return set_block(who, comment, by, reason)


def block_network(comment: Comment, by: User | None, reason: str = "") -> Block:
    if not (network := wide(comment.network)):
        raise CannotBeBlocked(_("The network of this comment is no longer stored."))
    return set_block({"network": network}, comment, by, reason)


def set_block(who: dict, comment: Comment, by: User | None, reason: str) -> Block:
    known = Block.objects.in_force().filter(until=None, **who).first()
    return known or Block.objects.create(**who, name=comment.name, reason=reason, created_by=by)


def lift(blocks: QuerySet[Block]) -> int:
    return blocks.filter(lifted_at=None).update(lifted_at=timezone.now())


def forget_blocks() -> None:
    """Delete networks of blocks that ended some time ago."""
    old = timezone.now() - timedelta(days=settings.COMMENT_IP_RETENTION_DAYS)
    Block.objects.filter(Q(lifted_at__lt=old) | Q(until__lt=old)).exclude(network="").delete()
