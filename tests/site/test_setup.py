"""A new blog is set up in the browser, by a link that the terminal shows."""

import time

import pytest
from django.test import Client

from accounts.models import User, create_author
from blog.importers.demo import write_demo
from blog.models import Post
from blog.setup import setup_path
from frodo.site_settings import site

pytestmark = pytest.mark.django_db(transaction=True)

SAID = {
    "site_name": "清茶",
    "language": "zh-hans",
    "time_zone": "Asia/Shanghai",
    "name": "林安",
    "username": "linan",
    "email": "linan@example.org",
    "password": "a long walk by the river",
}


@pytest.fixture
def newcomer() -> User:
    newcomer, _password = create_author("author")
    return newcomer


@pytest.fixture
def author(newcomer) -> User:
    """With demo posts."""
    write_demo(newcomer)
    return newcomer


def test_name_language_author_and_no_demo_posts(author, client):
    path = setup_path(author)
    assert 'lang="zh-hans"' in client.get(path, headers={"accept-language": "zh-CN"}).content.decode()

    answer = client.post(path, SAID)

    assert answer["Location"] == "/admin/"
    author.refresh_from_db()
    assert (author.username, author.name, author.email) == ("linan", "林安", "linan@example.org")
    assert author.check_password(SAID["password"])
    assert (site.SITE_NAME, site.LANGUAGE_CODE, site.TIME_ZONE) == ("清茶", "zh-hans", "Asia/Shanghai")
    assert not Post.objects.exists()
    assert client.get("/admin/").status_code == 200


def test_demo_posts_stay_if_they_are_wanted(author, client):
    client.post(setup_path(author), {**SAID, "keep_demo": "on"})

    assert Post.objects.exists()


def test_mistakes_are_said_and_nothing_is_changed(author, client):
    answer = client.post(setup_path(author), {**SAID, "password": "12345678", "username": "not a name!"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "errorlist" in page
    assert "too common" in page
    assert User.objects.get().username == "author"


def test_a_short_password_is_refused_in_chinese(author, client):
    data = {**SAID, "password": "茶"}
    page = client.post(setup_path(author), data, headers={"accept-language": "zh-CN"}).content.decode()

    assert "密码太短，至少需要 8 个字符。" in page


def test_the_link_holds_only_until_it_was_used(author, client):
    path = setup_path(author)
    client.post(path, SAID)

    assert Client().get(path).status_code == 404
    assert Client().get("/admin/setup/made-up/").status_code == 404


def test_after_the_author_has_signed_in_there_is_no_link(author, client):
    path = setup_path(author)
    client.force_login(author)

    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("field", ["site_name", "name"])
def test_a_name_of_invisible_characters_is_refused_like_an_empty_one(newcomer, client, field):
    path = setup_path(newcomer)

    for typed in ("", "\u200b\u00ad", "\u2800"):
        answer = client.post(path, {**SAID, field: typed})
        assert answer.status_code == 200, repr(typed)
        assert "This field is required." in answer.content.decode()

    assert User.objects.get().username == "author"


def test_a_mistake_keeps_what_was_typed_but_for_the_password(newcomer, client):
    page = client.post(setup_path(newcomer), {**SAID, "email": "nonsense"}).content.decode()

    for typed in ("清茶", "林安", "linan", "nonsense"):
        assert f'value="{typed}"' in page
    assert SAID["password"] not in page
    assert '<option value="Asia/Shanghai" selected>' in page
    assert "checked" not in page


@pytest.mark.parametrize(
    ("field", "typed"), [("language", "xx"), ("time_zone", "Mars/Base"), ("username", "a b"), ("site_name", "x" * 101)]
)
def test_what_is_no_choice_is_refused(newcomer, client, field, typed):
    answer = client.post(setup_path(newcomer), {**SAID, field: typed})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert site.SITE_NAME == "Frodo"


def test_the_name_of_another_user_is_refused(newcomer, client, bob):
    answer = client.post(setup_path(newcomer), {**SAID, "username": "bob"})

    assert list(answer.context["form"].errors) == ["username"]
    assert "already exists" in answer.content.decode()


def test_a_password_like_the_name_is_refused(newcomer, client):
    answer = client.post(setup_path(newcomer), {**SAID, "username": "walkinghobbit", "password": "walkinghobbit1"})

    assert "too similar to the username" in answer.content.decode()


def test_the_form_proposes_the_language_and_the_likely_time_zone_of_the_browser(newcomer, client):
    english = client.get(setup_path(newcomer), headers={"accept-language": "en"}).content.decode()
    chinese = client.get(setup_path(newcomer), headers={"accept-language": "zh-CN"}).content.decode()

    assert '<option value="en" selected>' in english
    assert '<option value="UTC" selected>' in english
    assert '<option value="zh-hans" selected>' in chinese
    assert '<option value="Asia/Shanghai" selected>' in chinese
    assert 'value="author"' in english


def test_what_the_operator_decided_cannot_be_changed_here(newcomer, client, monkeypatch):
    monkeypatch.setenv("SITE_NAME", "Frodo")

    page = client.get(setup_path(newcomer)).content.decode()
    client.post(setup_path(newcomer), SAID)

    assert 'name="site_name"' in page
    assert "disabled" in page
    assert (site.SITE_NAME, site.LANGUAGE_CODE) == ("Frodo", "zh-hans")


def test_the_page_is_kept_by_no_cache_and_tells_its_link_to_nobody(newcomer, client):
    answer = client.get(setup_path(newcomer))

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert client.head(setup_path(newcomer)).status_code == 200
    assert client.put(setup_path(newcomer)).status_code == 405


def test_a_new_password_voids_the_link(newcomer, client):
    path = setup_path(newcomer)
    newcomer.set_password("another long walk")
    newcomer.save()

    assert client.get(path).status_code == 404
    assert client.post(path, SAID).status_code == 404


def test_a_link_of_a_week_ago_is_void(newcomer, client, monkeypatch):
    now = time.time()

    def link_of(days_ago: int) -> str:
        with monkeypatch.context() as patched:
            patched.setattr("time.time", lambda: now - days_ago * 86400)
            return setup_path(newcomer)

    assert client.get(link_of(8)).status_code == 404
    assert client.get(link_of(6)).status_code == 200
