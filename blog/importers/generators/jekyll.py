import re
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from blog.importers import dates, fields, files, old_paths
from blog.importers.errors import NeverShown, NotImported
from blog.importers.fields import Fields, table
from blog.importers.generator_detection import Site
from blog.importers.generators import MarkdownFile, MarkdownFolder
from blog.importers.images import ImageStore
from blog.importers.markup import jekyll as markup

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
IN_TITLE = "._~!$&'()+,;=@"
"""Signs that stay in `:title`."""
TIMESTAMP = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt]|\s+)\d\d?:\d\d:\d\d(?:\.\d*)?")
"""A time that YAML knows as one, without an offset."""
PARTS_OF_A_THEME = {"_includes", "_layouts", "_sass", "_data", "_plugins", "_site"}
SEPARATOR = "<!--more-->"


class Jekyll(MarkdownFolder):
    """Posts lie in `_posts` with a dated name, drafts in `_drafts`; other folders with `_` are collections."""

    splits_tags = True
    prefix_settings = ("baseurl",)

    def __init__(self, site: Site, images: ImageStore) -> None:
        super().__init__(site, images)
        collections = self.config.first("collections")
        if isinstance(collections, list):
            collections = {fields.word(name): {} for name in collections}
        self.collections: dict = collections if isinstance(collections, dict) else {}
        root = self.site.base / self.config.word("source")
        is_inside = files.is_below(root, self.site.base)
        self.root = root if is_inside and root.is_dir() else self.site.base

    def content_folder(self) -> Path:
        return self.root

    def below_content(self, relative: PurePosixPath) -> PurePosixPath:
        """From `source`, and from `collections_dir` for what lies in it."""
        path, folder = super().below_content(relative), self.config.word("collections_dir")
        return path.relative_to(folder) if path.is_relative_to(folder) else path

    def collection_of(self, inside: PurePosixPath) -> str:
        first = inside.parts[0]
        return first[1:] if first.startswith("_") and len(inside.parts) > 1 else ""

    def with_defaults(self, relative: PurePosixPath, data: dict) -> Fields:
        """Front matter defaults: the longer path wins, then the one with a type, then the later one."""
        inside = self.below_content(relative)
        kinds = {"_posts": "posts", "_drafts": "drafts"}
        kind = next((kinds[part] for part in inside.parts if part in kinds), self.collection_of(inside) or "pages")
        matching = []
        defaults = self.config.first("defaults")
        for default in map(table, defaults if isinstance(defaults, list) else []):
            scope = default.table("scope")
            path, wanted = scope.word("path").strip("/"), scope.word("type")
            if wanted and wanted not in (kind, f"{kind}s", kind.removesuffix("s")):
                continue
            if str(inside).startswith(path) or ("*" in path and fnmatchcase(str(inside), f"{path}*")):
                matching.append((len(path), bool(wanted), default.table("values")))
        merged: dict = {}
        for _length, _has_type, values in sorted(matching, key=lambda match: match[:2]):
            merged |= values
        return Fields(merged | data)

    def moment(self, value: object) -> datetime | None:
        """YAML takes a time with seconds and without an offset for one of UTC, whatever `timezone` says."""
        if isinstance(value, str) and TIMESTAMP.fullmatch(value.strip()):
            return dates.read(value.replace("T", " "), UTC)
        return super().moment(value)

    def is_post_file(self, path: Path) -> bool:
        """A file in `_posts` without front matter is no post."""
        if not super().is_post_file(path):
            return False
        try:
            return path.suffix.lower() in files.OTHER or files.read(path, self.site.boundary).lstrip()[:3] == b"---"
        except NotImported:
            return False

    def place(self, file: MarkdownFile) -> None:
        super().place(file)
        inside = self.below_content(file.relative)
        folders = inside.parts[:-1]
        theme = PARTS_OF_A_THEME & set(folders)
        if theme and not self.site.is_one_file:
            raise NeverShown(_("It is a part of a theme (%(folder)s)") % {"folder": min(theme)})
        if not self.site.whole:
            return
        posts = next((name for name in folders if name in ("_posts", "_drafts")), None)
        if posts:
            file.is_page = False
            file.folders = list(folders[: folders.index(posts)])
            file.is_draft = file.is_draft or posts == "_drafts"
            # Jekyll ignores a post whose name has no date; we keep it, unpublished.
            file.hide("_posts" if posts == "_posts" and file.name_date is None else "")
        elif not file.header.kind and not self.site.is_one_file:
            raise NeverShown(_("It has no front matter"))
        elif collection := self.collection_of(inside):
            file.is_page = file.name_date is None and not file.data.first("date")
            if self.config and not table(self.collections.get(collection)).is_true("output"):
                file.hide(f"_{collection}")
        else:
            file.is_page = True
            file.in_menu = len(inside.parts) == 1

    def categories(self, data: Fields) -> list[str]:
        """In Jekyll's order, which its paths have."""
        return data.names("categories", split=True) + data.names("category")

    def local_times(self, value: object, moment: datetime) -> list[datetime]:
        """Without a `timezone` in the configuration the machine's counts: the author's, or one of UTC."""
        zones = [self.zone] if self.config.first("timezone") else [self.zone, UTC]
        return [moment.astimezone(zone) for zone in zones]

    def generated_paths(self, file: MarkdownFile) -> list[str]:
        moments: list[datetime | None] = [*file.local_times] or [None]
        paths = [path for moment in moments if (path := self.permalink(file, moment))]
        with_suffix = [f"{path}.html" for path in paths if not path.endswith(("/", ".html"))]  # servers answer to both
        return [self.url_prefix() + path for path in dict.fromkeys(paths + with_suffix)]

    def permalink(self, file: MarkdownFile, moment: datetime | None) -> str | None:
        inside = self.below_content(file.relative)
        style = self.config.word("permalink") or "date"
        is_post = {"_posts", "_drafts"} & set(inside.parts)
        collection = "posts" if is_post else self.collection_of(inside)
        own = table(self.collections.get(collection)).word("permalink")
        suffix = "/" if style == "pretty" or style.endswith("/") else ":output_ext"
        if is_post or not self.site.whole:
            pattern = own or style
        elif collection:
            pattern = own or f"/:collection/:path{suffix}"
        else:
            pattern = f"/{inside.parent}/" if inside.stem == "index" else f"/{inside.with_suffix('')}{suffix}"
        pattern = file.data.word("permalink") or pattern
        pattern = STYLES.get(pattern, pattern)
        bare = self.without_suffix(inside)
        slug = file.data.word("slug") or re.sub(r"^\d{2,4}-\d{1,2}-\d{1,2}-", "", bare.name).rstrip(".")
        values = (old_paths.date_values(moment) if moment else {}) | {
            "collection": collection,
            "path": str(bare).partition("/")[2],
            "name": old_paths.hyphened(bare.name).lower(),
            "categories": "/".join(dict.fromkeys(name.lower() for name in file.categories)),
            "slugified_categories": "/".join(old_paths.hyphened(name).lower() for name in file.categories),
            "title": old_paths.hyphened(slug, IN_TITLE),
            "slug": old_paths.hyphened(slug).lower(),
            "output_ext": ".html",
        }
        return old_paths.fill_pattern(f"/{pattern}", values)

    def convert(self, file: MarkdownFile) -> str:
        text = file.text
        separator = file.data.first("excerpt_separator") or self.config.first("excerpt_separator")
        if isinstance(separator, str) and separator.strip() and SEPARATOR not in text:
            text = text.replace(separator, f"\n\n{SEPARATOR}\n\n", 1)
        if file.data.is_false("render_with_liquid"):
            return text
        site = self.config | {"baseurl": "", "url": ""}
        page = file.data | {"title": file.title, "url": file.url}
        return markup.to_markdown(text, markup.Values(site, page, partial(self.find_url, file)), self.report.left)
