"""Folders of Markdown files. Each static site generator has its own places, names and URLs, in a module of its own."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, unquote

from django.utils import timezone
from django.utils.translation import gettext as _

from blog.importers import dates, fields, files, front_matter, old_paths
from blog.importers.comments.data_file import read_comments
from blog.importers.documents import Document, Reader
from blog.importers.errors import EmptyList, NotImported
from blog.importers.fields import Fields
from blog.importers.generator_detection import Site
from blog.importers.generators import post_fields
from blog.importers.images import ImageStore, UrlRewriter, host_of
from blog.importers.markup import Placeholders, without_empty_lines
from blog.posts.slugs import normal_path, slug_for

IN_COLUMNS = {
    "title", "date", "slug", "tags", "tag", "draft", "published", "description", "comments", "summary",
    "updated", "lastmod", "last_modified_at", "lang", "language", "sticky", "pinned", "pin", "comments_file",
    "canonical_url", "seo_title", "seo_description",
}  # fmt: skip
"""Fields that a post has columns for; all others are kept as front matter."""
LISTS = {"tags", "categories", "archives", "archive", "category", "tag", "search", "tagcloud", "404"}
CONTENT = {"_posts", "_drafts", "source", "content", "posts", "post", "blog"}
"""Folders that a link may name though only what is in them is imported."""
PATTERN = re.compile(r"(?:^|[/_-]):\w")
STYLES = {"date", "pretty", "ordinal", "weekdate", "none"}
"""Permalinks that are rules and not URLs."""
MORE = re.compile(r"<!--+\s*more\s*--+>", re.IGNORECASE)


@dataclass(kw_only=True)
class MarkdownFile(Document):
    path: Path
    relative: PurePosixPath
    """Its path below the site's root."""
    encoding: str
    header: front_matter.FrontMatter
    data: Fields
    """Its front matter, with what the site's configuration adds."""
    name: str = ""
    """The part of its path that names it: of `2019/2019-01-02-tea.md`, `tea`."""
    name_date: datetime | None = None
    """The date in its file name."""
    folders: list[str] = field(default_factory=list)
    """Those that are categories."""
    categories: list[str] = field(default_factory=list)
    local_times: list[datetime] = field(default_factory=list)
    """Its own date on the clocks that the old site may have been built by; none where it states none."""

    def hide(self, reason: str) -> None:
        if reason:
            self.is_draft, self.hidden = True, self.hidden or reason


class LinkTarget(NamedTuple):
    url: str
    title: str


class MarkdownFolder(Reader[MarkdownFile]):
    """Nothing is known but front matter; every file is a post unless it says it is a page.

    Subclasses override what their generator does otherwise.
    """

    has_unique_keys = False
    splits_tags = False
    """Whether spaces separate the tags in a string."""
    has_content_folder = False
    """Whether all in the folder of content is content, whatever its folders are named."""
    converted_fields: frozenset[str] = frozenset()
    """Front matter that becomes a part of the text."""
    prefix_settings: tuple[str, ...] = ()
    """Names in the configuration for the path of the site on its host."""

    def __init__(self, site: Site, images: ImageStore) -> None:
        super().__init__(images.report)
        self.site, self.images, self.config = site, images, Fields(site.config)
        zone = dates.zone_of(self.config.first("timezone", "time_zone"))
        self.zone: tzinfo = zone or timezone.get_current_timezone()
        self.scanned: list[Path] = []
        self.targets: dict[str, LinkTarget | None] = {}
        """By path and file name; None where two files share one."""
        if site.base != site.boundary and site.base in site.boundary.parents:
            hint = _("Pictures were looked for in this folder only. To take all of them, import %(path)s.")
            self.missing_images_hint = hint % {"path": site.base}

    def scan(self) -> Iterator[MarkdownFile]:
        paths, keys = self.paths(), set()
        sources = made_from(paths)
        self.total = len(paths)
        for path in paths:
            with self.report.skipping(self.label(path)):
                if path in sources:
                    message = _("%(name)s was made from it, and is imported in its place. Nothing to do.")
                    raise NotImported(message % {"name": sources[path].name})
                file = self.read(path)
                if file.key in keys:
                    raise NotImported(
                        _(
                            "Another file has the same name, written with other Unicode characters. Keep one of them, "
                            "or rename one."
                        )
                    )
                keys.add(file.key)
                yield file

    def set_url(self, file: MarkdownFile) -> None:
        self.scanned.append(file.path)
        target = LinkTarget(file.url, file.title)
        for key in link_keys(self.without_suffix(file.relative)):
            self.targets[key] = None if key in self.targets else target

    def documents(self) -> Iterator[MarkdownFile]:
        for path in self.scanned:
            with self.report.skipping(self.label(path)):
                file = self.read(path)
                comments_file = Fields(file.header.data).word("comments_file")
                file.comments = read_comments(self.site.base, self.site.boundary, comments_file, file.key)
                if file.encoding != "utf-8":
                    self.report.encodings[file.encoding] += 1
                if file.header.repaired:
                    self.report.repaired[file.label] = file.header.repaired
                yield file

    def label(self, path: Path) -> str:
        return files.name_of(path, self.site.boundary)

    def paths(self) -> list[Path]:
        """The posts and pages, and the files that look like some to their author and cannot be imported."""
        if self.site.path.is_file():
            return [self.site.path]
        content = self.content_folder()
        folder = content if content.is_relative_to(self.site.path) else self.site.path
        only_posts = self.has_content_folder and content != self.site.base
        candidates = list(files.text_files(folder, only_posts=only_posts))
        stems = {path.with_suffix("") for path in candidates if path.suffix.lower() in files.MARKDOWN}

        def belongs(path: Path) -> bool:
            suffix = path.suffix.lower()
            is_notebook = suffix == ".ipynb" and path.with_suffix("") in stems
            return suffix in files.MARKDOWN or is_notebook or self.is_post_file(path)

        return [path for path in candidates if belongs(path)]

    def read(self, path: Path) -> MarkdownFile:
        suffix = path.suffix.lower()
        if suffix in files.OTHER:
            message = _(
                "Posts in %(ending)s cannot be imported. Convert it to Markdown, with pandoc for example, and import "
                "again."
            )
            raise NotImported(message % {"ending": suffix})
        text, encoding = files.decode(files.read(path, self.site.boundary))
        header = front_matter.split(text)
        if not text.strip():
            raise NotImported(_("The file is empty. Write something in it, or remove it."))
        relative = PurePosixPath(files.name_of(path, self.site.base))
        data = self.with_defaults(relative, header.data)
        file = MarkdownFile(
            key=f"{self.site.format}:{relative}"[-500:],
            label=self.label(path),
            title=data.plain("title"),
            slug="",
            text=header.body,
            path=path,
            relative=relative,
            encoding=encoding,
            header=header,
            data=data,
        )
        self.place(file)
        if suffix in files.HTML:
            file.text = f"<div>\n{without_empty_lines(file.text)}\n</div>"
        if not file.title:
            file.title, file.text = post_fields.title_of(file.text)
        file.title = " ".join(files.clean(file.title).split()) or files.clean(file.name) or "…"
        file.slug = self.stated_slug(data) or slug_for(files.clean(file.name)) or slug_for(file.title)
        self.fill(file)
        return file

    def fill(self, file: MarkdownFile) -> None:
        """What front matter says, apart from what `place` found out."""
        data = file.data
        file.moment = self.moment(data.first(*post_fields.DATE)) or file.name_date
        file.updated = self.moment(data.first(*post_fields.UPDATED))
        seconds = int(file.path.stat().st_mtime)
        file.file_time = min(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), timezone.now())
        file.in_menu = file.in_menu and not file.is_draft
        file.summary = files.clean(data.plain(*post_fields.SUMMARY))
        file.pinned, file.comments_open = post_fields.is_pinned(data), post_fields.comments_open(data)
        file.categories = fields.distinct([*file.folders, *self.categories(data)])
        series = fields.distinct(data.names("series"))
        file.series = series[0] if series else ""
        file.tags = fields.distinct([*self.tags(data), *file.categories, *series[1:]])
        file.author_names = [name for name in data.names("author", "authors")[:1] if name]
        file.language = data.word("lang", "language", "locale")
        file.cover_urls = list(post_fields.cover_urls(data))
        # As our own exports say it. It is a draft as well, for other programs mean other things by these words.
        visibility = data.word("visibility").lower()
        if visibility in ("unlisted", "password", "private"):
            file.visibility = "" if file.is_page else visibility
            file.password = data.word("password")[:100] if visibility == "password" else ""
        file.canonical_url = fields.url(data.first("canonical_url", "canonicalurl", "canonical"))
        file.seo_title = files.clean(data.plain("seo_title"))[:200]
        file.seo_description = files.clean(data.plain("seo_description"))[:500]
        if file.moment:
            file.local_times = self.local_times(data.first(*post_fields.DATE), file.moment)
        file.old_paths = self.old_paths(file)
        kept = {"tags", "tag", "description", "date", "comments"} if file.is_page else set()
        if file.moment is None:
            kept.add("date")
        dropped = (IN_COLUMNS | self.converted_fields) - kept
        file.front_matter = {key: value for key, value in file.header.data.items() if str(key).lower() not in dropped}

    def old_paths(self, file: MarkdownFile) -> list[str]:
        stated, prefix = self.stated_urls(file), self.url_prefix()
        below = [f"{prefix}/{url}" for url in stated if prefix and "//" not in url]
        # What is made of file names is not encoded yet: `#` and `%` in it mean themselves.
        generated = [quote(path) for path in self.generated_paths(file)]
        return old_paths.normal_all([*stated, *below, *generated])

    def content_folder(self) -> Path:
        """The folder in which all that is to be imported lies."""
        return self.site.base

    def place(self, file: MarkdownFile) -> None:
        """Decide by path and front matter whether it is a page, a draft, or hidden."""
        file.name_date, file.name = dates.from_name(self.name_of(file.relative), self.zone)
        kind = file.data.word("layout", "type").lower()
        is_list = kind in LISTS or self.name_of(file.relative).lower() in LISTS
        if is_list and not file.text.strip():
            raise EmptyList
        file.is_page, file.is_draft = kind in ("page", "index", "about"), post_fields.is_draft(file.data)
        file.hide(self.hidden_by(file.data))

    def hidden_by(self, data: Fields) -> str:
        """The field that keeps a post from readers, or from all but a few of them."""
        return post_fields.hidden_by(data, self.moment)

    def moment(self, value: object) -> datetime | None:
        return dates.read(value, self.zone)

    def local_times(self, value: object, moment: datetime) -> list[datetime]:
        """The wall clocks by which the old site may have made its URLs; `value` is the date in front matter."""
        return [moment.astimezone(self.zone)]

    def with_defaults(self, relative: PurePosixPath, data: dict) -> Fields:
        """A post's front matter, and what the site's configuration adds to it."""
        return Fields(data)

    def is_post_file(self, path: Path) -> bool:
        """Whether a file that is not Markdown is one of the posts."""
        return bool({"_posts", "_drafts"} & set(path.relative_to(self.site.base).parts[:-1]))

    def name_of(self, relative: PurePosixPath) -> str:
        """`index.md` is called after its folder."""
        bare = self.without_suffix(relative)
        is_index = bare.name.lower() in ("index", "_index", "readme") and len(relative.parts) > 1
        return bare.parent.name if is_index else bare.name

    def without_suffix(self, relative: PurePosixPath) -> PurePosixPath:
        return relative.with_name(relative.name.rsplit(".", 1)[0])

    def below_content(self, relative: PurePosixPath) -> PurePosixPath:
        """The path below the folder of content."""
        folder = self.content_folder().relative_to(self.site.base)
        return relative.relative_to(folder) if relative.is_relative_to(folder) else relative

    def categories(self, data: Fields) -> list[str]:
        return data.names("category") + data.names("categories", split=self.splits_tags)

    def tags(self, data: Fields) -> list[str]:
        return data.names("tag") + data.names("tags", "keywords_tags", split=self.splits_tags)

    def generated_paths(self, file: MarkdownFile) -> list[str]:
        """Where the old site had it, by the generator's rules."""
        return []

    def stated_urls(self, file: MarkdownFile) -> list[str]:
        """URLs that front matter names."""
        values = []
        for key in ("url", "permalink", "aliases", "alias", "redirect_from"):
            value = file.data.first(key)
            values += [value] if isinstance(value, str) else fields.names_in(value) if isinstance(value, list) else []
        return [url for url in map(str, values) if url not in STYLES and not PATTERN.search(url)]

    def stated_slug(self, data: Fields) -> str:
        if slug := data.word("slug"):
            return old_paths.slug_in(slug)
        url = data.word("permalink", "url")
        return "" if url in STYLES or PATTERN.search(url) else old_paths.slug_in(url)

    def image_folders(self, relative: PurePosixPath) -> list[Path]:
        """Where an image with a relative path is looked for, in order."""
        return [self.site.base / relative.parent, *self.root_folders()]

    def root_folders(self) -> list[Path]:
        """Where an image with a path from the site's root is looked for."""
        return list(dict.fromkeys((self.content_folder(), self.site.base)))

    def host(self) -> str:
        """The old site's, as configured."""
        urls = [self.config.word(name) for name in ("baseurl", "base_url", "url")]
        return next((host_of(url) for url in urls if "//" in url), "")

    def url_prefix(self) -> str:
        """What paths of the old site began with."""
        return normal_path(self.config.word(*self.prefix_settings))

    def rewriter(self, file: MarkdownFile) -> UrlRewriter:
        return UrlRewriter(
            self.images,
            self.image_folders(file.relative),
            self.root_folders(),
            self.url_prefix(),
            self.host(),
            partial(self.find_url, file),
        )

    def to_markdown(self, file: MarkdownFile) -> str:
        text = self.convert(file)
        if not MORE.search(text):
            return text
        placeholders = Placeholders()
        return placeholders.restore(MORE.sub("<!--more-->", placeholders.store_code(text)))

    def convert(self, file: MarkdownFile) -> str:
        """The text without what only the generator understands."""
        return file.text

    def find_url(self, file: MarkdownFile, link: str) -> str | None:
        """The URL here of a post that a text names by its path or file name."""
        path, hash_, fragment = link.partition("#")
        if not path:
            return link if fragment else None
        target = self.find(file, path)
        return target.url + hash_ + fragment if target else None

    def find(self, file: MarkdownFile, path: str) -> LinkTarget | None:
        path = files.printable(unquote(path)).strip().removeprefix("@").strip("/").lower().removeprefix("./")
        if not path:
            return None
        suffix = next((suffix for suffix in (*files.MARKDOWN, ".html", ".htm") if path.endswith(suffix)), "")
        bare = path.removesuffix(suffix)
        first, _slash, rest = bare.partition("/")
        below = rest if first in CONTENT else bare
        beside = posixpath.normpath(f"{files.printable(str(file.relative.parent)).lower()}/{bare}")
        return self.targets.get(beside) or self.targets.get(bare) or self.targets.get(below)


def made_from(paths: list[Path]) -> dict[Path, Path]:
    """Sources of documents beside what was made from them: `index.Rmd` beside `index.md`."""
    made = {path.with_suffix(""): path for path in paths if path.suffix.lower() not in (*files.SOURCES, *files.OTHER)}
    sources = [path for path in paths if path.suffix.lower() in files.SOURCES]
    return {path: made[path.with_suffix("")] for path in sources if path.with_suffix("") in made}


def link_keys(bare: PurePosixPath) -> set[str]:
    """The whole path, its ends, and the name without date: `source/_posts/2019-01-02-tea`, …, `tea`."""
    parts = [files.printable(part).lower() for part in bare.parts]
    keys = {"/".join(parts[n:]) for n in range(len(parts))}
    if parts[-1] in ("index", "_index") and len(parts) > 1:
        return (keys | {"/".join(parts[n:-1]) for n in range(len(parts) - 1)}) - {parts[-1]}
    return keys | {dates.from_name(parts[-1], None)[1]}
