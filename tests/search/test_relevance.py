"""Which post comes first, for 62 queries over the corpus; beside containment and beside SQLite's FTS5 with trigrams."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from blog.models import Post
from blog.search.containment import containing
from blog.search.query import parse
from blog.search.searching import search
from frodo.text import fold

CORPUS = settings.BASE_DIR.parent / "shared" / "corpus"
SITES = (
    *("hexo/hexojs-site-en", "hexo/hexojs-site-zh-cn", "hugo/sofastack-zh", "hugo/HugoBasicExample"),
    "jekyll/jekyll-blog",
)
QUERIES = json.loads((Path(__file__).parent / "relevance.json").read_text())
"""What was asked, of which kind, and the slugs of the posts of which one should come first."""
N = 10

pytestmark = [
    pytest.mark.quality,
    pytest.mark.django_db,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"there is no corpus at {CORPUS}"),
]


@pytest.fixture
def slugs(ann) -> dict[int, str]:
    for site in SITES:
        call_command("import_blog", CORPUS / site, author="ann", verbosity=0)
    call_command("search_index", "--rebuild")
    return dict(Post.threads.published().values_list("pk", "slug"))


def trigrams() -> Callable[[str], list[int]]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE posts USING fts5(title, body, tokenize='trigram')")
    for post in Post.threads.published():
        row = (post.pk, fold(post.title), fold(f"{post.summary} {post.plain}"))
        database.execute("INSERT INTO posts (rowid, title, body) VALUES (?, ?, ?)", row)

    def ask(query: str) -> list[int]:
        words = " ".join('"{}"'.format(word.replace('"', "")) for word in fold(query).split())
        sql = f"SELECT rowid FROM posts WHERE posts MATCH ? ORDER BY bm25(posts, 6.0, 1.0) LIMIT {N}"
        return [pk for (pk,) in database.execute(sql, [words])]

    return ask


def reciprocal_rank(found: list[str], wanted: list[str]) -> float:
    return next((1 / n for n, slug in enumerate(found, 1) if slug in wanted), 0.0)


def test_the_right_post_comes_first(slugs, record_property, capsys):
    assert not {slug for _query, _kind, wanted in QUERIES for slug in wanted} - set(slugs.values())
    engines = {
        "index": lambda query: search(parse(query), 0, N).posts,
        "containment": lambda query: containing(parse(query), 0, N).posts,
        "FTS5 trigram": trigrams(),
    }
    ranks = {name: defaultdict(list) for name in engines}
    for query, kind, wanted in QUERIES:
        for name, ask in engines.items():
            rank = reciprocal_rank([slugs[pk] for pk in ask(query)], wanted)
            ranks[name][kind].append(rank)
            ranks[name]["all"].append(rank)

    for kind in ranks["index"]:
        figures = {name: sum(by_kind[kind]) / len(by_kind[kind]) for name, by_kind in ranks.items()}
        said = ", ".join(f"{name} {figure:.3f}" for name, figure in figures.items())
        record_property("figure", f"mean reciprocal rank, {len(ranks['index'][kind])} queries, {kind}: {said}")
    means = {name: sum(by_kind["all"]) / len(QUERIES) for name, by_kind in ranks.items()}
    assert means["index"] > 0.93
    assert means["index"] > max(means["containment"], means["FTS5 trigram"]) + 0.1
