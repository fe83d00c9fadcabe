"""How many queries each hot page asks: the cheapest benchmark."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.posts.counts import counts
from tests.factories import make_page, make_post, make_topic

pytestmark = pytest.mark.django_db(transaction=True)


def fill(n: int) -> None:
    topic = make_topic()
    make_page()
    for i in range(n):
        make_post(title=f"Post {i}", tags=("tea", f"tag {i % 7}"), topic=topic, topic_order=i, days_ago=i + 1)
    counts()  # once after each change of a post, by whoever comes first


N_QUERIES = {
    "/": 3,
    "/tag/tea/": 4,
    "/topic/walks/": 3,
    "/tags/": 3,
    "/topics/": 3,
    "/archives/": 3,
    "/search/?q=post": 3,
    "/sitemap.xml": 16,
    "/api/posts/?limit=100": 4,
    "/api/posts/?limit=100&expand=author,tags,topic&fields=html,toc,series,author,tags,topic": 8,
    "/api/pages/": 1,
    "/api/tags/": 2,
    "/api/topics/": 2,
    "/feed.json": 3,
    "/atom.xml": 3,
}


@pytest.mark.parametrize("n", [1, 10, 100])
def test_a_list_asks_the_same_for_one_post_and_a_hundred(client, n):
    fill(n)
    call_command("search_index", stdout=StringIO())

    found = {}
    for url in N_QUERIES:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        found[url] = len(queries)
    assert found == N_QUERIES


@pytest.mark.parametrize("n", [1, 10, 100])
def test_a_post_asks_the_same_among_one_and_a_hundred(client, django_assert_max_num_queries, n):
    fill(n)

    with django_assert_max_num_queries(11):
        assert client.get("/post/post-0/").status_code == 200
