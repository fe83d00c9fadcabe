"""Who may be heard: each verb does its deed once, however often it is called, and tells the open pages.

To those who read, a comment on hold is the same as one removed: there is nothing of it to see. Every decision is
written down with what was before it, and can be undone.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.discussion.models import Comment
from blog.discussion.silence import hush
from blog.discussion.speaking import announce, event_data
from blog.events.recording import record
from blog.moderation import bayes, blocking
from blog.moderation.models import Decision, Lesson
from blog.posts.models import Post
from frodo.errors import Refused

VISIBLE, HELD, REMOVED = Comment.State
Verb, Way = Decision.Verb, Decision.Way


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, and by which way. Nobody in particular: a program of ours."""

    user: User | None = None
    way: str = Way.PROGRAM

    @property
    def is_author(self) -> bool:
        """Only what the author decides teaches the filter."""
        return self.way in {Way.ADMIN, Way.LINK}


PROGRAM = By()


class DecidedSince(Refused):
    code = "decided_since"
    message = _("It was decided otherwise since. Undo the later decision first.")
    status = 409


class NotVisible(Refused):
    code = "not_visible"
    message = _("Only a comment that readers see can be pinned or featured.")
    status = 409


def approve(comment: Comment, by: By = PROGRAM) -> bool:
    """Let it be seen. True when that changed anything, as with the others."""
    return decide(Verb.APPROVE, comment, {"state": VISIBLE}, by, lesson=Lesson.Kind.GOOD)


def hold(comment: Comment, by: By = PROGRAM) -> bool:
    return decide(Verb.HOLD, comment, {"state": HELD}, by)


def remove(comment: Comment, by: By = PROGRAM) -> bool:
    """Take it away. While it has answers to be seen, a place-holder stays."""
    return decide(Verb.REMOVE, comment, {"state": REMOVED}, by)


def call_spam(comment: Comment, by: By = PROGRAM) -> bool:
    """Take it away, and learn from it."""
    return decide(Verb.SPAM, comment, {"state": REMOVED}, by, lesson=Lesson.Kind.SPAM)


def pin(comment: Comment, by: By = PROGRAM) -> bool:
    return mark(Verb.PIN, comment, {"pinned": True}, by)


def unpin(comment: Comment, by: By = PROGRAM) -> bool:
    return mark(Verb.UNPIN, comment, {"pinned": False}, by)


def feature(comment: Comment, by: By = PROGRAM) -> bool:
    return mark(Verb.FEATURE, comment, {"featured": True}, by)


def unfeature(comment: Comment, by: By = PROGRAM) -> bool:
    return mark(Verb.UNFEATURE, comment, {"featured": False}, by)


def mark(verb: Verb, comment: Comment, after: dict, by: By) -> bool:
    if comment.state != VISIBLE and any(after.values()):
        raise NotVisible
    return decide(verb, comment, after, by)


def give_to_author(comment: Comment, by: By = PROGRAM) -> bool:
    """The author wrote it while not signed in."""
    if comment.user_id:
        return False
    author = comment.post.author
    length = Comment._meta.get_field("name").max_length
    return decide(Verb.AUTHORS, comment, {"user_id": author.pk, "name": author.name[:length]}, by)


def block_person(comment: Comment, by: By = PROGRAM) -> bool:
    return block(Verb.BLOCK_PERSON, blocking.block_person, comment, by)


def block_network(comment: Comment, by: By = PROGRAM) -> bool:
    return block(Verb.BLOCK_NETWORK, blocking.block_network, comment, by)


def block(verb: Verb, set_block, comment: Comment, by: By) -> bool:
    with transaction.atomic():
        new = set_block(comment, by.user)
        if new.decision_id:
            return False
        new.decision = write_down(verb, comment, {}, {}, by)
        new.save(update_fields=["decision"])
    return True


VERBS = {
    Verb.APPROVE: approve,
    Verb.HOLD: hold,
    Verb.REMOVE: remove,
    Verb.SPAM: call_spam,
    Verb.PIN: pin,
    Verb.UNPIN: unpin,
    Verb.FEATURE: feature,
    Verb.UNFEATURE: unfeature,
    Verb.AUTHORS: give_to_author,
    Verb.BLOCK_PERSON: block_person,
    Verb.BLOCK_NETWORK: block_network,
}


def undo(decision: Decision, by: By = PROGRAM) -> bool:
    """As it was before: what readers see, the counts, the blocks, and what was learned."""
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
        blocking.lift(decision.blocks.all())
        if decision.taught:
            bayes.teach(comment, decision.lesson_before)
        decision.undone_at, decision.undone_by = timezone.now(), by.user
        decision.save(update_fields=["undone_at", "undone_by"])
    return True


def erase(comment: Comment) -> None:
    """Leave nothing of it: no row, or an empty one where others have answered."""
    with transaction.atomic():
        remove(comment)
        if not comment.answers.exists():
            comment.delete()
            return
        comment.name = comment.email = comment.visitor = comment.network = comment.text = ""
        comment.user = None
        comment.hold_reasons = []
        comment.save()
        forget_writer(comment)


def forget_writer(comment: Comment) -> None:
    """What is kept of a comment beside it may say whose it was. What the filter counted stays, without its words."""
    comment.decisions.all().delete()
    Lesson.objects.filter(comment=comment).delete()


# How it is done


def decide(verb: Verb, comment: Comment, after: dict, by: By, lesson: str = "") -> bool:
    with transaction.atomic():
        before = values_now(comment, after)
        after = {name: str(value) if name == "state" else value for name, value in after.items()}
        if before != after:
            change(comment, before, after)
        teaches = bool(lesson) and by.is_author
        lesson_before = bayes.teach(comment, lesson) if teaches else ""
        teaches = teaches and lesson_before != lesson
        if before != after or teaches:
            write_down(verb, comment, before, after, by, taught=teaches, lesson_before=lesson_before)
        if verb in {Verb.APPROVE, Verb.REMOVE, Verb.SPAM}:
            comment.reports.filter(settled_at=None).update(settled_at=timezone.now())
    return before != after


def write_down(verb: Verb, comment: Comment, before: dict, after: dict, by: By, **learned) -> Decision:
    return Decision.objects.create(
        comment=comment, verb=verb, by=by.user, way=by.way, before=before, after=after, **learned
    )


def change(comment: Comment, before: dict, after: dict) -> None:
    """Give it these values, and tell whoever sees it or saw it."""
    for name, value in after.items():
        setattr(comment, name, value)
    if not after or before == after:
        return
    comment.save(update_fields=list(after))
    was_visible = before.get("state", comment.state) == VISIBLE
    if comment.is_visible and not was_visible:
        announce(comment, "comment.approved")
    elif comment.is_visible:
        record(comment.post, "comment.edited", event_data(comment))
    elif was_visible:
        hush(comment)


def values_now(comment: Comment, names) -> dict:
    """These columns as they are now. The post's row is locked first, as all who write to a thread do."""
    Post.threads.select_for_update().only("pk").get(pk=comment.post_id)
    return Comment.objects.values(*names).get(pk=comment.pk) if names else {}
