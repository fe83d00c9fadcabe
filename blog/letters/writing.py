"""The words of a letter, in the language of who gets it: plain text, and the same as simple HTML.

No word of a comment stands in a header, and none becomes markup: a picture in it would tell its writer who reads.
"""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from blog.letters import links
from blog.letters.models import Letter
from blog.moderation import floods
from blog.moderation.links import decision_url
from frodo import mail

QUOTED = 2000
"""Characters of a comment; the rest is read on the site."""
REMINDED = 300
"""Characters of what one had said oneself."""

Kind = Letter.Kind


def write(letter: Letter) -> EmailMultiAlternatives:
    with translation.override(language_of(letter)):
        context = context_of(letter)
        name = "desk" if letter.kind in (Kind.COMMENT, Kind.HELD) else letter.kind
        name = "answer" if letter.kind == Kind.MENTION else name
        message = EmailMultiAlternatives(
            subject_of(letter),
            render_to_string(f"letters/{name}.txt", context).strip() + "\n",
            mail.sender(),
            [letter.to],
            headers=headers_of(letter, context["stop_url"]),
        )
        message.attach_alternative(render_to_string(f"letters/{name}.html", context), "text/html")
    return message


def language_of(letter: Letter) -> str:
    spoken = letter.user.language if letter.user else ""
    return spoken or letter.mailbox.language or settings.LANGUAGE_CODE


def subject_of(letter: Letter) -> str:
    title = one_line(letter.comment.post.title)
    if letter.kind == Kind.CONFIRM:
        return _("Do you want mail when you are answered on %(site)s?") % {"site": one_line(settings.SITE_NAME)}
    if letter.kind == Kind.HELD and floods.is_of_flood(letter.comment):
        return _("A flood of comments on %(site)s") % {"site": one_line(settings.SITE_NAME)}
    if letter.kind == Kind.HELD:
        return _("Waits for approval: a comment on “%(title)s”") % {"title": title}
    return _("Comments on “%(title)s”") % {"title": title}  # the same for all, so that mail programs keep them together


def headers_of(letter: Letter, stop_url: str) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(letter),
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if letter.kind != Kind.CONFIRM:
        thread = f"<post-{letter.comment.post_id}@{mail.host()}>"  # never sent: what all letters of a thread answer
        headers |= {"In-Reply-To": thread, "References": thread}
    return headers


def message_id(letter: Letter) -> str:
    """The same however often it is tried, so that a mail program shows it once."""
    word = salted_hmac("blog.letters.message", str(letter.pk)).hexdigest()[:12]
    return f"<letter-{letter.pk}-{word}@{mail.host()}>"


def context_of(letter: Letter) -> dict:
    comment, post = letter.comment, letter.comment.post
    parent = comment.parent if comment.parent and comment.parent.is_visible else None
    context = {
        "letter": letter,
        "site": one_line(settings.SITE_NAME),
        "site_url": settings.SITE_URL + "/",
        "title": one_line(post.title),
        "post_url": settings.SITE_URL + post.url,
        "stop_url": links.stop_url(letter),
        "language": translation.get_language(),
        "days": settings.COMMENT_FORGET_DAYS,
    }
    if letter.kind == Kind.CONFIRM:
        return context | {"confirm_url": links.confirm_url(letter)}
    context |= {
        "name": one_line(comment.name),
        "text": Truncator(comment.text).chars(QUOTED),
        "url": settings.SITE_URL + comment.url,
        "parent_name": one_line(parent.name) if parent else "",
        "own_text": Truncator(parent.text).chars(REMINDED) if parent and letter.kind == Kind.ANSWER else "",
    }
    if letter.kind == Kind.HELD:
        context |= {
            "flood": floods.is_of_flood(comment),
            "approve_url": settings.SITE_URL + decision_url(comment, "approve"),
            "remove_url": settings.SITE_URL + decision_url(comment, "remove"),
            "queue_url": settings.SITE_URL + reverse("moderation"),
        }
    return context


def one_line(text: str) -> str:
    return " ".join(text.split())
