"""E-mail preferences of a signed-in user."""

from collections.abc import Set
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from blog.comments.models import Comment
from blog.notifications import subscriptions
from blog.notifications.models import MutedPost, QueuedEmail, Subscriber, key_of
from blog.posts.models import Post
from frodo import mail

CHOSEN = ("mail_answers", "mail_comments", "mail_pending", "language")


@dataclass(frozen=True, slots=True)
class Choices:
    user: User
    is_author: bool
    is_closed: bool
    """Unsubscribed from all e-mails by a link."""
    muted: list[Post]


def choices(user: User) -> Choices:
    subscriber = Subscriber.objects.known(user.email)
    muted = (
        Post.threads.filter(pk__in=MutedPost.objects.filter(subscriber=subscriber).values("post")) if subscriber else []
    )
    return Choices(
        user,
        is_author=user.is_staff or Post.threads.filter(author=user).exists(),
        is_closed=bool(subscriber and subscriber.closed_at),
        muted=list(muted),
    )


@transaction.atomic
def choose(user: User, *, wants: Set[str], language: str, again: list[int]) -> None:
    """Save preferences. `wants`: names of the ticked boxes; `again`: posts to unmute."""
    user.mail_answers = "mail_answers" in wants
    if language in ("", *dict(settings.LANGUAGES)):
        user.language = language
    if choices(user).is_author:
        user.mail_comments, user.mail_pending = "mail_comments" in wants, "mail_pending" in wants
    user.save(update_fields=CHOSEN)
    if not user.email:
        return
    subscriber = Subscriber.objects.of(user.email)
    if "all_off" in wants:
        subscriptions.close(subscriber)
    elif subscriber.closed_at:
        subscriptions.reopen(subscriber)
    subscriber.muted_posts.filter(post__in=again).delete()


def own_subscription(post: int, *, user: User | None, visitor: str) -> dict:
    """For /api/me/: default of the checkbox "notify"; None if it is not offered."""
    return {"notify": user.mail_answers if user and mail.about_comments() else None}


def subscribers(*, user: User | None = None, visitor: str = "") -> QuerySet[Subscriber]:
    """Subscribers confirmed for this account, or for a guest's browser."""
    if user is not None:
        return Subscriber.objects.filter(key=key_of(user.email)) if user.email else Subscriber.objects.none()
    typed = Comment.objects.filter(user=None, visitor=visitor).exclude(email="") if visitor else Comment.objects.none()
    found = Subscriber.objects.filter(key__in={key_of(email) for email in typed.values_list("email", flat=True)})
    return found.filter(pk__in=[subscriber.pk for subscriber in found if visitor in subscriber.confirmed])


def export(*, user: User | None = None, visitor: str = "") -> dict:
    """For the export of personal data."""
    found = subscribers(user=user, visitor=visitor)
    chosen = {name: getattr(user, name) for name in CHOSEN} if user else {}
    return {
        **chosen,
        "none_at_all": any(subscriber.closed_at for subscriber in found),
        "not_about": [mute.post.url for mute in MutedPost.objects.filter(subscriber__in=found).select_related("post")],
        "queued_emails": list(
            QueuedEmail.objects.filter(subscriber__in=found).order_by("id").values("kind", "created_at", "sent_at")
        ),
    }


@transaction.atomic
def erase(*, user: User | None = None, visitor: str = "") -> None:
    """Erase. Called before the account or the comments are deleted. That an address is unsubscribed stays stored as a
    hash.
    """
    for subscriber in subscribers(user=user, visitor=visitor):
        subscriber.queued_emails.all().delete()
        if subscriber.closed_at is None:
            subscriber.delete()
