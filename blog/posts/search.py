"""Search by containment: right for Chinese, where words have no spaces, and enough for a blog's size."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from blog.posts.querysets import PostQuerySet

MAX_LENGTH = 100
MAX_TERMS = 8
AROUND = 70
"""How many characters of the text stand on each side of a match."""


def terms_of(query: str) -> list[str]:
    """Words and "quoted phrases"; a lone Latin letter or digit says too little and is dropped."""
    query = unicodedata.normalize("NFKC", query).replace("\0", "")
    found = (quoted or word for quoted, word in re.findall(r'["“]([^"”]+)["”]|(\S+)', query))
    unique = dict.fromkeys(term.strip().strip('"“”') for term in found)
    return [term for term in unique if len(term) > 1 or (term and not term.isascii())][:MAX_TERMS]


def matching(posts: PostQuerySet, terms: Iterable[str]) -> PostQuerySet:
    """Posts that hold every term; those that hold all in the title come first, then the newest."""
    everywhere, in_title = Q(), Q()
    for term in terms:
        here = Q(title__icontains=term)
        in_title &= here
        everywhere &= here | Q(plain__icontains=term) | Q(summary__icontains=term)
    return (
        posts.filter(everywhere)
        .annotate(rank=Case(When(in_title, then=Value(1)), default=Value(0), output_field=IntegerField()))
        .order_by("-rank", "-published_at", "-id")
    )


def address(query: str, number: int) -> str:
    words = {"q": query} if number == 1 else {"q": query, "page": number}
    return f"{reverse('search')}?{urlencode(words)}"


def marked(posts: list[dict], terms: list[str]) -> list[dict]:
    """The same posts with `marked_title` and `marked_snippet`, in which matches stand in <mark>."""
    pattern = re.compile("|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True)), re.IGNORECASE)
    for post in posts:
        text = f"{post['summary']} {post['plain']}".strip()
        post["marked_title"] = mark(post["title"], pattern)
        post["marked_snippet"] = mark(snippet(text, pattern), pattern)
    return posts


def snippet(text: str, pattern: re.Pattern) -> str:
    """The stretch of text around the first match; its beginning where there is none."""
    text = " ".join(text.split())
    match = pattern.search(text)
    middle = match.start() if match else 0
    start, end = max(0, middle - AROUND), middle + 2 * AROUND
    return ("…" if start else "") + text[start:end].strip() + ("…" if end < len(text) else "")


def mark(text: str, pattern: re.Pattern) -> SafeString:
    pieces, end = [], 0
    for match in pattern.finditer(text):
        pieces += [escape(text[end : match.start()]), "<mark>", escape(match[0]), "</mark>"]
        end = match.end()
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308
