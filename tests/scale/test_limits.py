"""No query outlives its request, and a comment leaves in the cache what does not show it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone

from blog.models import Post, SiteVersion, Tag
from blog.posts.counts import counts
from blog.posts.sitemaps import SiteMap
from frodo import database_limits
from frodo.error_views import is_temporary
from frodo.page_cache import cache_key
from tests.factories import make_activity, make_page, make_post, make_topic

NO_COMMENTS = (
    "/archives/",
    "/archives/2026/",
    "/tags/",
    "/topics/",
    "/sitemap.xml",
    "/atom.xml",
    "/feed.json",
    "/p/about/",
)
COMMENTS = ("/", "/post/a-walk/", "/tag/tea/", "/topic/walks/", "/comments.xml", "/activities/")

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n",
    "mysql": "SELECT COUNT(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b WHERE a.seq + b.seq > 3",
}


@pytest.mark.django_db(transaction=True)
def test_the_database_ends_a_query_that_takes_too_long(monkeypatch):
    monkeypatch.setattr(database_limits, "STATEMENT_SECONDS", 1)
    connection.ensure_connection()
    wrappers = list(connection.execute_wrappers)
    try:
        database_limits.limit_statements(None, connection)
        with connection.cursor() as cursor, pytest.raises(OperationalError) as error:
            cursor.execute(ENDLESS[connection.vendor])
        assert is_temporary(error.value)
    finally:
        connection.execute_wrappers[:] = wrappers
        connection.close()


@pytest.mark.django_db
def test_what_shows_no_comments_stays_when_one_comes():
    make_post(tags=("tea",), topic=make_topic())
    make_page()

    assert [address for address in NO_COMMENTS if cache_key.shows_comments(address)] == []
    assert [address for address in COMMENTS if not cache_key.shows_comments(address)] == []


@pytest.mark.django_db(transaction=True)
def test_counts_follow_each_change():
    assert counts().posts == 0
    topic = make_topic()
    post = make_post(tags=("tea", "river"), topic=topic)
    make_post(title="Draft", status="draft", tags=("tea",))
    tea, river = Tag.objects.get(name="tea").pk, Tag.objects.get(name="river").pk
    year = timezone.localtime(post.published_at).year

    assert counts()[:4] == (1, {tea: 1, river: 1}, {topic.pk: 1}, {"": {year: 1}, "en": {year: 1}})
    post.tags.remove(river)
    assert counts().tags == {tea: 1}
    Post.objects.get(title="Draft").delete()
    post.status = "draft"
    post.save()
    assert counts()[:4] == (0, {}, {}, {"": {}})


@pytest.mark.django_db(transaction=True)
def test_a_scheduled_post_is_counted_when_its_time_has_come():
    post = make_post(days_ago=-1)
    assert counts().posts == 0
    assert counts().until == post.published_at
    kept = counts()
    Post.objects.update(published_at=timezone.now() - timedelta(minutes=1))  # no signal: only the time tells
    cache.set(f"post-counts:{SiteVersion.objects.content()}", kept._replace(until=timezone.now()), 60)

    assert counts().posts == 1


@pytest.mark.django_db
def test_an_archive_shows_years_with_their_numbers(client, monkeypatch):
    monkeypatch.setattr("blog.posts.list_views.LINKS_PER_PAGE", 3)
    for year, n in ((2020, 2), (2021, 5)):
        for i in range(n):
            make_post(title=f"Of {year}, {i}", published_at=timezone.make_aware(timezone.datetime(year, 5, i + 1)))

    page = client.get("/archives/").content.decode()
    assert page.count("Of 2021") == 3
    assert "Of 2020" not in page
    assert '<a href="/archives/2021/">2021 <span>5</span></a>' in page
    assert '<a href="/archives/2020/">2020 <span>2</span></a>' in page
    assert client.get("/archives/2021/page/2/").content.decode().count("Of 2021") == 2
    assert client.get("/archives/2020/").content.decode().count("Of 2020") == 2
    assert client.get("/archives/2021/page/3/").status_code == 404
    assert client.get("/archives/2019/").status_code == 404


@pytest.mark.django_db
def test_a_sitemap_of_many_addresses_is_an_index(client, monkeypatch):
    for n in range(5):
        make_post(title=f"Post {n}", days_ago=n + 1)
    make_activity()
    assert client.get("/sitemap.xml").content.decode().count("/post/post-") == 5

    monkeypatch.setattr("blog.posts.sitemaps.MAX_ENTRIES", 2)
    monkeypatch.setattr(SiteMap, "limit", 2)
    index = client.get("/sitemap.xml").content.decode()
    assert "<sitemapindex" in index
    files = [f"http://testserver/sitemap-posts.xml{more}" for more in ("", "?p=2", "?p=3")]
    assert all(f"<loc>{file}</loc>" in index for file in files)
    found = "".join(client.get(file.removeprefix("http://testserver")).content.decode() for file in files)
    assert sorted(f"post-{n}/" in found for n in range(5)) == [True] * 5
    assert "/activities/" in client.get("/sitemap-activities.xml").content.decode()
