from django import template

from accounts.avatars import avatar_url
from accounts.models import User

register = template.Library()


@register.filter
def avatar(user: User) -> str:
    return avatar_url(f"user:{user.pk}")
