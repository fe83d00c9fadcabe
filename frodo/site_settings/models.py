import base64
import hashlib
import re
import zoneinfo
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from frodo.fields import validate_visible
from frodo.markdown import render_comment, render_fragment
from frodo.site_settings import SNAPSHOT, colors, load, site
from frodo.snapshots import changed

SETTING_OF = {
    "name": "SITE_NAME",
    "description": "SITE_DESCRIPTION",
    "language": "LANGUAGE_CODE",
    "time_zone": "TIME_ZONE",
    "posts_per_page": "POSTS_PER_PAGE",
    "posts_per_feed": "POSTS_PER_FEED",
    "show_views": "SHOW_VIEWS",
    "theme": "THEME",
    "comment_approval": "COMMENT_APPROVAL",
    "comment_close_days": "COMMENT_CLOSE_DAYS",
    "comment_edit_minutes": "COMMENT_EDIT_MINUTES",
    "comments_per_page": "COMMENTS_PER_PAGE",
}
"""Fields that an environment variable can decide instead."""


def time_zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


def validate_menu(text: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and parse_menu_line(line) is None:
            raise ValidationError(
                _("Line %(n)d: enter a title, |, and a path such as /p/about/ or a URL that begins with https://."),
                params={"n": number},
            )


def parse_menu_line(line: str) -> dict[str, str] | None:
    title, separator, url = (part.strip() for part in line.rpartition("|"))
    if not (separator and title and url) or re.search(r"\s", url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a wrong IPv6 address
        return None
    is_path = url.startswith("/") and not url.startswith("//")
    if not is_path and not (parts.scheme in {"https", "http", "mailto"} and (parts.netloc or parts.scheme == "mailto")):
        return None
    return {"title": title[:60], "url": url}


INLINE = re.compile(r"<(script|style)\b([^>]*)>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)


def with_newlines(code: str) -> str:
    """As a browser reads it: forms send CRLF, and a hash must be of what is run."""
    return code.replace("\r\n", "\n").replace("\r", "\n")


def code_hashes(html: str) -> dict[str, str]:
    """Sources for the Content-Security-Policy, by directive, that allow the inline scripts and styles of this HTML."""
    found: dict[str, list[str]] = {"script-src": [], "style-src": []}
    for name, _attributes, text in INLINE.findall(html):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        found[f"{name.lower()}-src"].append(f"'sha256-{digest}'")
    return {directive: " ".join(dict.fromkeys(hashes)) for directive, hashes in found.items() if hashes}


class SiteSettings(models.Model):
    """One row. Saving it tells every process; its admin form is blog/settings_admin.py."""

    ONLY = 1

    class Approval(models.TextChoices):
        ALWAYS = "always", _("All of them")
        FIRST = "first", _("First comment of each person")
        NEVER = "never", _("None of them")

    class Font(models.TextChoices):
        SERIF = "", _("Serif")
        SANS = "sans", _("Sans serif")

    class Place(models.TextChoices):
        SIDEBAR = "sidebar", _("Beside the page, on wide screens")
        FOOTER = "footer", _("Below the page")

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    name = models.CharField(_("site name"), max_length=100)
    description = models.CharField(
        _("description"),
        max_length=300,
        blank=True,
        help_text=_("A sentence below the name, in feeds and for search engines."),
    )
    logo = models.ImageField(_("logo"), upload_to="site/", blank=True, help_text=_("Shown beside the name."))
    icon = models.ImageField(
        _("icon"), upload_to="site/", blank=True, help_text=_("A square image, shown in browser tabs and bookmarks.")
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        help_text=_("For readers whose browser asks for no language that the site has."),
    )
    time_zone = models.CharField(_("time zone"), max_length=50)
    posts_per_page = models.PositiveSmallIntegerField(
        _("posts per page"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    show_views = models.BooleanField(_("show readers how often a post was viewed"), default=False)
    menu = models.TextField(
        _("menu"),
        blank=True,
        validators=[validate_menu],
        help_text=_("One link a line: title | path or URL. If empty, all lists and the pages in the menu."),
    )
    theme = models.CharField(_("theme"), max_length=40, blank=True)
    accent_color = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        validators=[colors.validate_accent],
        help_text=_("For links and buttons, such as #1d6b45. The dark variant is computed."),
    )
    text_font = models.CharField(_("font of posts"), max_length=10, choices=Font, blank=True, default=Font.SERIF)
    footer = models.TextField(
        _("footer"), blank=True, help_text=_("Markdown, such as a sentence about you, or links to friends.")
    )
    blocks = models.JSONField(_("blocks"), default=list, blank=True, editable=False)
    """In their order: kind, title, number and Markdown text of each (blog/settings_admin.py, blog/blocks.py)."""
    blocks_place = models.CharField(_("position of the blocks"), max_length=10, choices=Place, default=Place.SIDEBAR)
    posts_per_feed = models.PositiveSmallIntegerField(
        _("posts in a feed"), validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    feed_summaries = models.BooleanField(
        _("only summaries in feeds"), default=False, help_text=_("If off, feeds contain the full text of each post.")
    )
    offline = models.BooleanField(
        _("offline reading"),
        default=False,
        help_text=_("Browsers cache the pages that were read. If turned off, they delete them on the next visit."),
    )
    llms_txt = models.BooleanField(
        _("list of posts for language models"),
        default=False,
        help_text=_("At /llms.txt, for programs such as ChatGPT."),
    )
    comment_approval = models.CharField(_("comments that require approval"), max_length=10, choices=Approval)
    comment_close_days = models.PositiveIntegerField(
        _("days until comments close"), validators=[MaxValueValidator(36500)], help_text=_("0: comments stay open.")
    )
    comment_edit_minutes = models.PositiveIntegerField(
        _("minutes to edit a comment"),
        validators=[MaxValueValidator(525_600)],
        help_text=_("How long readers can edit or delete their own comments. 0: never."),
    )
    comments_per_page = models.PositiveSmallIntegerField(
        _("comments per page"), validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    comment_emails = models.BooleanField(
        _("e-mails about comments"),
        default=True,
        help_text=_("Readers can ask for e-mails about replies; authors get those that they chose in their account."),
    )
    icp_number = models.CharField(
        _("ICP number"),
        max_length=60,
        blank=True,
        help_text=_("Such as 京ICP备12345678号. Sites in mainland China must show it."),
    )
    police_number = models.CharField(
        _("public security number"), max_length=60, blank=True, help_text=_("Such as 京公网安备11010502030143号.")
    )
    head_code = models.TextField(
        _("code for the head"),
        blank=True,
        help_text=_(
            "HTML for the head of every page, such as a verification tag. Scripts and styles that stand here in full "
            "are run; those of other hosts and event attributes such as onclick are not."
        ),
    )
    footer_code = models.TextField(_("code for the end of the page"), blank=True)

    class Meta:
        app_label = "frodo"
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")

    def __str__(self) -> str:
        return str(_("Site settings"))

    def save(self, **kwargs: Any) -> None:
        self.pk = self.ONLY
        super().save(**kwargs)
        changed(SNAPSHOT)
        transaction.on_commit(load)  # before this process is told to make its pages anew

    def clean(self) -> None:
        validate_visible(self, "name")

    @classmethod
    def current(cls) -> "SiteSettings":
        """The saved row, or an unsaved one of the values in effect."""
        saved = cls.objects.filter(pk=cls.ONLY).first()
        return saved or cls(**{name: getattr(site, setting) for name, setting in SETTING_OF.items()})

    def values(self) -> dict[str, Any]:
        """By the names that `site` knows."""
        return {setting: getattr(self, field) for field, setting in SETTING_OF.items()} | {
            "MENU": [link for line in self.menu.splitlines() if (link := parse_menu_line(line))],
            "LOGO_URL": self.logo.url if self.logo else "",
            "ICON_URL": self.icon.url if self.icon else "",
            "ACCENT_COLOR": self.accent_color,
            "TEXT_FONT": self.text_font,
            "FOOTER_HTML": render_comment(self.footer) if self.footer.strip() else "",
            "BLOCKS": [{**block, "html": render_fragment(block["text"])[0]} for block in self.blocks],
            "BLOCKS_PLACE": self.blocks_place,
            "COMMENT_EMAILS": self.comment_emails,
            "ICP_NUMBER": self.icp_number,
            "POLICE_NUMBER": self.police_number,
            "HEAD_CODE": (head_code := with_newlines(self.head_code)),
            "FOOTER_CODE": (footer_code := with_newlines(self.footer_code)),
            "CODE_HASHES": code_hashes(head_code + footer_code),
            "FEED_SUMMARIES": self.feed_summaries,
            "OFFLINE": self.offline,
            "LLMS_TXT": self.llms_txt,
        }
