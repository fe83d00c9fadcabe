"""How the cost of pages grows with the number of posts: queries and processor time, without the page cache.

python -m benchmarks growth
"""

import json
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.serving import UVICORN, environment, manage, measure, running
from benchmarks.table import markdown

SIZES = (10, 1_000, 10_000)
PATHS = {
    "front page": "/",
    "post page": "/post/post-3/",
    "search, found in all": "/search/?q=river",
    "search, found in one": "/search/?q=number-7-only",
}

SEED = """
from datetime import timedelta
from django.utils import timezone
from blog.models import Post, Tag
from tests.factories import make_comment, make_page, make_post, make_topic
topic = make_topic()
make_page()
text = "We *walked* along the river, and had tea. " * 150
now = timezone.now()
post = make_post(title="Post 0", text=text, topic=topic)
names = [field.attname for field in Post._meta.concrete_fields if not field.primary_key]
same = {{name: getattr(post, name) for name in names}}
Post.objects.bulk_create([
    Post(**same | {{
        "title": f"Post {{n}}", "slug": f"post-{{n}}", "published_at": now - timedelta(hours=n + 1),
        "plain": f"{{post.plain}} number-{{n}}-only", "topic_id": topic.pk if n < 8 else None,
    }})
    for n in range(1, {n})
], batch_size=100)
tags = [Tag.objects.get_or_create(name=f"tag {{n}}")[0] for n in range(30)]
Link = Post.tags.through
Link.objects.bulk_create([
    Link(post_id=pk, tag_id=tags[(pk + 7 * j) % 30].pk)
    for pk in Post.objects.values_list("pk", flat=True) for j in range(3)
], batch_size=300)
talked = Post.objects.get(slug="post-3")
for n in range(20):
    make_comment(talked, text=f"Comment *{{n}}*.", name=f"Bob {{n}}")
"""
QUERIES = """
import json
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
counted = []
for path in {paths!r}:
    caches["models"].clear()
    with CaptureQueriesContext(connection) as queries:
        assert Client(headers={{"host": "localhost"}}).get(path).status_code == 200, path
    counted.append(len(queries))
print(json.dumps(counted))
"""


def cost(quick: bool = False) -> dict:
    sizes = SIZES
    measured = [measure_one(n, quick) for n in sizes]
    lines = [
        [name, *(f"{queries[i]} / {milliseconds[i]:.1f} ms" for queries, milliseconds in measured)]
        for i, name in enumerate(PATHS)
    ]
    return {
        "note": "Queries and processor time of one request, with nothing kept in memory but related posts, on SQLite. "
        "Posts of 1,200 words with three tags of thirty each; the post has 20 comments. Queries are counted with those "
        "for related posts.",
        "head": ["queries / CPU", *(f"{n:,} posts" for n in sizes)],
        "lines": lines,
    }


def measure_one(n: int, quick: bool) -> tuple[list[int], list[float]]:
    with TemporaryDirectory() as name:
        env = environment(Path(name))
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "shell", "--verbosity", "0", "--command", SEED.format(n=n))
        code = QUERIES.format(paths=list(PATHS.values()))
        queries = json.loads(manage(env, "shell", "--verbosity", "0", "--command", code))
        with running(env, *UVICORN, "--port", "PORT", "benchmarks.sites:ours") as server:
            figures = [
                [1000 / measure(server, path, n=40, connections=2)[0] for path in PATHS.values()] for _ in range(3)
            ]
    return queries, [median(column) for column in zip(*figures, strict=True)]


def main() -> None:
    table = cost("--quick" in sys.argv)
    print(markdown(table["head"], table["lines"]))


if __name__ == "__main__":
    main()
