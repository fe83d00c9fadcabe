"""What the form of the site settings refuses, and what it says."""

import pytest

from frodo.site_settings import site
from frodo.site_settings.models import SiteSettings

pytestmark = pytest.mark.django_db

URL = "/admin/frodo/sitesettings/"


VALID = {
    "name": "Walks",
    "language": "en",
    "time_zone": "UTC",
    "posts_per_page": "10",
    "posts_per_feed": "20",
    "comment_approval": "first",
    "comment_close_days": "0",
    "comment_edit_minutes": "5",
    "comments_per_page": "50",
    "blocks_place": "sidebar",
}


@pytest.fixture
def send(desk):
    def send(reads: str = "en", **changes: str):
        return desk.post(URL, {**VALID, **changes}, headers={"Accept-Language": reads})

    return send


def errors_of(answer) -> dict:
    assert answer.status_code == 200
    return answer.context["adminform"].form.errors


@pytest.mark.parametrize("name", ["", " ", "\u200b\u00ad", "\u3164", "\u202e"])
def test_a_site_has_a_name_that_can_be_seen(send, name):
    assert list(errors_of(send(name=name))) == ["name"]


TOO_SMALL = {
    "posts_per_page": "0",
    "posts_per_feed": "0",
    "comments_per_page": "0",
    "comment_close_days": "-1",
    "comment_edit_minutes": "-1",
    "accent_color": "#fff",
}
TOO_LARGE = {
    "posts_per_page": "101",
    "posts_per_feed": "501",
    "comments_per_page": "501",
    "comment_close_days": "36501",
    "comment_edit_minutes": "525601",
    "accent_color": "#1d6b455",
    "name": "x" * 101,
    "description": "x" * 301,
    "icp_number": "x" * 61,
    "police_number": "x" * 61,
}
NO_CHOICE = {
    "posts_per_page": "2.5",
    "posts_per_feed": "many",
    "comments_per_page": "",
    "comment_approval": "sometimes",
    "language": "fr",
    "time_zone": "Mars/Olympus",
    "theme": "nothing",
    "accent_color": "green",
    "text_font": "comic",
    "blocks_place": "above",
}


@pytest.mark.parametrize("values", [TOO_SMALL, TOO_LARGE, NO_CHOICE], ids=["too small", "too large", "no choice"])
def test_each_value_out_of_bounds_is_an_error_of_its_field_and_nothing_is_changed(send, values):
    assert set(errors_of(send(**values))) == set(values)
    assert not SiteSettings.objects.exists()


def test_the_bounds_themselves_are_taken(send):
    least = {"posts_per_page": "1", "posts_per_feed": "1", "comments_per_page": "1", "comment_edit_minutes": "0"}
    most = {"posts_per_page": "100", "posts_per_feed": "500", "comments_per_page": "500", "comment_close_days": "36500"}

    for values in (least, most, {"name": "茶" * 100, "description": "x" * 300, "comment_edit_minutes": "525600"}):
        assert send(**values).status_code == 302


@pytest.mark.parametrize(
    "menu",
    [
        *("no separator", "Bad | javascript:alert(1)", "Bad | //evil.example", "| /x", "Bad |", "Bad | two words"),
        *("Bad | https://[", "Bad | https://a]b/", "Bad | https:/blog.example", "Bad | about"),
    ],
)
def test_a_menu_line_that_is_no_link_is_an_error(send, menu):
    assert "Line 2" in str(errors_of(send(menu=f"Fine | /\n{menu}"))["menu"])


def test_one_error_keeps_what_was_typed_elsewhere(send):
    before = site.SITE_NAME
    page = send(name="Tea and time", posts_per_page="0").content.decode()

    assert 'value="Tea and time"' in page
    assert "Please correct the error below." in page
    assert before == site.SITE_NAME


def test_saved_settings_say_so_and_the_page_is_the_form_again(send, desk):
    answer = send(name="Tea")

    page = desk.get(answer.url).content.decode()
    assert answer.url == URL
    assert "Settings saved." in page
    assert 'value="Tea"' in page


def test_there_is_one_row_which_is_neither_added_nor_deleted(send, desk):
    send(name="Tea")
    send(name="Coffee")

    assert [row.name for row in SiteSettings.objects.all()] == ["Coffee"]
    for path in ("add/", "1/delete/", "1/history/"):
        assert desk.get(f"{URL}{path}").status_code == 404


def test_the_errors_are_in_chinese_for_who_reads_chinese(send):
    errors = errors_of(send("zh-hans", accent_color="#ffee88", menu="茶 | /\n\n坏 | 没有", posts_per_page="0"))

    assert errors["accent_color"] == ["这个颜色太浅，在页面上看不清。请选一个深一些的颜色。"]
    assert errors["menu"][0].startswith("第 3 行")
    assert errors["posts_per_page"] == ["确保该值大于或等于1。"]
    assert errors_of(send("zh-hans", accent_color="green"))["accent_color"] == ["请输入颜色，如 #1d6b45。"]
