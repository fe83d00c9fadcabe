import re
from collections import Counter
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from blog.transfer import addresses, dates, fields
from blog.transfer.front_matter import FrontMatter
from blog.transfer.markup import hugo as markup
from blog.transfer.refusals import MadeByItself, NeverShown
from blog.transfer.sources.plain import Facts, Links, Place, Plain

POSTS = {"post", "posts", "blog", "blogs", "articles", "article", "p", "notes", "news", "writing"}
LANGUAGE = re.compile(r"\.(?:zh|en|ja|ko|fr|de|es|pt|ru|it)(?:-[A-Za-z]{2,4})?$")


class Hugo(Plain):
    """Sections below `content` hold posts; a folder with an `index.md` is one post with its pictures."""

    def __init__(self, site) -> None:
        super().__init__(site)
        params = self.config.get("params")
        main = fields.first(params if isinstance(params, dict) else {}, "mainsections")
        self.sections = {name.lower() for name in fields.names(main)} or POSTS

    def content(self) -> Path:
        content = self.site.base / (fields.word(self.config.get("contentDir")) or "content")
        return content if content.is_dir() else self.site.base

    def inside(self, relative: PurePosixPath) -> PurePosixPath:
        prefix = self.content().relative_to(self.site.base).parts
        parts = relative.parts[len(prefix) :] if relative.parts[: len(prefix)] == prefix else relative.parts
        languages = self.config.get("languages")
        if isinstance(languages, dict) and parts[0] in languages:
            parts = parts[1:]
        return PurePosixPath(*parts)

    def place(self, relative: PurePosixPath, written: FrontMatter) -> Place:
        place = super().place(relative, written)
        data = written.data
        if fields.truth(data.get("headless")) and not self.site.is_one_file:
            raise NeverShown(_("It is a headless bundle"))
        if relative.name.startswith("_index.") and not written.body.strip():
            raise MadeByItself
        inside = self.inside(relative)
        kind = fields.word(data.get("type")).lower()
        if kind in ("page", "about") or relative.name.startswith("_index."):
            place.is_page = True
        elif self.site.whole:
            section = inside.parts[0].lower() if len(inside.parts) > 1 else ""
            bundle_at_top = len(inside.parts) == 2 and inside.stem.startswith("index")
            at_top = not section or (bundle_at_top and section not in self.sections)
            dated = place.dated or dates.read(fields.first(data, "date", "publishdate"), self.zone)
            is_post = kind in self.sections or section in self.sections or (dated is not None and not at_top)
            place.is_page = not is_post
            place.in_menu = at_top or "menu" in data
        return place

    def bare(self, relative: PurePosixPath) -> PurePosixPath:
        """Nor with the language before it: `tea.zh.md` is a `tea`."""
        bare = super().bare(relative)
        return bare.with_name(LANGUAGE.sub("", bare.name) or bare.name)

    def old_addresses(self, facts: Facts) -> list[str]:
        inside = self.inside(facts.relative)
        is_bundle = inside.stem.startswith(("index", "_index"))
        folders = inside.parent.parts[: -1 if is_bundle and len(inside.parts) > 1 else None]
        title = re.sub(r"\s+", "-", self.name_of(facts.relative).strip()).lower()
        name = fields.word(facts.front_matter.data.get("slug")) or title
        plain = "/".join(("", *folders, name))
        patterns = self.config.get("permalinks")
        patterns = patterns.get("page", patterns) if isinstance(patterns, dict) else {}
        pattern = fields.word(patterns.get(folders[0])) if isinstance(patterns, dict) and folders else ""
        if not pattern or facts.moment is None:
            return [self.url_prefix() + plain]
        values = addresses.date_values(facts.moment) | {
            "title": re.sub(r"[^\w]+", "-", facts.title.lower()).strip("-"),
            "slug": name,
            "filename": title,
            "contentbasename": title,
            "slugorfilename": name,
            "slugorcontentbasename": name,
            "section": folders[0],
            "sections": "/".join(folders),
        }
        found = addresses.filled(pattern, values)
        return [self.url_prefix() + (found if found else plain)]

    def said_addresses(self, facts: Facts) -> list[str]:
        """An alias without a slash counts from the section, or, in old versions, from the root."""
        said = super().said_addresses(facts)
        inside = self.inside(facts.relative)
        section = inside.parent.parent if inside.stem.startswith("index") else inside.parent
        relative = [f"/{section}/{one}" for one in said if not one.startswith(("/", "http"))]
        return said + relative

    def picture_folders(self, relative: PurePosixPath) -> list[Path]:
        return [self.site.base / relative.parent, self.site.base / relative.with_suffix(""), *self.root_folders()]

    def root_folders(self) -> list[Path]:
        base = self.site.base
        return list(dict.fromkeys((base / "static", base / "assets", self.content(), base)))

    def url_prefix(self) -> str:
        return addresses.normal(fields.word(fields.first(self.config, "baseurl")))

    def to_markdown(self, text: str, data: dict, links: Links, left: Counter) -> str:
        return markup.to_markdown(text, links.by_path, left)
