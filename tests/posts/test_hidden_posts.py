"""What is not public leaks nowhere: every public URL is asked for every post that a stranger may not read."""

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from blog.events import record
from blog.models import Post, Redirect
from blog.posts import trash
from frodo.page_cache import cache_key
from tests import people
from tests.factories import make_comment, make_post, make_topic

pytestmark = pytest.mark.django_db(transaction=True)

TO_COME = timezone.now() + timedelta(days=3)
HIDDEN: dict[str, dict] = {
    "draft": {"status": "draft"},
    "pending": {"status": "pending"},
    "scheduled": {"published_at": TO_COME},
    "password": {"visibility": "password", "password": "open sesame"},
    "private": {"visibility": "private"},
    "trashed": {},
}
OWN_PAGES = {"post", "comments", "comment", "comment-place", "post_comments_feed", "unlock"}
OWN_API = {"api-post", "api-comments", "api-events", "api-people", "api-comment", "api-post-reactions", "api-writing"}
ELSEWHERE = ("admin", "account", "mfa", "socialaccount", "usersessions", "static", "media", "docs")
"""Prefixes of names and paths that show nothing of a post to a stranger, or have tests of their own."""


@pytest.fixture
def _everything_is_shown(settings):
    settings.SEARCH_COMMENTS = settings.LLMS_TXT = True


def make_secret(word: str, **fields) -> Post:
    """A post in which every text is one that occurs nowhere else."""
    post = make_post(
        title=f"{word}title",
        text=f"{word}text\n\n## {word}heading",
        summary=f"{word}summary",
        seo_title=f"{word}seotitle",
        seo_description=f"{word}seodescription",
        tags=(f"{word}tag", "shared"),
        topic=make_topic(f"{word}topic"),
        author=people.of_role(f"{word}author", "editor"),
        **{"language": "zh-hans", "translation_of": Post.objects.get(slug="open"), "pinned": True, **fields},
    )
    make_comment(post, text=f"{word}comment", name=f"{word}commenter")
    record_in_transaction(post, word)
    Redirect.objects.create(path=f"/old/{word}", post=post)
    return post


def record_in_transaction(post: Post, word: str) -> None:
    with transaction.atomic():
        record(post, "post.updated", {"title": f"{word}event"})


@pytest.fixture
def posts(_everything_is_shown) -> dict[str, Post]:
    """One public post, one unlisted, and one of each kind that is hidden."""
    make_post(title="Open", text="Anyone.", tags=("shared",), language="en")
    found = {name: make_secret(f"zq{name}", **fields) for name, fields in HIDDEN.items()}
    found["unlisted"] = make_secret("zqunlisted", visibility="unlisted")
    trash.put(found["trashed"])
    call_command("search_index", stdout=StringIO())
    return found


def patterns(entries=None, prefix=""):
    """All URL patterns with a name, as templates with `{argument}`."""
    for entry in get_resolver().url_patterns if entries is None else entries:
        route = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield entry.name or "", "/" + route.replace("^", "").replace("$", "")
        else:
            yield from patterns(entry.url_patterns, route)


def urls(posts: dict[str, Post]) -> list[tuple[str, str]]:
    """Name and URL of everything that a stranger can ask for, with all values that its arguments could have."""
    values = {
        "slug": [
            *(post.slug for post in posts.values()),
            *(f"zq{n}{kind}" for n in posts for kind in ("tag", "topic")),
        ],
        "pk": [*(post.pk for post in posts.values()), *(c.pk for post in posts.values() for c in post.comments.all())],
        "number": [1, 2],
        "year": [timezone.now().year, (timezone.now() - timedelta(days=1)).year],
        "month": [(timezone.now() - timedelta(days=1)).month],
        "language": ["en", "zh-hans"],
        "name": [f"zq{word}author" for word in posts],
        "section": ["posts", "activities", "pages", "tags", "topics", "lists"],
    }
    found = []
    for name, route in patterns():
        if name.startswith(ELSEWHERE) or route[1:].startswith((*ELSEWHERE, "accounts/")):
            continue
        arguments = re.findall(r"{(\w+)}", route)
        routes = [route]
        for argument in arguments:
            routes = [
                each.replace(f"{{{argument}}}", str(value)) for each in routes for value in values.get(argument, [])
            ]
        found += [(name, each) for each in dict.fromkeys(routes)]
    for post in posts.values():
        found.append(("", f"/post/{post.pk}/"))
    for word in posts:
        found += [("", f"/old/zq{word}"), ("", f"/search/?tag=zq{word}tag"), ("", f"/api/posts/?tag=zq{word}tag")]
        found += [("", f"/api/posts/?author=zq{word}author"), ("", f"/api/posts/?topic=zq{word}topic")]
        for what in ("title", "text", "summary", "comment"):
            found += [("", f"/search/?q=zq{word}{what}"), ("", f"/api/search/?q=zq{word}{what}")]
    found += [("", "/?p=1"), ("", "/api/posts/?limit=100&order=updated"), ("", "/search/?q=shared")]
    everything = "translations,previous,next,series,related"
    found.append(("", f"/api/posts/open/?expand={everything}&fields={everything}"))
    return found


def leaked(word: str, response) -> list[str]:
    """Secret words in the response's body and headers; that which the request itself named is no news."""
    said = b"".join(response) if response.streaming else response.content
    text = said.decode("utf-8", "replace") + json.dumps(dict(response.headers))
    asked = response.wsgi_request.get_full_path()
    return [each for each in sorted(set(re.findall(rf"zq{word}\w+", text))) if each not in asked]


def test_every_url_is_asked(posts):
    """The walk below is worth something: it reaches lists, feeds, the API, and each post's own pages."""
    names = {name for name, _url in urls(posts)}

    wanted = {"home", "atom", "rss", "json_feed", "sitemap", "sitemap_section", "tags", "topics", "archives", "search"}
    wanted |= {"tag", "tag_atom", "topic", "topic_rss", "archive_year", "comments_feed", "api-posts", "api-tags"}
    wanted |= {"author", "archive_month", "language_home", "llms", "post_qr"}
    assert wanted | OWN_PAGES | OWN_API <= names


def test_no_url_shows_a_stranger_what_is_hidden_and_no_list_what_is_unlisted(posts):
    stranger = Client()
    slug = posts["unlisted"].slug
    of_the_unlisted = (f"/post/{slug}/", f"/api/posts/{slug}/", "/old/zqunlisted")
    found = {}
    for name, url in urls(posts):
        response = stranger.get(url)
        assert response.status_code < 500, url
        words = [] if url.startswith(of_the_unlisted) else leaked("unlisted", response)
        for word in HIDDEN:
            words += leaked(word, response)
        if name == "post" or url == "/old/zqpassword":
            words = [each for each in words if each != "zqpasswordtitle"]  # whose password is asked for
        if words:
            found[url] = words
    assert found == {}


def test_the_writer_of_a_comment_finds_it_below_an_unlisted_post(posts, client):
    url = f"/api/posts/{posts['unlisted'].slug}/comments/"
    comment = client.post(url, {"text": "Mine.", "name": "Eve"}, content_type="application/json").json()

    assert client.get(f"/api/comments/{comment['id']}/").json()["text"] == "Mine."
    assert Client().get(f"/api/comments/{comment['id']}/").status_code == 404


def test_an_unlisted_post_is_read_at_its_url_and_not_indexed(posts, client):
    page = client.get(posts["unlisted"].url)

    assert "zqunlistedtext" in page.content.decode()
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert client.get(f"/api/posts/{posts['unlisted'].slug}/").json()["title"] == "zqunlistedtitle"
    assert "zqunlistedcomment" in client.get(f"{posts['unlisted'].url}comments.xml").content.decode()


def test_no_verb_of_the_api_reaches_what_is_hidden(posts, client):
    for name in HIDDEN:
        assert_no_verb_reaches(client, name, posts[name])


def assert_no_verb_reaches(client, name: str, post: Post) -> None:
    comment = post.comments.get()
    api = f"/api/posts/{post.slug}/"
    calls = [
        ("post", f"{api}comments/", {"text": "Hello.", "name": "Eve"}),
        ("post", f"{api}writing/", {"name": "Eve"}),
        ("put", f"{api}reactions/", {"kind": "love"}),
        ("put", f"/api/comments/{comment.pk}/reactions/", {"kind": "love"}),
        ("post", f"/api/comments/{comment.pk}/report/", {"reason": "?"}),
        ("post", "/api/markdown/", {"text": "@zq", "post": post.slug}),
        ("post", f"{post.url}comment/", {"text": "Hello.", "name": "Eve"}),
    ]
    for verb, url, data in calls:
        response = getattr(client, verb)(url, data, content_type="application/json")
        assert response.status_code == 404, url
        assert leaked(name, response) == [], url
    assert post.comments.count() == 1


def test_a_tag_that_only_hidden_posts_have_does_not_count(posts, client):
    tags = client.get("/api/tags/?fields=name,n_posts").json()["results"]

    assert tags == [{"name": "shared", "n_posts": 1}]


def test_what_is_not_public_is_in_no_cache(posts, rf):
    """The page cache asks as nobody, and is told not to keep the answer."""
    client = Client()
    for name in ("password", "private"):
        for path in ("", "comments/", "comments.xml"):
            url = posts[name].url + path
            response = client.get(url)
            assert cache_key.parameters_of(url) is not None
            if path != "comments.xml":  # is the same for everyone: there is none
                assert response.headers["Cache-Control"] == "private, no-store", url
        response = client.get(f"/api/posts/{posts[name].slug}/")
        assert response.status_code == 404
        assert "no-store" in response.headers["Cache-Control"]
