"""Drafts of a privacy page in each language, with what the settings in effect say (docs/privacy.md).

The texts are `templates/site/privacy.<language>.md`. What no setting knows stands in them in bold brackets.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts import guests, login_throttling
from accounts.models import User
from blog import statistics
from blog.posts import access
from blog.posts.models import Page
from blog.webhooks.models import WebhookEndpoint
from frodo import mail
from frodo.backup import parse_policy
from frodo.site_settings import site

SLUGS = {"en": "privacy", "zh-hans": "yinsi"}
TITLES = {"en": "Privacy", "zh-hans": "隐私说明"}
PERIOD_DAYS = {"d": 1, "w": 7, "m": 31, "y": 366}
"""Of the units of BACKUP_KEEP."""


@transaction.atomic
def create_privacy_pages(contact: User | None) -> list[Page]:
    """Create the pages that are missing, unpublished and not in the menu. What is there is not changed."""
    created = []
    for language, slug in SLUGS.items():
        with override(language):
            text = render_to_string(f"site/privacy.{language}.md", facts(language, contact))
        fields = {"title": TITLES[language], "text": text, "language": language}
        page, is_new = Page.objects.get_or_create(
            slug=slug, defaults={**fields, "is_published": False, "in_menu": False}
        )
        created += [page] if is_new else []
    return created


def facts(language: str, contact: User | None) -> dict[str, object]:
    """The names in the templates; `language` is that of the text."""
    keep = {n * PERIOD_DAYS[unit]: (n, unit) for unit, n in parse_policy(settings.BACKUP_KEEP).items()}
    return {
        "today": timezone.localdate(),
        "site_name": site.SITE_NAME,
        "contact": contact,
        "other_url": next(reverse("page", args=[slug]) for code, slug in SLUGS.items() if code != language),
        "names_days": statistics.KEEP_NAMES.days,
        "posts_days": statistics.KEEP_POSTS.days,
        "has_presence": settings.SHOW_PRESENCE,
        "has_code": bool(site.HEAD_CODE or site.FOOTER_CODE),
        "is_offline": site.OFFLINE,
        "media_host": urlsplit(default_storage.url("x")).hostname or "",
        "ip_days": settings.COMMENT_IP_RETENTION_DAYS,
        "email_days": settings.EMAIL_RETENTION_DAYS,
        "edit_minutes": site.COMMENT_EDIT_MINUTES,
        "has_mail": mail.can_be_sent(),
        "has_comment_emails": mail.about_comments(),
        "mail_host": "" if settings.EMAIL_HOST in ("localhost", "127.0.0.1", "::1") else settings.EMAIL_HOST,
        "providers": [str(label) for label in settings.SIGN_IN_PROVIDERS.values()],
        "session_days": settings.SESSION_COOKIE_AGE // 86400,
        "cookies": {
            "session": settings.SESSION_COOKIE_NAME,
            "csrf": settings.CSRF_COOKIE_NAME,
            "guest": guests.cookie_name(),
            "known": login_throttling.COOKIE,
            "unlocked": access.COOKIE,
            "language": settings.LANGUAGE_COOKIE_NAME,
        },
        "sentry_host": urlsplit(settings.SENTRY_DSN).hostname or "",
        "has_webhooks": WebhookEndpoint.objects.filter(is_active=True).exists(),
        "backup_hours": settings.BACKUP_HOURS if settings.BACKUP_TO else 0,
        "is_encrypted": bool(settings.BACKUP_AGE_RECIPIENT or settings.BACKUP_GPG_RECIPIENT),
        "backup_keep": keep[max(keep)] if keep else None,
    }
