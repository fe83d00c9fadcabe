"""What the admin's forms have in common where somebody writes: drafts in the browser, and versions of what is saved.

Here is the three-way merge, by which changes of two people to different parts of one text are joined, as diff3 (Khanna,
Kunal, Pierce: A Formal Investigation of Diff3, 2007): line by line, and where both changed the same lines, word by
word, in Chinese character by character.
"""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import partial

from blog.editor.differences import TOKEN

MOST_TOKENS = 4_000
"""Of one passage that both changed: the comparison takes time by the square of it."""

Tokens = Sequence[str]
Conflict = Callable[[str, str, str], str | None]
"""What becomes of a passage that two have changed in different ways: of base, saved and yours."""


def refuse(base: str, saved: str, yours: str) -> None:
    return None


def keep_both(base: str, saved: str, yours: str) -> str:
    return yours + saved


def merge(base: str, saved: str, yours: str, conflict: Conflict = refuse) -> str | None:
    """`base` with the changes of both; None where they contradict each other."""
    base, saved, yours = (text.replace("\r\n", "\n") for text in (base, saved, yours))
    lines = (text.splitlines(keepends=True) for text in (base, saved, yours))
    return merge_tokens(*lines, conflict=partial(merge_words, conflict=conflict))


def merge_words(base: str, saved: str, yours: str, conflict: Conflict) -> str | None:
    tokens = [TOKEN.findall(text) for text in (base, saved, yours)]
    if max(map(len, tokens)) > MOST_TOKENS:
        return conflict(base, saved, yours)
    return merge_tokens(*tokens, conflict=conflict)


def merge_tokens(base: Tokens, one: Tokens, other: Tokens, *, conflict: Conflict) -> str | None:
    merged, at, at_one, at_other = [], 0, 0, 0
    for start, start_one, start_other, length in stable(base, one, other):
        parts = base[at:start], one[at_one:start_one], other[at_other:start_other]
        of_base, of_one, of_other = ("".join(part) for part in parts)
        found = chosen(of_base, of_one, of_other, conflict)
        if found is None:
            return None
        merged += [found, *base[start : start + length]]
        at, at_one, at_other = start + length, start_one + length, start_other + length
    return "".join(merged)


def chosen(base: str, one: str, other: str, conflict: Conflict) -> str | None:
    if one in (base, other):
        return other
    return one if other == base else conflict(base, one, other)


def stable(base: Tokens, one: Tokens, other: Tokens) -> list[tuple[int, int, int, int]]:
    """What all three share: where it begins in each, and how long it is; ended by an empty one at the end."""
    with_one, with_other = (
        [block for block in SequenceMatcher(None, base, text, autojunk=False).get_matching_blocks() if block.size]
        for text in (one, other)
    )
    found, i, j = [], 0, 0
    while i < len(with_one) and j < len(with_other):
        a, b = with_one[i], with_other[j]
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            found.append((start, a.b + start - a.a, b.b + start - b.a, end - start))
        if a.a + a.size <= b.a + b.size:
            i += 1
        else:
            j += 1
    return [*found, (len(base), len(one), len(other), 0)]
