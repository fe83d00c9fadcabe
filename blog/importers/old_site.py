"""What exports of other systems have in common: the old site with its images and its URLs."""

import asyncio
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from blog.importers import files
from blog.importers.documents import Document, Reader
from blog.importers.images import MOST_BYTES, NAME, ImageStore, UrlRewriter, host_of, path_of
from blog.posts.slugs import normal_path
from frodo.http_client import NotFetched, fetch

logger = logging.getLogger(__name__)

SECONDS = 30.0
PAUSE = 0.1
"""Seconds between two requests to the old site, which is the author's own."""
MAX_TOTAL = 5_000_000_000
"""Bytes that one import downloads."""
MAX_FAILURES = 20
"""In a row; then the old site is taken to be gone."""
OTHER_FILE = re.compile(
    r"\.(?:pdf|zip|gz|7z|rar|docx?|xlsx?|pptx?|od[tsp]|epub|mp[34]|m4[av]|ogg|og[av]|wav|flac|webm|mov|avi|mkv|txt|csv)$",
    re.IGNORECASE,
)
SIZED = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled)(?=\.\w+$)|(?<=/)size/w\d+(?:h\d+)?/(?:format/\w+/)?")
"""Smaller copies: WordPress's `tea-300x200.jpg`, Ghost's `size/w600/tea.jpg`."""


@dataclass
class Downloads:
    """Images fetched from the old site. Each URL is requested once."""

    images: ImageStore
    n_bytes: int = 0
    n_failures: int = 0
    names: dict[str, str | None] = field(default_factory=dict)

    def name(self, url: str) -> str | None:
        """The image's name in media; None where it cannot be had, or in a dry run."""
        if url not in self.names:
            if self.images.dry_run:
                self.names[url] = None
                self.images.report.to_download += 1
            else:
                self.names[url] = self.load(url)
        return self.names[url]

    def load(self, url: str) -> str | None:
        if self.n_failures >= MAX_FAILURES or self.n_bytes >= MAX_TOTAL:
            self.images.report.images_missing[url] += 1
            return None
        try:
            types = ("image/*",)
            response = asyncio.run(
                fetch(url, most_bytes=MOST_BYTES, accept=types, bodies=types, seconds=SECONDS, pause=PAUSE)
            )
        except NotFetched as error:
            logger.info("%s was not downloaded: %s", url, error.code)
            self.n_failures += 1
            self.images.report.images_missing[url] += 1
            return None
        self.n_failures, self.n_bytes = 0, self.n_bytes + len(response.body)
        return self.images.add(response.body, url)


@dataclass
class SiteUrlRewriter(UrlRewriter):
    """For images in a folder or on their old host, and posts known by their old URLs."""

    hosts: frozenset[str] = frozenset()
    """Of the old site, without `www.`."""
    base: str = ""
    """Its URL, to which relative ones are joined."""
    uploads: tuple[str, ...] = ()
    posts: dict[str, str] = field(default_factory=dict)
    """URLs here, by `keys_of` URLs on the old site."""
    downloads: Downloads | None = None

    def is_own(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if parts.scheme not in ("", "http", "https"):
            return False
        return not parts.netloc or parts.netloc.lower().removeprefix("www.") in self.hosts

    def url_of(self, url: str, *, is_image: bool) -> str | None:
        if OTHER_FILE.search(path_of(url)) and self.is_own(url):
            self.images.report.other_files[url] += 1
            return None
        if is_image or NAME.search(path_of(url)):
            return self.image_url(url)
        if not url.startswith("#") and self.is_own(url):
            post = next((self.posts[key] for key in keys_of(url) if key in self.posts), None)
            return post and post + (f"#{fragment}" if (fragment := url.partition("#")[2]) else "")
        return None

    def image(self, url: str) -> str | None:
        url = url.strip()
        if not self.is_own(url) and not self.is_upload(url):
            return None
        if file := self.find(url):
            return self.images.add_file(file)
        absolute = urljoin(self.base, url) if host_of(self.base) else url
        name = self.known.get(absolute)
        if not (name and default_storage.exists(name)):
            is_web = absolute.startswith(("http:", "https:"))
            name = self.downloads.name(absolute) if self.downloads and is_web else None
        if name:
            self.used[absolute] = name
        elif self.downloads is None:
            self.images.report.images_missing[url] += 1
        return name

    def is_upload(self, url: str) -> bool:
        """Sites move between hosts: what is in the uploads folder is the site's own, whatever host the URL has."""
        return bool(self.roots) and any(f"/{prefix}" in path_of(url) for prefix in self.uploads)

    def find(self, url: str) -> Path | None:
        path = path_of(url)
        for variant in dict.fromkeys((SIZED.sub("", path), path)):
            if self.roots and (file := self.find_path(files.printable(unquote(variant).replace("\\", "/")))):
                return file
        return None

    def candidates(self, path: str) -> Iterator[tuple[Path, str]]:
        for root in self.roots:
            for prefix in self.uploads:
                _before, _found, below = path.partition(f"/{prefix}")
                if below:
                    yield root, below
            if path.strip("/"):
                yield root, path.lstrip("/")


def keys_of(url: str) -> list[str]:
    """How a post is found by a URL: by its path, or by its number as in `/?p=12`."""
    path = normal_path(url)
    try:
        query = parse_qs(urlsplit(url).query)
    except ValueError:
        query = {}
    return [f"/?{name}={query[name][0]}" for name in ("p", "page_id") if name in query] + ([path] if path else [])


class ExportReader(Reader[Document]):
    """Reads the export files of one site: large sites are exported in several."""

    uploads: tuple[str, ...] = ()
    """What the path of an image begins with on the site, and does not in the folder of images."""

    def __init__(
        self, paths: list[Path], images: ImageStore, folders: list[Path], downloads: Downloads | None, old_url: str
    ) -> None:
        super().__init__(images.report)
        self.paths, self.images, self.folders, self.downloads = paths, images, folders, downloads
        self.base = old_url
        self.posts: dict[str, str] = {}
        if downloads is None:
            self.missing_images_hint = _(
                "Texts show images of the old site. To copy them, import again with “Download images” (--download), or "
                "with a zip or folder that has them (--media)."
            )

    @property
    def host(self) -> str:
        return host_of(self.base).removeprefix("www.")

    def set_url(self, document: Document) -> None:
        for old in document.urls:
            for key in keys_of(old):
                self.posts.setdefault(key, document.url)

    def rewriter(self, document: Document) -> UrlRewriter:
        return SiteUrlRewriter(
            self.images,
            folders=[],
            roots=self.folders,
            hosts=frozenset({self.host} - {""}),
            base=self.base,
            uploads=self.uploads,
            posts=self.posts,
            downloads=self.downloads,
        )
