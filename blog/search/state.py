"""Where an index lies, and how far it has followed the change log: a small file beside it, replaced as a whole."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class State:
    version: str
    """Of the format (blog.search.schema)."""
    folder: str
    """Of the index, below the data folder."""
    floor: int
    """Every row of the log up to this id is applied, and no more can appear there."""
    last: int
    """The highest id that is applied,"""
    token: str
    """and the token of this row."""
    n: int
    """How many rows above the floor are applied. A row may be committed after one with a higher id."""


def root() -> Path:
    return Path(settings.SEARCH_DIR)


def path_of(state: State) -> Path:
    return root() / state.folder


def read_state() -> State | None:
    """None where there is no index, or none that can be used."""
    try:
        state = State(**json.loads((root() / "state.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return state if (path_of(state) / "meta.json").exists() else None


def write_state(state: State) -> None:
    temporary = root() / f"state-{secrets.token_hex(4)}.tmp"
    with temporary.open("w") as file:
        json.dump(asdict(state), file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(root() / "state.json")


def forget_state() -> None:
    """The index cannot be used; the next who looks builds another."""
    (root() / "state.json").unlink(missing_ok=True)


@contextmanager
def locked(name: str, *, wait: bool = False) -> Iterator[bool]:
    """One process of this host at a time; says whether it is this one."""
    root().mkdir(parents=True, exist_ok=True)
    with (root() / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
