"""Folders that Hugo, Hexo and Jekyll build: Markdown with front matter, media, comments as data, old URLs kept.

Front matter that an import found and that Frodo has no field for is written back as it came.
"""

import json
import re
import shutil
from pathlib import Path

import yaml
from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from blog.exporters.documents import Document, documents
from blog.models import Activity, Page, Post
from frodo.backup.archive import media_names
from frodo.progress import Progress
from frodo.site_settings import site

SKELETONS = Path(__file__).resolve().parent / "skeletons"
TEMPLATE = re.compile(r"\{\{|\{%|\{#")
"""Where Liquid or Nunjucks would see something to do."""
SHORTCODE = re.compile(r"\{\{([<%])(?!/\*)(.*?)([>%])\}\}", re.DOTALL)


class Generator:
    """What the three have in common; subclasses name files and fields."""

    name: str
    updated = "updated"
    aliases = "aliases"
    media = "media"
    data = "_data"

    def file_of(self, document: Document) -> str:
        raise NotImplementedError

    def fields(self, document: Document) -> dict:
        """Front matter of its own."""
        raise NotImplementedError

    def text(self, document: Document) -> str:
        return document.text

    def config(self) -> dict[str, str]:
        """Contents of configuration files by name."""
        raise NotImplementedError

    def front_matter(self, document: Document) -> dict:
        row = document.row
        fields: dict = {"title": row.title, "date": document.date, self.updated: row.updated_at}
        fields |= {"slug": row.slug, "lang": row.language} | self.fields(document)
        if isinstance(row, Post):
            fields["author"] = row.author.username
            fields["tags"] = document.tags
            if row.topic:
                fields |= {"series": [row.topic.name], "series_order": row.topic_order}
            fields |= {
                "description": row.summary,
                "cover": media_url(str(row.cover.name)) if row.cover else row.cover_link,
            }
            if row.visibility != Post.Visibility.PUBLIC:
                fields["visibility"] = row.visibility
            if row.visibility == Post.Visibility.PASSWORD:
                fields["password"] = row.password
            if row.pinned:
                fields["sticky"] = 1
            if not row.comments_open:
                fields["comments"] = False
        for name in ("canonical_url", "seo_title", "seo_description"):
            fields[name] = getattr(row, name)
        if document.comments:
            fields["comments_file"] = str(row.pk)
        known = row.front_matter.get(self.aliases, [])
        fields[self.aliases] = [*(known if isinstance(known, list) else [known]), *document.aliases]
        fields[self.aliases] = list(dict.fromkeys(fields[self.aliases]))
        own = {name: value for name, value in fields.items() if value not in ("", [], None)}
        rest = {name: value for name, value in row.front_matter.items() if name not in own}
        return own | rest


def in_root(document: Document) -> bool:
    """Where a page lies that is in the menu; the front matter says its URL."""
    return isinstance(document.row, Page) and document.row.in_menu and document.row.slug not in ("index", "404", "p")


def media_url(name: str | None) -> str:
    return settings.MEDIA_URL + (name or "")


def site_url() -> str:
    return settings.SITE_URL or "https://blog.example"


class Hugo(Generator):
    name, updated, media, data = "hugo", "lastmod", "static/media", "data"

    def file_of(self, document: Document) -> str:
        return f"content/{'post' if document.is_post else 'p'}/{document.file_name}.md"

    def fields(self, document: Document) -> dict:
        fields: dict = {"url": document.path, "draft": True if document.is_hidden else None}
        if isinstance(document.row, Page):
            fields |= {"type": "page", "menu": "main" if document.row.in_menu else None}
        return fields

    def text(self, document: Document) -> str:
        """What looks like a shortcode is none: Hugo shows `{{</* figure */>}}` as `{{< figure >}}`."""
        text = SHORTCODE.sub(lambda found: f"{{{{{found[1]}/*{found[2]}*/{found[3]}}}}}", document.text)
        return re.sub(r"\{\{([<%])(?!/\*)", "{\u2060{\\1", text)  # one that is not closed

    def config(self) -> dict[str, str]:
        lines = [f"baseURL = {json.dumps(site_url() + '/')}", f"languageCode = {json.dumps(site.LANGUAGE_CODE)}"]
        lines += [f"title = {json.dumps(site.SITE_NAME, ensure_ascii=False)}", "disablePathToLower = true"]
        lines += ["enableEmoji = false", "", "[markup.goldmark.renderer]", "unsafe = true", "", "[taxonomies]"]
        return {"hugo.toml": "\n".join([*lines, 'tag = "tags"', 'series = "series"', ""])}


class Jekyll(Generator):
    name, updated, aliases = "jekyll", "last_modified_at", "redirect_from"

    def file_of(self, document: Document) -> str:
        if not document.is_post:
            return f"{'' if in_root(document) else 'p/'}{document.file_name}.md"
        return f"{'_drafts/' if document.is_hidden else f'_posts/{document.date:%Y-%m-%d}-'}{document.file_name}.md"

    def fields(self, document: Document) -> dict:
        return {
            "layout": "post" if document.is_post else "page",
            "permalink": document.path,
            "published": False if document.is_hidden else None,
            "render_with_liquid": False if TEMPLATE.search(document.text) else None,
        }

    def config(self) -> dict[str, str]:
        fields: dict = {"title": site.SITE_NAME, "url": site_url(), "lang": site.LANGUAGE_CODE, "future": False}
        fields |= {"markdown": "kramdown", "excerpt_separator": "<!--more-->", "timezone": "UTC"}
        fields |= {"permalink": "/post/:title/", "exclude": ["comments"], "strict_front_matter": True}
        fields["kramdown"] = {"input": "GFM", "hard_wrap": False, "auto_ids": True}
        return {"_config.yml": dump(fields)}


class Hexo(Generator):
    name, aliases, media, data = "hexo", "alias", "source/media", "source/_data"

    def file_of(self, document: Document) -> str:
        if document.is_post:
            return f"source/{'_drafts' if document.is_hidden else '_posts'}/{document.file_name}.md"
        return f"source/{'' if in_root(document) else 'p/'}{document.file_name}/index.md"

    def fields(self, document: Document) -> dict:
        return {
            "layout": None if document.is_post else "page",
            "permalink": document.path.removeprefix("/"),
            "published": False if document.is_hidden else None,
            "disableNunjucks": True if TEMPLATE.search(document.text) else None,
        }

    def config(self) -> dict[str, str]:
        fields: dict = {"title": site.SITE_NAME, "url": site_url(), "root": "/", "language": site.LANGUAGE_CODE}
        fields |= {"permalink": "post/:title/", "timezone": "UTC", "theme": "frodo", "future": False}
        fields |= {"syntax_highlighter": "highlight.js", "marked": {"mangle": False, "dompurify": False}}
        return {"_config.yml": dump(fields)}


GENERATORS: dict[str, type[Generator]] = {"hugo": Hugo, "hexo": Hexo, "jekyll": Jekyll}


def dump(fields: dict) -> str:
    return yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=10_000)


def export_folder(name: str, folder: Path, progress: Progress) -> str:
    """Write a site for a generator into an empty folder. Raises OSError."""
    generator = GENERATORS[name]()
    shutil.copytree(SKELETONS / name, folder, dirs_exist_ok=True)
    for file, text in generator.config().items():
        write(folder / file, text)
    n = n_comments = 0
    total = Post.objects.count()
    taken: set[str] = set()
    for document in documents():
        progress(_("posts"), n, max(n, total))
        file = free_name(generator.file_of(document), document, taken)
        write(folder / file, f"---\n{dump(generator.front_matter(document))}---\n\n{generator.text(document)}\n")
        if document.comments:
            data = json.dumps(document.comment_data(), ensure_ascii=False, indent=1)
            write(folder / generator.data / "comments" / f"{document.row.pk}.json", data)
        n, n_comments = n + 1, n_comments + len(document.comments)
    names = list(media_names())
    for number, media in enumerate(names):
        progress(_("media files"), number, len(names))
        copy_media(media, folder / generator.media / media)
    return _(
        "Posts and pages: %(n)d. Comments: %(comments)d. Media files: %(media)d. Activities left out: %(left)d."
    ) % {
        "n": n,
        "comments": n_comments,
        "media": len(names),
        "left": Activity.objects.count(),
    }


def free_name(file: str, document: Document, taken: set[str]) -> str:
    """Names that differ in case only are one on some file systems."""
    if file.casefold() in taken:
        stem, dot, ending = file.rpartition(".")
        file = f"{stem}-{document.row.pk}{dot}{ending}"
    taken.add(file.casefold())
    return file


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def copy_media(name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with default_storage.open(name) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1024**2)
    except FileNotFoundError:  # deleted meanwhile
        target.unlink(missing_ok=True)
