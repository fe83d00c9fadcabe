"""One's own letters: what one gets, for who is signed in."""

from collections.abc import Set
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from blog.discussion.models import Comment
from blog.letters import wishes
from blog.letters.models import Letter, Mailbox, Mute, key_of
from blog.posts.models import Post
from frodo import mail

CHOSEN = ("mail_answers", "mail_comments", "mail_held", "language")


@dataclass(frozen=True, slots=True)
class Choices:
    user: User
    is_author: bool
    is_closed: bool
    """No mail at all, said with a letter's link."""
    muted: list[Post]


def choices(user: User) -> Choices:
    mailbox = Mailbox.objects.known(user.email)
    muted = Post.threads.filter(pk__in=Mute.objects.filter(mailbox=mailbox).values("post")) if mailbox else []
    return Choices(
        user,
        is_author=user.is_staff or Post.threads.filter(author=user).exists(),
        is_closed=bool(mailbox and mailbox.closed_at),
        muted=list(muted),
    )


@transaction.atomic
def choose(user: User, *, wants: Set[str], language: str, again: list[int]) -> None:
    """`wants`: names of what is ticked; `again`: posts of which one wants to hear again."""
    user.mail_answers = "mail_answers" in wants
    if language in ("", *dict(settings.LANGUAGES)):
        user.language = language
    if choices(user).is_author:
        user.mail_comments, user.mail_held = "mail_comments" in wants, "mail_held" in wants
    user.save(update_fields=CHOSEN)
    if not user.email:
        return
    mailbox = Mailbox.objects.of(user.email)
    if "all_off" in wants:
        wishes.close(mailbox)
    elif mailbox.closed_at:
        wishes.reopen(mailbox)
    mailbox.mutes.filter(post__in=again).delete()


def own_wish(post: int, *, user: User | None, visitor: str) -> dict:
    """For /api/me/: whether the box that asks for mail begins ticked; None where there is no choice to show."""
    return {"notify": user.mail_answers if user and mail.can_be_sent() else None}


def mailboxes(*, user: User | None = None, visitor: str = "") -> QuerySet[Mailbox]:
    """Those known to be of this account, or of a guest's browser."""
    if user is not None:
        return Mailbox.objects.filter(key=key_of(user.email)) if user.email else Mailbox.objects.none()
    typed = Comment.objects.filter(user=None, visitor=visitor).exclude(email="") if visitor else Comment.objects.none()
    found = Mailbox.objects.filter(key__in={key_of(email) for email in typed.values_list("email", flat=True)})
    return found.filter(pk__in=[mailbox.pk for mailbox in found if visitor in mailbox.confirmed])


def export(*, user: User | None = None, visitor: str = "") -> dict:
    """For the person's own copy of all that is kept of them."""
    found = mailboxes(user=user, visitor=visitor)
    chosen = {name: getattr(user, name) for name in CHOSEN} if user else {}
    return {
        **chosen,
        "none_at_all": any(mailbox.closed_at for mailbox in found),
        "not_about": [mute.post.url for mute in Mute.objects.filter(mailbox__in=found).select_related("post")],
        "letters": list(
            Letter.objects.filter(mailbox__in=found).order_by("id").values("kind", "state", "created_at", "sent_at")
        ),
    }


@transaction.atomic
def erase(*, user: User | None = None, visitor: str = "") -> None:
    """Called before the account or the comments go. That an address wants no mail stays known, without the address."""
    for mailbox in mailboxes(user=user, visitor=visitor):
        mailbox.letters.all().delete()
        if mailbox.closed_at is None:
            mailbox.delete()
