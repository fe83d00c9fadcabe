"""Turns a Query into one of tantivy's: which posts match, and how well."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import tantivy

from blog.search.query import Clause, Query
from blog.search.schema import BOOSTS, PAIRS, schema
from blog.search.tokens import STEM, stem_of

Q = tantivy.Query
Must, Should, MustNot = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot

STEMMED, BEGINNING, PART, MISSPELT = 0.8, 0.4, 0.3, 0.3
"""What such a match is worth beside the word as it was typed."""
IN_TITLE = 8.0
"""Added where the title holds all that was asked."""
TIE = 0.3
"""Of a match in a second field."""
MIN_BEGINNING, MIN_PART, MIN_MISSPELT = 2, 3, 4
"""Characters that a word must have to be looked for as a beginning, as a part of a word, or misspelt."""
ANY = "[!-~]*"
"""Of ASCII: tantivy need not look at words of other scripts."""
SHORT = {"title", "tags", "headings"}
"""Fields of few different words, where looking into each costs little."""
STRICT_UP_TO = 3
"""Of more clauses than this, a quarter may be missing."""
STOP_WORDS = frozenset(
    "a an and are as at be but by can do does for from has have how i if in into is it its my no not of on or our so "
    "that the their this to was we what when where which who why will with you your".split()
)


def to_tantivy(query: Query, searcher: tantivy.Searcher, now: int, *, is_loose: bool = False) -> Q:
    """`is_loose`: parts of words match as well, and a long Chinese run need not be whole."""
    parts = [(Must, in_range("published_at", None, now))]
    needed = [clause for clause in query.clauses if not is_stop_word(clause)] or list(query.clauses)
    found = [in_fields(clause, searcher, BOOSTS, is_loose) for clause in needed]
    if len(found) > STRICT_UP_TO or (is_loose and len(found) > 1):
        least = len(found) - max(1, len(found) // 4)
        parts.append((Must, Q.boolean_query([(Should, each) for each in found], minimum_number_should_match=least)))
    else:
        parts += [(Must, each) for each in found]
    if query.clauses:
        in_title = [(Must, in_fields(clause, searcher, {"title": 1.0}, is_loose)) for clause in needed]
        parts.append((Should, Q.const_score_query(Q.boolean_query(in_title), IN_TITLE)))
    parts += [(Should, each) for each in near_one_another(query.clauses)]
    parts += [(MustNot, in_fields(clause, searcher, BOOSTS, False)) for clause in query.excluded]
    parts += [(Must, Q.const_score_query(Q.term_query(schema, "tag", tag), 0.0)) for tag in query.tags]
    if query.years:
        parts.append((Must, in_range("year", *query.years)))
    if not query.clauses:
        parts.append((Must, Q.all_query()))
    return Q.boolean_query(parts)


def in_range(field: str, least: int | None, most: int | None) -> Q:
    return Q.const_score_query(Q.range_query(schema, field, tantivy.FieldType.Integer, least, most), 0.0)


def is_stop_word(clause: Clause) -> bool:
    return not clause.is_phrase and len(clause.tokens) == 1 and clause.tokens[0] in STOP_WORDS


def in_fields(clause: Clause, searcher: tantivy.Searcher, boosts: dict[str, float], is_loose: bool) -> Q:
    is_found = not clause_is_word(clause) or is_indexed(clause.tokens[0], searcher)
    found = []
    for field, boost in boosts.items():
        for query, worth in clause_queries(clause, field, is_loose, is_found):
            found.append(Q.boost_query(query, boost * worth))
    return Q.disjunction_max_query(found, TIE)


def clause_is_word(clause: Clause) -> bool:
    return not clause.is_unspaced and len(clause.tokens) == 1


def clause_queries(clause: Clause, field: str, is_loose: bool, is_found: bool) -> Iterator[tuple[Q, float]]:
    """The ways in which a clause can be in a field, with their worth."""
    tokens = clause.tokens
    if clause.is_unspaced and not clause.is_phrase:
        yield from character_queries(tokens, field, is_loose)
        return
    if len(tokens) > 1:
        yield phrase(field, [(n, token) for n, token in enumerate(tokens)]), 1.0
        if not clause.is_phrase and is_loose:
            yield Q.boolean_query([(Must, Q.term_query(schema, field, token)) for token in tokens]), 0.5
        return
    [word] = tokens
    yield Q.term_query(schema, field, word), 1.0
    if clause.is_phrase:
        return
    stem = stem_of(word)
    yield Q.term_query(schema, field, STEM + stem), STEMMED
    if stem != word:
        yield Q.term_query(schema, field, stem), STEMMED
    if clause.is_last and len(word) >= MIN_BEGINNING:
        yield Q.regex_query(schema, field, re.escape(word) + ".*"), BEGINNING
    if not is_found:
        if len(word) >= MIN_PART and word.isascii() and (is_loose or field in SHORT):
            yield Q.regex_query(schema, field, f"{ANY}{re.escape(word)}{ANY}"), PART
        if len(word) >= MIN_MISSPELT and word.isascii():
            yield Q.fuzzy_term_query(schema, field, word, 1 if len(word) < 8 else 2), MISSPELT


def character_queries(characters: tuple[str, ...], field: str, is_loose: bool) -> Iterator[tuple[Q, float]]:
    if len(characters) == 1:
        yield Q.term_query(schema, field, characters[0]), 1.0
        return
    field, pairs = field + PAIRS, [a + b for a, b in pairwise(characters)]
    if len(pairs) == 1:
        yield Q.term_query(schema, field, pairs[0]), 1.0
        return
    yield phrase(field, list(enumerate(pairs))), 1.0
    if len(pairs) > 2:
        share = 0.4 if is_loose else 0.6
        least = max(2, round(len(pairs) * share))
        some = [(Should, Q.term_query(schema, field, pair)) for pair in pairs]
        yield Q.boolean_query(some, minimum_number_should_match=least), 0.5


def phrase(field: str, terms: list[tuple[int, str]], slop: int = 0) -> Q:
    return Q.phrase_query(schema, field, [*terms], slop)


def near_one_another(clauses: Sequence[Clause]) -> list[Q]:
    """Neighbouring words that also stand together in a post."""
    found = []
    for one, other in pairwise(clauses):
        if clause_is_word(one) and clause_is_word(other):
            for field, boost in {"title": 2.0, "body": 0.7}.items():
                found.append(Q.boost_query(phrase(field, [(0, one.tokens[0]), (1, other.tokens[0])], 2), boost))
    return found


def is_indexed(word: str, searcher: tantivy.Searcher) -> bool:
    """Whether some post has the word or one of the same stem."""
    terms = {word, STEM + stem_of(word), stem_of(word)}
    return any(searcher.doc_freq(field, term) for field in BOOSTS for term in terms)
