"""Revisions of posts and pages: recorded with each save, compared, restored, and thinned with age.

Kept are all drafts of the last day, the last of each day for a month, the last of each month after that, and whatever
readers have seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from blog.posts.models import Page, Post, Revision
from frodo.conflict_retry import retry_on_conflict

ALL_FOR = timedelta(days=1)
DAILY_FOR = timedelta(days=31)
BATCH = 500


@contextmanager
def recording(entry: Post | Page, user: User | None) -> Iterator[None]:
    """Records a revision of what is saved inside, in the caller's transaction; nothing where no words changed.

    What stood there before is recorded, too, where no revision has it: it may come from an import or a script.
    """
    before = words_before(entry)
    was_visible, saved_at = is_shown(entry, before=True), entry.updated_at
    yield
    has_changed = before is None or before != (entry.title, entry.text)
    is_new = is_shown(entry) and not was_visible
    if not has_changed and not is_new:
        return
    if before is not None and not of(entry).filter(title=before[0], text=before[1]).exists():
        kind = Revision.Kind.UPDATED if was_visible else Revision.Kind.DRAFT
        add(entry, kind, *before, user=None, created_at=saved_at)
    kind = Revision.Kind.UPDATED if is_shown(entry) else Revision.Kind.DRAFT
    add(
        entry,
        Revision.Kind.PUBLISHED if is_new else kind,
        entry.title,
        entry.text,
        user=user,
        created_at=timezone.now(),
    )


def words_before(entry: Post | Page) -> tuple[str, str] | None:
    """Title and text as they were loaded; None for a new row."""
    found = entry.words_before
    return (found["title"], found["text"]) if entry.pk and "title" in found and "text" in found else None


def is_shown(entry: Post | Page, *, before: bool = False) -> bool:
    """Readers see it, or will at a time that is set; `before`: when it was loaded."""
    if isinstance(entry, Page):
        return entry.published_before if before else entry.is_published
    return (entry.shown_since if before else entry.showing_since()) is not None


def of(entry: Post | Page) -> QuerySet[Revision]:
    return Revision.objects.filter(**{str(entry._meta.model_name): entry.pk})


def add(entry: Post | Page, kind: str, title: str, text: str, **fields: Any) -> Revision:
    fields |= {str(entry._meta.model_name): entry}
    return Revision.objects.create(kind=kind, title=title, text=text, **fields)


@retry_on_conflict
@transaction.atomic
def restore(revision: Revision, *, user: User) -> Post | Page:
    """Put its title and text in the place of the present ones, which stay as a revision."""
    model, pk = (Post, revision.post_id) if revision.post_id else (Page, revision.page_id)
    entry: Any = model._base_manager.select_for_update().get(pk=str(pk))
    with recording(entry, user):
        entry.title, entry.text = revision.title, revision.text
        entry.save()
    return entry


def thin() -> int:
    """Delete drafts that the rule does not keep; how many there were. A scheduled job."""
    now = timezone.now()
    drafts = Revision.objects.filter(kind=Revision.Kind.DRAFT, created_at__lt=now - ALL_FOR)
    kept, doomed = set(), []
    for pk, post, page, created_at in drafts.order_by("-created_at", "-id").values_list(
        "pk", "post_id", "page_id", "created_at"
    ):
        day = timezone.localtime(created_at).date()
        period = day if created_at > now - DAILY_FOR else (day.year, day.month)
        if (post, page, period) in kept:
            doomed.append(pk)
        kept.add((post, page, period))
    for start in range(0, len(doomed), BATCH):
        Revision.objects.filter(pk__in=doomed[start : start + BATCH]).delete()
    return len(doomed)
