"""Filters for settings.LOGGING."""

import logging
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

LONGEST = 500
"""Characters of a line that a client may fill."""


class ClientMistakes(logging.Filter):
    """One line at WARNING for a request that makes no sense, such as one for an unknown host.

    Django logs a traceback at ERROR for each, which anybody can cause as often as they like.
    """

    def __init__(self, level: str) -> None:
        super().__init__()
        self.level = logging.getLevelNamesMapping()[level]

    def filter(self, record: logging.LogRecord) -> bool:
        is_mistake = record.name.startswith("django.security.") or (
            record.name == "django.request" and getattr(record, "status_code", 500) < 500
        )
        if is_mistake:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args = " ".join(record.getMessage().split())[:LONGEST], ()
            record.exc_info = record.exc_text = None
        return record.levelno >= self.level


class HideSecrets(SafeExceptionReporterFilter):
    """Hides variables, and keys of dicts, that are named like secrets in every frame: libraries mark none of theirs."""

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> Any:
        variables = super().get_traceback_frame_variables(request, tb_frame)
        if not self.is_active(request):
            return variables
        return [(name, self.cleanse_setting(name, value)) for name, value in variables]
