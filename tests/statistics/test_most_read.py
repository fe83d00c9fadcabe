"""Which posts were read most, for programs and for blocks on pages of one's own."""

from datetime import timedelta

import pytest

from blog.models import DailyViews, Post
from blog.posts import trash
from blog.statistics import today
from tests.factories import make_activity, make_post

pytestmark = pytest.mark.django_db

PATH = "/api/most-read/"


def read(post: Post, n: int, days_ago: int = 0) -> Post:
    DailyViews.objects.create(post=post.pk, date=today() - timedelta(days=days_ago), n=n)
    return post


def titles(client, path: str = PATH) -> list[str]:
    return [post["title"] for post in client.get(path).json()["results"]]


def test_the_most_read_is_first_and_numbers_are_not_told(client):
    read(make_post(title="Some"), 5)
    read(read(make_post(title="Most"), 4), 4, days_ago=3)

    answer = client.get(f"{PATH}?fields=title").json()

    assert answer == {"results": [{"title": "Most"}, {"title": "Some"}]}


def test_days_and_limit(client):
    read(make_post(title="Today"), 1)
    read(make_post(title="Last week"), 9, days_ago=7)
    read(make_post(title="Long ago"), 99, days_ago=40)

    assert titles(client) == ["Last week", "Today"]
    assert titles(client, f"{PATH}?days=7") == ["Today"]
    assert titles(client, f"{PATH}?days=366&limit=1") == ["Long ago"]
    assert titles(client, f"{PATH}?days=0&limit=x") == ["Today"]


def test_what_is_hidden_is_left_out(client):
    read(make_post(title="Draft", status="draft"), 9)
    trashed = read(make_post(title="Trashed"), 8)
    read(make_post(title="Shown"), 1)
    trash.put(trashed)

    assert titles(client) == ["Shown"]


def test_what_was_never_read_is_in_no_list(client):
    make_post()

    assert client.get(PATH).json() == {"results": []}


def test_hidden_posts_that_were_read_most_leave_no_gap(client):
    for n in range(5):
        read(make_post(title=f"Hidden {n}", visibility="unlisted"), 10 + n)
    read(make_post(title="Shown"), 2)
    read(make_post(title="Shown less"), 1)

    assert titles(client, f"{PATH}?limit=1") == ["Shown"]
    assert titles(client, f"{PATH}?limit=2") == ["Shown", "Shown less"]


def test_activities_are_in_the_list(client):
    read(make_activity(text="A heron."), 3)
    read(make_post(title="Walk"), 2)

    found = client.get(f"{PATH}?fields=kind").json()["results"]

    assert [each["kind"] for each in found] == ["activity", "post"]


@pytest.mark.parametrize(
    "query", ["days=x", "days=-3", "limit=0", "limit=99999", "days=99999", "days=²", "fields=title"]
)
def test_odd_numbers_are_no_error(client, query):
    read(make_post(title="Walk"), 1)

    assert titles(client, f"{PATH}?{query}") == ["Walk"]


def test_an_unknown_field_is_an_error_that_names_it(client):
    answer = client.get(f"{PATH}?fields=secrets")

    assert answer.status_code == 400
    assert "secrets" in answer.json()["error"]["message"]


def test_views_of_two_posts_alike_are_sorted_alike_each_time(client):
    for title in ("First", "Second", "Third"):
        read(make_post(title=title), 4)

    assert titles(client) == titles(client) == ["First", "Second", "Third"]
