"""What the owner changes in the admin holds everywhere, and what the operator decided stays."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from frodo.site_settings import site
from frodo.site_settings.models import SiteSettings
from tests import people
from tests.factories import make_page, make_post, make_topic

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/admin/frodo/sitesettings/"


@pytest.fixture
def save(desk):
    """Send the form as it is shown, with these fields changed."""

    def save(status: int = 302, **changes):
        form = desk.get(URL).context["adminform"].form
        sent = {name: field.value() for name, field in ((field.name, field) for field in form)}
        sent = {
            name: value for name, value in sent.items() if isinstance(value, str | int) and value is not False
        } | changes
        answer = desk.post(URL, sent)
        errors = answer.context and answer.context["adminform"].form.errors
        assert answer.status_code == status, errors
        return errors

    return save


def page_of(client, path: str = "/", **headers) -> str:
    return client.get(path, **headers).content.decode()


def test_the_name_is_the_new_one_on_pages_in_feeds_and_in_the_admin(save, client, desk):
    save(name="Tea and time", description="Slow reading.")

    assert "<title>Tea and time · Slow reading.</title>" in page_of(client)
    assert "<title>Tea and time</title>" in page_of(client, reverse("atom"))
    assert "Tea and time" in page_of(desk, "/admin/")


def test_numbers_of_posts_on_a_page_and_in_a_feed(save, client):
    for n in range(3):
        make_post(title=f"Post {n}")

    save(posts_per_page="2", posts_per_feed="1", feed_summaries="on")

    assert page_of(client).count("<article") == 2
    feed = client.get(reverse("json_feed")).json()["items"]
    assert len(feed) == 1
    assert feed[0]["content_html"].startswith("<p>")


def test_language_of_readers_who_ask_for_none(save, client):
    save(language="zh-hans")

    assert '<html lang="zh-hans">' in page_of(client)
    assert '<html lang="en">' in page_of(client, headers={"accept-language": "en"})


def test_times_are_those_of_the_site(save, client):
    post = make_post(published_at=datetime(2024, 1, 31, 20, tzinfo=UTC))

    save(time_zone="Asia/Shanghai")

    assert "Feb. 1, 2024" in page_of(client, post.url) or "February 1, 2024" in page_of(client, post.url)


def test_the_menu_is_the_one_that_was_entered(save, client):
    make_page(title="About", in_menu=True)

    save(menu="Start | /\nOld site | https://old.example/\n")

    page = page_of(client)
    assert '<a href="/" aria-current="page">Start</a>' in page
    assert '<a href="https://old.example/">Old site</a>' in page
    assert "Archives" not in page


def test_colours_are_readable_or_refused(save, client):
    assert "too light" in str(save(200, accent_color="#ffee88")["accent_color"])

    save(accent_color="#7a3b00", text_font="sans")

    page = page_of(client)
    css = client.get(f"/appearance/{site.appearance_version}.css")
    assert f"/appearance/{site.appearance_version}.css" in page
    assert "--accent: #7a3b00" in css.content.decode()
    assert css["Content-Type"] == "text/css; charset=utf-8"


def test_footer_registration_numbers_and_code(save, client):
    save(
        footer="By *Ann*. <script>alert(1)</script>",
        icp_number="京ICP备12345678号",
        police_number="京公网安备11010502030143号",
        head_code='<meta name="verification" content="abc">',
    )

    page = page_of(client)
    assert "By <em>Ann</em>." in page
    assert "alert(1)</script>" not in page
    assert '<a href="https://beian.miit.gov.cn/" rel="noopener" target="_blank">京ICP备12345678号</a>' in page
    assert "code=11010502030143" in page
    assert '<meta name="verification" content="abc">' in page


def test_comments_close_as_the_settings_say(save, client):
    post = make_post(published_at=datetime(2024, 1, 1, tzinfo=UTC))

    save(comment_close_days="30")

    post.refresh_from_db()
    assert not post.takes_comments


def test_an_environment_variable_wins_and_is_shown(save, desk, client, monkeypatch):
    monkeypatch.setenv("POSTS_PER_PAGE", "10")
    page = page_of(desk, URL)
    assert "Set by the environment variable POSTS_PER_PAGE." in page

    save(posts_per_page="3")

    assert site.POSTS_PER_PAGE == 10


def test_any_name_that_can_be_seen_is_shown_as_it_is(save, client):
    for name, shown in (("茶 & 🍵", "茶 &amp; 🍵"), ("<Tea>", "&lt;Tea&gt;")):
        save(name=name)
        assert f"<title>{shown}</title>" in page_of(client)


def test_an_emptied_menu_is_that_of_all_lists_again(save, client):
    save(menu="Start | /")
    assert "Archives" not in page_of(client)

    save(menu="  \r\n ")

    assert "Archives" in page_of(client)


def test_a_menu_may_lead_to_mail_and_to_names_in_chinese(save, client):
    save(menu="茶 | /topic/茶/\r\n\r\nWrite | mailto:ann@example.org\r\nA | B | https://b.example/?a=1&b=2")

    page = page_of(client)
    assert '<a href="/topic/茶/">茶</a>' in page
    assert '<a href="mailto:ann@example.org">Write</a>' in page
    assert '<a href="https://b.example/?a=1&amp;b=2">A | B</a>' in page


def test_only_the_owner_changes_them(client):
    client.force_login(people.edith())

    assert client.get(URL).status_code == 403
    assert client.post(URL, {"name": "Mine"}).status_code == 403
    assert not SiteSettings.objects.exists()


def test_they_cost_readers_no_query(save, client):
    post = make_post()
    queries = {}
    for when in ("before", "after"):
        for path in ("/", post.url):
            client.get(path)
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
            queries[when, path] = len(asked)
        save(name="Other", menu="Start | /", footer="Words")

    assert queries["after", "/"] == queries["before", "/"]
    assert queries["after", post.url] == queries["before", post.url]


@pytest.mark.parametrize("name", ["\u200b\u00ad", "   "])
def test_a_site_without_a_name_that_can_be_seen_is_refused(save, client, name):
    assert save(200, name=name)["name"]
    assert "<title>Frodo" in page_of(client)


OUT_OF_BOUNDS = [
    {
        "posts_per_page": "0",
        "posts_per_feed": "501",
        "comments_per_page": "0",
        "comment_edit_minutes": "-1",
        "comment_close_days": "36501",
        "time_zone": "Mars/Base",
        "language": "fr",
        "accent_color": "green",
        "text_font": "comic",
        "theme": "../../etc",
        "comment_approval": "perhaps",
        "blocks_place": "above",
    },
    {"posts_per_page": "101", "posts_per_feed": "x", "comments_per_page": "501", "accent_color": "#12345"},
]


@pytest.mark.parametrize("typed", OUT_OF_BOUNDS, ids=["low", "high"])
def test_values_out_of_bounds_change_nothing_and_each_field_says_so(save, typed):
    errors = save(200, **typed, name="Changed")

    assert set(errors) == set(typed)
    assert site.SITE_NAME == "Frodo"
    assert not SiteSettings.objects.exists()


def test_the_form_after_a_mistake_has_what_was_typed(desk):
    answer = desk.post(URL, {"name": "Tea & time", "posts_per_page": "0", "menu": "no separator", "footer": "*Hi*"})

    page = answer.content.decode()
    assert 'value="Tea &amp; time"' in page
    assert "no separator</textarea>" in page
    assert "*Hi*</textarea>" in page


def test_the_settings_have_one_page_and_no_list_no_adding_and_no_deleting(desk):
    assert desk.get(f"{URL}add/").status_code in (302, 404)
    assert desk.get(f"{URL}1/delete/").status_code in (302, 404)
    assert desk.post(f"{URL}1/delete/", {"post": "yes"}).status_code in (302, 403, 404)
    page = page_of(desk, URL)
    for button in ("_addanother", "_continue", "deletelink"):
        assert button not in page


def test_saving_says_so_in_the_language_of_the_owner(save, desk):
    save(name="Tea")
    assert "Settings saved." in page_of(desk, URL)

    desk.cookies.load({"django_language": "zh-hans"})
    save(name="Tea house")
    assert "设置已保存，所有页面立即生效。" in page_of(desk, URL)


def test_the_menu_offers_pages_topics_and_tags(desk):
    make_page(title="About us")
    make_page(title="Hidden", is_published=False)
    make_topic("Long walks")
    make_post(tags=("green tea",))

    page = page_of(desk, URL)

    for words in ("About us", "Long walks", "green tea", "/archives/", "/blogroll/"):
        assert words in page
    assert "Hidden" not in page


def test_menu_lines_may_have_mail_other_scripts_and_a_separator_in_the_title(save, client):
    save(menu="Mail | mailto:ann@example.org\r\n\r\n  \r\n茶 | /tag/茶/\nPipe | in it | /x/\nA|/a/")

    page = page_of(client)
    for link in (
        '<a href="mailto:ann@example.org">Mail</a>',
        '<a href="/tag/茶/">茶</a>',
        '<a href="/x/">Pipe | in it</a>',
        '<a href="/a/">A</a>',
    ):
        assert link in page


def test_an_icon_that_is_no_image_is_refused(save, desk):
    file = SimpleUploadedFile("icon.png", b"<svg onload=alert(1)>", content_type="image/png")

    errors = save(200, icon=file)

    assert list(errors) == ["icon"]


def test_readers_and_strangers_are_sent_to_sign_in(client, bob):
    assert client.get(URL)["Location"].startswith("/admin/login/")
    client.force_login(bob)
    assert client.get(URL).status_code == 302
    client.force_login(people.cid())
    assert client.get(URL).status_code == 403
