import json

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from blog.reactions.models import Kind
from frodo import mail

register = template.Library()

UNSAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
"""As in Django's json_script: nothing in the data can end the element."""


@register.simple_tag
def json_ld(data: dict) -> SafeString:
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(UNSAFE)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


@register.simple_tag
def reactions(counts: dict | None, every: bool = False) -> list[tuple[str, str, int]]:
    """Kind, name and number of those that were given; with `every`, of all that may be."""
    counts = counts or {}
    return [(kind.value, kind.label, counts.get(kind, 0)) for kind in Kind if every or kind in counts]


@register.simple_tag
def mail_can_be_sent() -> bool:
    return mail.can_be_sent()
