"""One post or page, read and understood, ready to be saved."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256


@dataclass
class Entry:
    origin: str
    title: str
    slug: str
    """As it is wished for; a number is added where it is taken."""
    text: str
    language: str
    moment: datetime
    updated: datetime
    is_page: bool = False
    is_draft: bool = False
    in_menu: bool = False
    summary: str = ""
    pinned: bool = False
    comments_open: bool = True
    tags: list[str] = field(default_factory=list)
    series: str = ""
    author: str = ""
    cover: str = ""
    """A name in media."""
    cover_link: str = ""
    front_matter: dict = field(default_factory=dict)
    old_addresses: list[str] = field(default_factory=list)

    def digest(self) -> str:
        return digest(asdict(self))


def digest(values: dict) -> str:
    """The same for the same values, on any machine and in any order."""
    return sha256(json.dumps(values, sort_keys=True, default=written).encode("utf-8", "replace")).hexdigest()


def written(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
