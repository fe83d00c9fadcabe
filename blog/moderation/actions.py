"""Moderation actions: approve, hold, remove, mark as spam, pin, feature, block, undo.

Each is idempotent, updates open pages, and is logged with the values before and after, so that it can be undone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.comments.edit_services import record_removal
from blog.comments.models import Comment
from blog.comments.services import create_comment, record_publication
from blog.events import record
from blog.moderation import blocks, spam_filter
from blog.moderation.models import Block, Decision, TrainingExample
from blog.posts.models import Post
from frodo.errors import ServiceError

VISIBLE, PENDING, REMOVED = Comment.State
Action, Source = Decision.Action, Decision.Source


@dataclass(frozen=True, slots=True)
class Actor:
    """The user who decides, and in which way. No user: the program."""

    user: User | None = None
    source: str = Source.PROGRAM

    @property
    def is_author(self) -> bool:
        """Only decisions by the author train the spam filter."""
        return self.source in {Source.ADMIN, Source.LINK}


PROGRAM = Actor()


class DecidedSince(ServiceError):
    code = "decided_since"
    message = _("There is a later decision. Undo that one first.")
    status = 409


class NotVisible(ServiceError):
    code = "not_visible"
    message = _("Only a comment that readers see can be pinned or featured.")
    status = 409


def approve(comment: Comment, by: Actor = PROGRAM) -> bool:
    """Publish. Returns whether anything changed, as the other actions do."""
    return decide(Action.APPROVE, comment, {"state": VISIBLE}, by, training=TrainingExample.Kind.GOOD)


def mark_pending(comment: Comment, by: Actor = PROGRAM) -> bool:
    return decide(Action.HOLD, comment, {"state": PENDING}, by)


def remove(comment: Comment, by: Actor = PROGRAM) -> bool:
    """Remove. While it has visible replies, a placeholder stays."""
    return decide(Action.REMOVE, comment, {"state": REMOVED}, by)


def mark_as_spam(comment: Comment, by: Actor = PROGRAM) -> bool:
    """Remove, and train the spam filter."""
    return decide(Action.SPAM, comment, {"state": REMOVED}, by, training=TrainingExample.Kind.SPAM)


def pin(comment: Comment, by: Actor = PROGRAM) -> bool:
    return mark(Action.PIN, comment, {"pinned": True}, by)


def unpin(comment: Comment, by: Actor = PROGRAM) -> bool:
    return mark(Action.UNPIN, comment, {"pinned": False}, by)


def feature(comment: Comment, by: Actor = PROGRAM) -> bool:
    return mark(Action.FEATURE, comment, {"featured": True}, by)


def unfeature(comment: Comment, by: Actor = PROGRAM) -> bool:
    return mark(Action.UNFEATURE, comment, {"featured": False}, by)


def mark(verb: Decision.Action, comment: Comment, after: dict, by: Actor) -> bool:
    if comment.state != VISIBLE and any(after.values()):
        raise NotVisible
    return decide(verb, comment, after, by)


def give_to_author(comment: Comment, by: Actor = PROGRAM) -> bool:
    """Assign a comment to the author, who wrote it while signed out."""
    if comment.user_id:
        return False
    author = comment.post.author
    length = Comment._meta.get_field("name").max_length
    return decide(Action.AUTHORS, comment, {"user_id": author.pk, "name": author.name[:length]}, by)


def block_person(comment: Comment, by: Actor = PROGRAM) -> bool:
    return block(Action.BLOCK_PERSON, blocks.block_person, comment, by)


def block_network(comment: Comment, by: Actor = PROGRAM) -> bool:
    return block(Action.BLOCK_NETWORK, blocks.block_network, comment, by)


def block(
    verb: Decision.Action, set_block: Callable[[Comment, User | None], Block], comment: Comment, by: Actor
) -> bool:
    with transaction.atomic():
        new = set_block(comment, by.user)
        if new.decision_id:
            return False
        new.decision = log_decision(verb, comment, {}, {}, by)
        new.save(update_fields=["decision"])
    return True


VERBS: dict[str, Callable[[Comment, Actor], bool]] = {
    Action.APPROVE: approve,
    Action.HOLD: mark_pending,
    Action.REMOVE: remove,
    Action.SPAM: mark_as_spam,
    Action.PIN: pin,
    Action.UNPIN: unpin,
    Action.FEATURE: feature,
    Action.UNFEATURE: unfeature,
    Action.AUTHORS: give_to_author,
    Action.BLOCK_PERSON: block_person,
    Action.BLOCK_NETWORK: block_network,
}


def undo(decision: Decision, by: Actor = PROGRAM) -> bool:
    """Undo a decision: visibility, counters, blocks, and the filter's training."""
    comment = decision.comment
    with transaction.atomic():
        now = values_now(comment, decision.after)
        decision.refresh_from_db()
        if decision.undone_at is not None or not decision.can_be_undone:
            return False
        later = comment.decisions.standing().filter(pk__gt=decision.pk)
        if now != decision.after or any(set(other.after) & set(decision.after) for other in later):
            raise DecidedSince
        change(comment, decision.after, decision.before)
        blocks.lift(decision.blocks.all())
        if decision.trained:
            spam_filter.train(comment, decision.training_before)
        decision.undone_at, decision.undone_by = timezone.now(), by.user
        decision.save(update_fields=["undone_at", "undone_by"])
    return True


def erase(comment: Comment) -> None:
    """Erase a comment: delete the row, or empty it if it has replies."""
    with transaction.atomic():
        remove(comment)
        if not comment.answers.exists():
            comment.delete()
            return
        comment.name = comment.email = comment.visitor = comment.network = comment.text = ""
        comment.user = None
        comment.pending_reasons, comment.mentions = [], {}
        comment.save()
        forget_writer(comment)


def forget_writer(comment: Comment) -> None:
    """Erase what other tables store about the writer. The filter's counts stay, without the text."""
    comment.decisions.all().delete()
    TrainingExample.objects.filter(comment=comment).delete()


# How it is done


def decide(verb: Decision.Action, comment: Comment, after: dict, by: Actor, training: str = "") -> bool:
    with transaction.atomic():
        before = values_now(comment, after)
        after = {name: str(value) if name == "state" else value for name, value in after.items()}
        if before != after:
            change(comment, before, after)
        teaches = bool(training) and by.is_author
        training_before = spam_filter.train(comment, training) if teaches else ""
        teaches = teaches and training_before != training
        if before != after or teaches:
            log_decision(verb, comment, before, after, by, trained=teaches, training_before=training_before)
        if verb in {Action.APPROVE, Action.REMOVE, Action.SPAM}:
            comment.reports.filter(settled_at=None).update(settled_at=timezone.now())
    return before != after


def log_decision(
    verb: Decision.Action, comment: Comment, before: dict, after: dict, by: Actor, **learned: Any
) -> Decision:
    return Decision.objects.create(
        comment=comment, verb=verb, by=by.user, source=by.source, before=before, after=after, **learned
    )


def change(comment: Comment, before: dict, after: dict) -> None:
    """Set these values, and record the event for readers."""
    for name, value in after.items():
        setattr(comment, name, value)
    if not after or before == after:
        return
    comment.save(update_fields=list(after))
    was_visible = before.get("state", comment.state) == VISIBLE
    if comment.is_visible and not was_visible:
        record_publication(comment, "comment.approved")
    elif comment.is_visible:
        record(comment.post, "comment.edited", comment.event_data())
    elif was_visible:
        record_removal(comment)


def values_now(comment: Comment, names: Iterable[str]) -> dict:
    """The current values of these columns, after locking the post's row as every writer of a thread does."""
    Post.threads.select_for_update().only("pk").get(pk=comment.post_id)
    return dict(Comment.objects.values(*names).get(pk=comment.pk)) if names else {}


class Removed(ServiceError):
    code = "comment_removed"
    message = _("This comment was deleted. Approve it before you reply.")
    status = 409


def reply(comment: Comment, text: str, user: User) -> Comment:
    """Post a reply by a moderator. A pending comment is approved by it, as the reply would else answer nothing.

    Raises ServiceError, with the comment as it was, where the text cannot be posted.
    """
    if comment.state == Comment.State.REMOVED:
        raise Removed
    with transaction.atomic():
        approve(comment, Actor(user, Decision.Source.ADMIN))
        return create_comment(comment.post, text=text, parent=comment.pk, user=user)
