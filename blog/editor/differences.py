"""The difference of two texts, for people to read."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from frodo.text import MARKS

TOKEN = re.compile(rf"\s+|[⺀-鿿가-힯豈-﫿]|[\w{MARKS}]+|.", re.DOTALL)
"""Words; of scripts that put no spaces between them, characters."""
MOST_LINES = 5_000
MOST_CHARACTERS = 4_000
CONTEXT = 2


class Part(NamedTuple):
    """`kind`: same, saved (only there), yours (only there), or gap (equal lines that are left out)."""

    kind: str
    text: str


def compare(saved: str, yours: str) -> list[Part]:
    """The way from `saved` to `yours`. What is too long to be compared in good time counts as replaced."""
    one, other = saved.splitlines(keepends=True), yours.splitlines(keepends=True)
    if len(one) + len(other) > MOST_LINES:
        return [*part("saved", saved), *part("yours", yours)]
    return list(by_lines(one, other))


def by_lines(one: list[str], other: list[str]) -> Iterator[Part]:
    for kind, i, j, m, n in SequenceMatcher(None, one, other).get_opcodes():
        if kind == "equal":
            yield from shortened(one[i:j], is_first=i == 0, is_last=j == len(one) and n == len(other))
        else:
            yield from by_words("".join(one[i:j]), "".join(other[m:n]))


def shortened(lines: list[str], *, is_first: bool, is_last: bool) -> Iterator[Part]:
    """The lines next to a change."""
    before, after = 0 if is_first else CONTEXT, 0 if is_last else CONTEXT
    if len(lines) <= before + after + 1:
        yield Part("same", "".join(lines))
        return
    yield from part("same", "".join(lines[:before]))
    yield Part("gap", "")
    yield from part("same", "".join(lines[len(lines) - after :]))


def by_words(saved: str, yours: str) -> Iterator[Part]:
    if not saved or not yours or max(len(saved), len(yours)) > MOST_CHARACTERS:
        yield from part("saved", saved)
        yield from part("yours", yours)
        return
    one, other = TOKEN.findall(saved), TOKEN.findall(yours)
    for kind, i, j, m, n in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part("same", "".join(one[i:j]))
        else:
            yield from part("saved", "".join(one[i:j]))
            yield from part("yours", "".join(other[m:n]))


def part(kind: str, text: str) -> Iterator[Part]:
    if text:
        yield Part(kind, text)
