"""The import itself: what a reader yields becomes posts and pages. Repeated, it changes nothing."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from blog.importers import files, saving
from blog.importers.documents import Document, Reader
from blog.importers.errors import NotImported
from blog.importers.markup import TOKEN, Placeholders
from blog.importers.report import Report
from blog.posts.models import Page, Post, Redirect, Tag
from blog.posts.models.redirect import is_answered
from blog.posts.services import TEXT_START, written_in
from blog.posts.slugs import normal_path, slug_for
from frodo.progress import Progress, no_progress
from frodo.site_settings import site

MAX_TITLE = 200
MAX_TEXT = 4_000_000
"""Characters."""
MODELS: dict[bool, Any] = {True: Page, False: Post}


@dataclass
class ImportedRow:
    """A post or page of an earlier import, as far as it takes to find it again."""

    pk: int
    is_page: bool
    slug: str
    title: str
    moment: datetime | None


@dataclass
class Plan:
    """What a document becomes."""

    slug: str
    is_page: bool
    row: ImportedRow | None


@dataclass
class Importer:
    reader: Reader[Any]
    context: saving.ImportContext
    dry_run: bool = False
    progress: Progress = no_progress
    plans: dict[str, Plan] = field(default_factory=dict)
    """By the document's key."""
    rows: dict[str, list[ImportedRow]] = field(default_factory=lambda: defaultdict(list))
    """By the document's key without its format."""
    slugs: dict[bool, set[str]] = field(default_factory=dict)
    """That are taken, of pages and of posts."""
    tags: set[str] = field(default_factory=set)
    """Of all posts of the import."""
    has_topics: bool = False

    def __post_init__(self) -> None:
        for is_page, model in MODELS.items():
            self.slugs[is_page] = set()
            moment = "created_at" if is_page else "published_at"
            for pk, slug, title, at, origin in model.objects.values_list("pk", "slug", "title", moment, "origin"):
                self.slugs[is_page].add(slug)
                if origin:
                    self.rows[path_in(origin)].append(ImportedRow(pk, is_page, slug, title, at))

    @property
    def report(self) -> Report:
        return self.reader.report

    def run(self) -> Report:
        """Raises BrokenFile before anything is changed."""
        n_duplicates = 0
        for n, document in enumerate(self.reader.scan()):
            self.progress(_("reading"), n, self.reader.total)
            if document.key in self.plans:
                n_duplicates += 1
            else:
                with self.report.skipping(document.label):
                    self.plan(document)
        self.report.found = len(self.plans) + n_duplicates + len(self.report.skipped)
        for n, document in enumerate(self.reader.documents()):
            self.progress(_("importing"), n, self.report.found)
            with self.report.skipping(document.label):
                if (plan := self.plans.pop(document.key, None)) is None:
                    raise NotImported(
                        _("Another entry of the export has the same number or URL. Only the first one is imported.")
                    )
                self.import_one(document, plan)
        self.add_list_redirects()
        if self.has_topics and not self.dry_run:
            saving.order_topics()
        if self.report.images_missing and self.reader.missing_images_hint:
            self.report.notes.append(self.reader.missing_images_hint)
        return self.report

    def plan(self, document: Document) -> None:
        """Settle its URL, before any text is converted: texts link to one another."""
        row = self.find_row(document)
        # A row does not turn from a post into a page, or get another URL, under its readers' feet.
        document.is_page = row.is_page if row else document.is_page
        wanted = document.slug or MODELS[document.is_page]._meta.model_name
        if row and (self.reader.has_unique_keys or re.fullmatch(re.escape(wanted) + r"(?:-\d+)?", row.slug)):
            document.slug = row.slug
        else:
            document.slug = self.free_slug(wanted, document.is_page)
        self.reader.set_url(document)
        self.plans[document.key] = Plan(document.slug, document.is_page, row)

    def find_row(self, document: Document) -> ImportedRow | None:
        """The row of an earlier import. Where two folders have a file of one name, title, date or text decide."""
        rows = self.rows.get(path_in(document.key), [])
        if self.reader.has_unique_keys:
            return rows[0] if rows else None

        def is_same(row: ImportedRow) -> bool:
            return row.title == document.title[:MAX_TITLE] or bool(document.moment and row.moment == document.moment)

        def text_of(row: ImportedRow) -> str:
            return MODELS[row.is_page].objects.values_list("text", flat=True).get(pk=row.pk)

        row = next(filter(is_same, rows), None)
        row = row or next((other for other in rows if shares_text(text_of(other), document.text)), None)
        if row:
            rows.remove(row)
        return row

    def free_slug(self, wanted: str, is_page: bool) -> str:
        slug, n = wanted, 1
        while slug in self.slugs[is_page]:
            n += 1
            slug = f"{wanted}-{n}"
        self.slugs[is_page].add(slug)
        return slug

    def import_one(self, document: Document, plan: Plan) -> None:
        row = MODELS[plan.is_page].objects.get(pk=plan.row.pk) if plan.row else None
        document.slug, document.is_page = plan.slug, plan.is_page
        images = self.complete(document, row)
        saving.save(document, row, self.context, self.report, images=images, dry_run=self.dry_run)
        self.count(document)

    def complete(self, document: Document, row: Post | Page | None) -> dict[str, str]:
        """Convert the text and fill in what the source does not state. Returns the downloaded images: names by URL."""
        if len(document.text) > MAX_TEXT:  # HTML takes many times its size to convert
            message = _("The text has %(length)d characters; a post may have %(most)d. Split it into several posts.")
            raise NotImported(message % {"length": len(document.text), "most": MAX_TEXT})
        rewriter = self.reader.rewriter(document)
        if row:
            rewriter.known = row.imported.get("images", {})
        document.text = rewriter.rewrite(self.reader.to_markdown(document)).strip("\n")
        if len(document.title) > MAX_TITLE:
            document.front_matter["title"] = document.title
            document.title = document.title[:MAX_TITLE]
        document.language = language_of(document.text or document.title, document.language, site.LANGUAGE_CODE)
        document.cover, document.cover_link = rewriter.cover(document.cover_urls)
        author = self.context.user_named(document.author_names)
        document.author = author.username if author else ""
        first_seen = row.created_at if row else None
        now = timezone.now().replace(microsecond=0)
        document.is_undated |= document.moment is None
        document.moment = document.moment or first_seen or document.file_time or now
        document.updated = max(document.moment, document.updated or document.moment)
        return rewriter.used

    def count(self, document: Document) -> None:
        self.has_topics |= bool(document.series)
        if not document.is_page:
            self.tags |= set(document.tags)
            if document.is_undated and not document.is_draft:
                self.report.undated.append(document.label)
        if document.hidden:
            self.report.hidden[document.label] = document.hidden
        if document.author_names and not document.author:
            self.report.other_authors[document.author_names[0]] += 1

    def add_list_redirects(self) -> None:
        """Of categories and feeds, where nothing else has the path."""
        for path, target in self.reader.redirects().items():
            if is_answered(path) or Redirect.objects.filter(path=path).exists():
                continue
            if not target.startswith("tag:"):
                redirect = Redirect(path=path, url=target)
            elif (tag := self.tag(target.removeprefix("tag:"))) and normal_path(tag.url) != path:
                redirect = Redirect(path=path, tag=tag)
            else:
                continue
            if not self.dry_run:
                redirect.save()
            self.report.list_redirects += 1

    def tag(self, name: str) -> Tag | None:
        """The tag of that name, or in a dry run the one that would be made."""
        would_be = Tag(name=name, slug=slug_for(name)) if self.dry_run and name in self.tags else None
        return Tag.objects.filter(name=name).first() or would_be


def path_in(key: str) -> str:
    """A key without its format."""
    return files.printable(key.partition(":")[2])


def shares_text(one: str, other: str) -> bool:
    """Whether half of the lines are the same."""
    lines, others = ({line.strip() for line in text.split("\n") if len(line) > 8} for text in (one, other))
    return bool(lines and others) and len(lines & others) * 2 >= min(len(lines), len(others))


def language_of(text: str, stated: str, default: str) -> str:
    """One of this site's languages: as stated, or as the text is written."""
    name = stated.strip().lower()
    if name.startswith(("zh", "cn", "chinese", "中文")):
        return "zh-hans"
    if name.startswith("en"):
        return "en"
    return written_in(TOKEN.sub("", Placeholders().store_code(text[:TEXT_START])), default)
