"""The statistics page and the dashboard: charts, tables, CSV, and who sees them."""

import csv
from datetime import date, timedelta

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog import statistics
from blog.models import DailyReferrer, DailySearch, DailyViews
from blog.posts import trash
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


@pytest.mark.parametrize("path", [URL, "/admin/"])
def test_a_post_in_the_trash_is_in_no_list_but_its_views_count(desk, walk, path):
    trash.put(walk)

    page = desk.get(path).content.decode()

    assert "A walk" not in page
    assert "trash-" not in page
    assert "7 views" in desk.get(URL).content.decode()
    assert "<b>7</b> in 7 days" in desk.get("/admin/").content.decode()


def test_a_post_that_was_deleted_leaves_its_views_in_the_chart(desk, walk):
    walk.delete()

    assert "7 views" in desk.get(URL).content.decode()
    assert [row for row in table(desk, "day") if row[0] == "post"] == []


@pytest.mark.parametrize("words", ["=SUM(A1)", "+1", "-1", "@x", "\t=1"])
def test_a_name_that_a_spreadsheet_would_run_is_marked_as_text(desk, words):
    post = make_post(title=words)
    for pk in (post.pk, 0):
        DailyViews.objects.create(date=days_ago(0), post=pk, n=1)

    [name] = [name for kind, name, _n in table(desk, "day") if kind == "post"]

    assert name.startswith("'")


def test_the_csv_file_has_a_name_and_names_of_all_scripts(desk):
    DailySearch.objects.create(date=days_ago(0), name='异步 «чай», “x”"', n=3)

    answer = desk.get(URL, {"by": "week", "format": "csv"})

    assert answer["Content-Disposition"] == 'attachment; filename="statistics-week.csv"'
    assert ["search", '异步 «чай», “x”"', "3"] in table(desk, "week")


def test_names_in_the_tables_are_text(desk):
    DailySearch.objects.create(date=days_ago(0), name="<script>alert(1)</script>", n=1)
    DailyReferrer.objects.create(date=days_ago(0), name="news.example", n=4)
    DailyReferrer.objects.create(date=days_ago(1), name="news.example", n=3)

    page = desk.get(URL).content.decode()

    assert "<script>alert(1)" not in page
    assert '<tr><th scope="row">news.example</th><td>7</td></tr>' in page


def test_only_the_time_of_the_bars_counts_for_the_tables(desk):
    DailyReferrer.objects.create(date=days_ago(29), name="in.example", n=1)
    DailyReferrer.objects.create(date=days_ago(31), name="out.example", n=1)

    page = desk.get(URL).content.decode()

    assert "in.example" in page
    assert "out.example" not in page
    assert "out.example" in desk.get(URL, {"by": "month"}).content.decode()


@pytest.mark.parametrize("by", ["", "DAY", "day ", "../x"])
def test_an_unknown_period_is_not_found(desk, by):
    assert desk.get(URL, {"by": by}).status_code == 404


def test_who_sees_the_numbers(client, bob, walk):
    client.force_login(people.edith())
    assert client.get(URL).status_code == 200
    assert "A walk" in client.get(URL).content.decode()
    client.force_login(bob)
    assert client.get(URL).status_code == 302
    client.logout()
    assert client.get(URL)["Location"].startswith("/admin/login/")


def test_only_reading_is_allowed(desk):
    assert desk.post(URL, {"by": "day"}).status_code == 405


def test_empty_tables_say_so_in_chinese(desk):
    page = desk.get(URL, headers={"accept-language": "zh-CN"}).content.decode()

    for words in ("这段时间没有阅读记录。", "统计不使用 Cookie"):
        assert words in page


@pytest.mark.parametrize(("most", "peak"), [(1, "5"), (5, "5"), (6, "10"), (21, "50"), (101, "200"), (1001, "2000")])
def test_the_chart_ends_at_a_round_number(desk, most, peak):
    DailyViews.objects.create(date=days_ago(0), post=0, n=most)

    page = lxml.html.fromstring(desk.get(URL).content.decode())

    [shown] = page.find_class("chart-range")
    assert f"Scale: 0 to {peak}" in shown.text_content()


def test_the_dashboard_of_an_empty_blog_says_what_there_is_not(desk):
    page = desk.get("/admin/").content.decode()

    for words in ("No drafts.", "Nothing is scheduled.", "No pending comments.", "No views in this period."):
        assert words in page
    for part in ("in-review", "broken-links"):
        assert part not in page


def test_the_dashboard_of_a_contributor_has_their_own_posts_only(client):
    cid = people.cid()
    make_post(title="Cid's draft", status="draft", author=cid)
    make_post(title="Ann's draft", status="draft")
    make_post(title="Ann's review", status="pending")
    make_post(title="Cid's review", status="pending", author=cid)
    make_comment(make_post(title="Public"), state="pending", text="Is this shown?")
    client.force_login(cid)

    page = client.get("/admin/").content.decode()

    for shown in ("Cid&#x27;s draft", "Cid&#x27;s review"):
        assert shown in page
    for hidden in ("Ann&#x27;s draft", "Ann&#x27;s review", "Is this shown?", "Write an activity", "System"):
        assert hidden not in page


def test_the_dashboard_shows_the_five_newest_drafts_and_the_next_scheduled_posts(desk):
    for n in range(7):
        make_post(title=f"Draft no {n}", status="draft", published_at=None)
    for n in (3, 1, 2):
        make_post(title=f"Coming {n}", days_ago=-n)

    page = desk.get("/admin/").content.decode()

    assert [n for n in range(7) if f"Draft no {n}" in page] == [2, 3, 4, 5, 6]
    assert page.index("Coming 1") < page.index("Coming 2") < page.index("Coming 3")


def test_the_number_awaiting_review_is_of_all_of_them(desk):
    for n in range(6):
        make_post(title=f"Review {n}", status="pending", author=people.cid())

    panel = lxml.html.fromstring(desk.get("/admin/").content.decode()).get_element_by_id("in-review")

    assert panel.find("h2").text_content().split()[-1] == "6"
    assert len(panel.findall(".//li")) == 5
    assert "Cid" in panel.text_content()
