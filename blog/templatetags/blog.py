import json
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from blog.media.forms import TAKEN
from blog.moderation import queue
from blog.moderation.views import PERMISSION
from blog.reactions.models import Kind
from frodo import mail
from frodo.markdown.autospace import with_gaps
from frodo.site_urls import absolute
from frodo.text import StrOrPromise, clean_values

register = template.Library()

UNSAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
"""As in Django's json_script: nothing in the data can end the element."""


@register.filter(expects_localtime=True)
def isoformat(moment: datetime | None) -> str:
    """For `datetime` attributes: HTML allows three digits of a second's fraction, Python writes six."""
    return moment.isoformat(timespec="seconds") if moment else ""


@register.filter
def autospace(html: str) -> SafeString:
    """Rendered HTML with what older browsers need to space Chinese and Latin."""
    return mark_safe(with_gaps(html))  # noqa: S308


@register.simple_tag
def json_ld(data: dict) -> SafeString:
    text = json.dumps(clean_values(data), cls=DjangoJSONEncoder, ensure_ascii=False).translate(UNSAFE)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


@register.simple_tag
def reactions(counts: dict | None, every: bool = False) -> list[tuple[str, StrOrPromise, int]]:
    """Kind, name and number of those that were given; with `every`, of all that may be."""
    counts = counts or {}
    return [(kind.value, kind.label, counts.get(kind, 0)) for kind in Kind if every or kind in counts]


@register.simple_tag
def mail_can_be_sent() -> bool:
    return mail.about_comments()


@register.filter
def absolute_to(url: str, base: str) -> str:
    return absolute(url, base)


@register.filter
def quoted(text: str) -> str:
    """As a mail program quotes it."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@register.simple_tag(takes_context=True)
def moderation_counts(context: dict[str, Any]) -> dict | None:
    """What waits for this moderator; None for who is none, or on a page without a user such as an error's."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not (user.is_active and user.is_staff and user.has_perm(PERMISSION)):
        return None
    if not hasattr(context["request"], "moderation_counts"):
        context["request"].moderation_counts = queue.counts(user)
    return context["request"].moderation_counts


@register.simple_tag
def upload_megabytes() -> int:
    return settings.UPLOAD_MAX_MB


@register.simple_tag
def upload_bytes() -> int:
    return settings.UPLOAD_MAX_MB * 1024**2


@register.simple_tag
def upload_taken() -> str:
    """What a browser offers to pick."""
    return TAKEN
