from collections import Counter
from hashlib import sha1
from pathlib import Path, PurePosixPath

from blog.transfer import addresses, fields
from blog.transfer.front_matter import FrontMatter
from blog.transfer.markup import hexo as markup
from blog.transfer.markup.writing import picture
from blog.transfer.sources.plain import Facts, Links, Place, Plain

DEFAULT = ":year/:month/:day/:title/"


class Hexo(Plain):
    """Posts lie in `_posts`, drafts in `_drafts`, pages anywhere else."""

    understood = frozenset({"photos"})

    def content(self) -> Path:
        source = self.site.base / (fields.word(self.config.get("source_dir")) or "source")
        return source if source.is_dir() else self.site.base

    def inside(self, relative: PurePosixPath) -> PurePosixPath:
        """The path below the folder of content."""
        prefix = self.content().relative_to(self.site.base).parts
        return PurePosixPath(*relative.parts[len(prefix) :]) if relative.parts[: len(prefix)] == prefix else relative

    def place(self, relative: PurePosixPath, written: FrontMatter) -> Place:
        place = super().place(relative, written)
        parts = self.inside(relative).parts
        place.is_draft = place.is_draft or "_drafts" in parts
        if self.site.whole and not {"_posts", "_drafts"} & set(parts):
            place.is_page = True
            place.in_menu = len(parts) == 1 or (len(parts) == 2 and PurePosixPath(parts[1]).stem == "index")
        return place

    def old_addresses(self, facts: Facts) -> list[str]:
        if facts.place.is_page or facts.moment is None:
            return [self.url_prefix() + self.page_address(facts)]
        pattern = fields.word(self.config.get("permalink")) or DEFAULT
        parts = self.inside(facts.relative).with_suffix("").parts
        below = parts[parts.index("_posts") + 1 :] if "_posts" in parts else parts
        titles = dict.fromkeys(("/".join(below), "/".join((*below[:-1], facts.place.name))))
        return [self.url_prefix() + filled for title in titles if (filled := self.fill(pattern, facts, title))]

    def page_address(self, facts: Facts) -> str:
        inside = self.inside(facts.relative)
        return "/" + str(inside.parent if inside.stem == "index" else inside.with_suffix(".html"))

    def fill(self, pattern: str, facts: Facts, title: str) -> str | None:
        data = {k: fields.word(v) for k, v in facts.front_matter.data.items() if fields.word(v)}
        names = self.config.get("category_map") if isinstance(self.config.get("category_map"), dict) else {}
        category = "/".join(str(names.get(name, name)) for name in facts.categories)
        local = facts.moment
        digest = sha1((facts.title + local.strftime("%Y-%m-%d %H:%M:%S")).encode(), usedforsecurity=False).hexdigest()
        return "/" + (
            addresses.filled(
                pattern,
                data
                | addresses.date_values(local)
                | {
                    "title": title,
                    "name": title.rpartition("/")[2],
                    "post_title": facts.title,
                    "hash": digest[:12],
                    "category": category or fields.word(self.config.get("default_category")) or "uncategorized",
                },
            )
            or ""
        )

    def picture_folders(self, relative: PurePosixPath) -> list[Path]:
        here = self.site.base / relative.parent
        return [self.site.base / relative.with_suffix(""), here, *self.root_folders()]

    def root_folders(self) -> list[Path]:
        return list(dict.fromkeys((self.content(), self.site.base)))

    def url_prefix(self) -> str:
        return addresses.normal(fields.word(self.config.get("root")))

    def to_markdown(self, text: str, data: dict, links: Links, left: Counter) -> str:
        if fields.truth(data.get("disableNunjucks")):
            return text + photos(data)
        return markup.to_markdown(text, links.by_name, left) + photos(data)


def photos(data: dict) -> str:
    """The pictures of a gallery post, which themes show beside its text."""
    return "".join(f"\n\n{picture(address)}" for address in fields.names(data.get("photos")) if address)
