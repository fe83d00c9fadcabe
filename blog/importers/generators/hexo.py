import re
from datetime import UTC, datetime
from functools import partial
from hashlib import sha1
from pathlib import Path, PurePosixPath

from blog.importers import dates, fields, old_paths
from blog.importers.fields import Fields
from blog.importers.generators import MarkdownFile, MarkdownFolder
from blog.importers.markup import hexo as markup
from blog.importers.markup.snippets import picture

DEFAULT = ":year/:month/:day/:title/"
NAME_PARTS = {
    "year": r"\d{4}", "month": r"\d{2}", "day": r"\d{2}", "i_month": r"\d{1,2}", "i_day": r"\d{1,2}",
    "hash": "[0-9a-f]{12}",
}  # fmt: skip


class Hexo(MarkdownFolder):
    """Posts lie in `_posts`, drafts in `_drafts`, pages anywhere else."""

    converted_fields = frozenset({"photos"})
    prefix_settings = ("root",)

    def content_folder(self) -> Path:
        source = self.site.base / (self.config.word("source_dir") or "source")
        return source if source.is_dir() else self.site.base

    def place(self, file: MarkdownFile) -> None:
        super().place(file)
        parts = self.below_content(file.relative).parts
        file.is_draft = file.is_draft or "_drafts" in parts
        # Hexo ignores names that begin so.
        file.hide(next((part for part in parts if part[0] == "_" and part not in ("_posts", "_drafts")), ""))
        if self.site.whole and not {"_posts", "_drafts"} & set(parts):
            file.is_page = True
            file.in_menu = len(parts) == 1 or (len(parts) == 2 and PurePosixPath(parts[1]).stem == "index")

    def local_times(self, value: object, moment: datetime) -> list[datetime]:
        """Hexo drops a date's own offset, and makes paths by the machine's clock: the author's, or one of UTC."""
        times = [moment.astimezone(self.zone)]
        written = dates.as_written(value, self.zone)
        if written and written.tzinfo is not self.zone:
            times.insert(0, moment.astimezone(UTC).replace(tzinfo=self.zone))
        has_zone = self.config.first("timezone")
        return times + [time.astimezone(UTC) if has_zone else time.replace(tzinfo=UTC) for time in times]

    def generated_paths(self, file: MarkdownFile) -> list[str]:
        if file.is_page or not file.local_times:
            return [self.url_prefix() + path for path in self.page_paths(file)]
        pattern = self.config.word("permalink") or DEFAULT
        parts = self.below_content(file.relative).with_suffix("").parts
        below = parts[parts.index("_posts") + 1 :] if "_posts" in parts else parts
        # The second, for names that begin with a date, is what another `new_post_name` than the one known makes of it.
        titles = dict.fromkeys((self.slug("/".join(below)), "/".join((*below[:-1], file.name))))
        paths = (self.permalink(pattern, file, title, moment) for title in titles for moment in file.local_times)
        return [self.url_prefix() + path for path in paths if path]

    def slug(self, path: str) -> str:
        """The `:title` of a file, by the pattern that names new posts."""
        rule = (self.config.word("new_post_name") or ":title.md").rpartition(".")[0]
        pieces = old_paths.TOKEN.split(rule)
        pattern = "".join(
            re.escape(piece) if n % 2 == 0 else f"({NAME_PARTS.get(piece, '.+?')})" for n, piece in enumerate(pieces)
        )
        match = re.fullmatch(pattern, path)
        if match and "title" in pieces[1::2]:
            return match[pieces[1::2].index("title") + 1]
        return slugize(path)

    def page_paths(self, file: MarkdownFile) -> list[str]:
        inside = self.below_content(file.relative)
        if inside.stem == "index":
            return [f"/{inside.parent}"]
        return [f"/{inside.with_suffix('.html')}", f"/{inside.with_suffix('')}"]  # by `pretty_urls`

    def permalink(self, pattern: str, file: MarkdownFile, title: str, moment: datetime) -> str | None:
        stamp = str(int(moment.timestamp()))
        values = {key: fields.word(value) for key, value in self.config.table("permalink_defaults").items()}
        values |= {key: text for key, value in file.data.items() if (text := fields.word(value))}
        values |= old_paths.date_values(moment) | {
            "title": title,
            "name": title.rpartition("/")[2],
            "post_title": slugize(file.title).lower(),
            "hash": sha1((title + stamp).encode(), usedforsecurity=False).hexdigest()[:12],
            "timestamp": stamp,
            "category": self.category(file.data),
        }
        path = old_paths.fill_pattern(pattern, values)
        return f"/{path}" if path else None

    def category(self, data: Fields) -> str:
        """The last of them, with those it lies in."""
        value = data.first("categories", "category")
        branches = value if isinstance(value, list) and any(isinstance(part, list) for part in value) else [value]
        names = fields.names_in(branches[-1]) if branches[-1] else []
        if not names:
            return self.config.word("default_category") or "uncategorized"
        renamed = self.config.table("category_map")
        case = {"1": str.lower, "2": str.upper}.get(self.config.word("filename_case"), str)
        return "/".join(case(slugize(str(renamed.get(name, name)))) for name in names)

    def image_folders(self, relative: PurePosixPath) -> list[Path]:
        return [self.site.base / relative.with_suffix(""), *super().image_folders(relative)]

    def convert(self, file: MarkdownFile) -> str:
        text = file.text
        if not file.data.is_true("disablenunjucks"):
            text = markup.to_markdown(text, partial(self.find, file), self.report.left)
        # The images of a gallery post, which themes show beside its text.
        return text + "".join(f"\n\n{picture(url)}" for url in file.data.names("photos") if url)


def slugize(text: str) -> str:
    """As the package hexo-util does."""
    return re.sub(r"[\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'<>,.?/]+", "-", old_paths.without_accents(text)).strip("-")
