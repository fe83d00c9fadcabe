"""Marks what was found in a title, and picks the passage of a text to show. On the text as it is, not folded."""

import re
from collections.abc import Iterator
from itertools import pairwise

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from blog.search.query import Clause, Query
from blog.search.tokens import UNSPACED, stem_of
from frodo.text import FOLDS, fold_with_places

AROUND, AROUND_UNSPACED = 70, 35
"""How many characters of the text stand before the match; twice as many begin with it. Chinese says as much in half."""
MAX_SPANS = 300
WORD = re.compile(r"[^\W_]+")

Span = tuple[int, int]


class Highlighter:
    def __init__(self, query: Query) -> None:
        self.clauses = query.clauses

    def mark(self, text: str) -> SafeString:
        """HTML in which matches stand in <mark>."""
        return marked(text, merged(text, [span for spans in self.spans(text) for span in spans]))

    def passage(self, text: str) -> SafeString:
        """The stretch of the text with the most of what was asked, marked; its beginning where nothing is found."""
        text = " ".join(text.split())
        spans = [(*span, n) for n, spans in enumerate(self.spans(text)) for span in spans[:MAX_SPANS]]
        start, end = best_window(sorted(spans), around(text))
        end = min(end, len(text))
        inside = [(left - start, right - start) for left, right, _n in spans if start <= left and right <= end]
        shown = text[start:end]
        before, after = "…" if start else "", "…" if end < len(text) else ""
        return mark_safe(before + marked(shown, merged(shown, inside)).rstrip() + after)  # noqa: S308

    def spans(self, text: str) -> list[list[Span]]:
        """Where each clause stands in the text."""
        folded, origins = fold_with_places(text)
        return [[original(text, origins, span) for span in places(clause, folded)] for clause in self.clauses]


def places(clause: Clause, folded: str) -> list[Span]:
    if clause.is_phrase or not (clause.is_unspaced or len(clause.tokens) == 1):
        between = r"[\W_]*"
        return found(between.join(map(re.escape, clause.tokens)), folded)
    if clause.is_unspaced:
        return found(re.escape("".join(clause.tokens)), folded) or [
            span for one, other in pairwise(clause.tokens) for span in found(re.escape(one + other), folded)
        ]
    [word] = clause.tokens
    return forms_of(word, clause, folded) or found(re.escape(word), folded) or misspelt(word, folded)


def found(pattern: str, folded: str) -> list[Span]:
    return [match.span() for match in re.finditer(pattern, folded)]


def forms_of(word: str, clause: Clause, folded: str) -> list[Span]:
    """The word itself, others of its stem, and those that begin with it where it may not be complete."""
    stem = stem_of(word)
    beginning = common_beginning(word, stem)
    pattern = rf"(?<![^\W_]){re.escape(beginning)}[^\W_]*"
    spans = []
    for match in re.finditer(pattern, folded):
        if match[0] == word or stem_of(match[0]) == stem or match[0] == stem:
            spans.append(match.span())
        elif clause.is_last and match[0].startswith(word):
            spans.append((match.start(), match.start() + len(word)))
    return spans


def common_beginning(word: str, stem: str) -> str:
    """`happ` of `happy`, whose stem is `happi`."""
    n = next((n for n, (a, b) in enumerate(zip(word, stem, strict=False)) if a != b), min(len(word), len(stem)))
    return word[:n] or word


def misspelt(word: str, folded: str) -> list[Span]:
    """Words that are one or two letters away, as the index finds them."""
    if len(word) < 4 or not word.isascii():
        return []
    most = 1 if len(word) < 8 else 2
    letters = set(word)
    alike = (each for each in set(WORD.findall(folded)) if abs(len(each) - len(word)) <= most)
    near = {each for each in alike if len(letters ^ set(each)) <= 2 * most and distance(word, each) <= most}
    return [match.span() for match in WORD.finditer(folded) if match[0] in near] if near else []


def distance(one: str, other: str) -> int:
    """Damerau-Levenshtein, optimal string alignment: letters changed, added, left out or exchanged with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before_that, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before_that[j - 2] + 1)
            row.append(cost)
    return row[-1]


def original(text: str, origins: list[int] | range, span: Span) -> Span:
    """From the folded text back to the text itself, with accents that are characters of their own."""
    start, end = origins[span[0]], origins[span[1] - 1] + 1
    while end < len(text) and not FOLDS[ord(text[end])]:
        end += 1
    return start, end


def around(text: str) -> int:
    beginning = text[:1000]
    return AROUND_UNSPACED if len(re.findall(f"[{UNSPACED}]", beginning)) > len(beginning) / 3 else AROUND


def best_window(spans: list[tuple[int, int, int]], around: int) -> Span:
    """Of spans with the number of their clause."""
    best, best_n = (0, 3 * around), 0
    for n, (start, _end, _clause) in enumerate(spans):
        window = (max(0, start - around), start + 2 * around)
        inside = set()
        for left, right, clause in spans[n:]:
            if left >= window[1]:
                break
            if right <= window[1]:
                inside.add(clause)
        if len(inside) > best_n:
            best, best_n = window, len(inside)
    return best


def merged(text: str, spans: list[Span]) -> list[Span]:
    """Spans that overlap, or have only punctuation between them, as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and (start <= found[-1][1] or is_punctuation(text[found[-1][1] : start])):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def is_punctuation(text: str) -> bool:
    return len(text) == 1 and not text.isalnum() and not text.isspace()


def marked(text: str, spans: list[Span]) -> SafeString:
    return mark_safe("".join(pieces(text, spans)))  # noqa: S308


def pieces(text: str, spans: list[Span]) -> Iterator[str]:
    end = 0
    for start, stop in spans:
        yield from (escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>")
        end = stop
    yield escape(text[end:])
