"""Reactions without JavaScript: each button sends a form."""

import re

import pytest
from django.test import Client

from blog.models import Post
from tests import people
from tests.factories import make_activity, make_post

pytestmark = pytest.mark.django_db(transaction=True)

HERE = {"origin": "http://testserver"}


@pytest.fixture
def post():
    return make_post(title="Walk")


def press(client, post, kind: str = "love", **headers: str):
    return client.post(f"/post/{post.slug}/react/", {"kind": kind}, headers=headers or HERE)


def test_the_form_on_the_page_reacts_and_leads_back(client, post):
    page = client.get(post.url).content.decode()
    action = re.search(r'<form method="post" action="([^"]*/react/)">', page)[1]
    assert '<button class="reaction" name="kind" value="love"' in page

    answer = client.post(action, {"kind": "love"}, headers=HERE)

    assert (answer.status_code, answer.url) == (303, "/post/walk/#comments")
    post.refresh_from_db()
    assert post.reactions == {"love": 1}
    love = client.get(post.url).content.decode().split('data-kind="love"')[1]
    assert '<span class="reaction-count">1</span>' in love.split("</button>")[0]


def test_the_same_button_again_takes_it_back_and_another_changes_it(client, post):
    press(client, post)
    press(client, post, "sad")
    post.refresh_from_db()
    assert post.reactions == {"sad": 1}

    press(client, post, "sad")

    post.refresh_from_db()
    assert post.reactions == {}


@pytest.mark.parametrize(("visibility", "statuses"), [("unlisted", [303, 303]), ("private", [404, 303])])
def test_who_may_read_a_post_that_is_not_listed_may_react(client, visibility, statuses):
    post = make_post(title="Diary", visibility=visibility)
    editor = Client()
    editor.force_login(people.edith())

    assert [press(each, post).status_code for each in (client, editor)] == statuses


def test_each_browser_and_each_account_has_one(client, post):
    press(client, post)
    press(Client(), post)
    signed_in = Client()
    signed_in.force_login(people.bob())
    press(signed_in, post)
    press(signed_in, post, "upvote")

    post.refresh_from_db()
    assert post.reactions == {"love": 2, "upvote": 1}


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"referer": "https://evil.example/"}, {"x": "y"}],
)
def test_other_sites_cannot_react_for_a_reader(client, post, headers):
    assert press(client, post, **headers).status_code == 403
    assert Post.objects.get().reactions == {}


def test_a_referer_will_do(client, post):
    assert press(client, post, referer="http://testserver/post/walk/").status_code == 303


@pytest.mark.parametrize("kind", ["", "hate", "love\x00"])
def test_a_kind_that_is_none_is_not_found(client, post, kind):
    assert press(client, post, kind).status_code == 404


def test_a_draft_takes_none(client):
    assert press(client, make_post(title="Draft", status="draft")).status_code == 404
    assert client.get("/post/draft/react/").status_code == 405


def test_who_is_too_fast_is_told_so(client, post, settings):
    settings.REACTION_RATE = "1/900d"
    press(client, post)

    answer = press(client, post, "sad")

    assert answer.status_code == 429
    assert "too fast" in answer.content.decode()


def test_an_activity_takes_them_too(client):
    activity = make_activity()

    assert press(client, activity).url == f"{activity.url}#comments"
    assert Post.threads.get().reactions == {"love": 1}
