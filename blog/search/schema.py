"""The fields of the index, and how a post becomes one of its documents."""

from zoneinfo import ZoneInfo

import tantivy
from django.conf import settings

from blog.posts.models import Post
from blog.search.tokens import index_tokens
from frodo.site_settings import site
from frodo.text import fold

FORMAT = 3
"""Raise it with every change of the fields, of how text is cut, or of what is indexed: old indexes are then rebuilt."""

BOOSTS = {"title": 6.0, "tags": 4.0, "headings": 2.5, "summary": 2.0, "body": 1.0, "comments": 0.4}
"""The searched fields, and what a match there is worth."""

PAIRS = "_pairs"
"""Ends the name of the field with a field's pairs of characters. They are many: among the words, each search for a
misspelt one would look at them all."""

HALF_LIFE_YEARS = 10.0
"""A post that is older by this many years needs a match twice as good."""
YEAR = 365.25 * 86400
EPOCH = 1_600_000_000


def make_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("published_at", indexed=True, fast=True)
    builder.add_integer_field("year", indexed=True, fast=True)
    builder.add_float_field("weight", fast=True)
    builder.add_text_field("tag", tokenizer_name="raw", index_option="basic")
    for name in BOOSTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
        builder.add_text_field(name + PAIRS, tokenizer_name="whitespace", index_option="position")
    return builder.build()


schema = make_schema()


def version() -> str:
    """An index of another version is built anew."""
    release = tantivy.__version__  # type: ignore[attr-defined]  # absent from the stubs
    return f"{FORMAT} {release}{' comments' if settings.SEARCH_COMMENTS else ''}"


def weight(moment: float) -> float:
    """What an age does to a score, as a factor. How two posts compare stays the same as they grow older."""
    return 2.0 ** ((moment - EPOCH) / (HALF_LIFE_YEARS * YEAR))


def document_of(post: Post, tags: list[tuple[str, str]], comments: list[str]) -> tantivy.Document:
    """`tags` are pairs of name and slug. The post is no draft; its time may still come."""
    document = tantivy.Document()
    moment = post.published_at
    assert moment is not None  # no draft
    document.add_integer("id", post.pk)
    document.add_integer("published_at", int(moment.timestamp()))
    document.add_integer("year", moment.astimezone(ZoneInfo(site.TIME_ZONE)).year)
    document.add_float("weight", weight(moment.timestamp()))
    for name in {fold(name) for pair in tags for name in pair}:
        document.add_text("tag", name)
    is_post = post.kind == Post.Kind.POST
    texts = {
        "title": post.title if is_post else "",  # an activity's is made of its first words
        "tags": "\n".join(name for name, _slug in tags),
        "headings": "\n".join(titles_of(post.toc)),
        "summary": post.summary,
        "body": post.plain,
        "comments": "\n".join(comments),
    }
    for name, text in texts.items():
        if text:
            words, pairs = index_tokens(text)
            document.add_pre_tokenized_text(name, words)
            document.add_pre_tokenized_text(name + PAIRS, pairs)
    return document


def titles_of(toc: list[dict]) -> list[str]:
    return [title for entry in toc for title in (entry["text"], *titles_of(entry["children"]))]
