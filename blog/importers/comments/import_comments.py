"""Comments of another system are matched to posts and saved under them, one transaction for each post."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.db import transaction
from django.utils.translation import gettext as _

from blog.importers.comments.saving import add_comments
from blog.importers.comments.sources import CommentedPage, Source, source_of
from blog.importers.documents import Reply
from blog.importers.errors import UnknownComments
from blog.importers.old_paths import slug_in
from blog.importers.old_site import keys_of
from blog.importers.report import CommentReport
from blog.importers.saving import ImportContext
from blog.importers.unpacking import unpacked
from blog.posts.models import Post, Redirect
from blog.posts.models.redirect import entry_at
from blog.posts.slugs import normal_path
from frodo.progress import Progress, no_progress


class Spool:
    """The comments of an export by page, on disk: exports have them in any order, and there may be millions."""

    def __init__(self, path: str) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA synchronous = OFF")
        self.database.execute("CREATE TABLE replies (page TEXT, reply TEXT)")

    def fill(self, source: Source, progress: Progress) -> int:
        n = 0
        self.database.execute("BEGIN")
        for n, (page, reply) in enumerate(source.comments(), 1):
            progress(_("reading"), n, 0)
            row = json.dumps(asdict(page)), json.dumps(asdict(reply), default=datetime.isoformat)
            self.database.execute("INSERT INTO replies VALUES (?, ?)", row)
        self.database.execute("CREATE INDEX by_page ON replies (page)")
        self.database.execute("COMMIT")
        return n

    def pages(self) -> Iterator[tuple[CommentedPage, list[Reply]]]:
        for (key,) in self.database.execute("SELECT DISTINCT page FROM replies ORDER BY page").fetchall():
            rows = self.database.execute("SELECT reply FROM replies WHERE page = ? ORDER BY rowid", (key,))
            data = json.loads(key)
            page = CommentedPage(tuple(data["urls"]), data["title"], data["origin"])
            yield page, [reply_from_json(reply) for (reply,) in rows]


def reply_from_json(text: str) -> Reply:
    data = json.loads(text)
    for name in ("moment", "edited"):
        data[name] = data[name] and datetime.fromisoformat(data[name])
    return Reply(**data)


def import_comments(
    path: Path, context: ImportContext, *, dry_run: bool = False, progress: Progress = no_progress
) -> CommentReport:
    """Raises NotImported before anything is changed, when the file cannot be read to its end."""
    with unpacked(path) as file, NamedTemporaryFile(prefix="frodo-comments-") as spool_file:
        source = source_of(file if file.is_file() else largest_file(file))
        report, spool = CommentReport(source.name), Spool(spool_file.name)
        with closing(spool.database):
            total, done = spool.fill(source, progress), 0
            for page, replies in spool.pages():
                progress(_("importing"), done, total)
                done += len(replies)
                import_thread(page, replies, context, report, dry_run=dry_run)
    return report


def largest_file(folder: Path) -> Path:
    """Of an unpacked zip. Raises UnknownComments for one without files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    if not files:
        raise UnknownComments
    return max(files, key=lambda path: path.stat().st_size)


def import_thread(
    page: CommentedPage, replies: list[Reply], context: ImportContext, report: CommentReport, *, dry_run: bool
) -> None:
    post = find_post(page)
    if post is None:
        report.unmatched[next(iter(page.urls), page.title) or "…"] += len(replies)
        report.comments.left_out["unmatched"] += len(replies)
        report.comments.found += len(replies)
        return
    report.posts += 1
    with transaction.atomic():
        add_comments(post, replies, report.comments, context.commenter)
        if dry_run:
            transaction.set_rollback(True)


def find_post(page: CommentedPage) -> Post | None:
    """By what the export says of the post, its URL here, a redirect from its old URL, the slug in it, or its title."""
    if page.origin and (post := Post.objects.filter(origin=page.origin).first()):
        return post
    for url in page.urls:
        path = normal_path(url)
        if path and isinstance(entry := entry_at(path), Post):
            return entry
        keys = [*keys_of(url), *(f"{path}{ending}" for ending in (".html", ".htm") if path)]
        redirect = Redirect.objects.filter(path__in=keys, post__isnull=False).select_related("post").first()
        if redirect and redirect.post and redirect.post.kind == Post.Kind.POST:
            return redirect.post
    for url in page.urls:
        if (slug := slug_in(url)) and (post := Post.objects.filter(slug=slug).first()):
            return post
    titled = list(Post.objects.filter(title=page.title)[:2]) if page.title else []
    return titled[0] if len(titled) == 1 else None
