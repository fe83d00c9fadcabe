"""What an import did: numbers that add up, and every refusal with its reason."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Refusal:
    name: str
    reason: str


@dataclass
class Report:
    found: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    posts: int = 0
    pages: int = 0
    drafts: int = 0
    scheduled: int = 0
    left: Counter = field(default_factory=Counter)
    """Tags and shortcodes left visible, by name."""
    old_addresses: int = 0
    pictures_copied: int = 0
    pictures_already: int = 0
    pictures_missing: Counter = field(default_factory=Counter)
    pictures_unfit: Counter = field(default_factory=Counter)
    encodings: Counter = field(default_factory=Counter)
    """Files that were not UTF-8, by what they were."""
    mended: dict[str, list[int]] = field(default_factory=dict)
    """Lines of front matter that were mended to be read, by file."""
    undated: int = 0
    """Posts that got their file's time."""
    other_authors: Counter = field(default_factory=Counter)
    """Names in front matter that nobody here has."""
