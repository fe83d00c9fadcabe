"""Signed links in letters: who has one may do what it says, without a cookie."""

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from blog.letters.models import Letter, Mailbox
from blog.letters.people import Person
from blog.posts.models import Post


class Wish(NamedTuple):
    """What a link speaks about: an address, and one discussion or the author's desk."""

    mailbox: Mailbox
    post: Post | None = None
    author: User | None = None
    person: str = ""


def stop_url(letter: Letter) -> str:
    said = {"m": letter.mailbox_id}
    if letter.kind in (Letter.Kind.COMMENT, Letter.Kind.HELD):
        said["u"] = letter.user_id
    elif letter.kind != Letter.Kind.CONFIRM:
        said["p"] = letter.comment.post_id
    return absolute("letters-stop", said)


def confirm_url(letter: Letter) -> str:
    person = Person.who_wrote(letter.comment)
    return absolute(
        "letters-confirm", {"m": letter.mailbox_id, "p": letter.comment.post_id, "w": person.key if person else ""}
    )


def absolute(name: str, said: dict) -> str:
    return settings.SITE_URL + reverse(name, args=[signing.dumps(said, salt=name)])


def read(name: str, token: str, max_age: int | None = None) -> Wish | None:
    """None for a link that we did not write, or that is about nobody any more."""
    try:
        said = signing.loads(token, salt=name, max_age=max_age)
    except signing.BadSignature:
        return None
    mailbox = Mailbox.objects.filter(pk=said["m"]).first()
    if mailbox is None:
        return None
    post = Post.threads.filter(pk=said["p"]).first() if "p" in said else None
    author = User.objects.filter(pk=said["u"]).first() if "u" in said else None
    return Wish(mailbox, post, author, said.get("w", ""))
