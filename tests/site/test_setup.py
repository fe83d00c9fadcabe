"""A new blog is set up in the browser, by a link that the terminal shows."""

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
def author() -> User:
    author, _password = create_author("author")
    write_demo(author)
    return author


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
