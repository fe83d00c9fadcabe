"""A list of posts to JSON: AsyncModel beside DRF, adrf, Ninja and naive async properties, in one run.

    python benchmarks/async_model.py [--rounds 15] [--json]

It brings its own models and its own SQLite file, and needs `djangorestframework`; `adrf` and
`django-ninja` take part where they are installed. Every contestant gives the same dictionaries,
which is checked. CPU is that of the whole process, threads included, by the median of rounds in
which everyone takes a turn; queries and memory (tracemalloc's peak) are counted in passes of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import gc
import json
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import django
from asgiref.sync import sync_to_async
from django.apps import AppConfig
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
folder = tempfile.TemporaryDirectory()


class Bench(AppConfig):
    name = "__main__"
    label = "bench"
    path = str(Path(__file__).parent)


settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "__main__.Bench"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(folder.name, "bench.sqlite3")}},
    REST_FRAMEWORK={"UNAUTHENTICATED_USER": None},
    USE_TZ=True,
    TIME_ZONE="UTC",
)
django.setup()

from django.db import connection, models  # noqa: E402
from django.db.models.functions import Coalesce  # noqa: E402
from django.utils.safestring import SafeString, mark_safe  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.renderers import JSONRenderer  # noqa: E402

from frodo.async_models import AsyncModel, async_property, batched_property  # noqa: E402

try:
    from adrf import serializers as adrf_serializers
except ImportError:
    adrf_serializers = None
try:
    from ninja import Schema
except ImportError:
    Schema = None

PARAGRAPH = "<p>Not all those who wander are lost; deep roots are not reached by the frost.</p>"


class Writer(AsyncModel):
    name = models.CharField(max_length=50)
    slug = models.SlugField()
    email = models.EmailField()

    public = ("id", "name", "url")

    @property
    def url(self) -> str:
        return f"/by/{self.slug}/"


class Tag(AsyncModel):
    name = models.CharField(max_length=50)
    slug = models.SlugField()

    public = ("name", "slug", "url")

    class Meta:
        ordering = ["pk"]

    @property
    def url(self) -> str:
        return f"/tag/{self.slug}/"


class Post(AsyncModel):
    title = models.CharField(max_length=200)
    slug = models.SlugField()
    language = models.CharField(max_length=10)
    html = models.TextField()
    excerpt = models.TextField()
    n_words = models.PositiveIntegerField()
    published_at = models.DateTimeField(db_index=True)
    updated_at = models.DateTimeField()
    author = models.ForeignKey(Writer, models.CASCADE)
    tags = models.ManyToManyField(Tag)

    public = (
        "id",
        "slug",
        "title",
        "url",
        "language",
        "published_at",
        "updated_at",
        "author",
        "tags",
        "n_comments",
        "minutes",
        "summary_html",
    )

    @property
    def url(self) -> str:
        return f"/post/{self.slug}/"

    @property
    def minutes(self) -> int:
        return max(1, round(self.n_words / 300))

    @async_property
    async def summary_html(self) -> SafeString:
        return mark_safe(self.excerpt)

    @batched_property
    def n_comments(posts: list[Post]) -> dict[int, int]:
        return dict(Comment.objects.filter(post__in=posts).values_list("post").annotate(models.Count("pk")))


class Comment(models.Model):  # noqa: DJ008
    post = models.ForeignKey(Post, models.CASCADE, related_name="comments")
    text = models.TextField()


def make_rows() -> None:
    with connection.schema_editor() as editor:
        for model in (Writer, Tag, Post, Comment):
            editor.create_model(model)
    writers = [Writer(name=f"Writer {i}", slug=f"writer-{i}", email=f"{i}@example.com") for i in range(5)]
    tags = [Tag(name=f"Tag {i}", slug=f"tag-{i}") for i in range(30)]
    Writer.objects.bulk_create(writers)
    Tag.objects.bulk_create(tags)
    start = datetime.datetime(2026, 1, 1, 9, 30, tzinfo=datetime.UTC)
    posts = [
        Post(
            title=f"Post number {i}",
            slug=f"post-number-{i}",
            language="en",
            html=PARAGRAPH * 60,
            excerpt=PARAGRAPH * 2,
            n_words=400 + i,
            published_at=start - datetime.timedelta(days=i),
            updated_at=start,
            author=writers[i % 5],
        )
        for i in range(500)
    ]
    Post.objects.bulk_create(posts)
    Post.tags.through.objects.bulk_create(
        Post.tags.through(post=post, tag=tags[(i + j * 7) % 30]) for i, post in enumerate(posts) for j in range(3)
    )
    Comment.objects.bulk_create(
        Comment(post=post, text="Well said.") for i, post in enumerate(posts) for _ in range(i % 7)
    )


def rows(n: int):
    return Post.objects.order_by("-published_at").defer("html")[:n]


def loaded(n: int):
    """As one loads for DRF: everything in two queries."""
    posts = rows(n).select_related("author").prefetch_related("tags")
    return posts.annotate(counted=models.Count("comments"))


def tuned(n: int):
    """The same with a subquery, where the GROUP BY of Count() carries every column along."""
    mine = Comment.objects.filter(post=models.OuterRef("pk")).order_by().values("post")
    counted = Coalesce(models.Subquery(mine.annotate(n=models.Count("pk")).values("n")), 0)
    return rows(n).select_related("author").prefetch_related("tags").annotate(counted=counted)


# The contestants: each gives the JSON text of n posts.


async def ours(n: int) -> bytes:
    return json.dumps(await Post.to_dicts(rows(n))).encode()


async def ours_loaded(n: int) -> bytes:
    posts = rows(n).select_related("author").prefetch_related("tags")
    return json.dumps(await Post.to_dicts(posts.annotate(n_comments=models.Count("comments")))).encode()


class WriterSerializer(serializers.ModelSerializer):
    class Meta:
        model = Writer
        fields = ["id", "name", "url"]

    url = serializers.ReadOnlyField()


class TagSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = ["name", "slug", "url"]

    url = serializers.ReadOnlyField()


class PostSerializer(serializers.ModelSerializer):
    author = WriterSerializer()
    tags = TagSerializer(many=True)
    url = serializers.ReadOnlyField()
    minutes = serializers.ReadOnlyField()
    n_comments = serializers.IntegerField(source="counted")
    summary_html = serializers.CharField(source="excerpt")

    class Meta:
        model = Post
        fields = list(Post.public)


@sync_to_async
def drf(n: int) -> bytes:
    return JSONRenderer().render(PostSerializer(loaded(n), many=True).data)


@sync_to_async
def drf_tuned(n: int) -> bytes:
    return JSONRenderer().render(PostSerializer(tuned(n), many=True).data)


if adrf_serializers:

    class AsyncWriterSerializer(adrf_serializers.ModelSerializer):
        url = adrf_serializers.ReadOnlyField()

        class Meta(WriterSerializer.Meta):
            pass

    class AsyncTagSerializer(adrf_serializers.ModelSerializer):
        url = adrf_serializers.ReadOnlyField()

        class Meta(TagSerializer.Meta):
            pass

    class AsyncPostSerializer(adrf_serializers.ModelSerializer):
        author = AsyncWriterSerializer()
        tags = AsyncTagSerializer(many=True)
        url = adrf_serializers.ReadOnlyField()
        minutes = adrf_serializers.ReadOnlyField()
        n_comments = adrf_serializers.IntegerField(source="counted")
        summary_html = adrf_serializers.CharField(source="excerpt")

        class Meta(PostSerializer.Meta):
            pass

    async def adrf(n: int) -> bytes:
        posts = [post async for post in loaded(n)]
        return JSONRenderer().render(await AsyncPostSerializer(posts, many=True).adata)


if Schema:

    class WriterOut(Schema):
        id: int
        name: str
        url: str

    class TagOut(Schema):
        name: str
        slug: str
        url: str

    class PostOut(Schema):
        id: int
        slug: str
        title: str
        url: str
        language: str
        published_at: datetime.datetime
        updated_at: datetime.datetime
        author: WriterOut
        tags: list[TagOut]
        n_comments: int
        minutes: int
        summary_html: str

        @staticmethod
        def resolve_n_comments(post: Post) -> int:
            return post.counted

        @staticmethod
        def resolve_summary_html(post: Post) -> str:
            return post.excerpt

    @sync_to_async
    def ninja(n: int) -> bytes:
        shown = [PostOut.from_orm(post).model_dump(mode="json") for post in loaded(n)]
        return json.dumps(shown).encode()


async def naive(n: int) -> bytes:
    """What one writes first: for each post, await each thing."""

    async def to_dict(post: Post) -> dict:
        author = await Writer.objects.aget(pk=post.author_id)
        return {
            "id": post.id,
            "slug": post.slug,
            "title": post.title,
            "url": post.url,
            "language": post.language,
            "published_at": post.published_at.isoformat().replace("+00:00", "Z"),
            "updated_at": post.updated_at.isoformat().replace("+00:00", "Z"),
            "author": {"id": author.id, "name": author.name, "url": author.url},
            "tags": [{"name": t.name, "slug": t.slug, "url": t.url} async for t in post.tags.all()],
            "n_comments": await Comment.objects.filter(post=post).acount(),
            "minutes": post.minutes,
            "summary_html": post.excerpt,
        }

    return json.dumps([await to_dict(post) async for post in rows(n)]).encode()


CONTESTANTS: dict[str, Callable[[int], Awaitable[bytes]]] = {
    "AsyncModel, bare queryset": ours,
    "AsyncModel, loaded queryset": ours_loaded,
    "DRF ModelSerializer, loaded": drf,
    "DRF ModelSerializer, subquery": drf_tuned,
}
if adrf_serializers:
    CONTESTANTS["adrf ModelSerializer, loaded"] = adrf
if Schema:
    CONTESTANTS["Ninja Schema, loaded"] = ninja
CONTESTANTS["naive async properties"] = naive
BASELINE = "DRF ModelSerializer, loaded"
SLOW = (naive, globals().get("adrf"))  # a turn in every fourth round is enough for these


async def queries_of(run: Callable[[int], Awaitable[bytes]], n: int) -> int:
    count = 0

    def counting(execute, *args):
        nonlocal count
        count += 1
        return execute(*args)

    # Without a request all ORM calls share one thread, and so one connection.
    await sync_to_async(lambda: connection.execute_wrappers.append(counting))()
    await run(n)
    await sync_to_async(lambda: connection.execute_wrappers.remove(counting))()
    return count


async def peak_of(run: Callable[[int], Awaitable[bytes]], n: int) -> int:
    gc.collect()
    tracemalloc.start()
    await run(n)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


async def measure(n: int, rounds: int) -> list[dict]:
    expected = json.loads(await drf(n))
    times: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    for name, run in CONTESTANTS.items():
        if json.loads(await run(n)) != expected:
            raise AssertionError(f"{name} gives other data than {BASELINE}")
    for turn in range(rounds):
        for name, run in CONTESTANTS.items():
            if run in SLOW and turn % 4:
                continue
            gc.collect()
            started = time.process_time()
            await run(n)
            times[name].append(time.process_time() - started)
    medians = {name: statistics.median(values) for name, values in times.items()}
    peaks = {name: await peak_of(run, n) for name, run in CONTESTANTS.items()}
    return [
        {
            "contestant": name,
            "posts": n,
            "queries": await queries_of(run, n),
            "cpu_ms": round(medians[name] * 1000, 2),
            "time_ratio": round(medians[name] / medians[BASELINE], 2),
            "peak_kb": peaks[name] // 1024,
            "memory_ratio": round(peaks[name] / peaks[BASELINE], 2),
        }
        for name, run in CONTESTANTS.items()
    ]


def table(results: list[dict]) -> str:
    head = f"{'':32}{'queries':>9}{'CPU ms':>9}{'of DRF':>9}{'peak KB':>9}{'of DRF':>9}"
    lines = [f"{results[0]['posts']} posts", head]
    for r in results:
        lines.append(
            f"{r['contestant']:32}{r['queries']:>9}{r['cpu_ms']:>9.1f}{r['time_ratio']:>9.2f}"
            f"{r['peak_kb']:>9}{r['memory_ratio']:>9.2f}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print figures for a program to read")
    options = parser.parse_args()
    make_rows()
    gc.collect()
    gc.freeze()  # as the server does when it has started (frodo/lifespan.py); good for all
    results = []
    for n in (50, 500):
        results += asyncio.run(measure(n, options.rounds))
    if options.json:
        print(json.dumps(results, indent=2))
        return
    for n in (50, 500):
        print(table([r for r in results if r["posts"] == n]), end="\n\n")


if __name__ == "__main__":
    main()
