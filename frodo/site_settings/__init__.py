"""What the owner changes in the admin: the site's name, language, menu, colours, comment policy (docs/settings.md).

`site.SITE_NAME` is the value that holds: of the environment variable where there is one, else the saved one, else the
default. Each process keeps the values in memory, so reading one asks no query. The pages' own query of the menu, and
the page cache's look at the database, bring the version along; where it is new, the values are loaded again.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import timezone

logger = logging.getLogger(__name__)

SNAPSHOT = "site"
"""The name of the row in SnapshotVersion."""

DEFAULTS: dict[str, Any] = {
    "MENU": [],
    "LOGO_URL": "",
    "ICON_URL": "",
    "ACCENT_COLOR": "",
    "TEXT_FONT": "",
    "FOOTER_HTML": "",
    "ICP_NUMBER": "",
    "POLICE_NUMBER": "",
    "HEAD_CODE": "",
    "FOOTER_CODE": "",
    "CODE_HASHES": {},
    "BLOCKS": [],
    "BLOCKS_PLACE": "sidebar",
    "COMMENT_EMAILS": True,
    "FEED_SUMMARIES": False,
    "OFFLINE": False,
    "LLMS_TXT": False,
}
"""Values that are no settings of Django."""

on_load: list[Callable[[], object]] = []
"""Functions that drop what was derived from old values; called in a thread after new ones were loaded."""


class Site:
    """The values that hold in this process, by the names of their settings. Reading one never waits."""

    SITE_NAME: str
    SITE_DESCRIPTION: str
    LANGUAGE_CODE: str
    TIME_ZONE: str
    POSTS_PER_PAGE: int
    POSTS_PER_FEED: int
    SHOW_VIEWS: bool
    THEME: str
    COMMENT_APPROVAL: str
    COMMENT_CLOSE_DAYS: int
    COMMENT_EDIT_MINUTES: int
    COMMENTS_PER_PAGE: int
    MENU: list[dict[str, str]]
    LOGO_URL: str
    ICON_URL: str
    ACCENT_COLOR: str
    TEXT_FONT: str
    FOOTER_HTML: str
    ICP_NUMBER: str
    POLICE_NUMBER: str
    HEAD_CODE: str
    FOOTER_CODE: str
    CODE_HASHES: dict[str, str]
    """Hashes of HEAD_CODE and FOOTER_CODE by directive of the Content-Security-Policy."""
    BLOCKS: list[dict[str, Any]]
    BLOCKS_PLACE: str
    COMMENT_EMAILS: bool
    FEED_SUMMARIES: bool
    OFFLINE: bool
    LLMS_TXT: bool

    def __init__(self) -> None:
        self.saved: dict[str, Any] = {}
        self.version: str | None = None
        """Version of the loaded values; None if none were ever saved."""

    def __getattr__(self, name: str) -> Any:
        if name in self.saved:
            return self.saved[name]
        if name in DEFAULTS:
            return DEFAULTS[name]
        if name not in Site.__annotations__:  # templates see this object: not the other settings, such as SECRET_KEY
            raise AttributeError(name)
        return getattr(settings, name)

    @property
    def appearance_version(self) -> str:
        """Names the stylesheet of the colours and font; empty where they are those of the theme."""
        chosen = f"{self.ACCENT_COLOR}{self.TEXT_FONT}"
        return hashlib.sha256(chosen.encode()).hexdigest()[:12] if chosen else ""

    @property
    def police_code(self) -> str:
        """The digits of the public security number, by which its register finds it."""
        return "".join(char for char in self.POLICE_NUMBER if char.isdecimal())

    def reset(self) -> None:
        """As in a new process, for tests."""
        self.saved, self.version = {}, None


site = Site()


def is_from_environment(name: str) -> bool:
    """Does the operator decide on this setting? `.env` counts: settings.py reads it into the environment."""
    return name in os.environ


def load() -> None:
    """Read the saved values. Sync. A version that cannot be read yet leaves everything as it is."""
    from frodo.site_settings.models import SiteSettings

    # The version first: values that are newer than it are loaded once more, older ones never stay.
    version = saved_version()
    row = SiteSettings.objects.filter(pk=SiteSettings.ONLY).first()
    values = row.values() if row else {}
    site.saved = {name: value for name, value in values.items() if not is_from_environment(name)}
    site.version = version
    for forget in on_load:
        forget()


def saved_version() -> str | None:
    from frodo.snapshots import SnapshotVersion

    return SnapshotVersion.objects.filter(pk=SNAPSHOT).values_list("version", flat=True).first()


def check_version(version: str | None) -> None:
    """Load the values where this version is not the one we have. Sync."""
    if version != site.version:
        load()


@contextmanager
def saved_settings() -> Iterator[None]:
    """Context manager and decorator: loads the site settings and activates their time zone.

    For management commands; a server loads the settings when it starts, and before each request. Sync.
    """
    check_version(saved_version())
    with timezone.override(ZoneInfo(site.TIME_ZONE)):
        yield


class SettingsLoader:
    """Part of the server's lifespan: loads the site settings before the first request."""

    async def start(self) -> None:
        try:
            await sync_to_async(load)()
        except DatabaseError as error:
            logger.warning("Site settings are read once the database is available: %r", error)

    async def stop(self) -> None:
        pass
