"""Reads what a reader types: words, "phrases", -excluded words, `tag:` and `year:`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from blog.search.tokens import Token, clean, cut
from frodo.text import fold

MAX_LENGTH = 100
MAX_CLAUSES = 12

PART = re.compile(
    r"""(?P<minus>(?<!\S)-(?=[^\W_]{2}|["“「]))?(?:(?P<name>tag|year|标签|年份|年):\s*)?(?:["“”「](?P<quoted>[^"“”「」]+)(?:["“”」]|$)|(?P<bare>[^\s"“”「」]+))""",
    re.IGNORECASE,
)
TAG, YEAR = {"tag", "标签"}, {"year", "年份", "年"}
FUNCTION_WORDS = re.compile("如何|怎么样|怎么|怎样|什么是|是什么|为什么|什么|哪些|的|了|吗|呢|和|与|及|在|到|对|是|把")
"""Say little in Chinese. A long run is parted there, where both sides are words of two characters at least."""
MIN_PARTED = 4
YEARS = re.compile(r"(\d{4})?(?:(-|\.\.)(\d{4})?)?")


@dataclass(frozen=True)
class Clause:
    """Something that a post must hold."""

    tokens: tuple[str, ...]
    is_unspaced: bool = False
    """A run of Chinese or the like: characters, not words."""
    is_phrase: bool = False
    """Quoted: as it is written, and not by its stems or beginnings."""
    is_last: bool = False
    """The reader may be typing it still."""


@dataclass(frozen=True)
class Query:
    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()
    tags: tuple[str, ...] = ()
    """Folded."""
    years: tuple[int, int] | None = None
    """First and last."""

    def __bool__(self) -> bool:
        return bool(self.clauses or self.tags or self.years)

    @property
    def terms(self) -> list[str]:
        """What is looked for, for the API."""
        return [("" if clause.is_unspaced else " ").join(clause.tokens) for clause in self.clauses]


@dataclass
class Parts:
    clauses: list[Clause] = field(default_factory=list)
    excluded: list[Clause] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    years: tuple[int, int] | None = None


def parse(text: str, *, tag: str = "", year: str = "") -> Query:
    """`tag` and `year` are those of a form or a link; they mean the same as in the text."""
    text = clean(text[:MAX_LENGTH].replace("\0", " "))
    found = Parts(tags=[fold(tag)] if tag.strip() else [], years=years_of(year))
    for part in PART.finditer(text):
        read_part(part, found, is_last=part.end() == len(text))
    return Query(
        tuple({(each.tokens, each.is_phrase): each for each in found.clauses[:MAX_CLAUSES]}.values()),
        tuple(found.excluded[:MAX_CLAUSES]),
        tuple(dict.fromkeys(found.tags)),
        found.years,
    )


def read_part(part: re.Match, found: Parts, *, is_last: bool) -> None:
    name, words = (part["name"] or "").lower(), part["quoted"] or part["bare"]
    if name in TAG:
        found.tags.append(fold(words))
    elif name in YEAR and (years := years_of(words)):
        found.years = years
    else:
        tokens = cut(words if name == "" else f"{name}:{words}")
        if part["quoted"]:
            texts, is_unspaced = tuple(token.text for token in tokens), all(token.is_unspaced for token in tokens)
            clauses = [Clause(texts, is_unspaced, is_phrase=True)] if tokens else []
        else:
            clauses = list(clauses_of(tokens, is_last and not part["minus"]))
        (found.excluded if part["minus"] else found.clauses).extend(clauses)


def clauses_of(tokens: list[Token], is_last: bool) -> Iterator[Clause]:
    """One for each run of words or of characters: `Django异步` are two."""
    runs = list(runs_of(tokens))
    for n, run in enumerate(runs):
        is_unspaced, texts = run[0].is_unspaced, tuple(token.text for token in run)
        for part in parted(texts) if is_unspaced else [texts]:
            yield Clause(part, is_unspaced, is_last=is_last and n == len(runs) - 1)


def runs_of(tokens: list[Token]) -> Iterator[list[Token]]:
    """Words that are joined by punctuation, and characters that are not parted by any."""
    run: list[Token] = []
    for token in tokens:
        if run and (run[-1].is_unspaced != token.is_unspaced or (token.is_unspaced and run[-1].end < token.start)):
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def parted(run: tuple[str, ...]) -> list[tuple[str, ...]]:
    """`大模型训练的稳定性` is `大模型训练` and `稳定性`."""
    text = "".join(run)
    if len(run) < MIN_PARTED or len(text) != len(run):
        return [run]
    parts = [part for part in FUNCTION_WORDS.split(text) if part]
    return [tuple(part) for part in parts] if parts and all(len(part) > 1 for part in parts) else [run]


def years_of(text: str) -> tuple[int, int] | None:
    """`2024`, `2020-2024`, `2020..`, `-2019`; None for what is none of them."""
    match = YEARS.fullmatch(text.strip().removesuffix("年"))
    if not match or not (match[1] or match[3]):
        return None
    first = int(match[1]) if match[1] else 0
    last = int(match[3]) if match[3] else (9999 if match[2] else first)
    return first, last


@dataclass
class SearchResults:
    posts: list[int] = field(default_factory=list)
    """The keys of the posts of this page of results."""
    n: int = 0
    """How many there are in all."""
    years: dict[int, int] = field(default_factory=dict)
    """How many in each year, the newest first, where there are several pages of results."""
    is_loose: bool = False
    """Nothing holds exactly what was asked; these come near."""
    is_current: bool = True
    """False while the index lags behind: such an answer should not be kept."""
    is_indexed: bool = True
    """False without an index: the database was asked, which finds less."""
