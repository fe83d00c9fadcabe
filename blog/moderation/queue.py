"""The moderation queue: pending, new and reported comments, and decisions."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q

from accounts.models import User
from blog.comments.models import Comment, CommentQuerySet
from blog.moderation import reasons
from blog.moderation.models import Decision, Report, SpamWave, TrainingExample
from blog.moderation.policy import policy
from blog.moderation.queue_events import number
from frodo.client_ip import wide

PAGE = 30
LONG = [f"post__{name}" for name in ("text", "html", "toc", "plain", "excerpt", "front_matter", "imported")]
MANY = 99
"""Counts stop here."""


@dataclass(slots=True)
class Entry:
    """A comment with what helps to decide about it."""

    comment: Comment
    reasons: list[str]
    network: str
    n_shown: int | None = None
    """Comments of the same writer; None if the writer cannot be identified."""
    n_removed: int | None = None
    is_unread: bool = False
    is_blocked: bool = False
    training: str = ""
    reports: list[Report] = field(default_factory=list)

    @property
    def can_be_blocked(self) -> bool:
        comment = self.comment
        return not self.is_blocked and bool(comment.visitor or comment.user_id) and not self.is_of_staff

    @property
    def is_of_staff(self) -> bool:
        return bool(self.comment.user and self.comment.user.is_staff)


def pending() -> CommentQuerySet:
    """Pending comments, oldest first."""
    return Comment.objects.pending().order_by("id")


def new() -> CommentQuerySet:
    return Comment.objects.exclude(state="removed").order_by("-id")


def reported() -> CommentQuerySet:
    open_ones = Report.objects.filter(settled_at=None)
    return Comment.objects.visible().filter(pk__in=open_ones.values("comment")).order_by("id")


TABS = {"pending": pending, "new": new, "reported": reported}


def take(comments: CommentQuerySet, page: int = 1) -> tuple[list[Comment], bool]:
    """One page of entries, and whether there are more."""
    start = (page - 1) * PAGE
    keys = list(comments.values_list("pk", flat=True)[start : start + PAGE + 1])
    rows = Comment.objects.filter(pk__in=keys[:PAGE]).select_related("post__author", "user", "parent").defer(*LONG)
    found = rows.in_bulk()
    return [found[key] for key in keys[:PAGE] if key in found], len(keys) > PAGE


def entries(comments: list[Comment], viewer: User) -> list[Entry]:
    """A constant number of queries."""
    counts = history(comments)
    lessons = dict(TrainingExample.objects.filter(comment__in=comments).values_list("comment", "kind"))
    reports = defaultdict(list)
    for report in Report.objects.filter(comment__in=comments, settled_at=None):
        reports[report.comment_id].append(report)
    now = policy.get()
    return [
        Entry(
            comment,
            reasons.descriptions(comment.pending_reasons),
            wide(comment.network),
            n_shown=counts.get(key_of(comment), (None, None))[0],
            n_removed=counts.get(key_of(comment), (None, None))[1],
            is_unread=comment.pk > viewer.seen_comment and comment.user_id != viewer.pk,
            is_blocked=now.block_on(comment.user, comment.visitor, comment.network) is not None,
            training=lessons.get(comment.pk, ""),
            reports=reports[comment.pk],
        )
        for comment in comments
    ]


def key_of(comment: Comment) -> tuple[str, int | str]:
    return ("user", comment.user_id) if comment.user_id else ("visitor", comment.visitor)


def history(comments: list[Comment]) -> dict[tuple, tuple[int, int]]:
    """Per writer: how many comments are visible, and how many were removed."""
    keys = {key_of(comment) for comment in comments}
    users = [int(value) for name, value in keys if name == "user"]
    visitors = [str(value) for name, value in keys if name == "visitor" and value]
    return counted("user", Comment.objects.filter(user__in=users)) | counted(
        "visitor", Comment.objects.filter(user=None, visitor__in=visitors)
    )


def counted(column: str, comments: CommentQuerySet) -> dict[tuple, tuple[int, int]]:
    shown, removed = (Count("pk", filter=Q(state=state)) for state in ("visible", "removed"))
    rows = comments.order_by().values(column).annotate(n_shown=shown, n_removed=removed)
    return {(column, row[column]): (row["n_shown"], row["n_removed"]) for row in rows}


def decided(page: int = 1) -> tuple[list[Decision], bool]:
    start = (page - 1) * PAGE
    rows = Decision.objects.for_history().of_people().select_related("comment__post", "comment__user")
    found = list(rows[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def counts(user: User) -> dict:
    """Counts for the header. `n` is the version of the queue."""
    n = number()  # first: what changes meanwhile is asked for again
    unread = new().exclude(user=user).filter(pk__gt=user.seen_comment)
    spam_wave = SpamWave.objects.now()
    return {
        "n": n,
        "pending": at_most(pending()),
        "unread": at_most(unread),
        "reported": at_most(reported()),
        "spam_wave": spam_wave and spam_wave.until.isoformat(),
    }


def at_most(rows: CommentQuerySet) -> int:
    return rows.order_by().values("pk")[: MANY + 1].count()
