"""Ghost's export, of Ghost 0.11 to 6: one JSON file, or a zip of it with images as Ghost itself imports."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from blog.importers import dates, fields, old_paths
from blog.importers.documents import Document, Reply
from blog.importers.errors import BrokenFile
from blog.importers.files import clean
from blog.importers.ghost import editor_state
from blog.importers.ghost.cards import without_cards
from blog.importers.html_to_markdown import convert
from blog.importers.images import path_of
from blog.importers.json_rows import find_prefix, rows
from blog.importers.old_site import ExportReader
from blog.posts.slugs import slug_for

TABLES = (
    *("tags", "posts_tags", "users", "posts_authors", "posts_meta", "settings", "comments"),
    *("members", "subscribers", "newsletters", "offers"),
)
LEFT_OUT = ("members", "subscribers", "newsletters", "offers")
PREFIXES = ("db.item.data.", "data.data.", "data.", "")
"""Where the tables may stand."""
GHOST_URL = "__GHOST_URL__"
COMMENT_STATES = {"published": "visible", "hidden": "pending", "deleted": "removed"}


class Ghost(ExportReader):
    uploads = ("content/images/", "content/")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.tables: dict[Path, dict] = {}
        self.prefixes: dict[Path, str] = {}

    def scan(self) -> Iterator[Document]:
        for path in self.paths:
            prefix = find_prefix(path, "posts")
            if prefix not in PREFIXES:
                problem = _(
                    "It has no list of posts, so it is no export of Ghost. Export the content in Ghost's settings."
                )
                raise BrokenFile(path.name, 0, problem)
            self.prefixes[path] = prefix
            self.tables[path] = self.small_tables(path, prefix)
            yield from self.documents_of(path, texts=False)
        if any(tables["codeinjection"] for tables in self.tables.values()):
            self.report.notes.append(
                _("Code injection (scripts and styles) is left out; a theme is the place for it here.")
            )
        if counts := {name: n for name in LEFT_OUT if (n := self.report.left_out[name])}:
            members = ", ".join(f"{name} {n}" for name, n in counts.items())
            self.report.notes.append(
                _("Members and newsletters are left out, since Frodo has none: %(counts)s.") % {"counts": members}
            )

    def documents(self) -> Iterator[Document]:
        for path in self.paths:
            yield from self.documents_of(path)

    def documents_of(self, path: Path, *, texts: bool = True) -> Iterator[Document]:
        tables = self.tables[path]
        for _prefix, post in rows(path, {f"{self.prefixes[path]}posts.item"}):
            if isinstance(post, dict):
                post = scalars(post)
                tables["codeinjection"] |= bool(post.get("codeinjection_head") or post.get("codeinjection_foot"))
                yield self.document(post, tables, texts=texts)

    def small_tables(self, path: Path, prefix: str) -> dict:
        """What posts are joined with; of members only how many there are, and the names under their comments."""
        tables: dict = {name: {} for name in ("tags", "users", "posts_meta", "settings", "members")}
        tables |= {name: defaultdict(list) for name in ("posts_tags", "posts_authors", "comments")}
        tables["codeinjection"] = False
        for at, row in rows(path, {f"{prefix}{name}.item" for name in TABLES}):
            if not isinstance(row, dict):
                continue
            row = scalars(row)
            name = at.removeprefix(prefix).removesuffix(".item")
            if name in LEFT_OUT:
                self.report.left_out[name] += 1
            if name == "members":
                tables[name][row.get("id")] = word(row.get("name"))
            elif name in ("tags", "users"):
                tables[name][row.get("id")] = {
                    key: word(row.get(key)) for key in ("name", "slug", "email", "visibility")
                }
            elif name == "settings":
                tables[name][row.get("key")] = word(row.get("value"))[:1000]
            elif name == "posts_meta":
                tables[name][row.get("post_id")] = row
            elif name in ("posts_tags", "posts_authors"):
                other = row.get("tag_id" if name == "posts_tags" else "author_id")
                tables[name][row.get("post_id")].append((number(row.get("sort_order")), other))
            elif name == "comments":
                tables[name][row.get("post_id")].append(row)
        return tables

    def document(self, post: dict, tables: dict, *, texts: bool) -> Document:
        meta = tables["posts_meta"].get(post.get("id"), {})
        title, slug, status = word(post.get("title")), word(post.get("slug")), word(post.get("status")) or "draft"
        visibility = word(post.get("visibility")) or "public"
        is_page = post.get("type") == "page" or post.get("page") in (1, True)
        draft = status not in ("published", "scheduled")
        is_limited = visibility != "public"
        hidden = f"visibility: {visibility}" if is_page and is_limited else "sent" if status == "sent" else ""
        document = Document(
            key=f"ghost:{post.get('uuid') or slug or post.get('id')}"[:500],
            label=title or slug or "…",
            title=" ".join(clean(title).split()) or "…",
            slug=slug_for(slug) or slug_for(title),
            moment=dates.read(post.get("published_at") or (post.get("created_at") if draft else None), UTC),
            updated=dates.read(post.get("updated_at"), UTC),
            is_page=is_page,
            is_draft=draft or bool(hidden),
            hidden=hidden,
            visibility="private" if is_limited and not is_page else "",
            canonical_url=fields.url(post.get("canonical_url")),
            seo_title=fields.plain(post.get("meta_title") or meta.get("meta_title"))[:200],
            seo_description=fields.plain(post.get("meta_description") or meta.get("meta_description"))[:500],
            summary=fields.plain(
                post.get("custom_excerpt") or post.get("meta_description") or meta.get("meta_description")
            ),
            author_names=self.authors(post, tables),
            language=word(post.get("locale") or tables["settings"].get("locale") or tables["settings"].get("lang")),
            cover_urls=[self.absolute(word(post.get("feature_image") or post.get("image")))],
            urls=self.urls(post, slug, tables["settings"].get("permalinks", "")),
        )
        document.old_paths = old_paths.of_urls(document.urls)
        if texts:
            document.tags = self.tags(post, tables)
            document.comments = [self.reply(comment, tables) for comment in tables["comments"].get(post.get("id"), [])]
            document.text, document.is_markdown = self.text(post)
            document.front_matter = self.kept(post, meta)
        return document

    def text(self, post: dict) -> tuple[str, bool]:
        """The Markdown of what was written in Markdown, else HTML; and whether it is Markdown."""
        texts = {name: word(post.get(name), whole=True) for name in ("markdown", "html", "mobiledoc", "lexical")}
        states = texts["mobiledoc"], texts["lexical"]
        markdown = texts["markdown"] or editor_state.only_markdown(*states)
        if markdown is not None:
            return markdown, True
        return texts["html"] or editor_state.to_html(*states), False

    @staticmethod
    def kept(post: dict, meta: dict) -> dict:
        names = ("canonical_url", "meta_title", "feature_image_alt", "feature_image_caption", "featured")
        values = {name: meta.get(name) or post.get(name) for name in names}
        kept = {name: value for name, value in values.items() if value}
        return {"ghost": kept} if kept else {}

    @staticmethod
    def tags(post: dict, tables: dict) -> list[str]:
        """In their order; those that begin with # are internal."""
        numbers = [
            number for _order, number in sorted(tables["posts_tags"].get(post.get("id"), []), key=lambda pair: pair[0])
        ]
        names = [tables["tags"][number]["name"] for number in numbers if number in tables["tags"]]
        return fields.distinct([clean(name) for name in names if not name.startswith("#")])

    @staticmethod
    def authors(post: dict, tables: dict) -> list[str]:
        """The first author's name, slug and e-mail address."""
        order = sorted(tables["posts_authors"].get(post.get("id"), []), key=lambda pair: pair[0])
        number = order[0][1] if order else post.get("author_id")
        user = tables["users"].get(number, {})
        return [user[key] for key in ("name", "slug", "email") if user.get(key)]

    def urls(self, post: dict, slug: str, permalinks: str) -> list[str]:
        if not slug:
            return []
        path = path_of(self.base).rstrip("/")
        moment = dates.read(post.get("published_at"), UTC)
        dated = f"{path}/{moment:%Y/%m/%d}/{slug}/" if moment and ":year" in permalinks else None
        return [f"{path}/{slug}/", *([dated] if dated else [])]

    def absolute(self, url: str) -> str:
        return url.replace(GHOST_URL, self.base.rstrip("/"))

    def reply(self, comment: dict, tables: dict) -> Reply:
        return Reply(
            key=f"ghost:{comment.get('id')}",
            parent=f"ghost:{comment['parent_id']}" if comment.get("parent_id") else "",
            name=tables["members"].get(comment.get("member_id"), ""),
            text=word(comment.get("html"), whole=True),
            moment=dates.read(comment.get("created_at"), UTC),
            state=COMMENT_STATES.get(word(comment.get("status")), "visible"),
            edited=dates.read(comment.get("edited_at"), UTC),
            is_html=True,
        )

    def to_markdown(self, document: Document) -> str:
        text, left = clean(self.absolute(document.text)), self.report.left
        return text if document.is_markdown else convert(without_cards(text, left), left)

    def redirects(self) -> dict[str, str]:
        path = path_of(self.base).rstrip("/")
        redirects = {f"{path}/rss": "/rss.xml"}
        for tables in self.tables.values():
            for tag in tables["tags"].values():
                if tag["slug"] and not tag["name"].startswith("#"):
                    redirects[f"{path}/tag/{tag['slug']}"] = f"tag:{tag['name']}"
        return redirects


def scalars(row: dict) -> dict:
    """A row as Ghost writes it: no column has a list or an object."""
    return {name: value for name, value in row.items() if not isinstance(value, (list, dict))}


def number(value: object) -> float:
    return value if isinstance(value, (int, float)) else 0


def word(value: object, *, whole: bool = False) -> str:
    text = "" if value is None else str(value)
    return text if whole else text.strip()
