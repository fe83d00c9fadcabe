from django import template

register = template.Library()


@register.filter
def quoted(text: str) -> str:
    """As a mail program quotes it."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
