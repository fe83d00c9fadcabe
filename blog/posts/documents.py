"""Collaborative text: the text of a post or page under edit is a Yjs document, in which concurrent changes merge.

No process keeps a document in memory. Updates are rows, numbered in the order of their commits; a browser that connects
gets what it lacks (`sync`), then each update as it is stored, through the live hub. Whatever else changes the text of a
post (the API, a restored revision, an import, a form without JavaScript) is merged into its document in the same
transaction, so that it appears in open editors.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from json import dumps
from secrets import randbits
from typing import Any

from channels.db import database_sync_to_async
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.utils import timezone
from pycrdt import Doc, Text, get_state, get_update, merge_updates

from accounts.models import User
from blog.editor import keep_both, merge
from blog.posts import permissions, revisions
from blog.posts.document_updates import TEXT, check
from blog.posts.models import Document, DocumentUpdate, Page, Post, Revision
from frodo import live
from frodo.conflict_retry import retry_on_conflict
from frodo.errors import ServiceError

SOURCE = "document"
COMPACT_EVERY = 200
LARGEST = 8 * 1024**2
"""Bytes of a document with what was deleted since it was compacted; beyond that browsers may only save."""
EMPTY_UPDATE = b"\0\0"
"""An update without changes."""
MODELS: dict[str, type[Post] | type[Page]] = {"post": Post, "page": Page}


class DocumentForbidden(ServiceError):
    code = "not_yours"
    status = 403


class InvalidUpdate(ServiceError):
    code = "invalid"


@dataclass(frozen=True)
class Sync:
    """What a browser lacks; `vector` is the server's state, by which the browser finds what the server lacks."""

    n: int
    key: str
    update: bytes
    vector: bytes
    saved_text: str


class DocumentSource:
    """The source of a document's room (frodo.live). It keeps numbers only: a client that missed something syncs."""

    name = SOURCE

    async def since(self, key: int, n: int | None) -> live.Backlog | None:
        latest = (await self.latest([key])).get(key)
        return None if latest is None else live.Backlog(latest, [] if n is None or n == latest else None)

    def rewrites_history(self, text: str) -> bool:
        return True  # nothing is sent from memory

    @database_sync_to_async
    def latest(self, keys: Iterable[int]) -> dict[int, int]:
        return dict(Document.objects.filter(pk__in=keys).values_list("pk", "n"))


document_source = DocumentSource()


def may_edit(user: User, entry: Post | Page) -> bool:
    name = entry._meta.model_name
    return user.has_perm(f"blog.change_{name}") and (isinstance(entry, Page) or permissions.may_change(user, entry))


def entry_of(document: Document) -> Post | Page:
    entry = document.post or document.page
    assert entry is not None
    return entry


def open_document(kind: str, pk: int, *, user: User) -> Document | None:
    """The document of a post or page, created from its text when it is opened first; None if there is no such entry.

    Raises DocumentForbidden.
    """
    entry = MODELS[kind].objects.filter(pk=pk).first()
    if entry is None:
        return None
    if not may_edit(user, entry):
        raise DocumentForbidden
    document = Document.objects.filter(**owner_filter(entry)).first()
    return document if document is not None and document.saved_text == entry.text else document_for(entry)


@retry_on_conflict
@transaction.atomic
def document_for(entry: Post | Page) -> Document:
    name = str(entry._meta.model_name)
    document = lock(Document.objects.get_or_create(**{name: entry}, defaults={"saved_text": entry.text})[0].pk)
    if not document.n:
        append(document, edit(new_doc(), entry.text), saved=entry.text)
    elif document.saved_text != entry.text:  # changed in a way that sends no signal
        merge_saved(document, entry.text)
    return document


def sync(pk: int, vector: bytes) -> Sync:
    """What a browser in the state `vector` lacks. Raises InvalidUpdate."""
    document = Document.objects.get(pk=pk)
    update = merged_update(document)
    try:
        missing = get_update(update, vector)
    except ValueError as error:
        raise InvalidUpdate from error
    return Sync(document.n, document.key, missing, get_state(update), document.saved_text)


@retry_on_conflict
@transaction.atomic
def store(pk: int, update: bytes, *, user: User, is_after_pause: bool = False) -> int:
    """Store and publish an update from a browser; returns its number. Raises InvalidUpdate and DocumentForbidden.

    `is_after_pause`: what was written before the pause is kept as a revision.
    """
    try:
        check(update)
        get_state(update)
    except ValueError as error:
        raise InvalidUpdate from error
    document = lock(pk)
    if not may_edit(user, entry_of(document)):
        raise DocumentForbidden
    if size_of(document) + len(update) > LARGEST:
        compact(document)
        if size_of(document) + len(update) > LARGEST:
            raise InvalidUpdate
    if is_after_pause:
        keep_revision(document, user)
    append(document, update)
    return document.n


def store_with_form(entry: Post | Page, update: str, *, user: User) -> None:
    """Store an update in Base64 that the browser had not sent when the form was submitted; ignore an invalid one."""
    with suppress(ValueError, InvalidUpdate):  # the form has the text as well
        store(document_for(entry).pk, b64decode(update, validate=True), user=user)


def includes_saved(entry: Post | Page, text: str, n: int) -> bool:
    """Whether the document up to update `n` includes the saved text."""
    document = Document.objects.filter(**owner_filter(entry)).first()
    return document is not None and document.saved_n <= n <= document.n and document.saved_text == text


def text_of(document: Document) -> str:
    return str(load_doc(document).get(TEXT, type=Text))


@transaction.atomic
def close_document(pk: int, user: User) -> None:
    """When an editor is closed: compact the document, and keep a revision of what is not saved."""
    document = Document.objects.select_for_update().filter(pk=pk).first()
    if document is None:
        return
    if document.updates.count() > 1:
        compact(document)
    keep_revision(document, user)


def keep_revision(document: Document, user: User) -> None:
    """Keep the text as a revision, unless it is the saved one or that of the last revision."""
    entry, text = entry_of(document), text_of(document)
    last = revisions.of(entry).first()
    if text.strip() not in (document.saved_text.strip(), last and last.text.strip()):
        revisions.add(entry, Revision.Kind.DRAFT, entry.title, text, user=user, created_at=timezone.now())


def size_of(document: Document) -> int:
    return document.updates.aggregate(n=Sum(Length("data")))["n"] or 0


def compact(document: Document) -> None:
    """Merge the updates of a locked document into one, without what was deleted."""
    update = load_doc(document).get_update()
    document.updates.all().delete()
    DocumentUpdate.objects.create(document=document, n=document.n, data=update)


def owner_filter(entry: Post | Page) -> dict[str, int]:
    return {f"{entry._meta.model_name}_id": entry.pk}


def lock(pk: int) -> Document:
    return Document.objects.select_for_update().get(pk=pk)


def new_doc() -> Doc:
    return Doc(client_id=randbits(32))


def merged_update(document: Document) -> bytes:
    updates = [bytes(data) for data in document.updates.values_list("data", flat=True)]
    return merge_updates(*updates) if updates else EMPTY_UPDATE


def load_doc(document: Document) -> Doc:
    doc = new_doc()
    doc.apply_update(merged_update(document))
    return doc


def append(document: Document, update: bytes, saved: str | None = None, saved_n: int | None = None) -> None:
    """Store the next update of a locked document; `saved` is the post's text if it was saved now."""
    document.n += 1
    data = {"update": b64encode(update).decode()}
    if saved is not None:
        document.saved_text = saved
        document.saved_n = document.n if saved_n is None else saved_n
        data["saved"] = saved
    document.save(update_fields=["n", "saved_text", "saved_n"])
    DocumentUpdate.objects.create(document=document, n=document.n, data=update)
    text = dumps({"n": document.n, "type": "update", "data": data})
    transaction.on_commit(partial(live.publish, SOURCE, document.pk, document.n, text))
    if document.n % COMPACT_EVERY == 0:
        compact(document)


def merge_saved(document: Document, saved: str) -> None:
    """Bring a text that was saved elsewhere into a locked document, beside what is unsaved there."""
    doc = load_doc(document)
    text = merge(document.saved_text, saved, str(doc.get(TEXT, type=Text)), keep_both)
    assert text is not None
    append(document, edit(doc, text), saved=saved)


def edit(doc: Doc, text: str) -> bytes:
    """Set the text of a document, changing only the lines that differ; returns the update."""
    before, shared = doc.get_state(), doc.get(TEXT, type=Text)
    old, new = (each.splitlines(keepends=True) for each in (str(shared), text))
    with doc.transaction():
        for kind, i, j, m, n in reversed(SequenceMatcher(None, old, new).get_opcodes()):
            if kind != "equal":
                replace(shared, "".join(old[:i]), "".join(old[i:j]), "".join(new[m:n]))
    return doc.get_update(before)


def replace(shared: Text, before: str, old: str, new: str) -> None:
    """Replace `old`, which follows `before`, by `new`. Yrs counts in bytes of UTF-8."""
    head = common_prefix_length(old, new)
    tail = common_prefix_length(old[head:][::-1], new[head:][::-1])
    start = len((before + old[:head]).encode())
    end = start + len(old[head : len(old) - tail].encode())
    if end > start:
        del shared[start:end]
    if added := new[head : len(new) - tail]:
        shared.insert(start, added)


def common_prefix_length(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def entry_saved(
    instance: Post | Page, created: bool, raw: bool, update_fields: frozenset | None = None, **signal: Any
) -> None:
    is_text_saved = "text" in vars(instance) and (update_fields is None or "text" in update_fields)
    if raw or created or not is_text_saved:
        return
    document = Document.objects.select_for_update().filter(**owner_filter(instance)).first()
    if document is None or document.saved_text == instance.text:
        return
    if instance.document_n is None:
        merge_saved(document, instance.text)
    else:  # it is the document's own text
        append(document, EMPTY_UPDATE, saved=instance.text, saved_n=instance.document_n)
