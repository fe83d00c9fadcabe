"""A translation that shares the comments of its original: one discussion, seen and continued on both pages."""

import json
import re

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse

from blog.models import Comment, CommentReaction, Event, MutedPost, Post, PostReaction, Subscriber
from blog.moderation import actions
from blog.posts import trash
from tests import people
from tests.factories import make_comment, make_post
from tests.live.sockets import opened
from tests.live.test_socket import story
from tests.posts.test_writing_form import sent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def original() -> Post:
    return make_post(title="Tea", language="en")


@pytest.fixture
def translation(original) -> Post:
    return make_post(title="Cha", language="zh-hans", translation_of=original, shares_comments=True)


def say(client: Client, post: Post, text: str = "Lovely.", status: int = 201, **fields) -> dict:
    url = f"/api/posts/{post.slug}/comments/"
    response = client.post(url, {"name": "Bob", "text": text, **fields}, "application/json")
    assert response.status_code == status, response.content.decode()
    return response.json()


def change(client: Client, post: Post, **fields):
    return client.patch(f"/api/posts/{post.slug}/", fields, "application/json")


def error_of(response) -> str:
    assert response.status_code == 400, response.content.decode()
    return response.json()["error"]["fields"]["shares_comments"][0]


def page_of(client: Client, post: Post, path: str = "") -> str:
    response = client.get(post.url + path)
    assert response.status_code == 200
    return response.content.decode()


def attribute(page: str, name: str) -> str:
    return re.search(f'data-{name}="([^"]*)"', page)[1]


def test_both_pages_show_a_comment_from_either(client, original, translation):
    first = say(client, original, "From the original")
    second = say(client, translation, "From the translation", parent=first["id"])

    assert first["url"] == f"{original.url}#comment-{first['id']}"
    assert second["url"] == f"{original.url}#comment-{second['id']}"
    assert second["n"] == 2
    for post in (original, translation):
        page = page_of(client, post)
        assert re.findall(r"From the \w+", page) == ["From the original", "From the translation"]
        assert attribute(page, "post-id") == str(original.pk)
        assert attribute(page, "page-id") == str(post.pk)
        assert attribute(page, "last-event") == "2"
        assert '<span class="comment-count">2</span>' in page
        assert "2 comments" in page
        shown = client.get(f"/api/posts/{post.slug}/comments/").json()
        assert [shown["n"], shown["count"], len(shown["comments"])] == [2, 2, 2]
        events = client.get(f"/api/posts/{post.slug}/events/?since=1").json()["events"]
        assert [event["data"]["comment"]["id"] for event in events] == [second["id"]]
    assert set(Comment.objects.values_list("post", flat=True)) == {original.pk}
    assert client.get(f"/comment/{second['id']}/")["Location"] == second["url"]


def test_lists_count_the_same_for_both(client, desk, original, translation):
    say(client, translation)

    home = client.get("/").content.decode()
    assert home.count("1 comment<") == 2
    listed = client.get("/api/posts/?fields=slug,n_comments,discussion_id").json()["results"]
    assert {(each["n_comments"], each["discussion_id"]) for each in listed} == {(1, original.pk)}
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', page_of(client, translation))[1])
    assert data["commentCount"] == 1
    rows = desk.get(reverse("admin:blog_post_changelist")).content.decode()
    assert re.findall(r'field-n_comments"[^>]*>(\d+)<', rows) == ["1", "1"]


def test_without_a_script_the_reader_stays_on_the_translation(client, original, translation):
    form = f"{translation.url}comment/"
    posted = client.post(form, {"name": "Bob", "text": "No script", "intent": "post"})
    comment = Comment.objects.get()

    assert posted["Location"] == f"{translation.url}#comment-{comment.pk}"
    assert comment.post == original
    assert f'href="{form}?parent={comment.pk}"' in page_of(client, translation)
    assert "Reply to Bob" in client.get(f"{form}?parent={comment.pk}").content.decode()
    assert "No script" in page_of(client, translation, "comments/")
    assert "No script" in page_of(client, translation, "comments.xml")
    origin = {"Origin": "http://testserver"}
    reacted = client.post(f"{translation.url}react/", {"kind": "love"}, headers=origin)
    assert reacted["Location"] == f"{translation.url}#comments"
    assert PostReaction.objects.get().post == original


def test_later_comments_are_on_further_pages_of_the_translation(client, settings, original, translation):
    settings.COMMENTS_PER_PAGE = 1
    say(client, original, "First")

    posted = client.post(f"{translation.url}comment/", {"name": "Bob", "text": "Second", "intent": "post"})

    assert posted["Location"].startswith(f"{translation.url}comments/?page=2#")
    assert f'href="{translation.url}comments/?page=2"' in page_of(client, translation)
    assert "Second" in page_of(client, translation, "comments/?page=2")


def test_reactions_belong_to_the_original(client, original, translation):
    reacted = client.put(f"/api/posts/{translation.slug}/reactions/", {"kind": "love"}, "application/json").json()

    assert reacted == {"reactions": {"love": 1}, "mine": "love", "n": 1}
    assert client.get(f"/api/posts/{original.slug}/").json()["reactions"] == {"love": 1}
    assert client.get(f"/api/posts/{translation.slug}/").json()["reactions"] == {"love": 1}
    assert client.get(f"/api/me/?post={translation.pk}").json()["reactions"]["post"] == "love"


def test_a_pending_comment_waits_by_the_rules_of_the_original(client, desk, original, translation):
    assert change(desk, original, approval="always").status_code == 200
    bob = Client()

    pending = say(bob, translation, "Wait for me")

    assert pending["state"] == "pending"
    assert [each["id"] for each in bob.get(f"/api/me/?post={translation.pk}").json()["pending"]] == [pending["id"]]
    assert "Wait for me" not in page_of(client, translation)
    actions.approve(Comment.objects.get(), by=actions.Actor(people.ann()))
    assert "Wait for me" in page_of(client, translation)


def test_closed_on_the_original_is_closed_on_both(client, desk, original, translation):
    change(desk, original, comments_open=False)

    assert say(client, translation, status=403)["error"]["code"] == "comments_closed"
    assert "Comments on this post are closed." in page_of(client, translation)
    assert client.get(f"/api/posts/{translation.slug}/").json()["takes_comments"] is False


def test_the_author_edits_the_translation_from_its_page(desk, original, translation):
    edit_url = desk.get(f"/api/me/?post={translation.pk}").json()["edit_url"]

    assert edit_url == reverse("admin:blog_post_change", args=[translation.pk])


def test_the_event_of_a_comment_is_one_of_the_original(client, original, translation):
    said = say(client, translation)

    [event] = Event.objects.all()
    assert (event.post, event.data["comment"]["id"]) == (original, said["id"])


def test_own_comments_move_with_their_threads_when_sharing_begins(client, desk):
    original = make_post(title="Tea", language="en")
    translation = make_post(title="Cha", language="zh-hans", translation_of=original)
    bob = Client()
    parent = say(bob, translation, "Parent")
    reply = say(bob, translation, "Reply", parent=parent["id"])
    say(Client(), original, "Here before", name="Eve")
    pending = make_comment(translation, text="Pending", state="pending")
    bob.put(f"/api/comments/{reply['id']}/reactions/", {"kind": "love"}, "application/json")
    for post, kind in ((translation, "sad"), (original, "love")):
        bob.put(f"/api/posts/{post.slug}/reactions/", {"kind": kind}, "application/json")
    Client().put(f"/api/posts/{translation.slug}/reactions/", {"kind": "funny"}, "application/json")
    MutedPost.objects.create(subscriber=Subscriber.objects.create(key="k"), post=translation)
    before = client.get(f"/api/posts/{original.slug}/events/").json()["n"]

    assert change(desk, translation, shares_comments=True).json()["shares_comments"] is True

    for post in (original, translation):
        page = page_of(client, post)
        assert re.findall(r"<p>(Parent|Reply|Here before|Pending)<", page) == ["Parent", "Reply", "Here before"]
        assert '<span class="comment-count">3</span>' in page
        missed = client.get(f"/api/posts/{post.slug}/events/?since={before}").json()
        assert missed["reset"] is True
        assert client.get(f"/api/posts/{post.slug}/").json()["reactions"] == {"love": 1, "funny": 1}
    assert Comment.objects.get(pk=reply["id"]).parent_id == parent["id"]
    assert Comment.objects.get(pk=pending.pk).post == original
    assert CommentReaction.objects.get().comment_id == reply["id"]
    assert MutedPost.objects.get().post == original
    assert not Event.objects.filter(post=translation).exclude(type="post.updated").exists()
    assert Post.objects.get(pk=translation.pk).n_comments == 0


def test_sharing_that_ends_leaves_the_comments_with_the_original(client, desk, original, translation):
    say(client, translation, "Stays")

    change(desk, translation, shares_comments=False)

    assert "Stays" in page_of(client, original)
    assert "Stays" not in page_of(client, translation)
    say(client, translation, "Its own")
    assert "Its own" not in page_of(client, original)


@pytest.mark.parametrize(
    "hide",
    [
        lambda post: Post.objects.filter(pk=post.pk).update(visibility="private"),
        lambda post: Post.objects.filter(pk=post.pk).update(visibility="unlisted"),
        lambda post: Post.objects.filter(pk=post.pk).update(visibility="password", password="x"),
        lambda post: Post.objects.filter(pk=post.pk).update(status="draft"),
        lambda post: trash.put(Post.objects.get(pk=post.pk)),
    ],
    ids=["private", "unlisted", "password", "draft", "trash"],
)
def test_a_hidden_original_hides_its_comments_everywhere(client, original, translation, hide):
    say(client, translation, "Hidden words")
    hide(original)

    page = page_of(client, translation)
    assert "Hidden words" not in page
    assert 'id="comments"' not in page
    assert "comments.xml" not in page.partition("</head>")[0].replace('"/comments.xml"', "")
    for path in ("comments/", "comment/", "comments.xml"):
        assert client.get(translation.url + path).status_code == 404, path
    api = f"/api/posts/{translation.slug}/"
    for path in ("comments/", "events/", "people/"):
        assert client.get(api + path).status_code == 404, path
    assert say(client, translation, status=404)
    assert client.put(f"{api}reactions/", {"kind": "love"}, "application/json").status_code == 404
    shown = client.get(api).json()
    assert (shown["n_comments"], shown["reactions"], shown["takes_comments"]) == (0, {}, False)
    assert client.get("/").status_code == 200


def test_an_original_from_the_trash_brings_the_discussion_back(client, original, translation):
    say(client, translation, "Back again")
    trash.put(Post.objects.get(pk=original.pk))
    trash.restore(trash.trashed(Post).get())

    assert "Back again" in page_of(client, translation)


def test_without_its_original_a_translation_has_a_discussion_of_its_own(client, original, translation):
    say(client, translation, "Gone with the original")
    original.delete()

    assert "Gone with" not in page_of(client, translation)
    say(client, translation, "New")
    assert "New" in page_of(client, translation)


def test_what_cannot_be_shared_says_why(desk, original):
    alone = make_post(title="Alone", language="zh-hans")
    assert "Only a translation" in error_of(change(desk, alone, shares_comments=True))

    pair = {"translation_of": original.slug, "shares_comments": True}
    assert "Only a public post" in error_of(change(desk, alone, visibility="unlisted", **pair))
    assert "live post" in error_of(change(desk, alone, live="live", **pair))
    make_comment(alone)
    Post.objects.filter(pk=original.pk).update(status="draft")
    assert "would be hidden" in error_of(change(desk, alone, **pair))
    assert Comment.objects.get().post == alone
    Post.objects.filter(pk=original.pk).update(status="published")
    assert change(desk, alone, **pair).status_code == 200
    assert "Only a translation" in error_of(change(desk, alone, translation_of=None))


def test_contributors_do_not_decide_it(client, original):
    cid = people.cid()
    draft = make_post(title="Cha", language="zh-hans", author=cid, status="draft", translation_of=original)
    client.force_login(cid)

    assert change(client, draft, shares_comments=True).json()["error"]["code"] == "cannot_publish"


def test_the_form_of_the_admin(desk, original):
    post = make_post(title="Cha", language="zh-hans")
    make_comment(post, text="Moves")
    url = reverse("admin:blog_post_change", args=[post.pk])
    own = {"title": "Cha", "slug": post.slug, "author": post.author_id, "status": "published", "language": "zh-hans"}
    fields = sent(**own, shares_comments="on", _publish="x")

    refused = desk.post(url, fields).content.decode()
    accepted = desk.post(url, {**fields, "translation_of": original.pk})

    assert "Only a translation can share comments." in refused
    assert accepted.status_code == 302
    assert "Moves" in page_of(desk, original)
    assert re.search(r'<input[^>]*name="shares_comments"[^>]*checked', desk.get(url).content.decode())


@pytest.mark.parametrize("path", ["", "comments/"])
def test_the_page_of_a_translation_is_purged_with_the_comments(client, original, translation, path):
    assert client.get(translation.url + path)["Surrogate-Key"] == f"{translation.pk} {original.pk}"
    assert client.get(original.url + path)["Surrogate-Key"] == str(original.pk)


@story
async def test_updates_of_one_text_are_told_apart_by_their_post():
    original = await sync_to_async(make_post)(title="Tea", language="en")
    translation = await sync_to_async(make_post)(
        title="Cha", language="zh-hans", translation_of=original, shares_comments=True
    )
    socket = await opened(f"/ws/posts/{original.pk}/")
    await socket.hear()

    translation.text = "Other words."
    await sync_to_async(translation.save)()
    original.text = "More words."
    await sync_to_async(original.save)()

    heard = [await socket.hear() for _ in range(2)]
    assert [frame["data"]["post"] for frame in heard] == [translation.pk, original.pk]
    assert [frame["n"] for frame in heard] == [1, 2]
    await socket.leave()


def test_pages_of_many_translations_cost_one_query_more(client, django_assert_num_queries, original, translation):
    one = queries_of(client)
    for n in range(3):
        other = make_post(title=f"Text {n}", language="en")
        make_post(title=f"Wen {n}", language="zh-hans", translation_of=other, shares_comments=True)

    assert queries_of(client) == one


def queries_of(client: Client) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get("/api/posts/?fields=n_comments")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/api/posts/?fields=n_comments").status_code == 200
    return len(queries)
