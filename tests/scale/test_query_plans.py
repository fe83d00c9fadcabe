"""No list sorts or reads a whole table: the plan of every query of every list, at a size where plans are decisive."""

import re
from collections import defaultdict

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from benchmarks.large_site import fill
from blog.link_check import due_links
from blog.models import Comment, Post
from blog.moderation.models import Report

N_POSTS = 1000
LARGE = ("blog_post", "blog_comment", "blog_post_tags", "blog_event")
MANY = 250
"""More rows than a page shows, or than one post, tag or topic has."""
OF_FEW = (
    "rowid=?",
    "id=?",
    "slug=?",
    "post_id=?",
    "topic_id=?",
    "translation_of_id=?",
    "translation_of_id>?",
    "tag_id=?",
    "comment_id=?",
    "user_id=?",
    "visitor=?",
)
"""What SQLite searches by when it reads few rows."""

PUBLIC = [
    *("/", "/page/2/", "/page/98/", "/post/post-3/", "/tags/", "/tag/{tag}/", "/tag/{tag}/page/2/"),
    *("/topics/", "/topic/topic-0/", "/archives/", "/archives/{year}/", "/archives/{year}/page/1/"),
    *("/atom.xml", "/rss.xml", "/feed.json", "/tag/{tag}/atom.xml", "/topic/topic-0/atom.xml", "/comments.xml"),
    *("/activities/", "/activities/page/2/", "/activities/atom.xml", "/activities/feed.json"),
    *("/post/post-3/comments/", "/post/post-3/comments/?order=newest", "/post/post-3/comments/?order=best"),
    *("/post/post-3/comments.xml", "/sitemap.xml", "/sitemap-tags.xml"),
    *(f"/api/posts/?order={order}" for order in ("newest", "oldest", "updated", "popular")),
    *(f"/api/activities/?order={order}" for order in ("newest", "oldest", "updated", "popular")),
    *("/api/posts/?topic=topic-0", "/api/posts/?year={year}", "/api/tags/", "/api/topics/", "/api/posts/post-3/"),
    *(f"/api/posts/post-3/comments/?order={order}" for order in ("oldest", "newest", "best")),
]
ADMIN = [
    *("/admin/blog/post/", "/admin/blog/post/?status=draft", "/admin/blog/comment/", "/admin/blog/upload/"),
    *("/admin/blog/comment/?state__exact=pending", "/admin/blog/activity/", "/admin/", "{queue}", "{queue}?tab=new"),
    "{queue}?tab=reported",
]


@pytest.mark.django_db
def test_links_that_are_due_are_found_by_their_time():
    if connection.vendor != "sqlite":
        pytest.skip("MariaDB chooses by statistics, which an empty table has none of.")
    with CaptureQueriesContext(connection) as queries:
        due_links()

    plan = [row[3] for row in connection.cursor().execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}").fetchall()]
    assert "check_at<?" in plan[0]
    assert [step for step in plan if "B-TREE" in step or "SCAN" in step] == []


@pytest.mark.django_db(transaction=True)
def test_no_list_reads_or_sorts_more_than_it_shows():
    fill(N_POSTS, "We walked along the river. " * 100)
    Report.objects.create(comment=Comment.objects.visible().first(), who="visitor:1")
    reader, author = (Client(headers={"host": "localhost"}) for _ in range(2))
    author.force_login(User.objects.get(username="ann"))
    reader.get("/tags/")  # posts are counted once after each change
    names = {
        "tag": Post.objects.get(slug="post-3").tags.first().slug,
        "year": Post.objects.published().newest().first().published_at.year,
        "queue": reverse("moderation"),
    }

    found = []
    for address, client in [*((each, reader) for each in PUBLIC), *((each, author) for each in ADMIN)]:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address.format(**names), follow=True)
        assert answer.status_code == 200, address
        selects = [query["sql"] for query in queries if query["sql"].lstrip("( ").startswith("SELECT")]
        assert selects, address
        problems = {sql: problem_of(sql) for sql in selects if not shows_all(sql, address)}
        found += [f"{address} {problem}\n  {sql}" for sql, problem in problems.items() if problem]

    assert not found, "\n".join(found)


LONG_LISTS = {"/admin/blog/post/": 15, "/admin/blog/comment/": 11}
"""How many SELECTs each asks beside that of the session: the user, the filters, the rows, the counts in the header."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("n_posts", [30, 300, pytest.param(20_000, marks=pytest.mark.quality)])
def test_long_lists_of_the_admin_ask_as_many_queries_at_any_size_and_scan_no_table(n_posts):
    fill(n_posts, "We walked along the river.")
    author = Client(headers={"host": "localhost"})
    author.force_login(User.objects.get(username="ann"))

    for address, n_queries in LONG_LISTS.items():
        author.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = author.get(address)
        selects = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
        selects = [sql for sql in selects if "django_session" not in sql]
        listed = answer.context_data["cl"]
        assert listed.result_count >= n_posts * (10 if "comment" in address else 1)
        assert len(listed.result_list) == min(listed.list_per_page, listed.result_count)
        assert len(selects) == n_queries, "\n".join(selects)
        if n_posts >= 300:
            assert not [problem_of(sql) for sql in selects if problem_of(sql)]
            assert all(reads_index_only(sql) for sql in selects if "COUNT(" in sql)


@pytest.mark.django_db(transaction=True)
def test_a_list_without_an_index_for_its_order_is_found():
    """The test above can fail."""
    fill(N_POSTS, "A walk.")
    for rows in (Post.objects.order_by("language", "-n_views")[:10], Post.objects.order_by("-published_at")):
        with CaptureQueriesContext(connection) as queries:
            list(rows)
        assert problem_of(queries[0]["sql"])


def shows_all(sql: str, address: str) -> bool:
    """The keys of a list of the admin that was counted before, and has one page."""
    return "LIMIT" not in sql and address in ADMIN and re.match(r"SELECT .\w+.\..id. AS .pk. FROM", sql) is not None


def plan_of(sql: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(
            ("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql.replace("%", "%%")
        )
        return cursor.fetchall()


def reads_index_only(sql: str) -> bool:
    """Of what counts: the rows themselves, which hold whole texts, are left alone."""
    if connection.vendor == "sqlite":
        return not any(re.match(r"SCAN blog_(post|comment)(?!.*COVERING INDEX)", step[3]) for step in plan_of(sql))
    return not any(step[3] == "ALL" and str(step[2]).startswith("blog_") for step in plan_of(sql))


def problem_of(sql: str) -> str:
    plan = plan_of(sql)
    steps = sqlite_steps(plan) if connection.vendor == "sqlite" else mysql_steps(plan)
    if any(reads and sorts for reads, sorts in steps):
        return f"sorts many rows: {plan}"
    if any(reads for reads, _sorts in steps) and "LIMIT" not in sql and "COUNT(" not in sql:
        return f"reads many rows: {plan}"
    return ""


def sqlite_steps(plan: list) -> list[tuple[bool, bool]]:
    """Of each part of the query: whether it reads many rows, and whether it sorts."""
    parts = defaultdict(list)
    for _step, part, _unused, detail in plan:
        parts[part].append(detail)
    return [(any(map(reads_many, part)), any("TEMP B-TREE" in detail for detail in part)) for part in parts.values()]


def reads_many(detail: str) -> bool:
    step = re.match(r"(SCAN|SEARCH) (\w+)(?:.*\((.*)\))?", detail)
    if step is None:
        return False
    table = ALIASES.get(step[2], step[2])
    return table in LARGE and not any(name in re.split(r" AND ", step[3] or "") for name in OF_FEW)


ALIASES = {"U0": "blog_post"}
"""Of subqueries."""


def mysql_steps(plan: list) -> list[tuple[bool, bool]]:
    parts = defaultdict(list)
    for row in plan:
        parts[row[0]].append((int(row[8] or 0) > MANY, bool(re.search("filesort|temporary", row[9] or ""))))
    return [(any(reads for reads, _ in part), any(sorts for _, sorts in part)) for part in parts.values()]
