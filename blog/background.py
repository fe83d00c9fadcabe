"""What the server does beside answering, on a thread of its own: letters, smaller copies of pictures,
pages that links lead to, chores."""

import asyncio
import logging
import threading

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from blog import chores
from blog.activities.looking import look_at_next
from blog.letters.sending import send_due
from blog.uploads import variants
from blog.waking import due

logger = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds the server waits for it when stopping. A letter that is just being sent is then left as it is."""


class Background:
    """A part of the server's lifespan. Every process has one; what they do, they take from one another's hands."""

    def __init__(self) -> None:
        self.thread: threading.Thread | None = None
        self.stopping = threading.Event()
        self.is_away = False

    async def start(self) -> None:
        if settings.BACKGROUND and self.thread is None:
            self.stopping.clear()
            self.thread = threading.Thread(target=self.run, name="background", daemon=True)
            self.thread.start()

    async def stop(self) -> None:
        thread, self.thread = self.thread, None
        if thread is not None:
            self.stopping.set()
            due.set()
            await asyncio.to_thread(thread.join, PATIENCE)

    def run(self) -> None:
        while not self.stopping.is_set():
            due.wait(settings.BACKGROUND_LOOK)
            due.clear()
            if not self.stopping.is_set():
                self.look()
        connections.close_all()

    def look(self) -> None:
        close_old_connections()
        try:
            send_due(is_stopping=self.stopping.is_set)
            if variants.make_next():
                due.set()  # perhaps another one waits, and letters need not wait for all of them
            if look_at_next():
                due.set()
            for name, said in chores.do_due():
                logger.info("%s: %s", name, said)
        except DatabaseError as error:
            if not self.is_away:
                logger.warning("Letters and chores wait, the database is away: %r", error)
            self.is_away = True
        except Exception:  # whatever goes wrong with one letter, the next look comes
            logger.exception("Letters and chores were interrupted")
        else:
            self.is_away = False
        close_old_connections()
