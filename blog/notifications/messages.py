"""Build an e-mail in the recipient's language: plain text and HTML.

No text of a comment is in a header, and none becomes markup, so no remote image can track the recipient.
"""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from blog.moderation import spam_waves
from blog.moderation.email_links import decision_url
from blog.notifications import signed_links
from blog.notifications.models import QueuedEmail
from frodo import mail
from frodo.site_settings import site

QUOTED = 2000
"""Characters quoted of a comment."""
REMINDED = 300
"""Characters quoted of the recipient's own comment."""

Kind = QueuedEmail.Kind


def write(queued_email: QueuedEmail) -> EmailMultiAlternatives:
    with translation.override(language_of(queued_email)):
        context = context_of(queued_email)
        name = Kind.COMMENT if queued_email.kind == Kind.PENDING else queued_email.kind
        name = "answer" if queued_email.kind == Kind.MENTION else name
        message = EmailMultiAlternatives(
            subject_of(queued_email),
            render_to_string(f"notifications/{name}.txt", context).strip() + "\n",
            mail.sender(),
            [queued_email.to],
            headers=headers_of(queued_email, context["stop_url"]),
        )
        message.attach_alternative(render_to_string(f"notifications/{name}.html", context), "text/html")
    return message


def language_of(queued_email: QueuedEmail) -> str:
    user_language = queued_email.user.language if queued_email.user else ""
    return user_language or queued_email.subscriber.language or site.LANGUAGE_CODE


def subject_of(queued_email: QueuedEmail) -> str:
    title = one_line(queued_email.comment.post.title)
    if queued_email.kind == Kind.CONFIRM:
        return _("Confirm e-mail notifications from %(site)s") % {"site": one_line(site.SITE_NAME)}
    if queued_email.kind == Kind.PENDING and spam_waves.is_in_spam_wave(queued_email.comment):
        return _("Unusually many comments on %(site)s") % {"site": one_line(site.SITE_NAME)}
    if queued_email.kind == Kind.PENDING:
        return _("Awaiting approval: a comment on “%(title)s”") % {"title": title}
    return _("Comments on “%(title)s”") % {"title": title}  # the same for all, so that mail programs keep them together


def headers_of(queued_email: QueuedEmail, stop_url: str) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(queued_email),
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if queued_email.kind != Kind.CONFIRM:
        thread = (
            f"<post-{queued_email.comment.post_id}@{mail.host()}>"  # never sent: what all e-mails of a thread answer
        )
        headers |= {"In-Reply-To": thread, "References": thread}
    return headers


def message_id(queued_email: QueuedEmail) -> str:
    """The same for all attempts, so that mail programs show it once."""
    word = salted_hmac("blog.notifications.message", str(queued_email.pk)).hexdigest()[:12]
    return f"<email-{queued_email.pk}-{word}@{mail.host()}>"


def context_of(queued_email: QueuedEmail) -> dict:
    comment, post = queued_email.comment, queued_email.comment.post
    parent = comment.parent if comment.parent and comment.parent.is_visible else None
    context = {
        "queued_email": queued_email,
        "site": one_line(site.SITE_NAME),
        "site_url": settings.SITE_URL + "/",
        "title": one_line(post.title),
        "post_url": settings.SITE_URL + post.url,
        "stop_url": signed_links.stop_url(queued_email),
        "language": translation.get_language(),
        "days": settings.COMMENT_IP_RETENTION_DAYS,
    }
    if queued_email.kind == Kind.CONFIRM:
        return context | {"confirm_url": signed_links.confirm_url(queued_email)}
    context |= {
        "name": one_line(comment.name),
        "text": Truncator(comment.text).chars(QUOTED),
        "url": settings.SITE_URL + comment.url,
        "parent_name": one_line(parent.name) if parent else "",
        "own_text": Truncator(parent.text).chars(REMINDED) if parent and queued_email.kind == Kind.REPLY else "",
    }
    if queued_email.kind == Kind.PENDING:
        context |= {
            "spam_wave": spam_waves.is_in_spam_wave(comment),
            "approve_url": settings.SITE_URL + decision_url(comment, "approve"),
            "remove_url": settings.SITE_URL + decision_url(comment, "remove"),
            "queue_url": settings.SITE_URL + reverse("moderation"),
        }
    return context


def one_line(text: str) -> str:
    return " ".join(text.split())
