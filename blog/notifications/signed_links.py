"""Signed links in e-mails: they work without signing in."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from blog.notifications.models import QueuedEmail, Subscriber
from blog.notifications.recipients import Person
from blog.posts.models import Post


class LinkTarget(NamedTuple):
    """What a link refers to: a subscriber, and one post or the author's own e-mails."""

    subscriber: Subscriber
    post: Post | None = None
    author: User | None = None
    person: str = ""


def stop_url(queued_email: QueuedEmail) -> str:
    data: dict[str, int | None] = {"m": queued_email.subscriber_id}
    if queued_email.kind in (QueuedEmail.Kind.COMMENT, QueuedEmail.Kind.PENDING):
        data["u"] = queued_email.user_id
    elif queued_email.kind in (QueuedEmail.Kind.REPLY, QueuedEmail.Kind.MENTION):
        data["p"] = queued_email.comment.post_id
    return absolute("notifications-stop", data)


def confirm_url(queued_email: QueuedEmail) -> str:
    person = Person.writer_of(queued_email.comment)
    return absolute(
        "notifications-confirm",
        {"m": queued_email.subscriber_id, "p": queued_email.comment.post_id, "w": person.key if person else ""},
    )


def absolute(name: str, data: dict) -> str:
    return settings.SITE_URL + reverse(name, args=[signing.dumps(data, salt=name)])


def read(name: str, token: str, max_age: timedelta | None = None) -> LinkTarget | None:
    """None if the signature is wrong or the subscriber no longer exists."""
    try:
        data = signing.loads(token, salt=name, max_age=max_age)
    except signing.BadSignature:
        return None
    subscriber = Subscriber.objects.filter(pk=data["m"]).first()
    if subscriber is None:
        return None
    post = Post.threads.filter(pk=data["p"]).first() if "p" in data else None
    author = User.objects.filter(pk=data["u"]).first() if "u" in data else None
    return LinkTarget(subscriber, post, author, data.get("w", ""))
