"""Comments of other systems, one at a time, with where they were written.

Which system wrote a file is known by its content. Documented in docs/importing.md, with the command that exports each.
"""

import html
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from blog.importers import dates
from blog.importers.documents import Reply
from blog.importers.errors import BrokenFile, UnknownComments
from blog.importers.import_blog import export_reader, format_of
from blog.importers.json_rows import rows
from blog.importers.xml_elements import Elements, text_of

SQLITE = b"SQLite format 3\0"
JSON_ROWS = {"data.Comment.item", "data.data.Comment.item", "results.item", "item", ""}
ISSO_STATES = {1: "visible", 2: "pending", 4: "removed"}
WALINE_STATES = {"approved": "visible", "waiting": "pending", "spam": "spam"}
MAX_VALUE = 10_000_000
"""Bytes of a value in isso's database."""
IS_HTML = re.compile(r"</(?:p|a|div|blockquote|pre|li|em|strong)>|<br\s*/?>", re.IGNORECASE)
LAST_LINK = re.compile(r"https?://[^\s<>()\[\]\"']+")


@dataclass(frozen=True)
class CommentedPage:
    """Where a comment was written: URLs, paths or identifiers of the page, the surest first, and the page's title."""

    urls: tuple[str, ...]
    title: str = ""
    origin: str = ""
    """`Post.origin`, where the same export says which post it is."""


@dataclass
class Source:
    name: str
    comments: Callable[[], Iterator[tuple[CommentedPage, Reply]]]
    notes: list[str] = field(default_factory=list)


def source_of(path: Path) -> Source:
    """Raises UnknownComments."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(SQLITE):
        return Source("isso", lambda: isso(path))
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        if b"<disqus" in head:
            return Source("Disqus", lambda: disqus(path))
        if format_of(path) == "wordpress":
            return Source("WordPress", lambda: wordpress(path))
    elif start.startswith((b"{", b"[")):
        return Source("JSON", lambda: from_json(path))
    raise UnknownComments


def wordpress(path: Path) -> Iterator[tuple[CommentedPage, Reply]]:
    reader = export_reader("wordpress", [path], dry_run=True)
    for _document in reader.scan():
        pass  # authors may stand anywhere before the end
    for document in reader.documents():
        for reply in document.comments:
            yield CommentedPage(tuple(document.urls), document.title, document.key), reply


def disqus(path: Path) -> Iterator[tuple[CommentedPage, Reply]]:
    """https://help.disqus.com/en/articles/1717164-comments-export"""
    threads: dict[str, CommentedPage] = {}
    for element, _line in Elements(path, frozenset({"thread", "post"})):
        number = element.get("dsq:id", "")
        if element.tag == "thread":
            urls = [text_of(element, "link"), text_of(element, "id")]
            threads[number] = CommentedPage(tuple(filter(None, urls)), text_of(element, "title"))
        else:
            thread = element.find("thread")
            yield (
                threads.get(thread.get("dsq:id", "") if thread is not None else "", CommentedPage(())),
                disqus_reply(element),
            )


def disqus_reply(post: Element) -> Reply:
    parent, author = post.find("parent"), post.find("author")
    state = "visible" if text_of(post, "isApproved") != "false" else "pending"
    for name, other in (("isDeleted", "removed"), ("isSpam", "spam")):
        state = other if text_of(post, name) == "true" else state
    return Reply(
        key=f"disqus:{post.get('dsq:id')}",
        parent=f"disqus:{parent.get('dsq:id')}" if parent is not None else "",
        name=text_of(author, "name") if author is not None else "",
        text=post.findtext("message") or "",
        moment=dates.read(text_of(post, "createdAt"), UTC),
        state=state,
        email=text_of(author, "email") if author is not None else "",
        is_html=True,
    )


def isso(path: Path) -> Iterator[tuple[CommentedPage, Reply]]:
    """isso's database (isso/db/comments.py and threads.py)."""
    query = (
        "SELECT threads.uri, threads.title, comments.id, parent, created, modified, mode, text, author, email "
        "FROM comments JOIN threads ON threads.id = comments.tid ORDER BY comments.id"
    )
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
            tables = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('comments', 'threads')"
            if database.execute(tables).fetchone() != (2,):
                raise sqlite3.DatabaseError(_("no comments in it"))
            for uri, title, number, parent, created, modified, mode, text, author, email in database.execute(query):
                reply = Reply(
                    key=f"isso:{uri}#{number}",
                    parent=f"isso:{uri}#{parent}" if parent else "",
                    name=str(author or ""),
                    text=str(text or ""),
                    moment=seconds(created),
                    state=ISSO_STATES.get(mode, "pending"),
                    email=str(email or ""),
                    edited=seconds(modified),
                )
                yield CommentedPage((str(uri),), str(title or "")), reply
    except sqlite3.DatabaseError as error:
        problem = _(
            "This is not an isso database, or it is damaged (%(problem)s). Copy it again while isso is stopped."
        )
        raise BrokenFile(path.name, 0, problem % {"problem": error}) from error


def seconds(value: object) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if isinstance(value, (int, float)) and 0 < value < 32503680000 else None


def from_json(path: Path) -> Iterator[tuple[CommentedPage, Reply]]:
    is_export = False
    for prefix, row in json_rows(path):
        for comment in comments_in(row):
            is_export = True
            yield comment
        is_export = is_export or prefix != "" or is_of_export(row)
    if not is_export:
        raise UnknownComments


def json_rows(path: Path) -> Iterator[tuple[str, Any]]:
    """Rows of the lists that exports have, else the whole values, one on a line or one in the file."""
    is_list = False
    for prefix, row in rows(path, JSON_ROWS - {""}):
        is_list = True
        yield prefix, row
    if not is_list:
        yield from rows(path, {""})


def is_of_export(row: Any) -> bool:
    """Whether a value without comments is of an export: remark42's first line, an empty list of Waline's."""
    return isinstance(row, dict) and bool({"version", "users", "posts"} <= row.keys() or row.get("type") == "waline")


def comments_in(row: Any) -> Iterator[tuple[CommentedPage, Reply]]:
    if not isinstance(row, dict):
        return
    if "locator" in row:
        yield remark42(row)
    elif "nick" in row and "comment" in row:
        yield twikoo(row) if "_id" in row else waline(row)
    elif isinstance(row.get("comments"), list) and "id" in row and is_isso(row["comments"]):
        yield from isso_json(row)
    elif "title" in row and "comments" in row:
        yield from github(row)
    else:
        for value in row.values():  # what GitHub's GraphQL API answers has the list deep inside
            for inner in value if isinstance(value, list) else [value]:
                yield from comments_in(inner)


def part(row: dict, name: str) -> dict:
    """An object within a row; empty where there is none."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    return "" if value is None else str(value).strip()


def moment(value: object) -> datetime | None:
    """LeanCloud writes `{"__type": "Date", "iso": ...}`, MongoDB `{"$date": ...}`."""
    if isinstance(value, dict):
        value = value.get("iso") or value.get("$date")
    return dates.read(value, UTC)


def number(value: object) -> str:
    """MongoDB writes `{"$oid": ...}`."""
    return text(value.get("$oid") if isinstance(value, dict) else value)


def remark42(row: dict) -> tuple[CommentedPage, Reply]:
    """A line of `remark42 backup` (backend/app/store/comment.go); its names and Markdown are escaped as HTML."""
    user, edit = part(row, "user"), part(row, "edit")
    name, source = html.unescape(text(user.get("name"))), text(row.get("orig"))
    reply = Reply(
        key=f"remark42:{row.get('id')}",
        parent=f"remark42:{row['pid']}" if row.get("pid") else "",
        name=name,
        text=html.unescape(source) if source else text(row.get("text")),
        moment=moment(row.get("time")),
        state="removed" if row.get("delete") else "visible",
        user=name if user.get("admin") else "",
        is_html=not source,
        edited=moment(edit.get("time")),
        pinned=bool(row.get("pin")),
    )
    return CommentedPage((text(part(row, "locator").get("url")),), text(row.get("title"))), reply


REPLY_TO = re.compile(r'^(?:\[@[^\]]{0,200}\]\(#[^)]{0,200}\)|<p><a class="at" href="#[^"]*">[^<]*</a>)\s*[:,，：]?\s*')
"""How Valine and Waline write which comment is replied to, which the thread shows here."""


def waline(row: dict) -> tuple[CommentedPage, Reply]:
    """A row of Waline's export, or of Valine's in LeanCloud."""
    words = text(row.get("comment"))
    is_html = bool(IS_HTML.search(words))
    words = REPLY_TO.sub("<p>" if words.startswith("<p>") else "", words)
    parent = text(row.get("pid")) or text(row.get("rid"))
    reply = Reply(
        key=f"waline:{text(row.get('objectId')) or text(row.get('id'))}",
        parent=f"waline:{parent}" if parent else "",
        name=text(row.get("nick")),
        text=words,
        moment=moment(row.get("insertedAt")) or moment(row.get("createdAt")),
        state="spam" if row.get("isSpam") else WALINE_STATES.get(text(row.get("status")) or "approved", "pending"),
        email=text(row.get("mail")),
        user=text(row.get("nick")) if row.get("type") == "administrator" else "",
        is_html=is_html,
        pinned=row.get("sticky") in (1, True, "1"),
    )
    return CommentedPage((text(row.get("url")),)), reply


def twikoo(row: dict) -> tuple[CommentedPage, Reply]:
    """A row of Twikoo's export. What it calls spam is also what awaits its approval."""
    parent = number(row.get("pid")) or number(row.get("rid"))
    reply = Reply(
        key=f"twikoo:{number(row.get('_id'))}",
        parent=f"twikoo:{parent}" if parent else "",
        name=text(row.get("nick")),
        text=text(row.get("comment")),
        moment=moment(row.get("created")),
        state="pending" if row.get("isSpam") else "visible",
        email=text(row.get("mail")),
        user=text(row.get("nick")) if row.get("master") else "",
        is_html=True,
        pinned=bool(row.get("top")),
    )
    return CommentedPage(tuple(filter(None, (text(row.get("href")), text(row.get("url")))))), reply


def is_isso(comments: list) -> bool:
    return all(isinstance(comment, dict) and "author" in comment and "text" in comment for comment in comments)


def isso_json(row: dict) -> Iterator[tuple[CommentedPage, Reply]]:
    """isso's generic format (docs of isso, Advanced Migration). Its numbers may all be 0."""
    uri = text(row.get("id"))
    for comment in row["comments"]:
        name = f"{comment.get('id') or 0} {comment.get('created')}" if not comment.get("id") else text(comment["id"])
        parent = comment.get("parent")
        reply = Reply(
            key=f"isso:{uri}#{name}",
            parent=f"isso:{uri}#{parent}" if parent else "",
            name=text(comment.get("author")),
            text=text(comment.get("text")),
            moment=moment(comment.get("created")),
            state="visible",
            email=text(comment.get("email")),
        )
        yield CommentedPage((uri,), text(row.get("title"))), reply


def nodes(value: Any) -> list[dict]:
    """A list of the REST API, or GraphQL's `{"nodes": [...]}`."""
    items = value.get("nodes") if isinstance(value, dict) else value
    return [node for node in items if isinstance(node, dict)] if isinstance(items, list) else []


def github(row: dict) -> Iterator[tuple[CommentedPage, Reply]]:
    """A discussion of giscus or an issue of utterances: the title is the page's path, URL or title."""
    title, link = text(row.get("title")), LAST_LINK.findall(text(row.get("body")))
    page = CommentedPage(tuple(filter(None, [title, *link[-1:]])), title)
    for comment in nodes(row["comments"]):
        yield page, github_reply(comment, "")
        for reply in nodes(comment.get("replies")):
            yield page, github_reply(reply, text(comment.get("id")))


def github_reply(comment: dict, parent: str) -> Reply:
    author = part(comment, "author") or part(comment, "user")
    hidden = comment.get("isMinimized") or comment.get("deletedAt")
    return Reply(
        key=f"github:{comment.get('id') or comment.get('url')}",
        parent=f"github:{parent}" if parent else "",
        name=text(author.get("login")),
        text=text(comment.get("body")) or text(comment.get("bodyHTML")),
        moment=moment(comment.get("createdAt") or comment.get("created_at")),
        state="removed" if hidden else "visible",
        is_html=not text(comment.get("body")),
        edited=moment(comment.get("lastEditedAt")),
    )
