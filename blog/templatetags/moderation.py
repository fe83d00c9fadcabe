from django import template

from blog.moderation import queue
from blog.moderation.views import PERMISSION

register = template.Library()


@register.simple_tag(takes_context=True)
def moderation_counts(context) -> dict | None:
    """What waits for this moderator; None for who is none, or on a page without a user such as an error's."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not (user.is_active and user.is_staff and user.has_perm(PERMISSION)):
        return None
    if not hasattr(context["request"], "moderation_counts"):
        context["request"].moderation_counts = queue.counts(user)
    return context["request"].moderation_counts
