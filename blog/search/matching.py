"""Turns a Query into one of tantivy's: which posts match, and how well."""

import re
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

import tantivy
from django.conf import settings

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


def to_tantivy(query: Query, unknown: Set[Clause], now: int, *, is_loose: bool = False) -> Q:
    """`unknown`: those of `unknown_words`. `is_loose`: parts of words match as well, and a long Chinese run need not be
    whole.
    """
    parts = [(Must, in_range("published_at", None, now))]
    needed = [clause for clause in query.clauses if not is_stop_word(clause)] or list(query.clauses)
    boosts = {field: boost for field, boost in BOOSTS.items() if field != "comments" or settings.SEARCH_COMMENTS}
    found = [in_fields(clause, boosts, is_loose, clause in unknown) for clause in needed]
    if len(found) > STRICT_UP_TO or (is_loose and len(found) > 1):
        least = len(found) - max(1, len(found) // 4)
        parts.append((Must, Q.boolean_query([(Should, each) for each in found], minimum_number_should_match=least)))
    else:
        parts += [(Must, each) for each in found]
    if query.clauses:
        in_title = [(Must, in_fields(clause, {"title": 1.0}, is_loose)) for clause in needed]
        parts.append((Should, Q.const_score_query(Q.boolean_query(in_title), IN_TITLE)))
    parts += [(Should, each) for each in near_one_another(query.clauses)]
    parts += [(MustNot, in_fields(clause, boosts, False)) for clause in query.excluded]
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


def in_fields(clause: Clause, boosts: dict[str, float], is_loose: bool, is_unknown: bool = False) -> Q:
    found = []
    for field, boost in boosts.items():
        for query, worth in clause_queries(clause, field, is_loose, is_unknown):
            found.append(Q.boost_query(query, boost * worth))
    return Q.disjunction_max_query(found, TIE)


def clause_is_word(clause: Clause) -> bool:
    return not clause.is_unspaced and len(clause.tokens) == 1


def clause_queries(clause: Clause, field: str, is_loose: bool, is_unknown: bool) -> Iterator[tuple[Q, float]]:
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
    if is_unknown:
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


def unknown_words(query: Query, searcher: tantivy.Searcher) -> set[Clause]:
    """Words that no post has, nor one of the same stem, nor one that begins so while it is typed. Such are looked for
    as parts of words and misspelt, which asks about every word of the index.
    """
    return {clause for clause in query.clauses if clause_is_word(clause) and not is_indexed(clause, searcher)}


def is_indexed(clause: Clause, searcher: tantivy.Searcher) -> bool:
    [word] = clause.tokens
    terms = {word, STEM + stem_of(word), stem_of(word)}
    if any(searcher.doc_freq(field, term) for field in BOOSTS for term in terms):
        return True
    is_beginning = clause.is_last and len(word) >= MIN_PART
    return is_beginning and any(searcher.terms_with_prefix(field, word, limit=1) for field in BOOSTS)
