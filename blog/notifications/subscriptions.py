"""Subscriptions: requested with a comment, confirmed by a link, ended by another."""

from typing import Literal

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from blog.comments.models import Comment
from blog.notifications.models import MutedPost, QueuedEmail, Subscriber
from blog.notifications.recipients import Person, current_language, queue
from blog.posts.models import Post
from frodo import mail, rate_limits

PER_NETWORK = rate_limits.Rate(5, 3600)
OVERALL = rate_limits.Rate(100, 3600)
"""Confirmation e-mails, the only ones that strangers can cause."""

MOST_BROWSERS = 20


def remember_language(comment: Comment) -> None:
    """Remember the writer's language; called before a comment's transaction.

    Outside of that transaction, since two people who reply to each other would wait for each other's rows. Subscribing
    again on a muted post unmutes it for an account; for a guest only the address is known.
    """
    if comment.notify and mail.about_comments() and (person := Person.writer_of(comment)):
        subscriber = person.subscriber()
        subscriber.seen_at = timezone.now()
        if person.is_known(subscriber) or not subscriber.language:
            subscriber.language = current_language()
        subscriber.save(update_fields=["language", "seen_at"])
        if person.user is not None:
            subscriber.muted_posts.filter(post=comment.post_id).delete()


def subscription_state(comment: Comment) -> Literal["on", "confirm"] | None:
    """ "on", "confirm" if the address must be confirmed first, or None."""
    person = Person.writer_of(comment) if comment.notify and mail.about_comments() else None
    if person is None:
        return None
    subscriber = person.subscriber()
    if subscriber.closed_at:
        return None if person.user else "confirm"  # no stranger is told what an address's owner has decided
    return "on" if person.is_known(subscriber) else "confirm"


def ask(comment: Comment) -> None:
    """Send a confirmation e-mail, once, when the comment is public."""
    person = Person.writer_of(comment) if comment.notify else None
    if person is None:
        return
    subscriber = person.subscriber()
    if person.is_known(subscriber) or not subscriber.may_be_asked or is_too_much(comment):
        return
    updated = Subscriber.objects.filter(pk=subscriber.pk, asked_at=subscriber.asked_at).update(asked_at=timezone.now())
    if updated:
        queue(QueuedEmail.Kind.CONFIRM, comment, person, subscriber)


def is_too_much(comment: Comment) -> bool:
    """Counted per network first, so that one network cannot use up the total."""
    return bool(
        rate_limits.take_each(
            ("subscription-email", comment.network or "unknown", PER_NETWORK), ("subscription-email", "all", OVERALL)
        )
    )


@transaction.atomic
def confirm(subscriber: Subscriber, person: str) -> None:
    """Confirm the address for an account or browser."""
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if person and person not in subscriber.confirmed:
        subscriber.confirmed = [*subscriber.confirmed, person][-MOST_BROWSERS:]
    subscriber.closed_at = None
    subscriber.save(update_fields=["confirmed", "closed_at"])


def mute(subscriber: Subscriber, post: Post) -> None:
    MutedPost.objects.get_or_create(subscriber=subscriber, post=post)


def unmute(subscriber: Subscriber, post: Post) -> None:
    subscriber.muted_posts.filter(post=post).delete()


def move_mutes(post: Post, original: Post) -> None:
    """Who muted the discussion of a post mutes the one that it is part of now."""
    muted = MutedPost.objects.filter(post=post)
    moved = [MutedPost(subscriber_id=key, post=original) for key in muted.values_list("subscriber", flat=True)]
    MutedPost.objects.bulk_create(moved, ignore_conflicts=True)
    muted.delete()


def close(subscriber: Subscriber) -> None:
    subscriber.closed_at = subscriber.closed_at or timezone.now()
    subscriber.save(update_fields=["closed_at"])


def reopen(subscriber: Subscriber) -> None:
    subscriber.closed_at = None
    subscriber.save(update_fields=["closed_at"])


@transaction.atomic
def set_author_emails(user: User, *, wants: bool = False) -> None:
    """Turn the author's e-mails about comments on or off."""
    user.mail_comments = user.mail_pending = wants
    user.save(update_fields=["mail_comments", "mail_pending"])
