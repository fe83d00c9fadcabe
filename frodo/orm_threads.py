"""Long-lived threads for all that waits for the database, shared by the requests and sockets of a process.

asgiref gives each request a thread of its own: that starts a thread and opens a connection for every request, and
what a view gathers stands in line all the same. Here a few threads stay, each with a connection that stays, and
what is gathered runs on as many as are free. One call on a thread is a *hop* (docs/orm-threads.md).
"""

import asyncio
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache, partial, wraps
from queue import SimpleQueue
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext, async_to_sync, sync_to_async
from django.conf import settings
from django.core.signals import request_started
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    OperationalError,
    close_old_connections,
    connections,
    reset_queries,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import TransactionManagementError

from frodo import metrics
from frodo.asgi_types import ASGIApp, Receive, Scope, Send
from frodo.circuit_breaker import CircuitBreaker, CircuitOpen

logger = logging.getLogger(__name__)

CHECK_AFTER = 1.0
"""Seconds after which an unused connection is checked before use."""


SLOW = 2.0
"""A connection error after this many seconds means that the server does not answer."""
UNREACHABLE = {2002, 2003, 2006, 2013}
"""MySQL error numbers of a server that does not answer."""


class Busy(OperationalError):
    """All threads were busy for ORM_QUEUE_SECONDS. For callers like an unreachable database."""


class OpenTransaction(TransactionManagementError):
    """A sync call left a transaction open, which a later call in another thread could not continue."""


class Hop:
    """A call waiting for a thread, and the future for its result."""

    __slots__ = ("call", "future", "since")

    def __init__(self, call: Callable) -> None:
        self.call = call
        self.future: Future = Future()
        self.since = time.monotonic()


class OrmPool(Executor):
    """A pool of at most `size` threads, started on demand. Calls waiting longer than `patience` seconds raise Busy."""

    def __init__(self, size: int, patience: float) -> None:
        self.size = size
        self.patience = patience
        self.threads: list[threading.Thread] = []
        self.lock = threading.Lock()
        self.waiting: deque[Hop] = deque()  # with n_running and threads, under the lock
        self.n_running = 0
        self.turns: SimpleQueue[bool] = SimpleQueue()  # one True for each hop, one False for each thread to end
        self.watching: asyncio.AbstractEventLoop | None = None
        self.outage = CircuitBreaker("The database", patience=0)
        self.broken_at = 0.0
        """When a connection last broke; others are checked before their next use."""

    def submit(self, call: Callable, /, *args: Any, **kwargs: Any) -> Future:
        if isinstance(busy := sys.exception(), Busy):
            raise busy  # who was refused, and now asks for help with that, is not made to wait again
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
        """Fail calls that waited too long."""
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
            asyncio.get_running_loop().call_later(next_look, self.refuse_late)
        metrics.REFUSED_CALLS.inc(len(late))
        for hop in late:
            if hop.future.set_running_or_notify_cancel():
                hop.future.set_exception(Busy(f"No database thread was free within {self.patience} s."))

    def sample(self) -> None:
        metrics.THREADS.set(len(self.threads))
        metrics.BUSY_THREADS.set(self.n_running)
        metrics.WAITING_CALLS.set(len(self.waiting))

    # The end

    def close(self, timeout: float = 5) -> None:
        """Stop the threads and close their connections. The pool starts again when used."""
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
    """Keeps a thread's connections usable: each call finds them working and outside of transactions."""

    def __init__(self, pool: OrmPool) -> None:
        self.pool = pool
        self.used_at = 0.0

    def take(self, hop: Hop) -> None:
        if not hop.future.set_running_or_notify_cancel():
            return
        try:
            self.check()
            began = time.monotonic()
            try:
                result = hop.call()
            except OperationalError as error:
                if error.args and error.args[0] in UNREACHABLE and time.monotonic() - began > SLOW:
                    self.pool.outage.begin(error, 0)
                raise
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
        """Checks connections as Django does at the start of a request, after idling or an error elsewhere."""
        if self.pool.outage.is_on:
            self.try_again()
        began = time.monotonic()
        is_due = began - self.used_at > CHECK_AFTER or self.used_at <= self.pool.broken_at
        for connection in connections.all(initialized_only=True):
            connection.queries_log.clear()
            if is_due:
                with discarding(connection):
                    connection.close_if_unusable_or_obsolete()
                    connection.close_if_health_check_failed()  # Django would do so at the next query
        if time.monotonic() - began > SLOW:  # connecting anew would take as long again
            busy = Busy("The database does not answer.")
            self.pool.outage.begin(busy, 0)
            raise busy

    def try_again(self) -> None:
        """While the database does not answer, one call tries it and the others fail at once."""
        try:
            with self.pool.outage.asking(DatabaseError), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
                cursor.execute("SELECT 1")
        except CircuitOpen as away:
            raise Busy(str(away)) from away
        except DatabaseError:
            connections[DEFAULT_DB_ALIAS].close()
            raise

    def settle(self) -> list[str]:
        """Clean up after a call. Returns aliases of connections left in a transaction."""
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
    """Close a connection, so that the server rolls back."""
    with suppress(Exception):  # the driver's own, for it may be gone already
        connection._close()  # type: ignore[attr-defined]  # Django's hook, absent from its stubs
    del connections[connection.alias]


@contextmanager
def discarding(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Discard a connection that cannot be inspected."""
    try:
        yield
    except Exception as error:  # the driver's own
        logger.warning("A connection to %s is thrown away: %r", connection.alias, error, exc_info=True)
        discard(connection)


@cache
def pool() -> OrmPool:
    """The pool of this process."""
    threads = OrmPool(settings.ORM_THREADS, settings.ORM_QUEUE_SECONDS)
    metrics.samplers.append(threads.sample)
    return threads


request_pool: ContextVar[OrmPool | None] = ContextVar("request_pool", default=None)


def on_orm_thread(view: Callable) -> Callable:
    """Decorator for sync error handlers, which Django calls in any thread: discards connections opened there."""

    @wraps(view)
    def handler(*args: Any, **kwargs: Any) -> Any:
        threads = request_pool.get()
        if threads is None or threading.current_thread() in threads.threads:
            return view(*args, **kwargs)
        there = sync_to_async(view, thread_sensitive=False, executor=threads)  # type: ignore[call-overload]  # any Executor
        return async_to_sync(there)(*args, **kwargs)

    return handler


def take_over_connections() -> None:
    """Disconnect Django's connection handling at request start: `Keeper.check` does it per thread.

    It would cost each request a thread hop.
    """
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)


class OrmThreads:
    """ASGI: runs `sync_to_async` calls of `app`, and thus the async ORM, in the pool.

    Requests below the paths `slow` use separate pools, because they wait for other servers.
    """

    def __init__(self, app: ASGIApp, threads: OrmPool | None = None, slow: Iterable[str] = ()) -> None:
        self.app = app
        self.threads = threads or (pool() if settings.ORM_THREADS else None)
        self.slow = {path: OrmPool(settings.SIGN_IN_THREADS, settings.ORM_QUEUE_SECONDS) for path in slow}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.threads is None:
            await self.app(scope, receive, send)
            return
        # It is entered and never left: a task may outlive the request that started it, as the hub's do, and
        # still use the threads. asgiref would refuse it once the context is left.
        threads = next((own for path, own in self.slow.items() if scope["path"].startswith(path)), self.threads)
        context = ThreadSensitiveContext(executor=threads)
        await context.__aenter__()
        request_pool.set(threads)
        try:
            await self.app(scope, receive, send)
        finally:
            if context.token is not None:
                SyncToAsync.thread_sensitive_context.reset(context.token)
            if scope["type"] == "lifespan":
                await asyncio.to_thread(self.threads.close)
