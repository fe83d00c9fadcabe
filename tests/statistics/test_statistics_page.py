"""The statistics page and the dashboard: charts, tables, CSV, and who sees them."""

import csv
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog import statistics
from blog.models import DailyReferrer, DailySearch, DailyViews
from tests import people
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db

URL = "/admin/statistics/"


def days_ago(n: int) -> date:
    return statistics.today() - timedelta(days=n)


@pytest.fixture
def walk():
    post = make_post(title="A walk")
    for day, n in [(0, 3), (1, 4), (400, 5)]:
        for pk in (post.pk, 0):
            DailyViews.objects.create(date=days_ago(day), post=pk, n=n)
    DailyReferrer.objects.create(date=days_ago(0), name="news.example", n=2)
    DailySearch.objects.create(date=days_ago(0), name="=1+1", n=1)
    return post


def table(client, by: str) -> list[list[str]]:
    answer = client.get(URL, {"by": by, "format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize(("by", "total", "n_bars"), [("day", 7, 30), ("week", 7, 26), ("month", 12, 24)])
def test_the_chart_is_a_table_and_a_csv_file_too(desk, walk, by, total, n_bars):
    page = desk.get(URL, {"by": by}).content.decode()

    assert page.count('class="chart-bar"') == n_bars
    assert f"{total} views" in page
    assert page.count('<th scope="row">') >= n_bars
    rows = table(desk, by)
    assert sum(int(n) for kind, _name, n in rows[1:] if kind == "date") == total
    assert ["post", "A walk", str(total)] in rows
    assert ["referrer", "news.example", "2"] in rows
    assert ["search", "'=1+1", "1"] in rows


def test_years_go_back_to_the_first_view(desk, walk):
    dates = [name for kind, name, _n in table(desk, "year") if kind == "date"]

    assert dates[0] == f"{days_ago(400).year}-01-01"
    assert dates[-1] == f"{days_ago(0).year}-01-01"
    assert desk.get(URL, {"by": "century"}).status_code == 404


def test_without_a_view_there_is_an_empty_chart(desk):
    page = desk.get(URL, {"by": "year"}).content.decode()

    assert "0 views" in page
    assert "No views in this period." in page


def test_contributors_see_neither_statistics_nor_system(client):
    client.force_login(people.cid())

    assert client.get(URL).status_code == 403
    page = client.get("/admin/").content.decode()
    assert "Drafts" in page
    assert "Disk" not in page
    assert "chart" not in page


def test_the_dashboard_shows_what_to_go_on_with(desk, ann, walk):
    make_post(title="Half a post", status="draft")
    make_comment(walk, text="May I ask something?", state="pending")

    page = desk.get("/admin/").content.decode()

    for words in ["Write a post", "Half a post", "May I ask something?", "A walk"]:
        assert words in page
    assert "<b>3</b> today" in page
    assert "<b>7</b> in 7 days" in page


def test_the_dashboard_asks_no_more_queries_of_a_longer_blog(desk, walk):
    def asked() -> int:
        desk.get("/admin/")
        with CaptureQueriesContext(connection) as queries:
            desk.get("/admin/")
        return len(queries)

    make_post(title="Half a post", status="draft")
    make_comment(walk, state="pending")
    few = asked()
    for n in range(10):
        make_comment(make_post(title=f"Post {n}"), state="pending", name=f"Guest {n}")
        make_post(title=f"Draft {n}", status="draft")

    assert asked() == few


def test_names_are_limited_and_old_ones_deleted(walk, monkeypatch):
    monkeypatch.setattr(statistics, "MOST_NAMES", 3)
    statistics.add_visits({f"{n}.example": 1 for n in range(10)}, {})
    DailyReferrer.objects.create(date=days_ago(500), name="old.example", n=1)
    DailyViews.objects.create(date=days_ago(900), post=walk.pk, n=1)
    DailyViews.objects.create(date=days_ago(900), post=0, n=1)

    statistics.delete_old()

    assert DailyReferrer.objects.count() == 3
    assert list(DailyViews.objects.filter(date=days_ago(900)).values_list("post", flat=True)) == [0]


def test_the_periods_are_named_alike_in_chinese(desk):
    page = desk.get(URL, headers={"accept-language": "zh-CN"}).content.decode()

    for name in ("按日", "按周", "按月", "按年"):
        assert f">{name}<" in page
