from pathlib import PurePosixPath

from blog.importers import old_paths
from blog.importers.fields import Fields, names_in
from blog.importers.generators import MarkdownFile
from blog.importers.generators.hugo import Hugo
from blog.importers.markup import zola as markup

NOT_TAGS = {"tags", "categories", "series", "author", "authors"}
NOT_IN_PATHS = str.maketrans("", "", '<>:"/\\|?*')


class Zola(Hugo):
    """Folders and sections as Hugo has them; other fields, shortcodes, links (`@/post.md`) and rules for paths.

    https://www.getzola.org/documentation/content/page/
    """

    converted_fields = frozenset({"taxonomies", "path"})

    def with_defaults(self, relative: PurePosixPath, data: dict) -> Fields:
        """Taxonomies, and what themes read from `extra`, beside the fields of Zola itself."""
        tables = Fields(data).table("extra") | Fields(data).table("taxonomies")
        return Fields(tables | {str(key).lower(): value for key, value in data.items()})

    def tags(self, data: Fields) -> list[str]:
        """Those of all taxonomies that have no place of their own here."""
        taxonomies = data.table("taxonomies").items()
        more = [name for key, value in taxonomies if str(key).lower() not in NOT_TAGS for name in names_in(value)]
        return super().tags(data) + more

    def hidden_by(self, data: Fields) -> str:
        return super().hidden_by(data) or ("render" if data.is_false("render") else "")

    def stated_slug(self, data: Fields) -> str:
        path = data.word("path")
        return old_paths.slug_in(path) if path else super().stated_slug(data)

    def stated_urls(self, file: MarkdownFile) -> list[str]:
        """Aliases are relative to the root."""
        return [f"{self.url_prefix()}/{alias}" for alias in file.data.names("aliases")]

    def generated_paths(self, file: MarkdownFile) -> list[str]:
        prefix = self.url_prefix()
        if path := file.data.word("path"):
            return [f"{prefix}/{path}"]
        prefix += self.language_prefix(file.relative)
        inside = self.below_content(file.relative)
        if inside.stem.startswith("_index"):
            return [f"{prefix}/{inside.parent}"]
        is_bundle = inside.stem.startswith("index") and len(inside.parts) > 1
        folders = inside.parent.parts[: -1 if is_bundle else None]
        slugify = self.config.table("slugify")
        name = self.name_of(file.relative) if slugify.is_true("paths_keep_dates") else file.name
        slug = path_of(file.data.word("slug") or name, slugify.word("paths"))
        return ["/".join((prefix, *folders, slug))] if slug else []

    def first_language(self) -> str:
        return self.config.word("default_language") or "en"

    def convert(self, file: MarkdownFile) -> str:
        return markup.to_markdown(file.text, self.report.left)


def path_of(name: str, strategy: str) -> str:
    """None for `on`, the default, where it would spell out another script in Latin letters, as we do not."""
    if strategy == "off":
        return name
    if strategy == "safe":
        return name.rstrip(" .").translate(NOT_IN_PATHS)
    plain = old_paths.without_accents(name)
    return "-".join("".join(c if c.isalnum() else " " for c in plain).lower().split()) if plain.isascii() else ""
