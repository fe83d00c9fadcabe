"""WordPress's export file, WXR 1.0 to 1.2 (wp-admin/includes/export.php of WordPress says what is in it)."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from django.utils import timezone
from django.utils.translation import gettext as _

from blog.importers import dates, fields, old_paths
from blog.importers.documents import Document, Reply
from blog.importers.files import clean
from blog.importers.html_to_markdown import convert
from blog.importers.images import host_of, path_of
from blog.importers.old_site import ExportReader
from blog.importers.wordpress.paragraphs import add_paragraphs
from blog.importers.wordpress.shortcodes import Shortcodes
from blog.importers.wordpress.text import to_html
from blog.importers.xml_elements import Elements, text_of
from blog.posts.slugs import normal_path, slug_for

WANTED = frozenset(
    ("item", "link", "wp:base_site_url", "wp:base_blog_url", "wp:author", "wp:category", "wp:term", "wp:wxr_version")
)
KINDS = {"post": False, "page": True}
STATES = {"1": "visible", "approved": "visible", "0": "pending", "hold": "pending", "spam": "spam", "trash": "removed",
          "post-trashed": "removed"}  # fmt: skip
IMAGE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|bmp)$", re.IGNORECASE)
ZERO = "0000-00-00"


class WordPress(ExportReader):
    uploads = ("wp-content/uploads/", "wp-content/", "files/")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.base = self.base and self.base.rstrip("/") + "/"
        self.authors: dict[str, tuple[str, str, str]] = {}
        """Login, e-mail address and name, by login and by number."""
        self.categories: dict[str, tuple[str, str]] = {}
        """Name and the parent's slug, by slug."""
        self.tag_names: dict[str, str] = {}
        """By slug, of the tags that posts have."""
        self.attachments: dict[str, tuple[str, str]] = {}
        """URL and description of each attached image, by number."""
        self.attached: dict[str, list[str]] = {}
        """Numbers of the images attached to a post, by the post's."""
        self.reusable: dict[str, str] = {}

    def scan(self) -> Iterator[Document]:
        for item, line, name in self.items(scanning=True):
            kind = kind_of(item)
            if kind in KINDS:
                yield self.document(item, line, name, texts=False)
            elif kind == "attachment":
                self.note_attachment(item)
            else:
                if kind == "wp_block":
                    self.reusable[text_of(item, "wp:post_id")] = item.findtext("content:encoded") or ""
                self.report.left_out[kind] += 1

    def documents(self) -> Iterator[Document]:
        for item, line, name in self.items():
            if kind_of(item) in KINDS:
                yield self.document(item, line, name)

    def items(self, *, scanning: bool = False) -> Iterator[tuple[Element, int, str]]:
        for path in self.paths:
            for element, line in Elements(path, WANTED):
                if element.tag == "item":
                    yield element, line, path.name
                elif scanning:
                    self.note(element)

    def note(self, element: Element) -> None:
        """What stands before the items, where other systems write it elsewhere."""
        if element.tag == "wp:author":
            login = text_of(element, "wp:author_login")
            names = [text_of(element, f"wp:author_{part}") for part in ("display_name", "first_name", "last_name")]
            author = (login, text_of(element, "wp:author_email"), names[0] or " ".join(names[1:]).strip())
            self.authors[login] = self.authors["#" + text_of(element, "wp:author_id")] = author
        elif element.tag == "wp:category":
            parts = ("category_nicename", "cat_name", "category_parent")
            self.note_category(*(text_of(element, f"wp:{part}") for part in parts))
        elif element.tag == "wp:term" and text_of(element, "wp:term_taxonomy") == "category":
            self.note_category(*(text_of(element, f"wp:term_{part}") for part in ("slug", "name", "parent")))
        elif element.tag in ("link", "wp:base_blog_url", "wp:base_site_url"):
            url = (element.text or "").strip()
            if url and (not self.base or element.tag == "wp:base_blog_url"):
                self.base = url.rstrip("/") + "/"

    def note_category(self, slug: str, name: str, parent: str) -> None:
        self.categories.setdefault(slug, (html.unescape(name), parent))

    def note_attachment(self, item: Element) -> None:
        number, url = text_of(item, "wp:post_id"), text_of(item, "wp:attachment_url")
        self.report.left_out["attachment"] += 1
        if number and IMAGE.search(path_of(url)):
            alt = meta(item).get("_wp_attachment_image_alt", "") or text_of(item, "excerpt:encoded")
            self.attachments[number] = (url, fields.plain(alt))
            self.attached.setdefault(text_of(item, "wp:post_parent"), []).append(number)

    def document(self, item: Element, line: int, file: str, *, texts: bool = True) -> Document:
        number, slug = text_of(item, "wp:post_id"), html.unescape(text_of(item, "wp:post_name"))
        title = " ".join(clean(fields.plain(html.unescape(item.findtext("title") or ""))).split())
        link, status = text_of(item, "link"), text_of(item, "wp:status") or "publish"
        is_draft = status not in ("publish", "future", "private")
        has_zeros = any(text_of(item, f"wp:{name}").startswith(ZERO) for name in ("post_date", "post_date_gmt"))
        moment = self.moment(item, "post_date")
        if moment is None and not has_zeros:
            moment = dates.read(text_of(item, "pubDate"), UTC)  # of zeros, WordPress makes a day of the year -1
        is_page = KINDS[kind_of(item)]
        password = text_of(item, "wp:post_password")
        visibility = "password" if password else "private" if status == "private" else ""
        hidden = visibility if is_page else ""
        identity = f"?p={number}" if number else normal_path(link) or f"{slug or slug_for(title)} {moment or ''}"
        place = _("line %(n)d") % {"n": line}
        document = Document(
            key=f"wordpress:{self.host or host_of(link)}/{identity}"[:500],
            label=f"{title or slug or number or '…'} ({file}, {place})",
            title=title or slug or "…",
            slug=slug_for(re.sub(r"\.html?$", "", unquote(slug))) or slug_for(title),
            moment=moment,
            is_undated=is_draft and has_zeros,
            is_page=is_page,
            is_draft=bool(hidden) or is_draft,
            hidden=hidden,
            visibility="" if is_page else visibility,
            password=password[:100],
            urls=self.urls(number, link, is_page=is_page),
        )
        document.old_paths = old_paths.of_urls(document.urls)
        if texts:
            self.add_texts(document, item, number)
        return document

    def add_texts(self, document: Document, item: Element, number: str) -> None:
        custom = meta(item)
        document.text = item.findtext("content:encoded") or ""
        document.updated = self.moment(item, "post_modified")
        document.summary = fields.plain(html.unescape(text_of(item, "excerpt:encoded"))) or fields.plain(
            custom.get("_yoast_wpseo_metadesc")
        )
        document.seo_description = fields.plain(custom.get("_yoast_wpseo_metadesc"))[:500]
        document.seo_title = seo_title(fields.plain(custom.get("_yoast_wpseo_title")))
        document.canonical_url = fields.url(custom.get("_yoast_wpseo_canonical"))
        document.pinned = text_of(item, "wp:is_sticky") == "1"
        document.comments_open = text_of(item, "wp:comment_status") != "closed"
        document.tags = self.tags(item)
        login = text_of(item, "dc:creator")
        document.author_names = [name for name in dict.fromkeys((login, *self.authors.get(login, ()))) if name]
        document.cover_urls = [self.attachments.get(custom.get("_thumbnail_id", ""), ("", ""))[0]]
        public = {key: value for key, value in custom.items() if not key.startswith("_") and 0 < len(value) < 10_000}
        document.front_matter = {"wordpress": {"id": int(number)} if number.isdecimal() and len(number) < 20 else {}}
        if public:
            document.front_matter["wordpress"]["custom_fields"] = public
        host = document.key.partition(":")[2].partition("/")[0]
        document.comments = [self.reply(comment, host) for comment in item.findall("wp:comment")]

    def urls(self, number: str, link: str, *, is_page: bool) -> list[str]:
        """Its permalink, and the plain one that WordPress always answers."""
        plain = [f"/?{'page_id' if is_page else 'p'}={number}"] if number else []
        return [*([link] if normal_path(link) else []), *plain]

    def moment(self, item: Element, name: str) -> datetime | None:
        """In UTC where it is given; drafts have zeros there."""
        gmt, local = text_of(item, f"wp:{name}_gmt"), text_of(item, f"wp:{name}")
        if gmt and not gmt.startswith(ZERO):
            return dates.read(gmt, UTC)
        return None if local.startswith(ZERO) else dates.read(local, timezone.get_current_timezone())

    def tags(self, item: Element) -> list[str]:
        """Tags, and categories with those above them: a post of a category was in its parent's list, too."""
        names: list[str] = []
        for category in item.findall("category"):
            domain, slug = category.get("domain", "category"), category.get("nicename", "")
            name = html.unescape((category.text or "").strip())
            if domain in ("tag", "post_tag"):
                names.append(name)
                self.tag_names.setdefault(slug, name)
            elif domain == "category" and slug != "uncategorized" and name:
                parents = reversed(self.slugs_above(slug))
                names += [*(self.categories[parent][0] for parent in parents if parent in self.categories), name]
        return fields.distinct([clean(name) for name in names])

    def reply(self, comment: Element, host: str) -> Reply:
        kind = text_of(comment, "wp:comment_type")
        state = STATES.get(text_of(comment, "wp:comment_approved") or "1", "pending")
        number, user = text_of(comment, "wp:comment_id"), text_of(comment, "wp:comment_user_id")
        parent = text_of(comment, "wp:comment_parent")
        author = self.authors.get(f"#{user}") if user not in ("", "0") else None
        return Reply(
            key=f"wordpress:{host}/{number}",
            parent=f"wordpress:{host}/{parent}" if parent not in ("", "0") else "",
            name=html.unescape(text_of(comment, "wp:comment_author")),
            text=add_paragraphs((comment.findtext("wp:comment_content") or "").replace("\r\n", "\n").strip()),
            moment=self.moment(comment, "comment_date"),
            state="pingback" if kind in ("pingback", "trackback") else state if kind in ("", "comment") else "spam",
            email=text_of(comment, "wp:comment_author_email"),
            user=author[0] if author else "",
            is_html=True,
        )

    def to_markdown(self, document: Document) -> str:
        number = str(document.front_matter.get("wordpress", {}).get("id", ""))
        shortcodes = Shortcodes(self.attachments.get, lambda: self.attached.get(number, []) if number else [])
        left = self.report.left
        raw = to_html(document.text, shortcodes, left, reusable=lambda ref: self.reusable.get(ref, ""))
        return convert(clean(raw), left)

    def redirects(self) -> dict[str, str]:
        """Of tags, of categories to the tags that they become, and of the main feeds."""
        prefix = normal_path(self.base)
        redirects = {f"{prefix}/feed": "/rss.xml", f"{prefix}/comments/feed": "/comments.xml"} if self.base else {}
        for slug, (name, _parent) in self.categories.items():
            if slug != "uncategorized":
                path = "/".join([*reversed(self.slugs_above(slug)), slug])
                redirects[normal_path(f"{prefix}/category/{path}")] = f"tag:{name}"
        redirects |= {
            normal_path(f"{prefix}/tag/{slug}"): f"tag:{name}" for slug, name in self.tag_names.items() if slug
        }
        return {path: target for path, target in redirects.items() if path}

    def slugs_above(self, slug: str) -> list[str]:
        slugs: list[str] = []
        while (parent := self.categories.get(slug, ("", ""))[1]) and parent not in (*slugs, slug):
            slugs.append(parent)
            slug = parent
        return slugs


def kind_of(item: Element) -> str:
    """`post`, `page`, `attachment` and others; `trash` for what was thrown away."""
    thrown_away = text_of(item, "wp:status") in ("trash", "auto-draft")
    return "trash" if thrown_away else text_of(item, "wp:post_type") or "post"


def meta(item: Element) -> dict[str, str]:
    return {text_of(row, "wp:meta_key"): row.findtext("wp:meta_value") or "" for row in item.findall("wp:postmeta")}


def seo_title(text: str) -> str:
    """Without what only Yoast can fill in: `%%title%% %%sep%% %%sitename%%`."""
    return "" if "%%" in text else text[:200]
