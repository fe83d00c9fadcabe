"""What moderators look at: comments that wait, that are new, that readers reported, and what was decided."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import User
from blog.discussion.models import Comment
from blog.moderation import blocking, reasons
from blog.moderation.models import Block, Decision, Flood, Lesson, Report
from blog.moderation.telling import number
from frodo.addresses import wide

PAGE = 30
MANY = 99
"""More than this is not counted."""


@dataclass(slots=True)
class Entry:
    """A comment, and what helps to decide on it."""

    comment: Comment
    reasons: list[str]
    network: str
    n_shown: int = 0
    n_removed: int = 0
    is_unread: bool = False
    is_blocked: bool = False
    lesson: str = ""
    reports: list[Report] = field(default_factory=list)

    @property
    def can_be_blocked(self) -> bool:
        comment = self.comment
        return not self.is_blocked and bool(comment.visitor or comment.user_id) and not self.is_of_staff

    @property
    def is_of_staff(self) -> bool:
        return bool(self.comment.user_id and self.comment.user.is_staff)


def held():
    """The longest waiting first."""
    return Comment.objects.held().order_by("id")


def new():
    return Comment.objects.exclude(state="removed").order_by("-id")


def reported():
    open_ones = Report.objects.filter(comment=OuterRef("pk"), settled_at=None)
    return Comment.objects.visible().filter(Exists(open_ones)).order_by("id")


TABS = {"held": held, "new": new, "reported": reported}


def take(comments, page: int = 1) -> tuple[list[Comment], bool]:
    """One page of them, and whether there are more."""
    start = (page - 1) * PAGE
    found = list(comments.select_related("post__author", "user", "parent")[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def entries(comments: list[Comment], viewer: User) -> list[Entry]:
    """In a number of queries that does not depend on how many there are."""
    counts = history(comments)
    lessons = dict(Lesson.objects.filter(comment__in=comments).values_list("comment", "kind"))
    reports = defaultdict(list)
    for report in Report.objects.filter(comment__in=comments, settled_at=None):
        reports[report.comment_id].append(report)
    blocks = list(Block.objects.in_force())
    return [
        Entry(
            comment,
            reasons.said(comment.hold_reasons),
            wide(comment.network),
            *counts.get(key_of(comment), (0, 0)),
            is_unread=comment.pk > viewer.seen_comment and comment.user_id != viewer.pk,
            is_blocked=any(blocking.meets(block, comment.user, comment.visitor, comment.network) for block in blocks),
            lesson=lessons.get(comment.pk, ""),
            reports=reports[comment.pk],
        )
        for comment in comments
    ]


def key_of(comment: Comment) -> tuple[str, int | str]:
    return ("user", comment.user_id) if comment.user_id else ("visitor", comment.visitor)


def history(comments: list[Comment]) -> dict[tuple, tuple[int, int]]:
    """How many comments of each writer are shown, and how many were removed."""
    keys = {key_of(comment) for comment in comments}
    users = [value for name, value in keys if name == "user"]
    visitors = [value for name, value in keys if name == "visitor" and value]
    return counted("user", Comment.objects.filter(user__in=users)) | counted(
        "visitor", Comment.objects.filter(user=None, visitor__in=visitors)
    )


def counted(column: str, comments) -> dict[tuple, tuple[int, int]]:
    shown, removed = (Count("pk", filter=Q(state=state)) for state in ("visible", "removed"))
    rows = comments.order_by().values(column).annotate(n_shown=shown, n_removed=removed)
    return {(column, row[column]): (row["n_shown"], row["n_removed"]) for row in rows}


def decided(page: int = 1) -> tuple[list[Decision], bool]:
    start = (page - 1) * PAGE
    rows = Decision.objects.for_history().of_people().select_related("comment__post", "comment__user")
    found = list(rows[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def counts(user: User) -> dict:
    """For the header. `n` says how new they are."""
    n = number()  # first: what changes meanwhile is asked for again
    unread = new().exclude(user=user).filter(pk__gt=user.seen_comment)
    flood = Flood.objects.now()
    return {
        "n": n,
        "held": at_most(held()),
        "unread": at_most(unread),
        "reported": at_most(reported()),
        "flood": flood and flood.until.isoformat(),
    }


def at_most(rows) -> int:
    return rows.order_by().values("pk")[: MANY + 1].count()
