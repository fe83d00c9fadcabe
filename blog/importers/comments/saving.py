"""Comments of another system become rows under their post; what is there already stays as it is."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from heapq import heapify, heappop, heappush

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.comments.models import Comment
from blog.importers.documents import Reply
from blog.importers.files import clean
from blog.importers.html_to_markdown import convert_comment
from blog.importers.report import CommentCounts
from blog.posts.models import Post
from frodo import display_names

MAX_KEY = 200
MAX_TEXT = 100_000
AT_ONCE = 500
SIDE = ("spam", "pingback")
"""States of what is left out."""


def add_comments(
    post: Post, replies: list[Reply], counts: CommentCounts, user_of: Callable[[Reply], User | None]
) -> None:
    """Insert those that are not here yet, in one transaction.

    Parents come before their replies, else the oldest first, for comments are shown in the order of their ids. A reply
    to a comment that is left out hangs on the comment above that.
    """
    if post.discussion_id != post.pk:  # a translation that shares the comments of its original
        post = Post.threads.get(pk=post.discussion_id)
    counts.found += len(replies)
    wanted, above = [], {}
    answered = {reply.parent for reply in replies if reply.state not in SIDE}
    seen: set[str] = set()
    for reply in replies:
        above[reply.key] = reply.parent
        reason = reason_to_leave_out(reply, answered) if reply.key not in seen else "repeated"
        seen.add(reply.key)
        if reason:
            counts.left_out[reason] += 1
        else:
            wanted.append(reply)
    known = existing([reply.key for reply in wanted])
    counts.unchanged += sum(reply.key in known for reply in wanted)
    kept = {reply.key for reply in wanted}
    parents = {key: nearest(key, above, kept) for key in kept}
    new: list[tuple[Comment, Reply]] = []
    with transaction.atomic():
        for reply in in_order(wanted, parents):
            if reply.key not in known:
                comment = comment_of(post, reply, known.get(parents[reply.key]), user_of(reply))
                comment.save()
                known[reply.key] = comment.pk
                new.append((comment, reply))
        finish(post, new, counts)


def reason_to_leave_out(reply: Reply, answered: set[str]) -> str:
    if reply.state in SIDE:
        return reply.state
    if not reply.text.strip():
        return "" if reply.key in answered else "deleted" if reply.state == Comment.State.REMOVED else "empty"
    return "too long" if len(reply.text) > MAX_TEXT else ""


def key_of(key: str) -> str:
    """As it is kept."""
    return key if len(key) <= MAX_KEY else f"{key[: MAX_KEY - 41]} {sha256(key.encode()).hexdigest()[:40]}"


def existing(keys: list[str]) -> dict[str, int]:
    """Comments of earlier imports: primary keys by the export's keys."""
    comments: dict[str, int] = {}
    for start in range(0, len(keys), AT_ONCE):
        by_kept = {key_of(key): key for key in keys[start : start + AT_ONCE]}
        rows = Comment.objects.filter(origin__in=by_kept).values_list("origin", "pk")
        comments |= {by_kept[origin]: pk for origin, pk in rows if origin is not None}
    return comments


def nearest(key: str, above: dict[str, str], kept: set[str]) -> str:
    """The next comment above that is imported, too."""
    seen = {key}
    key = above.get(key, "")
    while key and key not in kept and key not in seen:
        seen.add(key)
        key = above.get(key, "")
    return "" if key in seen else key


def in_order(replies: list[Reply], parents: dict[str, str]) -> list[Reply]:
    """The oldest first, but none before what it replies to. Those that reply to one another in a circle come last."""
    now = timezone.now()
    order = {reply.key: n for n, reply in enumerate(sorted(replies, key=lambda reply: reply.moment or now))}
    below: dict[str, list[Reply]] = defaultdict(list)
    for reply in replies:
        below[parents[reply.key]].append(reply)
    ready = [(order[reply.key], reply) for reply in below[""]]
    heapify(ready)
    ordered = []
    while ready:
        reply = heappop(ready)[1]
        ordered.append(reply)
        for answer in below[reply.key]:
            heappush(ready, (order[answer.key], answer))
    placed = {reply.key for reply in ordered}
    return ordered + [reply for reply in replies if reply.key not in placed]


def comment_of(post: Post, reply: Reply, parent: int | None, user: User | None) -> Comment:
    name = display_names.clean(clean(reply.name))[: Comment._meta.get_field("name").max_length].strip()
    state = Comment.State(reply.state)
    text = clean(reply.text)
    if not text.strip():
        state = Comment.State.REMOVED
    return Comment(
        post=post,
        parent_id=parent,
        user=user,
        name=user.name[:60] if user else name if display_names.can_be_seen(name) else _("Anonymous"),
        email="" if user else email_of(reply),
        text=convert_comment(text) if reply.is_html else text.strip(),
        state=state,
        origin=key_of(reply.key),
    )


def email_of(reply: Reply) -> str:
    """Only where this site would still have it: old ones are erased."""
    old = timezone.now() - timedelta(days=settings.EMAIL_RETENTION_DAYS)
    email = reply.email.strip()
    if not email or reply.moment is None or reply.moment < old:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email


def finish(post: Post, new: list[tuple[Comment, Reply]], counts: CommentCounts) -> None:
    """Their times, which a new row sets by itself, and the post's number of comments."""
    now = timezone.now()
    for comment, reply in new:
        comment.created_at = min(reply.moment or now, now)
        comment.edited_at = reply.edited
        comment.pinned = reply.pinned and comment.is_visible
    Comment.objects.bulk_update([comment for comment, _reply in new], ["created_at", "edited_at", "pinned"], AT_ONCE)
    states = Counter(comment.state for comment, _reply in new)
    counts.created += len(new)
    counts.pending += states[Comment.State.PENDING]
    counts.removed += states[Comment.State.REMOVED]
    if visible := states[Comment.State.VISIBLE]:
        Post.threads.filter(pk=post.pk).update(n_comments=F("n_comments") + visible)
