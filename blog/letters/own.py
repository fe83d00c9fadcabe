"""One's own letters: what one gets, for who is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from blog.letters import wishes
from blog.letters.models import Letter, Mailbox, Mute
from blog.posts.models import Post
from frodo import mail


@dataclass(frozen=True, slots=True)
class Choices:
    user: User
    is_author: bool
    is_closed: bool
    """No mail at all, said with a letter's link."""
    muted: list[Post]


def choices(user: User) -> Choices:
    mailbox = Mailbox.objects.known(user.email)
    muted = Post.objects.filter(pk__in=Mute.objects.filter(mailbox=mailbox).values("post")) if mailbox else []
    return Choices(
        user,
        is_author=user.is_staff or user.posts.exists(),
        is_closed=bool(mailbox and mailbox.closed_at),
        muted=list(muted),
    )


@transaction.atomic
def choose(user: User, said: Mapping[str, str]) -> None:
    user.mail_answers = "mail_answers" in said
    fields = ["mail_answers"]
    if choices(user).is_author:
        user.mail_comments, user.mail_held = "mail_comments" in said, "mail_held" in said
        fields += ["mail_comments", "mail_held"]
    user.save(update_fields=fields)
    mailbox = Mailbox.objects.known(user.email)
    if mailbox is None:
        return
    if "all_off" in said:
        wishes.close(mailbox)
    elif mailbox.closed_at:
        wishes.reopen(mailbox)
    again = [int(pk) for pk in said.getlist("again") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    mailbox.mutes.filter(post__in=again).delete()


def own_wish(post: int, *, user: User | None, visitor: str) -> dict:
    """For /api/me/: whether the box that asks for mail begins ticked; None where there is no choice to show."""
    return {"notify": user.mail_answers if user and mail.can_be_sent() else None}


def export(user: User) -> dict:
    """For the person's own copy of all that is kept of them."""
    found = choices(user)
    return {
        "answers": user.mail_answers,
        "comments_on_my_posts": user.mail_comments,
        "comments_that_wait": user.mail_held,
        "none_at_all": found.is_closed,
        "not_about": [post.url for post in found.muted],
        "letters": [
            {"kind": letter.kind, "state": letter.state, "queued_at": letter.created_at, "sent_at": letter.sent_at}
            for letter in Letter.objects.filter(user=user).order_by("id")
        ],
    }


def erase(user: User) -> None:
    """With the account go its letters; that its address wants no mail stays known, without the address."""
    Letter.objects.filter(user=user).delete()
    mailbox = Mailbox.objects.known(user.email)
    if mailbox is not None and mailbox.closed_at is None:
        mailbox.delete()
