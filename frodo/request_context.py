"""Context of the current request: its ID, its view and its costs.

`Observed` is outside of Django, and inside of the page cache: a page from memory is counted there, and has no ID.
"""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from frodo import log_format, metrics
from frodo.asgi_types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("frodo.requests")

REQUEST_ID = b"x-request-id"
VALID_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
"""Accepted from a proxy. Anything else could flood the log or forge lines of it."""
VIEW = "frodo.view"
"""Key in the ASGI scope, whose value the middleware sets (frodo.middleware.RequestView)."""


class Costs:
    """Costs of a request so far."""

    __slots__ = ("began", "n_queries", "query_seconds")

    def __init__(self) -> None:
        self.began = perf_counter()
        self.n_queries, self.query_seconds = 0, 0.0

    @property
    def seconds(self) -> float:
        return perf_counter() - self.began


costs: ContextVar[Costs | None] = ContextVar("request_costs", default=None)


class Observed:
    """ASGI: gives a request an ID, which every log line of it has, counts it, and logs it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        connection_created.connect(measure_queries)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = next((value for name, value in scope["headers"] if name == REQUEST_ID), b"")
        request_id = given if VALID_ID.fullmatch(given) else secrets.token_hex(8).encode()
        log_format.context.set({"request_id": request_id.decode()})
        cost = Costs()
        costs.set(cost)
        status = 500

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (REQUEST_ID, request_id)]}
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        finally:
            view, seconds = scope.get(VIEW, "none"), cost.seconds
            metrics.REQUESTS.labels(view, method_of(scope), status).inc()
            metrics.REQUEST_SECONDS.labels(view).observe(seconds)
            if logger.isEnabledFor(logging.INFO):
                extra = {"view": view, "status": status, "ms": round(seconds * 1000, 1), "queries": cost.n_queries}
                logger.info("%s %s", scope["method"], scope["path"], extra=extra)


def method_of(scope: Scope) -> str:
    """The method as a label; unknown ones would create any number of series."""
    method = scope["method"]
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"


def measure_query(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
    began = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = perf_counter() - began
        metrics.QUERY_SECONDS.observe(seconds)
        if (cost := costs.get()) is not None:
            cost.n_queries += 1
            cost.query_seconds += seconds


def measure_queries(connection: BaseDatabaseWrapper, **signal: Any) -> None:
    if measure_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(measure_query)
