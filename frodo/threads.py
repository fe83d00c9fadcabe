"""Long-lived threads for all that waits for the database, shared by the requests and sockets of a process.

asgiref gives each request a thread of its own: that starts a thread and opens a connection for every request, and
what a view gathers stands in line all the same. Here a few threads stay, each with a connection that stays, and
what is gathered runs on as many as are free. One call on a thread is a *hop* (docs/threads.md).
"""

import asyncio
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from functools import cache, partial
from queue import SimpleQueue

from asgiref.sync import SyncToAsync, ThreadSensitiveContext
from django.conf import settings
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import TransactionManagementError

logger = logging.getLogger(__name__)

CHECK_AFTER = 1.0
"""Seconds a connection may lie unused before it is asked whether it still works."""


class Busy(OperationalError):
    """All threads were taken for as long as one may wait. To the caller: a database that does not answer."""


class OpenTransaction(TransactionManagementError):
    """A hop ended inside a transaction, which the next hop, on whatever thread, would not have found again."""


class Hop:
    """One call that waits for a thread, and where its result is expected."""

    __slots__ = ("call", "future", "since")

    def __init__(self, call: Callable) -> None:
        self.call = call
        self.future: Future = Future()
        self.since = time.monotonic()


class OrmPool(Executor):
    """At most `size` threads, started when first needed. Who waits longer than `patience` seconds gets Busy."""

    def __init__(self, size: int, patience: float) -> None:
        self.size = size
        self.patience = patience
        self.threads: list[threading.Thread] = []
        self.lock = threading.Lock()
        self.waiting: deque[Hop] = deque()  # with n_running and threads, under the lock
        self.n_running = 0
        self.turns: SimpleQueue[bool] = SimpleQueue()  # one True for each hop, one False for each thread to end
        self.watching: asyncio.AbstractEventLoop | None = None
        self.broken_at = 0.0
        """When a connection was last found broken: the others are asked before they are used again."""

    def submit(self, call: Callable, /, *args, **kwargs) -> Future:
        if isinstance(refusal := sys.exception(), Busy):
            raise refusal  # who was refused, and now asks for help with that, is not made to wait again
        hop = Hop(partial(call, *args, **kwargs))
        with self.lock:
            self.waiting.append(hop)
            n_wanted = self.n_running + len(self.waiting)
            if n_wanted > len(self.threads) < self.size:
                self.start_thread()
        self.turns.put(True)
        if n_wanted > self.size:
            self.watch()
        return hop.future

    def start_thread(self) -> None:
        # A daemon, so that a query that never ends does not keep a process from ending.
        thread = threading.Thread(target=self.run, name=f"orm-{len(self.threads)}", daemon=True)
        self.threads.append(thread)
        thread.start()

    def run(self) -> None:
        keeper = Keeper(self)
        while self.turns.get():
            with self.lock:
                if not self.waiting:
                    continue  # it gave up
                hop = self.waiting.popleft()
                self.n_running += 1
            try:
                keeper.take(hop)
            finally:
                with self.lock:
                    self.n_running -= 1
            del hop
        connections.close_all()

    # Those who wait too long

    def watch(self) -> None:
        """See to it that nobody waits for ever."""
        if self.watching is None or self.watching.is_closed():
            self.watching = asyncio.get_running_loop()
            self.watching.call_later(self.patience, self.refuse_late)

    def refuse_late(self) -> None:
        late, now = [], time.monotonic()
        with self.lock:
            while self.waiting and self.waiting[0].since + self.patience <= now:
                late.append(self.waiting.popleft())
            next_look = self.waiting[0].since + self.patience - now if self.waiting else None
        if next_look is None:
            self.watching = None
        else:
            self.watching.call_later(next_look, self.refuse_late)
        for hop in late:
            if hop.future.set_running_or_notify_cancel():
                hop.future.set_exception(Busy(f"No database thread was free within {self.patience} s."))

    # The end

    def close(self, timeout: float = 5) -> None:
        """End the threads and their connections. A pool that is asked again starts anew."""
        with self.lock:
            threads, self.threads = self.threads, []
        for _thread in threads:
            self.turns.put(False)
        end = time.monotonic() + timeout
        for thread in threads:
            thread.join(max(0, end - time.monotonic()))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.close()


class Keeper:
    """What one thread knows of its connections: each hop gets them working, and outside of any transaction."""

    def __init__(self, pool: OrmPool) -> None:
        self.pool = pool
        self.used_at = 0.0

    def take(self, hop: Hop) -> None:
        if not hop.future.set_running_or_notify_cancel():
            return
        try:
            self.check()
            try:
                result = hop.call()
            finally:
                left_open = self.settle()
            if left_open:
                raise OpenTransaction(
                    f"A transaction on {', '.join(left_open)} was left open and has been rolled back. "
                    "It must begin and end within one sync function."
                )
        except BaseException as error:
            hop.future.set_exception(error)
        else:
            hop.future.set_result(result)

    def check(self) -> None:
        """Django does this when a request begins. Here, when a connection lay idle, or another one broke."""
        is_due = time.monotonic() - self.used_at > CHECK_AFTER or self.used_at <= self.pool.broken_at
        for connection in connections.all(initialized_only=True):
            connection.queries_log.clear()
            if is_due:
                with discarding(connection):
                    connection.close_if_unusable_or_obsolete()

    def settle(self) -> list[str]:
        """Make the connections fit for anybody's next hop. Returns the names of those left in a transaction."""
        left_open = []
        for connection in connections.all(initialized_only=True):
            with discarding(connection):
                if is_in_transaction(connection):
                    left_open.append(connection.alias)
                    logger.error("A hop left a transaction open on %s; it is rolled back.", connection.alias)
                    discard(connection)
                elif connection.errors_occurred:  # not asked whether it still works: a new one surely does
                    self.pool.broken_at = time.monotonic()
                    connection.errors_occurred = False
                    connection.close()
        self.used_at = time.monotonic()
        return left_open


def is_in_transaction(connection: BaseDatabaseWrapper) -> bool:
    if connection.in_atomic_block:
        return True
    if connection.connection is None:
        return False
    return (
        connection.autocommit != connection.settings_dict["AUTOCOMMIT"]
        # A BEGIN of one's own. SQLite's driver tells; MySQL's would have to ask the server.
        or getattr(connection.connection, "in_transaction", False)
    )


def discard(connection: BaseDatabaseWrapper) -> None:
    """Close it, whereupon the server rolls back, and forget it with all it knew of its transaction."""
    with suppress(Exception):  # the driver's own, for it may be gone already
        connection.connection.close()
    del connections[connection.alias]


@contextmanager
def discarding(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """A connection that cannot even be looked at is not kept."""
    try:
        yield
    except Exception as error:  # the driver's own
        logger.warning("A connection to %s is thrown away: %r", connection.alias, error)
        discard(connection)


@cache
def pool() -> OrmPool:
    """The one of this process."""
    return OrmPool(settings.ORM_THREADS, settings.ORM_QUEUE_SECONDS)


class OrmThreads:
    """ASGI: what `app` does by `sync_to_async`, and so by the async ORM, it does on the pool's threads."""

    def __init__(self, app, threads: OrmPool | None = None) -> None:
        self.app = app
        self.threads = threads or (pool() if settings.ORM_THREADS else None)

    async def __call__(self, scope, receive, send) -> None:
        if self.threads is None:
            await self.app(scope, receive, send)
            return
        # It is entered and never left: a task may outlive the request that started it, as the hub's do, and
        # still use the threads. asgiref would refuse it once the context is left.
        context = ThreadSensitiveContext(executor=self.threads)
        await context.__aenter__()
        try:
            await self.app(scope, receive, send)
        finally:
            SyncToAsync.thread_sensitive_context.reset(context.token)
            if scope["type"] == "lifespan":
                await asyncio.to_thread(self.threads.close)
