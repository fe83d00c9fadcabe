from django import template
from django.conf import settings
from django.urls import reverse

from accounts.avatars import avatar_url
from accounts.models import User
from accounts.social_accounts import login_url
from accounts.user_agents import describe
from frodo import mail

register = template.Library()


@register.filter
def avatar(user: User) -> str:
    return avatar_url(f"user:{user.pk}")


@register.filter
def browser(user_agent: str) -> str:
    return describe(user_agent)


@register.simple_tag(takes_context=True)
def sign_in_options(context: template.Context) -> dict:
    to_admin = (context.get("redirect_field_value") or "").startswith(reverse("admin:index"))
    offered = [{"label": label, "url": login_url(name)} for name, label in settings.SIGN_IN_PROVIDERS.items()]
    return {"providers": offered, "can_mail": mail.can_be_sent(), "to_admin": to_admin}
