"""A known script of visits against a real server: what is counted, and what is not."""

import json

import pytest

from tests.server import Server, until

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
COUNTED = """
import json
from blog.models import DailyReferrer, DailySearch, DailyViews, Post
slugs = dict(Post.objects.values_list("pk", "slug"))
print(json.dumps([
    {slugs.get(post, "all"): n for post, n in DailyViews.objects.values_list("post", "n")},
    dict(DailyReferrer.objects.values_list("name", "n")),
    dict(DailySearch.objects.values_list("name", "n")),
]))
"""


@pytest.mark.parametrize("cache", ["0", "64"], ids=["without the page cache", "with it"])
def test_visits_are_counted_by_day_without_robots(tmp_path, cache):
    with Server(tmp_path, PAGE_CACHE_MB=cache, VIEWS_WRITE_SECONDS="0.05") as server:
        server.run(
            "from tests.factories import make_post\n"
            "for slug in ('walk', 'tea'): make_post(slug=slug, title=slug, text='Some words.')"
        )
        for path, agent, referrer in [
            ("/post/walk/", FIREFOX, "https://news.example/item?id=1"),
            ("/post/walk/", FIREFOX, "https://www.news.example/"),
            ("/post/walk/", PHONE, f"{server.url}/"),
            ("/post/walk/", PHONE, "javascript:alert(1)"),
            ("/post/tea/", FIREFOX, ""),
            ("/post/tea/", GOOGLEBOT, "https://spam.example/"),
            ("/post/tea/", "curl/8.5.0", "https://spam.example/"),
            ("/search/?q=Slow++Tea", FIREFOX, ""),
            ("/search/?q=slow%20tea", PHONE, ""),
            ("/search/?q=slow+tea&page=1", GOOGLEBOT, ""),
            ("/search/?q=%E5%BC%82%E6%AD%A5", FIREFOX, ""),
        ]:
            server.ask(path, **{"User-Agent": agent, **({"Referer": referrer} if referrer else {})})

        expected = [
            {"walk": 4, "tea": 1, "all": 5},
            {"news.example": 2},
            {"slow tea": 2, "异步": 1},
        ]
        until(lambda: json.loads(server.run(COUNTED)) == expected, f"{expected}, not {server.run(COUNTED)}", 5)
