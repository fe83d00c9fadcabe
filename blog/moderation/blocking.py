"""Who may not comment at all: an account, a browser, a network. Lifting a block is as quick as setting it."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.chores import chore
from blog.discussion.models import Comment
from blog.moderation.models import Block
from frodo.addresses import wide
from frodo.errors import Refused


class Blocked(Refused):
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


class CannotBeBlocked(Refused):
    """There is nothing to know the writer by, or they write the blog."""

    code = "cannot_be_blocked"

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


def block_on(user: User | None, visitor: str, network: str) -> Block | None:
    """The block that holds longest against any of them."""
    blocks = Block.objects.in_force().about(user, visitor)
    found = [block for block in blocks if meets(block, user, visitor, network)]
    return max(found, key=lambda block: block.until.timestamp() if block.until else float("inf"), default=None)


def meets(block: Block, user: User | None, visitor: str, network: str) -> bool:
    if user is not None and block.user_id == user.pk:
        return True
    if block.visitor and block.visitor == visitor:
        return True
    return bool(block.network) and is_within(network, block.network)


def is_within(network: str, blocked: str) -> bool:
    try:
        address = ip_address(network.partition("/")[0])
        return address in ip_network(blocked, strict=False)
    except ValueError:  # a local socket has no address
        return False


def block_person(comment: Comment, by: User | None, reason: str = "") -> Block:
    """The account, or the browser of a guest."""
    if comment.user_id:
        if comment.user.is_staff:
            raise CannotBeBlocked(_("Who writes here cannot be blocked."))
        who = {"user": comment.user}
    elif comment.visitor:
        who = {"visitor": comment.visitor}
    else:
        raise CannotBeBlocked(_("Nothing is known by which this writer could be recognised."))
    return set_block(who, comment, by, reason)


def block_network(comment: Comment, by: User | None, reason: str = "") -> Block:
    if not (network := wide(comment.network)):
        raise CannotBeBlocked(_("It is not known any more where this comment came from."))
    return set_block({"network": network}, comment, by, reason)


def set_block(who: dict, comment: Comment, by: User | None, reason: str) -> Block:
    known = Block.objects.in_force().filter(until=None, **who).first()
    return known or Block.objects.create(**who, name=comment.name, reason=reason, created_by=by)


def lift(blocks) -> int:
    return blocks.filter(lifted_at=None).update(lifted_at=timezone.now())


@chore(every=timedelta(days=1))
def forget_blocks() -> str:
    """A network that is blocked no more is nobody's business after a time."""
    old = timezone.now() - timedelta(days=settings.COMMENT_FORGET_DAYS)
    over = Block.objects.filter(Q(lifted_at__lt=old) | Q(until__lt=old)).exclude(network="")
    return _("%(n)d networks that are not blocked any more") % {"n": over.delete()[0]}
