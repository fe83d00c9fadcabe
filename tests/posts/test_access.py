"""Posts with a password, and private ones: who gets in, for how long, and what a page cache keeps of it."""

import functools
import re

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client

from blog.events import record
from blog.events.authorized import FORBIDDEN
from blog.models import Post
from blog.posts.access import COOKIE, NETWORK_RATE
from frodo import live
from tests import people
from tests.factories import make_comment, make_post
from tests.live.sockets import HEADERS, Socket

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "The heron sleeps at noon."


@pytest.fixture
def protected() -> Post:
    return make_post(title="Herons", text=SECRET, visibility="password", password="open 芝麻")


@pytest.fixture
def private() -> Post:
    return make_post(title="Diary", text=SECRET, visibility="private")


def unlock(client: Client, post: Post, password: str = "open 芝麻"):
    return client.post(f"{post.url}unlock/", {"password": password})


def text_at(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_a_stranger_is_asked_for_the_password(client, protected):
    response = client.get(protected.url)

    page = response.content.decode()
    assert response.status_code == 200
    assert 'type="password"' in page
    assert "Herons" in page
    assert SECRET not in page
    assert '<meta name="robots" content="noindex">' in page
    assert "og:description" not in page
    assert "application/ld+json" not in page


def test_the_password_opens_the_post_and_all_that_belongs_to_it(client, protected):
    comment = make_comment(protected, text="Only at noon?")

    response = unlock(client, protected, " open 芝麻 ")

    assert (response.status_code, response.headers["Location"]) == (302, protected.url)
    cookie = response.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert SECRET in text_at(client, protected.url)
    assert "Only at noon?" in text_at(client, protected.url)
    assert "Only at noon?" in text_at(client, f"{protected.url}comments/")
    api = f"/api/posts/{protected.slug}/"
    assert SECRET in client.get(f"{api}?fields=html").json()["html"]
    assert client.get(f"{api}comments/").json()["comments"][0]["id"] == comment.pk
    assert client.get(f"/api/comments/{comment.pk}/").status_code == 200
    assert client.put(f"{api}reactions/", {"kind": "love"}, "application/json").status_code == 200
    assert client.get(f"{api}events/?since=0").json()["n"] == 1
    said = client.post(f"{api}comments/", {"text": "At noon.", "name": "Eve"}, "application/json")
    assert said.status_code == 201
    for url in (protected.url, api, f"{api}comments/", f"{api}events/"):
        assert client.get(url).headers["Cache-Control"] == "private, no-store", url


def test_a_wrong_password_does_not_and_is_told(client, protected):
    response = unlock(client, protected, "sesame")

    assert response.status_code == 403
    assert "Incorrect password" in response.content.decode()
    assert COOKIE not in response.cookies
    assert SECRET not in text_at(client, protected.url)


def test_a_guesser_is_slowed_down(client, protected):
    for _ in range(NETWORK_RATE.times):
        assert unlock(client, protected, "guess").status_code == 403

    response = unlock(client, protected)  # even the right one, now

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert COOKIE not in response.cookies


def test_another_password_locks_out_who_knew_the_old_one(client, protected):
    unlock(client, protected)
    protected.password = "another"
    protected.save()

    assert SECRET not in text_at(client, protected.url)
    assert client.get(f"/api/posts/{protected.slug}/comments/").status_code == 404
    unlock(client, protected, "another")
    assert SECRET in text_at(client, protected.url)


def test_a_cookie_opens_no_other_post_and_cannot_be_made_up(client, protected):
    other = make_post(title="Owls", text="They hoot.", visibility="password", password="open 芝麻")
    unlock(client, protected)
    key = client.cookies[COOKIE].value.split(".")[1]

    for value in (f"{other.pk}.{key}", f"{other.pk}.", "x.y", "_", f"{'9' * 40}.x", f"{other.pk}.é"):
        client.cookies[COOKIE] = value
        assert "They hoot." not in text_at(client, other.url)


def test_a_browser_remembers_several_posts(client, protected):
    other = make_post(title="Owls", text="They hoot.", visibility="password", password="x")
    unlock(client, protected)
    unlock(client, other, "x")

    assert SECRET in text_at(client, protected.url)
    assert "They hoot." in text_at(client, other.url)


def test_the_form_leads_back_where_there_is_nothing_to_unlock(client, protected, private):
    assert client.get(f"{protected.url}unlock/").headers["Location"] == protected.url
    assert client.post(f"{private.url}unlock/", {"password": ""}).status_code == 404
    assert client.post(f"{make_post(title='Open').url}unlock/", {"password": ""}).status_code == 404


def test_a_private_post_is_for_its_author_and_those_who_publish(private):
    cid = people.cid()
    own = make_post(title="Own", text=SECRET, visibility="private", author=cid)
    for user, post, is_in in [
        (people.ann(), private, True),
        (people.edith(), private, True),
        (cid, private, False),
        (cid, own, True),
        (people.bob(), private, False),
        (None, private, False),
    ]:
        client = Client()
        if user:
            client.force_login(user)
        response = client.get(post.url)
        assert (response.status_code, SECRET in response.content.decode()) == (200 if is_in else 404, is_in), user
        assert response.headers["Cache-Control"] == "private, no-store"
        assert (client.get(f"/api/posts/{post.slug}/").status_code == 200) == is_in


WRITE = "from tests import people\nfrom tests.factories import make_post\nfrom django.test import Client\n"


def test_the_page_cache_keeps_what_is_hidden_from_strangers(server):
    """Through the real server, whose cache asks for each page as nobody, in both orders."""
    make = "make_post(title={!r}, text='The heron sleeps.', visibility={!r}, password='x', author=people.edith())"
    key = server.run(f"{WRITE}p = {make.format('Herons', 'password')}\nprint(f'{{p.pk}}.{{p.access_key}}')").strip()
    server.run(WRITE + make.format("Diary", "private"))
    session = server.run(f"{WRITE}c = Client()\nc.force_login(people.edith())\nprint(c.cookies['sessionid'].value)")

    for url, cookie, status in [
        ("/post/herons/", f"{COOKIE}={key}", 200),
        ("/post/diary/", f"sessionid={session.strip()}", 404),
        ("/post/herons/comments/", f"{COOKIE}={key}", 404),
    ]:
        for _ in range(3):
            seen, page = server.ask(url)
            assert (seen, "heron sleeps" in str(page)) == (status, False), url
            seen, page = server.ask(url, Cookie=cookie)
            assert (seen, "Herons" in str(page) or "heron sleeps" in str(page)) == (200, True), url


def test_a_public_post_that_becomes_private_is_gone_at_once(client):
    post = make_post(title="Herons", text=SECRET)
    assert SECRET in text_at(client, post.url)

    post.visibility = "private"
    post.save()

    assert client.get(post.url).status_code == 404
    assert SECRET not in text_at(client, "/")


# Live events


def story(test):
    """An async test, on an event loop of its own; nothing of it is left behind."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        async_to_sync(test)(*args, **kwargs)
        assert live.hubs == {}

    return run


@sync_to_async
def happen(post: Post) -> None:
    with transaction.atomic():
        record(Post.objects.get(pk=post.pk), "test", {"text": SECRET})


def with_cookies(client: Client) -> list[tuple[bytes, bytes]]:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return [*HEADERS, (b"cookie", cookies.encode())]


@story
async def test_live_events_are_for_who_has_unlocked_the_post(protected):
    client = Client()
    await sync_to_async(unlock)(client, protected)
    inside = Socket(f"/ws/posts/{protected.pk}/?since=0", with_cookies(client))
    await inside.open()
    assert (await inside.hear())["type"] == "hello"

    await happen(protected)
    outside = Socket(f"/ws/posts/{protected.pk}/?since=0")
    await outside.open()

    assert await outside.hear() == {"closed": live.GONE}
    assert (await inside.hear())["data"] == {"text": SECRET}
    await inside.leave()
    await outside.leave()


@story
async def test_live_events_stop_when_the_password_changes(protected):
    client = Client()
    await sync_to_async(unlock)(client, protected)
    socket = Socket(f"/ws/posts/{protected.pk}/", with_cookies(client))
    await socket.open()
    await socket.hear()

    await Post.objects.filter(pk=protected.pk).aupdate(password="another")
    await happen(protected)
    await live.current_hub().sweep_once()

    assert await socket.hear() == {"closed": live.GONE}
    await socket.leave()


@story
async def test_live_events_stop_when_a_post_becomes_private(db):
    post = await sync_to_async(make_post)(title="Herons")
    socket = Socket(f"/ws/posts/{post.pk}/")
    await socket.open()
    await socket.hear()

    await Post.objects.filter(pk=post.pk).aupdate(visibility="private")
    await happen(post)
    await live.current_hub().sweep_once()

    assert await socket.hear() == {"closed": live.GONE}
    await socket.leave()


@story
async def test_an_editor_hears_the_events_of_a_private_post(private):
    client = Client()
    await sync_to_async(client.force_login)(await sync_to_async(people.edith)())
    socket = Socket(f"/ws/posts/{private.pk}/", with_cookies(client))
    await socket.open()
    assert (await socket.hear())["type"] == "hello"

    await happen(private)

    assert (await socket.hear())["data"] == {"text": SECRET}
    await socket.leave()
    assert django_settings.SESSION_COOKIE_NAME in client.cookies


@story
async def test_the_events_of_an_unlisted_post_are_for_who_has_its_page(db):
    post = await sync_to_async(make_post)(title="Herons", visibility="unlisted")
    page = await sync_to_async(text_at)(Client(), post.url)
    [key] = re.findall(r'data-event-key="(\w+)"', page)
    inside = Socket(f"/ws/posts/{post.pk}/?since=0&key={key}")
    await inside.open()
    assert (await inside.hear())["type"] == "hello"
    await happen(post)

    for query in ("", "?since=0", "?key=x", "?key=%E8%8C%B6"):
        outside = Socket(f"/ws/posts/{post.pk}/{query}")
        await outside.open()
        assert await outside.hear() == {"closed": live.GONE}
        await outside.leave()

    assert (await inside.hear())["data"] == {"text": SECRET}
    await inside.leave()


@story
async def test_who_signs_out_hears_no_more_of_a_private_post(private, protected):
    client = Client()
    await sync_to_async(client.force_login)(await sync_to_async(people.edith)())
    sockets = [Socket(f"/ws/posts/{post.pk}/", with_cookies(client)) for post in (private, protected)]
    for socket in sockets:
        await socket.open()
        assert (await socket.hear())["type"] == "hello"

    await sync_to_async(client.post)("/admin/logout/")
    await happen(private)

    for socket in sockets:
        while "closed" not in (frame := await socket.hear()):
            assert frame["type"] == "presence"
        assert frame == {"closed": FORBIDDEN}
        await socket.leave()


@story
async def test_who_signs_out_but_knows_the_password_stays(protected):
    client = Client()
    await sync_to_async(client.force_login)(await sync_to_async(people.edith)())
    await sync_to_async(unlock)(client, protected)
    socket = Socket(f"/ws/posts/{protected.pk}/", with_cookies(client))
    await socket.open()
    await socket.hear()

    await sync_to_async(client.post)("/admin/logout/")
    await happen(protected)

    assert (await socket.hear())["data"] == {"text": SECRET}
    await socket.leave()
