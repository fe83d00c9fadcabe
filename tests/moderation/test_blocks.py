from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import Block, Comment
from tests import people


@pytest.fixture
def others(post):
    """Somebody with another browser, at another address."""

    def others(address="198.51.100.7"):
        data = {"name": "Eve", "text": f"Hello from {address}"}
        return Client(REMOTE_ADDR=address).post("/api/posts/a-walk/comments/", data, "application/json").status_code

    return others


def test_a_browser_is_blocked_and_let_in_again(comment, say, decide, client, others):
    answer = decide("block_person", comment)

    error = say("Me again", status=403)["error"]
    assert (error["code"], error["message"]) == ("blocked", "You cannot comment here.")
    page = client.post("/post/a-walk/comment/", {"name": "Bob", "text": "Me again", "intent": "post"})
    assert "Me again</textarea>" in page.content.decode()
    assert others() == 201

    decide("undo", comment.decisions.get(pk=answer["decision"]))
    assert say("Me again")["state"] == "visible"


def test_an_account_is_blocked_wherever_it_signs_in(say, client, decide, others):
    client.force_login(people.bob())
    data = say("Hello")
    decide("block_person", Comment.objects.get(pk=data["id"]))
    client.cookies.pop("visitor", None)

    assert say("Me again", status=403)["error"]["code"] == "blocked"
    assert others() == 201


def test_a_network_is_blocked(comment, say, decide, others):
    Comment.objects.update(network="198.51.100.9")

    decide("block_network", comment)

    assert Block.objects.get().network == "198.51.100.0/24"
    assert others("198.51.100.7") == 403
    assert others("198.51.101.7") == 201


def test_a_block_may_end(say, comment, desk):
    until = timezone.now() + timedelta(days=1)
    Block.objects.create(visitor=comment.visitor, until=until)
    assert "until" in say("Me again", status=403)["error"]["message"]

    Block.objects.update(until=timezone.now())

    assert say("Me again")["state"] == "visible"


def test_the_author_is_not_blocked(desk, decide, say, client, ann):
    client.force_login(ann)
    data = say("Hello")

    answer = decide("block_person", Comment.objects.get(pk=data["id"]), status=400)

    assert answer["words"] == "Authors of this site cannot be blocked."
    assert not Block.objects.exists()


def test_blocks_are_written_and_lifted_in_admin(desk, others):
    desk.post("/admin/blog/block/add/", {"network": "198.51.100.7", "reason": "rude", "until_0": "", "until_1": ""})
    block = Block.objects.get()
    assert block.created_by.username == "ann"
    assert (block.network, others()) == ("198.51.100.7/32", 403)
    for wrong in ["0.0.0.0/0", "nonsense", ""]:
        assert desk.post("/admin/blog/block/add/", {"network": wrong, "until_0": "", "until_1": ""}).status_code == 200

    desk.post("/admin/blog/block/", {"action": "lift", "_selected_action": block.pk})

    assert others() == 201
