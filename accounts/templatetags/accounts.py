import re

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.avatars import avatar_url
from accounts.models import User
from accounts.social_accounts import login_url
from frodo import mail

register = template.Library()

# In this order: most browsers name others as well, for the sake of old servers.
BROWSERS = {
    r"Edg(e|A|iOS)?/": "Edge",
    r"OPR/|Opera": "Opera",
    r"SamsungBrowser/": "Samsung Internet",
    r"YaBrowser/": "Yandex",
    r"Vivaldi/": "Vivaldi",
    r"MicroMessenger/": "WeChat",
    r"UCBrowser/": "UC",
    r"QQBrowser/": "QQ",
    r"HuaweiBrowser/": "Huawei",
    r"Firefox/|FxiOS/": "Firefox",
    r"Chrom(e|ium)/|CriOS/": "Chrome",
    r"Safari/": "Safari",
}
SYSTEMS = {
    r"HarmonyOS|OpenHarmony": "HarmonyOS",
    r"Android": "Android",
    r"iPhone|iPod": "iOS",
    r"iPad": "iPadOS",
    r"Windows": "Windows",
    r"Macintosh": "macOS",
    r"CrOS": "ChromeOS",
    r"Linux": "Linux",
}


@register.filter
def avatar(user: User) -> str:
    return avatar_url(f"user:{user.pk}")


@register.filter
def browser(user_agent: str) -> str:
    """What a browser calls itself as people do: "Firefox on Windows"; its first words if it names neither."""
    name, system = first(BROWSERS, user_agent), first(SYSTEMS, user_agent)
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or user_agent[:40] or _("Unknown browser")


def first(names: dict[str, str], user_agent: str) -> str:
    return next((name for pattern, name in names.items() if re.search(pattern, user_agent)), "")


@register.simple_tag(takes_context=True)
def sign_in_options(context: template.Context) -> dict:
    to_admin = (context.get("redirect_field_value") or "").startswith(reverse("admin:index"))
    offered = [{"label": label, "url": login_url(name)} for name, label in settings.SIGN_IN_PROVIDERS.items()]
    return {"providers": offered, "can_mail": mail.can_be_sent(), "to_admin": to_admin}
