"""Themes: folders with templates, a stylesheet and translations, one of which the site settings choose (docs/theme.md).

What a theme lacks comes from the default templates. It is read whole and checked when it is chosen and when a process
starts, so what is edited on disk afterwards cannot break a running site. With DEBUG it is read again after each edit.
"""

import gettext
import hashlib
import logging
import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template import Origin, TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.backends.django import DjangoTemplates
from django.template.backends.django import Template as DjangoTemplate
from django.template.loaders import base, cached
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import trans_real

from frodo.site_settings import on_load, site

logger = logging.getLogger(__name__)

MANIFEST, STYLESHEET = "theme.toml", "style.css"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
PROTECTED = ("admin/", "moderation/", "_bare.html", "400.html", "500.html", "503.html")
"""Templates that a theme cannot replace: the admin, in which it is deactivated, and pages for errors."""


class BrokenTheme(Exception):
    """Cannot be used; the message says why, in the reader's language."""


@dataclass(frozen=True)
class Theme:
    folder: Path
    title: str
    templates: dict[str, str]
    """Sources by name."""
    version: str

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def stylesheet(self) -> str:
        return reverse("theme_file", args=[self.name, self.version, STYLESHEET])

    @property
    def url(self) -> str:
        """URL of the folder `static/`, with the version."""
        return self.stylesheet.removesuffix(STYLESHEET)


def available() -> dict[str, Path]:
    """Folders by name; those of DATA_DIR come before the project's."""
    found = {
        folder.name: folder
        for parent in reversed(settings.THEME_DIRS)
        if parent.is_dir()
        for folder in parent.iterdir()
        if folder.is_dir() and NAME.fullmatch(folder.name)
    }
    return dict(sorted(found.items()))


def title_of(folder: Path) -> str:
    """The name in its manifest. Raises BrokenTheme."""
    try:
        title = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("name")
    except FileNotFoundError as error:
        raise BrokenTheme(_("The theme has no %(file)s.") % {"file": MANIFEST}) from error
    except (OSError, ValueError) as error:
        raise BrokenTheme(f"{MANIFEST}: {error}") from error
    if not isinstance(title, str) or not title.strip():
        raise BrokenTheme(_("%(file)s has no name.") % {"file": MANIFEST})
    return title.strip()[:60]


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def inside(folder: Path, path: Path | str) -> Path:
    """The file at a path in a folder. Raises ValueError for what is outside, be it by a symbolic link."""
    found, root = (Path(os.path.realpath(each)) for each in (folder / path, folder))
    if not found.is_relative_to(root):
        raise ValueError(_("This path is outside the folder of the theme."))
    return found


def read(name: str) -> Theme:
    """Read and check the theme of this name. Raises BrokenTheme."""
    folder = available().get(name)
    if folder is None:
        raise BrokenTheme(_("There is no theme “%(name)s”.") % {"name": name})
    title, digest = title_of(folder), hashlib.sha256()
    if not (folder / "static" / STYLESHEET).is_file():
        raise BrokenTheme(_("The theme has no %(file)s.") % {"file": f"static/{STYLESHEET}"})
    templates: dict[str, str] = {}
    try:
        for path in files_of(folder):
            digest.update(content := inside(folder, path.relative_to(folder)).read_bytes())
            name_inside = path.relative_to(folder).as_posix()
            if name_inside.startswith("templates/"):
                templates[name_inside.removeprefix("templates/")] = check_template(name_inside, content)
            elif name_inside.endswith(".mo"):
                with path.open("rb") as file:
                    gettext.GNUTranslations(file)
    except (OSError, ValueError) as error:  # no file that may be read, outside of the folder, no text, no translations
        raise BrokenTheme(f"{path.relative_to(folder)}: {error}") from error
    return Theme(folder, title, templates, digest.hexdigest()[:12])


def check_template(inside: str, content: bytes) -> str:
    if inside.removeprefix("templates/").startswith(PROTECTED):
        raise BrokenTheme(_("A theme cannot replace %(file)s.") % {"file": inside})
    source = content.decode()
    try:
        engines["django"].from_string(source)
    except TemplateSyntaxError as error:
        line = getattr(getattr(error, "token", None), "lineno", None)
        raise BrokenTheme(f"{inside}{f', {line}' if line else ''}: {error}") from error
    return source


class Active:
    """The theme that this process uses; None is the default one."""

    def __init__(self) -> None:
        self.key: object = None
        self.theme: Theme | None = None
        self.lock = RLock()

    def get(self) -> Theme | None:
        if is_default_forced.get():
            return None
        if self.key != self.current_key():
            with self.lock:
                if self.key != (key := self.current_key()):
                    self.load()
                    self.key = key
        return self.theme

    def current_key(self) -> object:
        """Differs after each save of the settings; with DEBUG, after each edit of a file."""
        folder = available().get(site.THEME) if settings.DEBUG and site.THEME else None
        return site.THEME, site.version, folder and [(path, path.stat().st_mtime_ns) for path in files_of(folder)]

    def load(self) -> None:
        self.theme = None
        if site.THEME:
            try:
                self.theme = read(site.THEME)
            except BrokenTheme as error:
                logger.error("The theme %s cannot be used, so the default one is: %s", site.THEME, error)
        activate_translations(self.theme)


is_default_forced: ContextVar[bool] = ContextVar("is_default_forced", default=False)
active = Active()
on_load.insert(0, active.get)  # in the thread that loads the settings, before pages are purged


@contextmanager
def default_theme() -> Iterator[None]:
    token = is_default_forced.set(True)
    try:
        yield
    finally:
        is_default_forced.reset(token)


def activate_translations(theme: Theme | None) -> None:
    """Put the theme's translations before ours. Requests in progress keep the old ones."""
    ours = [path for path in settings.LOCALE_PATHS if path.parent.parent not in settings.THEME_DIRS]
    paths = [theme.folder / "locale", *ours] if theme and (theme.folder / "locale").is_dir() else ours
    if len(paths) == len(ours) == len(settings.LOCALE_PATHS):
        return
    settings.LOCALE_PATHS = paths
    default: Any = settings.LANGUAGE_CODE
    gettext._translations.clear()  # type: ignore[attr-defined]  # files by path, which may have changed
    # In place: other threads look them up meanwhile.
    for code in sorted(dict(settings.LANGUAGES), key=lambda code: code != default):  # others fall back to the default
        trans_real._translations[code] = trans_real.DjangoTranslation(code)  # type: ignore[attr-defined]  # no public way
    trans_real._default = trans_real._translations[default]  # type: ignore[attr-defined]  # as above


class Loader(base.Loader):
    """The active theme's templates."""

    def get_template_sources(self, template_name: str) -> Iterator[Origin]:
        theme = active.get()
        if theme and template_name in theme.templates:
            yield Origin(f"{theme.folder}/templates/{template_name}", template_name, self)

    def get_contents(self, origin: Origin) -> str:
        theme = active.get()
        if theme is None or origin.template_name not in theme.templates:
            raise TemplateDoesNotExist(origin)
        return theme.templates[str(origin.template_name)]


class CachedLoader(cached.Loader):
    """Compiled templates, those of each theme by themselves."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        theme, key = active.get(), super().cache_key(template_name, skip)
        return f"{theme.name}-{theme.version}:{key}" if theme else key


class Template(DjangoTemplate):
    def render(self, context: Any = None, request: HttpRequest | None = None) -> str:
        """With the default theme where the active one fails, as with a URL or a file that there is not."""
        try:
            return super().render(context, request)
        except Exception:  # templates of others can fail in every way
            theme = active.get()
            if theme is None:
                raise
            logger.exception("The theme %s failed at %s, so the default one is used", theme.name, self.template.name)
            with default_theme():
                return self.backend.get_template(str(self.template.name)).render(context, request)


class Templates(DjangoTemplates):
    """Template backend that renders with the default theme where the active one fails."""

    def get_template(self, template_name: str) -> Template:
        return Template(super().get_template(template_name).template, self)
