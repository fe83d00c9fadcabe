"""Keeps the index right: applies the change log, and builds the index anew where it cannot be followed.

A killed process leaves either the old state or the new one; what was applied and not noted is applied again.
"""

import secrets
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import tantivy
from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils import timezone

from blog.models import Comment, Post
from blog.posts.models.live_entry import add_plain_entries
from blog.posts.querysets import PostQuerySet
from blog.search.models import SearchChange, record_changes
from blog.search.schema import document_of, schema, version
from blog.search.state import State, locked, path_of, read_state, root, write_state

WINDOW = timedelta(minutes=5)
"""A transaction may be committed after a later one as long as it takes no longer than this."""
KEEP_CHANGES = timedelta(days=30)
CHUNK = 100
HEAP = 15_000_000
"""Bytes; tantivy takes no less."""
BUILD_HEAP = 50_000_000
COLUMNS = ("kind", "status", "live", "published_at", "title", "summary", "plain", "toc")


class Diverged(Exception):
    """The index does not follow from this log."""


def is_current(state: State) -> bool:
    """Whether the index knows all that is committed, and this is the log that it followed."""
    rows = SearchChange.objects.filter(pk__gte=state.floor).order_by()
    above, known = Q(pk__gt=state.floor), Q(pk=state.last, token=state.token)
    found = rows.aggregate(last=Max("pk"), n=Count("pk", filter=above), known=Count("pk", filter=known))
    return found == {"last": state.last, "n": state.n, "known": 1}


def update_index(*, at_most: int | None = None, built_at_most: int | None = None, is_gentle: bool = False) -> bool:
    """Apply what is new, or build the index if it is missing, old or another database's; whether it is right now.

    `at_most`, `built_at_most`: do nothing if more posts have changed, or the blog has more. False also if another
    process is at it.
    """
    state = read_state()
    if state is not None and state.version == version():
        try:
            return is_current(state) or apply_changes(at_most)
        except (Diverged, ValueError):  # another log, or files that tantivy cannot read
            pass
    if built_at_most is not None and Post.threads.count() > built_at_most:
        return False
    return rebuild(is_gentle=is_gentle)


def apply_changes(at_most: int | None = None) -> bool:
    with locked("apply") as is_ours:
        if not is_ours:
            return False
        state = read_state()
        if state is None or not SearchChange.objects.filter(pk=state.last, token=state.token).exists():
            raise Diverged
        rows = list(
            SearchChange.objects.filter(pk__gt=state.floor)
            .order_by("pk")
            .values_list("pk", "post_id", "token", "created_at")
        )
        known = applied.get(state.folder, frozenset())
        posts = {post for pk, post, _token, _moment in rows if pk not in known and post is not None}
        if at_most is not None and len(posts) > at_most:
            return False
        if posts:
            update(path_of(state), posts)
        settled = [pk for pk, _post, _token, moment in rows if moment < timezone.now() - WINDOW]
        floor = settled[-1] if settled else state.floor
        last, token = (rows[-1][0], rows[-1][2]) if rows else (state.last, state.token)
        above = frozenset(pk for pk, *_rest in rows if pk > floor)
        write_state(replace(state, floor=floor, last=last, token=token, n=len(above)))
        applied.clear()
        applied[state.folder] = above
        return True


applied: dict[str, frozenset[int]] = {}
"""Rows above the floor that this process has applied to the index in that folder: they are not read again."""


def update(path: Path, posts: Iterable[int]) -> None:
    writer = tantivy.Index(schema, path=str(path)).writer(HEAP, 1)
    for chunk in chunks(sorted(posts)):
        for pk in chunk:
            writer.delete_documents_by_term("id", pk)
        for document in documents(chunk):
            writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def rebuild(*, progress: Callable[[int, int], None] | None = None, is_gentle: bool = False, wait: bool = False) -> bool:
    """Build the index anew beside the old one, which answers until then. False if another process is building one.

    `is_gentle`: rest as long as it works, because other threads of this process answer readers.
    """
    with locked("build", wait=wait) as is_ours:
        if not is_ours:
            return False
        if not SearchChange.objects.exists():
            record_changes([None])
        settled = SearchChange.objects.filter(created_at__lt=timezone.now() - WINDOW).order_by()
        floor = settled.aggregate(last=Max("pk"))["last"] or 0
        rows = list(SearchChange.objects.filter(pk__gte=floor).order_by("pk").values_list("pk", "token"))
        above = [pk for pk, _token in rows if pk > floor]
        state = State(version(), secrets.token_hex(8), floor, rows[-1][0], rows[-1][1], len(above))
        build(path_of(state), progress, is_gentle)
        with locked("apply", wait=True):
            write_state(state)
            remove_others(state.folder)
    return True


def build(path: Path, progress: Callable[[int, int], None] | None, is_gentle: bool) -> None:
    keys = list(indexed_posts().order_by("pk").values_list("pk", flat=True))
    path.mkdir(parents=True)
    writer = tantivy.Index(schema, path=str(path)).writer(BUILD_HEAP, 1)
    n = 0
    for chunk in chunks(keys):
        began = time.monotonic()
        for document in documents(chunk):
            writer.add_document(document)
        n += len(chunk)
        if progress:
            progress(n, len(keys))
        if is_gentle:
            time.sleep(time.monotonic() - began)
    writer.commit()
    writer.wait_merging_threads()


def delete_old_changes() -> None:
    """An index that has not followed for so long is built anew. The newest row stays: the log goes on from there."""
    newest = SearchChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    SearchChange.objects.filter(created_at__lt=timezone.now() - KEEP_CHANGES, pk__lt=newest).delete()


def remove_others(folder: str) -> None:
    for path in root().iterdir():
        if path.is_dir() and path.name != folder:
            shutil.rmtree(path, ignore_errors=True)


def indexed_posts() -> PostQuerySet:
    """What the index holds: public posts. What is scheduled is found when its time has come."""
    return Post.threads.dated().filter(visibility=Post.Visibility.PUBLIC).exclude(published_at=None)


def documents(keys: Iterable[int]) -> Iterator[tantivy.Document]:
    posts = list(indexed_posts().filter(pk__in=keys).order_by().only(*COLUMNS))
    tags, comments = tags_of(posts), comments_of(posts) if settings.SEARCH_COMMENTS else {}
    add_plain_entries(posts)
    for post in posts:
        yield document_of(post, tags.get(post.pk, []), comments.get(post.pk, []))


def tags_of(posts: list[Post]) -> dict[int, list[tuple[str, str]]]:
    found = defaultdict(list)
    links = Post.tags.through.objects.filter(post__in=[post.pk for post in posts])
    for post, name, slug in links.values_list("post_id", "tag__name", "tag__slug"):
        found[post].append((name, slug))
    return found


def comments_of(posts: list[Post]) -> dict[int, list[str]]:
    found = defaultdict(list)
    rows = Comment.objects.visible().filter(post__in=[post.pk for post in posts]).order_by("pk")
    for post, text in rows.values_list("post_id", "text"):
        found[post].append(text)
    return found


def chunks(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
