"""What each importer produces: posts and pages with their comments, and the interface of a reader."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Generic, TypeVar

from django.urls import reverse

from blog.importers.images import UrlRewriter
from blog.importers.report import Report


@dataclass
class Reply:
    """One comment of an export."""

    key: str
    """Unique in the export, and the same in a later one."""
    parent: str
    """The key of the comment it replies to, or empty."""
    name: str
    text: str
    """As it was written, in Markdown or HTML."""
    moment: datetime | None
    state: str
    """One of blog.comments's states, `visible`, `pending` or `removed`; `spam` and `pingback` are left out."""
    email: str = ""
    user: str = ""
    """Login, name or e-mail address of the author of posts who wrote it; empty for a guest."""
    is_html: bool = False
    edited: datetime | None = None
    pinned: bool = False


@dataclass
class Document:
    """One post or page. A reader fills in what its source has; the importer completes it before it is saved."""

    key: str
    """Identifies it among all imports, such as `wordpress:example.org/?p=12`: a later import finds its post by this."""
    label: str
    """Names it in the report."""
    title: str
    slug: str
    """As the source wants it; the importer appends a number where it is taken."""
    text: str = ""
    """As in the source, then in Markdown."""
    is_markdown: bool = False
    """Whether `text` of an export is Markdown already."""
    moment: datetime | None = None
    updated: datetime | None = None
    file_time: datetime | None = None
    """The date of a file that states none."""
    is_undated: bool = False
    """The source says no date of publication: a draft has none here either, and gets it when it is published."""
    is_page: bool = False
    is_draft: bool = False
    hidden: str = ""
    """Why not everyone could read it; it becomes a draft."""
    visibility: str = ""
    """One of Post.Visibility, if not public. A page has none, and becomes a draft."""
    password: str = ""
    canonical_url: str = ""
    seo_title: str = ""
    seo_description: str = ""
    in_menu: bool = False
    summary: str = ""
    pinned: bool = False
    comments_open: bool = True
    tags: list[str] = field(default_factory=list)
    series: str = ""
    author_names: list[str] = field(default_factory=list)
    """By which its author may be found among this site's users, the one to be named in the report first."""
    author: str = ""
    """User name of that author, if found."""
    language: str = ""
    cover_urls: list[str] = field(default_factory=list)
    """Candidates for the cover, the best first."""
    cover: str = ""
    """The cover's name in media."""
    cover_link: str = ""
    urls: list[str] = field(default_factory=list)
    """Where the old site had it."""
    old_paths: list[str] = field(default_factory=list)
    """Paths to redirect to it."""
    front_matter: dict = field(default_factory=dict)
    comments: list[Reply] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its path on this site."""
        return reverse("page" if self.is_page else "post", args=[self.slug])

    def digest(self) -> str:
        """Of all that is saved of it: a document with the digest of the last import has not changed since."""
        return digest({f.name: getattr(self, f.name) for f in fields(Document) if f.name not in NOT_DIGESTED})


NOT_DIGESTED = {
    *("label", "is_markdown", "file_time", "is_undated", "hidden", "author_names", "cover_urls", "urls", "comments"),
}


def digest(values: dict) -> str:
    """The same for the same values, on any machine and in any order."""
    return sha256(json.dumps(values, sort_keys=True, default=as_text).encode("utf-8", "replace")).hexdigest()


def as_text(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


DocumentT = TypeVar("DocumentT", bound=Document)


class Reader(Generic[DocumentT]):
    """A source of documents: an export of another system, or a folder of Markdown files.

    To import from another system, write a subclass and add it to `blog.importers.import_blog`.
    """

    has_unique_keys = True
    """Whether two sites' documents never have the same key, and a document with the key of a post is that post."""
    total = 0
    """Number of documents, where it is known before they are read."""
    missing_images_hint = ""
    """What to do about missing images, for the report."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def scan(self) -> Iterator[DocumentT]:
        """Yield all documents, to settle their URLs. Texts and comments need not be there. Raises BrokenFile."""
        raise NotImplementedError

    def set_url(self, document: DocumentT) -> None:
        """Note where a scanned document will be (`document.url`), for the links of the others."""
        raise NotImplementedError

    def documents(self) -> Iterator[DocumentT]:
        """Yield all documents again, in the same order."""
        raise NotImplementedError

    def to_markdown(self, document: DocumentT) -> str:
        """Return its text as Markdown; count in `report.left` what could not be converted."""
        raise NotImplementedError

    def rewriter(self, document: DocumentT) -> UrlRewriter:
        """Return what replaces the URLs of images and links in its text."""
        raise NotImplementedError

    def redirects(self) -> dict[str, str]:
        """Return paths of lists on the old site with paths here; of tags as `tag:NAME`."""
        return {}
