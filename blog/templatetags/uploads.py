from django import template
from django.conf import settings

from blog.uploads.forms import TAKEN

register = template.Library()


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
