import pytest

from blog.models import Comment, Event
from blog.moderation import actions
from tests import people


@pytest.fixture
def comment(say):
    say("Lovely.")
    return Comment.objects.get()


def types() -> list[str]:
    return list(Event.objects.values_list("type", flat=True))


def test_removed_it_is_gone_from_everywhere(comment, client, post):
    actions.remove(comment)

    post.refresh_from_db()
    everything = "".join(
        client.get(address).content.decode()
        for address in [
            "/post/a-walk/",
            "/api/posts/a-walk/comments/",
            "/api/posts/a-walk/events/?since=0",
            "/post/a-walk/comments.xml",
        ]
    )
    assert "Lovely." not in everything
    assert post.n_comments == 0
    assert types() == ["comment.posted", "comment.removed"]


def test_with_answers_a_place_holder_stays(comment, say, client):
    say("So it was.", parent=comment.pk)

    actions.remove(comment)

    page = client.get("/post/a-walk/").content.decode()
    listed = client.get("/api/posts/a-walk/comments/").json()["comments"]
    assert "So it was." in page
    assert "This comment was removed." in page.partition("<template")[0]
    assert [(c["state"], c["text"], c["author"] and c["author"]["name"]) for c in listed] == [
        ("removed", "", None),
        ("visible", "So it was.", "Bob"),
    ]


def test_a_place_holder_goes_with_its_last_answer(comment, say, client):
    answer = say("So it was.", parent=comment.pk)
    actions.remove(comment)

    actions.remove(Comment.objects.get(pk=answer["id"]))

    assert client.get("/api/posts/a-walk/comments/").json()["comments"] == []


@pytest.mark.parametrize("verb", [actions.mark_pending, actions.remove, actions.approve])
def test_done_twice_it_is_done_once(comment, post, verb):
    actions.mark_pending(comment)
    verb(comment)
    before = types()

    assert verb(Comment.objects.get()) is False

    assert types() == before


def test_held_and_approved_it_is_counted_once(comment, post):
    actions.mark_pending(comment)
    actions.remove(comment)
    actions.approve(comment)

    post.refresh_from_db()
    assert post.n_comments == 1
    assert types() == ["comment.posted", "comment.removed", "comment.approved"]


def test_the_author_moderates_in_bulk(comment, say, client, post):
    say("Buy my book.")
    client.force_login(people.ann())
    chosen = {"_selected_action": [c.pk for c in Comment.objects.all()]}

    for action, state, n in [("remove", "removed", 0), ("approve", "visible", 2), ("mark_pending", "pending", 0)]:
        answer = client.post("/admin/blog/comment/", {"action": action, **chosen}, follow=True)

        post.refresh_from_db()
        assert answer.status_code == 200
        assert set(Comment.objects.values_list("state", flat=True)) == {state}
        assert post.n_comments == n
    assert len(types()) == 8


def test_the_form_in_admin_goes_through_the_verbs(comment, client, post):
    client.force_login(people.ann())
    address = f"/admin/blog/comment/{comment.pk}/change/"
    assert client.get(address).status_code == 200

    answer = client.post(address, {"state": "removed"})

    assert answer.status_code == 302
    assert types() == ["comment.posted", "comment.removed"]


def test_deleted_in_admin_it_leaves_nothing_and_answers_stay(comment, say, client, post):
    say("So it was.", parent=comment.pk)
    client.force_login(people.ann())

    client.post(f"/admin/blog/comment/{comment.pk}/delete/", {"post": "yes"})

    assert list(Comment.objects.order_by("id").values_list("name", "text")) == [("", ""), ("Bob", "So it was.")]
    post.refresh_from_db()
    assert post.n_comments == 1


def test_the_list_in_admin_is_searched_and_filtered(comment, client):
    client.force_login(people.ann())

    assert "Lovely." in client.get("/admin/blog/comment/?q=lovely&state__exact=visible").content.decode()
    assert "Lovely." not in client.get("/admin/blog/comment/?state__exact=held").content.decode()
