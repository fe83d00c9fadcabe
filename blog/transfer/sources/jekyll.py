import re
from collections import Counter
from pathlib import Path, PurePosixPath

from django.utils.text import slugify
from django.utils.translation import gettext as _

from blog.transfer import addresses, fields
from blog.transfer.front_matter import FrontMatter
from blog.transfer.markup import jekyll as markup
from blog.transfer.refusals import NeverShown
from blog.transfer.sources.plain import Facts, Links, Place, Plain

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
PARTS_OF_A_THEME = {"_includes", "_layouts", "_sass", "_data", "_plugins", "_site"}
SEPARATOR = "<!--more-->"


class Jekyll(Plain):
    """Posts lie in `_posts` with a dated name, drafts in `_drafts`; other folders with `_` are collections."""

    tags_apart = True

    def place(self, relative: PurePosixPath, written: FrontMatter) -> Place:
        place = super().place(relative, written)
        folders = relative.parts[:-1]
        theme = PARTS_OF_A_THEME & set(folders)
        if theme and not self.site.is_one_file:
            raise NeverShown(_("It is a part of a theme (%(folder)s)") % {"folder": min(theme)})
        if not self.site.whole:
            return place
        shelf = next((name for name in folders if name in ("_posts", "_drafts")), None)
        if shelf:
            place.is_page = False
            place.folders = list(folders[: folders.index(shelf)])
            # Jekyll passes by a post whose name has no date; we keep it, unpublished.
            undated = shelf == "_posts" and place.dated is None
            place.is_draft = place.is_draft or shelf == "_drafts" or undated
        else:
            self.place_outside(place, relative, written)
        return place

    def place_outside(self, place: Place, relative: PurePosixPath, written: FrontMatter) -> None:
        """A page, or a document of a collection: a post where it has a date."""
        if not written.kind and not self.site.is_one_file:
            raise NeverShown(_("It has no front matter"))
        if relative.parts[0].startswith("_") and len(relative.parts) > 1:
            place.is_page = place.dated is None and not written.data.get("date")
        else:
            place.is_page = True
            place.in_menu = len(relative.parts) == 1

    def old_addresses(self, facts: Facts) -> list[str]:
        prefix = self.url_prefix()
        inside = facts.relative
        if facts.place.is_page:
            bare = inside.parent if inside.stem == "index" else inside.with_suffix("")
            return [f"{prefix}/{str(bare).removeprefix('_')}"]
        if facts.moment is None:
            return []
        pattern = fields.word(facts.front_matter.data.get("permalink") or self.config.get("permalink")) or "date"
        pattern = STYLES.get(pattern, pattern)
        if ":" not in pattern:
            return []
        title = re.sub(r"^\d{4}-\d{1,2}-\d{1,2}-", "", inside.stem)
        categories = "/".join(slugify(name, allow_unicode=True) for name in facts.categories)
        values = addresses.date_values(facts.moment) | {
            "categories": categories,
            "slugified_categories": categories,
            "title": fields.word(facts.front_matter.data.get("slug")) or title,
            "slug": slugify(title, allow_unicode=True),
            "output_ext": ".html",
        }
        found = addresses.filled(pattern, values)
        return [prefix + found] if found else []

    def picture_folders(self, relative: PurePosixPath) -> list[Path]:
        return [self.site.base / relative.parent, self.site.base]

    def url_prefix(self) -> str:
        return addresses.normal(fields.word(self.config.get("baseurl")))

    def to_markdown(self, text: str, data: dict, links: Links, left: Counter) -> str:
        separator = fields.first(data, "excerpt_separator") or self.config.get("excerpt_separator")
        if isinstance(separator, str) and separator.strip() and SEPARATOR not in text:
            text = text.replace(separator, f"\n\n{SEPARATOR}\n\n", 1)
        site = self.config | {"baseurl": "", "url": ""}
        page = data | {"title": links.title, "url": links.url}
        return markup.to_markdown(text, markup.Values(site, page, links.by_path), left)
