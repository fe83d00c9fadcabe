"""Formats of log lines: text or JSON (LOG_FORMAT), both with the ID of the request or job.

With the formatters of the standard library: structlog imports Twisted and Rich where they are installed, which takes
0.1 to 0.3 s at each start, and django-structlog adds a thread hop to each request.
"""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

NOTHING: dict[str, str] = {}
context: ContextVar[dict[str, str]] = ContextVar("log_context", default=NOTHING)
"""Added to every line, such as `{"request_id": ...}`. It follows a request into the database threads."""
EXTRAS = ("view", "status", "ms", "queries")
"""Attributes of `extra` that are logged. Django adds the whole request, which is not logged."""

CONTROLS = {code: f"\\u{code:04x}" for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)}
"""Escapes of control characters, with which a path in a message could forge a line or control a terminal."""


def extras_of(record: logging.LogRecord) -> dict[str, object]:
    return {name: vars(record)[name] for name in EXTRAS if name in vars(record)} | context.get()


class TextFormatter(logging.Formatter):
    """`2026-01-31 10:00:00,123 ERROR django.request: Internal Server Error: / [request_id 4f1c...]`"""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        suffix = "".join(f" [{name} {value}]" for name, value in extras_of(record).items())
        return super().formatMessage(record).translate(CONTROLS) + suffix


class JsonFormatter(logging.Formatter):
    """An object a line: timestamp (ISO 8601, UTC), level, logger, message, request_id or job, exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **extras_of(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return json.dumps(line, ensure_ascii=False, default=str).translate(CONTROLS)
