"""A site of any size, written in bulk: 20,000 posts and 200,000 comments take seconds, not hours.

    DATABASE_URL=... python -m benchmarks.large_site [posts]

The numbers of tags, of topics and of posts in one topic are the same at every size, so that two sizes can be compared.
"""

import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import django
from django.db import connection, transaction
from django.utils import timezone

N_TAGS, N_TOPICS, POSTS_PER_TOPIC, COMMENTS_PER_POST, YEARS = 6, 2, 10, 10, 10
"""Few tags and topics, so that the page of one has ten posts at 20 posts, too."""
MIN_ACTIVITIES, MIN_POSTS_PER_YEAR = 20, 20
"""So that a page of activities and the archive of a year have as many rows on a small site, as far as it has posts."""
BATCH = 500
WORDS = "We *walked* along the river, and had tea. " * 60


@transaction.atomic
def write_rows(n_posts: int, text: str = WORDS) -> None:
    """Write to an empty database `n_posts` posts, a tenth as many activities (20 at least) and ten comments a post.

    Posts are called `post-0` (the newest) to `post-<n - 1>`, spread over ten years at most. Every 50th is a draft, but
    for the first twenty; as many again are scheduled, ten at most.
    """
    from blog.models import Post, Tag, Topic
    from tests.factories import make_activity, make_comment, make_page, make_post

    now = timezone.now()
    make_page()
    tags = [Tag.objects.create(name=f"tag {n}") for n in range(N_TAGS)]
    topics = [Topic.objects.create(name=f"topic {n}") for n in range(N_TOPICS)]
    n_activities = max(n_posts // 10, MIN_ACTIVITIES)
    span = timedelta(days=365) * min(YEARS, n_posts / MIN_POSTS_PER_YEAR)
    step = span / n_posts
    pattern = make_post(title="Post 0", text=text, topic=topics[0], published_at=now)

    insert_like(
        pattern,
        (
            {
                "title": f"Post {n}",
                "slug": f"post-{n}",
                "status": "draft" if n >= 20 and n % 50 == 0 else "published",
                "published_at": now - step * n,
                "updated_at": now - step * n,
                "topic_id": topics[n // POSTS_PER_TOPIC].pk if n < N_TOPICS * POSTS_PER_TOPIC else None,
                "topic_order": n % POSTS_PER_TOPIC,
                "n_comments": COMMENTS_PER_POST,
                "pinned": n == n_posts // 2,
                "plain": f"{pattern.plain} number-{n}-only",
            }
            for n in range(1, n_posts)
        ),
    )
    posts = list(Post.objects.order_by("pk").values_list("pk", flat=True))
    insert_like(
        pattern,
        (
            {"title": f"Soon {n}", "slug": f"soon-{n}", "status": "scheduled", "published_at": now + step * (n + 1)}
            for n in range(min(10, n_posts // 50))
        ),
    )
    link = Post.tags.through
    insert_like(link(), ({"post_id": pk, "tag_id": tags[(pk + 7 * j) % N_TAGS].pk} for pk in posts for j in range(3)))
    insert_like(
        make_activity(published_at=now),
        (
            {
                "slug": f"~{n:016x}",
                "published_at": now - span / n_activities * n,
                "updated_at": now - span / n_activities * n,
            }
            for n in range(1, n_activities)
        ),
    )
    first = make_comment(pattern, text="Comment *0*.")
    first.delete()
    insert_like(
        first,
        (
            {"post_id": pk, "name": f"Reader {n}", "visitor": f"visitor-{(pk + n) % 997}", "state": state_of(pk, n)}
            for n in range(COMMENTS_PER_POST)
            for pk in reversed(posts)
        ),
    )


def fill(n_posts: int, text: str = WORDS) -> None:
    write_rows(n_posts, text)
    update_statistics()


def state_of(pk: int, n: int) -> str:
    """One in 200 waits for approval, one in 100 was removed."""
    if n == 3 and pk % 20 == 0:
        return "pending"
    return "removed" if n == 5 and pk % 10 == 0 else "visible"


def insert_like(pattern, rows) -> None:
    """Insert copies of `pattern`, each with the columns that `rows` name. All rows name the same columns.

    Not `bulk_create`, which makes an object of each and takes five times as long.
    """
    fields = {field.attname: field for field in pattern._meta.concrete_fields if not field.primary_key}
    same = {name: prepared(field, field.pre_save(pattern, True)) for name, field in fields.items()}
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields.values())
    places = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(pattern._meta.db_table)} ({columns}) VALUES ({places})"
    with connection.cursor() as cursor:
        for batch in batched(rows):
            varying = [{name: prepared(fields[name], value) for name, value in row.items()} for row in batch]
            cursor.executemany(sql, [[row.get(name, same[name]) for name in fields] for row in varying])


def prepared(field, value):
    return field.get_db_prep_save(value, connection)


def batched(rows) -> Iterator[list[dict]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def update_statistics() -> None:
    """MariaDB refreshes its own after a while; SQLite keeps none unless told to, and our sites do not tell it."""
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            tables = ", ".join(map(connection.ops.quote_name, connection.introspection.table_names()))
            cursor.execute(f"ANALYZE TABLE {tables}")
            cursor.fetchall()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frodo.settings")
    django.setup(set_prefix=False)
    fill(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)


if __name__ == "__main__":
    main()
