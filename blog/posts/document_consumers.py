"""`/ws/documents/<kind>/<id>/`: a text under edit."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from json import dumps, loads
from time import monotonic

from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError

from accounts.models import User
from accounts.session_revocation import may_stay
from blog.events.authorized import FORBIDDEN, authorized
from blog.events.consumers import PING, POLICY_VIOLATION, PONG, follow
from blog.posts import documents
from blog.posts.models import Document
from frodo import live
from frodo.asgi_types import Receive, Scope, Send

MAX_BYTES = 4 * 1024**2
"""Maximum size of a message, such as a pasted text in Base64."""
MAX_SIGNAL = 4096
"""Maximum size of a message that is not stored: cursors and names."""

PAUSE_SECONDS = 300
"""Writing that goes on after as long leaves a revision of what was written before."""

MAX_CLIENTS = 16
"""Maximum Yjs clients of one websocket; when it closes, the others are told that they left."""


async def document(scope: Scope, receive: Receive, send: Send) -> None:
    """The sync and awareness protocols of Yjs, as JSON frames with their contents in Base64 (docs/editor.md)."""
    arguments = scope["url_route"]["kwargs"]
    kind, pk = arguments["kind"], int(arguments["pk"])
    opened: Document | None = None

    async def authorize(session: str) -> User | None:
        nonlocal opened
        user = await may_stay(session, staff=True)
        try:
            opened = await sync_to_async(documents.open_document)(kind, pk, user=user) if user else None
        except documents.DocumentForbidden:
            return None
        return user if opened else None

    async with authorized(scope, receive, send, authorize, MAX_BYTES) as connection:
        if connection is None or opened is None:
            return
        user, listener = connection
        await follow(documents.document_source, opened.pk, scope, listener)
        clients: set[int] = set()
        written_at = monotonic()
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                if listener.gone:  # messages after our close frame are ignored
                    continue
                store = partial(documents.store, opened.pk, user=user, is_after_pause=is_after_pause(written_at))
                if await handle_message(message.get("text") or "", opened.pk, store, listener, clients):
                    written_at = monotonic()
        finally:
            for client in clients:
                await live.signal(documents.SOURCE, opened.pk, dumps({"type": "left", "data": {"client": client}}))
            with suppress(DatabaseError):  # the next editor that closes does it
                await sync_to_async(documents.close_document)(opened.pk, user)


def is_after_pause(written_at: float) -> bool:
    return monotonic() - written_at >= PAUSE_SECONDS


async def handle_message(
    text: str, pk: int, store: Callable[[bytes], int], listener: live.Listener, clients: set[int]
) -> bool:
    """Whether something was stored."""
    if text == PING:
        listener.write(PONG)
        return False
    try:
        match loads(text):
            case {"type": "sync", "vector": str(vector), "client": int(client)} if len(clients) < MAX_CLIENTS:
                clients.add(client)
                missing = await sync_to_async(documents.sync)(pk, b64decode(vector, validate=True))
                data = {
                    "n": missing.n,
                    "key": missing.key,
                    "update": b64encode(missing.update).decode(),
                    "vector": b64encode(missing.vector).decode(),
                    "saved": missing.saved_text,
                }
                listener.write(dumps({"type": "sync", "data": data}))
            case {"type": "update", "id": int(number), "update": str(update)}:
                n = await sync_to_async(store)(b64decode(update, validate=True))
                listener.write(dumps({"type": "stored", "data": {"id": number, "n": n}}))
                return True
            case {"type": "awareness"} if len(text) <= MAX_SIGNAL:
                await live.signal(documents.SOURCE, pk, text)
            case _:
                listener.close(POLICY_VIOLATION)
    except (ValueError, RecursionError, documents.InvalidUpdate):
        listener.close(POLICY_VIOLATION)
    except documents.DocumentForbidden:
        listener.close(FORBIDDEN)
    except Document.DoesNotExist:
        listener.close(live.GONE)
    except DatabaseError:
        listener.close(live.LATER)
    return False
