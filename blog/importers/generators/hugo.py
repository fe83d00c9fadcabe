import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from blog.importers import dates, files, front_matter, old_paths
from blog.importers.errors import EmptyList, NeverShown, NotImported
from blog.importers.fields import Fields, table
from blog.importers.generator_detection import Site
from blog.importers.generators import MarkdownFile, MarkdownFolder
from blog.importers.images import ImageStore
from blog.importers.markup import hugo as markup

POSTS = {"post", "posts", "blog", "blogs", "articles", "article", "p", "notes", "news", "writing"}
PAGE_NAMES = {
    "about", "about-me", "about_me", "aboutme", "contact", "links", "friends", "privacy", "privacy-policy", "terms",
    "cv", "resume", "imprint", "impressum", "now", "uses", "projects",
    "关于", "关于我", "友链", "友情链接", "留言", "留言板",
}  # fmt: skip
"""Names of pages that `hugo new` has dated."""
SECTIONS = re.compile(r":sections\[([^\]]{1,20})\]")
LANGUAGE = re.compile(r"\.(?:zh|en|ja|ko|fr|de|es|pt|ru|it)(?:-[A-Za-z]{2,4})?$")


class Hugo(MarkdownFolder):
    """Sections below `content` hold posts; a folder with an `index.md` is one post with its images."""

    has_content_folder = True
    prefix_settings = ("baseurl", "base_url")

    def __init__(self, site: Site, images: ImageStore) -> None:
        super().__init__(site, images)
        self.section_fields: dict[Path, Fields] = {}
        main = self.config.table("params").names("mainsections")
        self.sections = {name.lower() for name in main} or POSTS

    def content_folder(self) -> Path:
        content = self.site.base / (self.config.word("contentdir") or "content")
        return content if content.is_dir() else self.site.base

    def is_post_file(self, path: Path) -> bool:
        """Among the posts, HTML without front matter is a file to be copied."""
        if path.suffix.lower() in files.OTHER:
            return True
        try:
            return files.read(path, self.site.boundary).lstrip()[:3] in (b"---", b"+++")
        except NotImported:
            return False

    def with_defaults(self, relative: PurePosixPath, data: dict) -> Fields:
        """With what `cascade` in the configuration, and in the sections above, hands down; the nearest wins."""
        merged = cascade(self.config, relative)
        for folder in reversed(self.below_content(relative).parents):
            path = self.content_folder() / folder / "_index.md"
            if path not in self.section_fields:
                self.section_fields[path] = self.fields_of_section(path)
            merged |= cascade(self.section_fields[path], relative)
        return Fields(merged | {str(key).lower(): value for key, value in data.items()})

    def fields_of_section(self, path: Path) -> Fields:
        try:
            text, _encoding = files.decode(files.read(path, self.site.boundary)) if path.is_file() else ("", "")
            return Fields(front_matter.split(text).data)
        except NotImported:
            return Fields()  # the section's own file is skipped with the reason

    def below_content(self, relative: PurePosixPath) -> PurePosixPath:
        inside = super().below_content(relative)
        return PurePosixPath(*inside.parts[1:]) if inside.parts[0] in self.config.table("languages") else inside

    def place(self, file: MarkdownFile) -> None:
        super().place(file)
        data, is_section = file.data, file.relative.name.startswith("_index.")
        if data.is_true("headless") and not self.site.is_one_file:
            raise NeverShown(_("It is a headless bundle"))
        if is_section and not file.text.strip():
            raise EmptyList
        inside = self.below_content(file.relative)
        kind = data.word("type").lower()
        if kind in ("page", "about") or is_section:
            file.is_page = True
        elif self.site.whole:
            section = inside.parts[0].lower() if len(inside.parts) > 1 else ""
            is_bundle_at_top = len(inside.parts) == 2 and inside.stem.startswith("index")
            is_at_top = not section or (is_bundle_at_top and section not in self.sections)
            has_date = bool(file.name_date or self.moment(data.first("date", "publishdate")))
            has_menu = data.first("menu", "menus") is not None
            is_about = is_at_top and (has_menu or file.name.lower() in PAGE_NAMES)
            is_post = kind in self.sections or section in self.sections or (has_date and not is_about)
            file.is_page = file.is_page or not is_post
            file.in_menu = file.is_page and (is_at_top or has_menu)

    def without_suffix(self, relative: PurePosixPath) -> PurePosixPath:
        """Nor with the language before it: `tea.zh.md` is a `tea`."""
        bare = super().without_suffix(relative)
        return bare.with_name(LANGUAGE.sub("", bare.name) or bare.name)

    def local_times(self, value: object, moment: datetime) -> list[datetime]:
        """Hugo's paths have the wall clock that was written, whatever its offset."""
        return [dates.as_written(value, self.zone) or moment.astimezone(self.zone)]

    def generated_paths(self, file: MarkdownFile) -> list[str]:
        inside = self.below_content(file.relative)
        is_bundle = inside.stem.startswith(("index", "_index"))
        folders = inside.parent.parts[: -1 if is_bundle and len(inside.parts) > 1 else None]
        section = folders[0] if folders else ""
        file_name, slug = self.name_of(file.relative), file.data.word("slug")
        pattern = "" if inside.stem.startswith("_index") else self.permalink_of(section)
        sections = self.sections_above(folders)
        pattern = SECTIONS.sub(lambda match: some_of(sections, match[1]), pattern)
        filled = []
        for plus in (" ", "+") if pattern else ():  # which later versions of Hugo keep
            values = old_paths.date_values(file.local_times[0]) if file.local_times else {}
            names = {
                "title": file.title,
                "slug": slug or file.title,
                "filename": file_name,
                "contentbasename": file_name,
                "slugorfilename": slug or file_name,
                "slugorcontentbasename": slug or file_name,
            }
            values |= {name: self.urlize(text, plus) for name, text in names.items()}
            values |= {"section": section, "sections": "/".join(sections)}
            filled.append(old_paths.fill_pattern(pattern, values))
        default = "/".join(("", *folders, slug or file_name))
        paths = dict.fromkeys(self.urlize(path or default) for path in filled or [default])
        if self.is_ugly(section):
            paths = dict.fromkeys(path if path.endswith(".html") else path.rstrip("/") + ".html" for path in paths)
        prefix = self.url_prefix() + self.language_prefix(file.relative)
        return [prefix + path for path in paths]

    def sections_above(self, folders: Sequence[str]) -> Sequence[str]:
        """The first folder is a section, a deeper one where it has an `_index.md`."""
        base = self.content_folder()
        marked = (n for n in range(len(folders), 1, -1) if list((base / Path(*folders[:n])).glob("_index.*")))
        return folders[: next(marked, 1)]

    def permalink_of(self, section: str) -> str:
        patterns = self.config.table("permalinks")
        return table(patterns.first("page") or patterns).word(section.lower().replace("-", "_"))

    def is_ugly(self, section: str) -> bool:
        ugly = self.config.first("uglyurls")
        return Fields(ugly).is_true(section.lower()) if isinstance(ugly, dict) else self.config.is_true("uglyurls")

    def urlize(self, text: str, plus: str = "+") -> str:
        """As Hugo makes a path of text: spaces become hyphens, punctuation goes, `plus` stands for a plus sign."""
        text = text.replace("+", plus)
        if self.config.is_true("removepathaccents"):
            text = old_paths.without_accents(text)
        if not self.config.is_true("disablepathtolower"):
            text = text.lower()
        out: list[str] = []
        is_spaced = False
        for c in text:
            if c in "./\\_#~-@+" or unicodedata.category(c)[0] in "LM" or c.isdecimal():
                if is_spaced and c != "-":
                    out.append("-")
                out.append(c)
                is_spaced = False
            elif c.isspace() and out and out[-1] != "-":
                is_spaced = True
        return "".join(out)

    def language_prefix(self, relative: PurePosixPath) -> str:
        languages = self.config.table("languages")
        first = self.first_language()
        match = LANGUAGE.search(super().without_suffix(relative).name)
        folders = [part for part in relative.parts if part in languages]
        language = match[0][1:] if match else folders[0] if folders else first
        in_folder = language != first or self.config.is_true("defaultcontentlanguageinsubdir")
        return f"/{language.lower()}" if language in languages and in_folder else ""

    def first_language(self) -> str:
        return self.config.word("defaultcontentlanguage") or "en"

    def stated_urls(self, file: MarkdownFile) -> list[str]:
        """An alias without a slash is relative to the section, or, in old versions, to the root."""
        urls = super().stated_urls(file)
        inside = self.below_content(file.relative)
        section = inside.parent.parent if inside.stem.startswith("index") else inside.parent
        return urls + [f"/{section}/{url}" for url in urls if not url.startswith(("/", "http"))]

    def image_folders(self, relative: PurePosixPath) -> list[Path]:
        base = self.site.base
        return [base / relative.parent, base / relative.with_suffix(""), *self.root_folders()]

    def root_folders(self) -> list[Path]:
        base = self.site.base
        return list(dict.fromkeys((base / "static", base / "assets", self.content_folder(), base)))

    def convert(self, file: MarkdownFile) -> str:
        return markup.to_markdown(file.text, partial(self.find_url, file), self.report.left)


def cascade(above: Fields, relative: PurePosixPath) -> dict:
    """A table of fields, or several with a target each; of targets only paths are understood."""
    value = above.first("cascade")
    handed: dict = {}
    for fields in map(table, value if isinstance(value, list) else [value]):
        pattern = fields.table("_target", "target").word("path").replace("**", "*")
        path = "/" + str(relative).partition("/")[2]
        if not pattern or fnmatchcase(path, pattern):
            handed |= {str(k).lower(): v for k, v in fields.items() if str(k) not in ("_target", "target", "params")}
            handed |= {str(k).lower(): v for k, v in fields.table("params").items()}
    return handed


def some_of(folders: Sequence[str], which: str) -> str:
    """`:sections[1:]`, `:sections[last]`: indices as Hugo writes them."""
    last = len(folders) - 1
    if which == "last" and last == 0:
        return ""  # as Hugo does

    def index(data: str, default: int) -> int:
        return last if data == "last" else int(data) if data.isdecimal() else default

    start, colon, end = which.partition(":")
    chosen = folders[index(start, 0) : index(end, last + 1)] if colon else folders[index(start, 0) :][:1]
    return "/".join(chosen)
