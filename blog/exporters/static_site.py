"""A static copy of the site for any web host: every page that a guest finds, comments in the HTML, no server needed.

The pages are asked for as a browser would and followed link by link. What only works with the server (forms, sign-in,
search, live updates) is removed from them.
"""

import errno
import logging
import re
import shutil
from collections import deque
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from django.utils import translation
from django.utils.translation import gettext as _

from blog.exporters import ExportError
from blog.models import Page, Post, Redirect
from frodo.progress import Progress

logger = logging.getLogger(__name__)


SERVER_ONLY = re.compile(
    r"/(?:accounts|admin|api|comment|docs|language|moderate|notifications|search|ws)(?:/|$)|/post/[^/]+/comments?/$"
)
SEEDS = ("/", "/archives/", "/tags/", "/topics/", "/activities/", "/comments.xml", "/sitemap.xml", "/robots.txt")
READING_SCRIPT = re.compile(r"/js/(?:theme|site)\.")
IMPORT = re.compile(r"""\bimport\(?\s*["'](\./[\w./]+)["']""")
CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")
XML_URL = re.compile(r"<loc>([^<]+)</loc>")
CANONICAL = re.compile(r'<link rel="canonical"[^>]*>')
NOT_FOUND = "/404-of-a-static-copy/"
NO_REDIRECT = re.compile(r"[\x00-\x1f<>\"\\|?*]")


class Cleaner(HTMLParser):
    """Copies a page without what needs the server, and collects what it refers to."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self.links: list[str] = []
        self.skipped = ""
        self.depth = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self.skipped:
            self.depth += tag == self.skipped
            return
        values = {name: value or "" for name, value in attributes}
        if is_server_only(tag, values):
            if tag not in ("link", "meta", "input"):
                self.skipped, self.depth = tag, 1
            return
        for name in ("href", "src", "poster"):
            if name in values:
                self.links.append(values[name])
        self.links += [part.split()[0] for part in values.get("srcset", "").split(",") if part.strip()]
        self.parts.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if not self.skipped:
            self.handle_starttag(tag, attributes)
            self.skipped = ""

    def handle_endtag(self, tag: str) -> None:
        if not self.skipped:
            self.parts.append(f"</{tag}>")
        elif tag == self.skipped:
            self.depth -= 1
            if not self.depth:
                self.skipped = ""

    def copy(self, text: str) -> None:
        if not self.skipped:
            self.parts.append(text)

    def handle_data(self, data: str) -> None:
        self.copy(data)

    def handle_entityref(self, name: str) -> None:
        self.copy(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.copy(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.copy(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.copy(f"<!{decl}>")


def is_server_only(tag: str, values: dict[str, str]) -> bool:
    if tag == "script":
        return not READING_SCRIPT.search(values.get("src", "")) and values.get("type") != "application/ld+json"
    if tag in ("form", "dialog", "select"):
        return True
    if tag == "template":
        return values.get("id") != "_reading"
    if tag == "button":
        return not {"theme-switch", "reading-tool"} & set(values.get("class", "").split())
    if tag == "link" and "preload" in values.get("rel", ""):
        return True
    if tag in ("a", "link"):
        href = values.get("href", "")
        return bool(SERVER_ONLY.match(urlsplit(href).path)) or (href.startswith("?") and tag == "a")
    return False


class StaticCopy:
    def __init__(self, folder: Path, progress: Progress) -> None:
        self.folder, self.progress = folder, progress
        origin = urlsplit(settings.SITE_URL)
        hosts = [host for host in settings.ALLOWED_HOSTS if "*" not in host and not host.startswith((".", "["))]
        self.host = origin.netloc or (hosts[0] if hosts else "localhost")
        self.client = Client(raise_request_exception=False, headers={"host": self.host})
        self.is_secure = origin.scheme == "https"
        self.seen: set[str] = set()
        self.queue: deque[str] = deque()
        self.n_pages = 0

    def add(self, url: str, base: str = "/") -> None:
        """Queue what is on this site and can be a file."""
        try:
            parts = urlsplit(urldefrag(urljoin(base, url.strip()))[0])
        except ValueError:
            return
        if parts.netloc not in ("", self.host) or parts.scheme not in ("", "http", "https") or parts.query:
            return
        path = quote(unquote(parts.path))
        if path not in self.seen and path.startswith("/") and not SERVER_ONLY.match(path):
            self.seen.add(path)
            self.queue.append(path)

    def run(self) -> None:
        self.seen.add(NOT_FOUND)
        not_found = self.get(NOT_FOUND)
        self.write_page(self.folder / "404.html", CANONICAL.sub("", not_found.content.decode()), "/")
        for path in (*SEEDS, *self.paths()):
            self.add(path)
        while self.queue:
            self.progress(_("pages"), len(self.seen) - len(self.queue), len(self.seen))
            self.take(self.queue.popleft())
        self.write_redirects()

    def get(self, path: str) -> Any:
        """The response of a page, whose language is not left active: messages have that of who asked for the copy."""
        with translation.override(translation.get_language()):
            return self.client.get(path, secure=self.is_secure)

    def paths(self) -> Iterator[str]:
        """Pages that nothing may link to."""
        for post in Post.threads.open_to_all().only("slug", "kind", "pk", "status", "published_at").iterator(500):
            yield post.url
        for page in Page.objects.filter(is_published=True).only("slug"):
            yield page.url

    def take(self, path: str) -> None:
        if path.startswith(settings.STATIC_URL):
            self.copy_static(unquote(path.removeprefix(settings.STATIC_URL)), path)
            return
        if settings.MEDIA_IS_LOCAL and path.startswith(settings.MEDIA_URL):
            self.copy_media(unquote(path.removeprefix(settings.MEDIA_URL)), path)
            return
        response = self.get(path)
        if response.status_code in (301, 302):
            self.add(response["Location"], path)
            self.write_redirect(unquote(path), response["Location"])
            return
        if response.status_code not in (200, 404, 410):
            raise ExportError(_("The page %(path)s cannot be made; the log says why.") % {"path": unquote(path)})
        if response.status_code != 200:
            logger.warning("Static copy: %s answers %d", unquote(path), response.status_code)
            return
        content = response.getvalue() if response.streaming else response.content
        kind = response["Content-Type"]
        if kind.startswith("text/html"):
            self.n_pages += 1
            self.write_page(self.file_of(unquote(path), is_page=True), content.decode(), path)
            return
        if "xml" in kind and "sitemap" in path:
            for url in XML_URL.findall(content.decode()):
                self.add(url, path)
        self.write(self.file_of(unquote(path)), content)

    def write_page(self, file: Path, text: str, path: str) -> None:
        cleaner = Cleaner()
        cleaner.feed(text)
        cleaner.close()
        for link in cleaner.links:
            self.add(link, path)
        self.write(file, "".join(cleaner.parts).encode())

    def copy_static(self, name: str, path: str) -> None:
        """From the collected files, which have hashes in their names, or from where they lie."""
        if staticfiles_storage.exists(name):
            with staticfiles_storage.open(name) as file:
                content = file.read()
        elif found := finders.find(name):
            content = Path(found).read_bytes()
        else:
            return
        if name.endswith(".css"):
            for url in CSS_URL.findall(content.decode()):
                self.add(url, path)
        if name.endswith(".js"):
            for url in IMPORT.findall(content.decode()):
                self.add(url, path)
        self.write(self.file_of(unquote(path)), content)

    def copy_media(self, name: str, path: str) -> None:
        if default_storage.exists(name):
            target = self.file_of(unquote(path))
            target.parent.mkdir(parents=True, exist_ok=True)
            with default_storage.open(name) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, 1024**2)

    def write_redirects(self) -> None:
        """Old URLs as pages that lead on, and as a `_redirects` file for hosts that read one."""
        lines = []
        redirects = Redirect.objects.select_related("post", "page", "tag", "topic").order_by("path")
        for redirect in redirects.iterator(500):
            entry = redirect.entry
            if entry and not (entry.is_visible and getattr(entry, "is_open", True)):
                continue
            url = entry.get_absolute_url() if entry else redirect.url
            lines.append(f"{quote(redirect.path, safe='/*')} {url.replace('*', ':splat')} 301\n")
            self.write_redirect(redirect.path, url)
        if lines:
            self.write(self.folder / "_redirects", "".join(lines).encode())

    def write_redirect(self, path: str, url: str) -> None:
        file = self.file_of(path if path.endswith((".html", ".htm")) else path.rstrip("/") + "/", is_page=True)
        if NO_REDIRECT.search(path) or not file.is_relative_to(self.folder):
            return
        target = escape(url)
        page = f'<!doctype html><meta charset="utf-8"><title>{target}</title><link rel="canonical" href="{target}">'
        page += f'<meta http-equiv="refresh" content="0; url={target}"><a href="{target}">{target}</a>\n'
        try:
            if not file.exists():
                self.write(file, page.encode())
        except (OSError, ExportError) as error:  # a name that is too long, or a file where a folder should be
            logger.warning("Static copy: no page for the redirect %s: %s", path, error)

    def file_of(self, path: str, *, is_page: bool = False) -> Path:
        below = path.strip("/")
        if path.endswith("/") or (is_page and "." not in below.rpartition("/")[2]):
            below = f"{below}/index.html" if below else "index.html"
        file = self.folder / below
        if ".." in file.parts:
            raise ExportError(_("The page %(path)s cannot be made; the log says why.") % {"path": path})
        return file

    def write(self, file: Path, content: bytes) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            path = "/" + file.relative_to(self.folder).as_posix().removesuffix("index.html")
            problem = _("The page %(path)s cannot be made: no file can have a name that long. Shorten its slug.")
            raise ExportError(problem % {"path": path}) from error


def export_static(folder: Path, progress: Progress) -> str:
    """Raises ExportError and OSError."""
    copy = StaticCopy(folder, progress)
    # A file has no second page of comments. SITE_URL may be the new host, which this server does not answer to.
    with override_settings(COMMENTS_PER_PAGE=10**9, ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, copy.host]):
        copy.run()
    return _("Pages: %(pages)d. All files: %(files)d.") % {"pages": copy.n_pages, "files": len(copy.seen)}
