"""Runs checks one after the other; one that fails does not hide the next."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise

logger = logging.getLogger(__name__)


class Problem(Exception):
    """What is wrong, and what to do about it, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Check:
    label: str | Promise
    run: Callable[[], str]
    """Returns how it is in a few words, or raises Problem."""
    is_quick: bool = False
    """Whether it can run with every page of the dashboard: no other host is asked, and no table is read through."""


@dataclass(frozen=True, slots=True)
class Finding:
    label: str
    is_ok: bool
    text: str


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    for check in checks:
        label = str(check.label)
        try:
            text = check.run()
        except Problem as problem:
            yield Finding(label, False, str(problem))
        except Exception as error:  # of any server or library: that it fails is the finding
            logger.debug("The check of %s failed", label, exc_info=True)
            yield Finding(label, False, f"{type(error).__name__}: {error}")
        else:
            yield Finding(label, True, text)
