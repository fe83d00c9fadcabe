"""Far too much at once: work is asked for, every comment waits, and it ends by itself or by hand."""

import hashlib
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from blog.models import Comment, Flood
from blog.moderation import tickets
from tests.letters.conftest import inbox
from tests.letters.smtp import text_of

__all__ = ["inbox"]


@pytest.fixture(autouse=True)
def _little(settings):
    settings.COMMENT_FLOOD = "2/d"
    settings.COMMENT_RATE = "1000/d"
    settings.COMMENT_PROOF_BITS = 4


def work(error: dict) -> str:
    challenge, bits = error["challenge"], error["bits"]
    for number in range(1 << 20):
        digest = hashlib.sha256(f"{challenge}:{number}".encode()).digest()
        if int.from_bytes(digest) >> (256 - bits) == 0:
            return f"{challenge}:{number}"
    raise AssertionError("No number was found.")


@pytest.fixture
def flood(say):
    for n in range(2):
        assert say(f"Number {n}")["state"] == "visible"
    error = say("One too many", status=403)["error"]
    assert error["code"] == "proof_wanted"
    return error


def test_who_did_the_work_is_heard_later(say, flood):
    said = say("One too many", proof=work(flood))

    assert said["state"] == "held"
    assert Comment.objects.last().hold_reasons == [{"code": "flood"}]


def test_a_proof_is_good_once_and_for_its_own_post_and_network(say, flood, client):
    proof = work(flood)
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    said = {"name": "Bob", "text": "From elsewhere", "proof": proof}
    address = "/api/posts/a-walk/comments/"
    assert client.post(address, said, "application/json", **elsewhere).status_code == 403
    say("One too many", proof=proof)

    assert say("Another", proof=proof, status=403)["error"]["code"] == "proof_wanted"


def test_made_up_proofs_are_worth_nothing(say, flood):
    challenge = flood["challenge"]
    for proof in ["", "x", ":", f"{challenge}:", f"{challenge}:x", f"{challenge}x:1", "9" * 400, f"{challenge}:-1"]:
        assert say("One too many", proof=proof, status=403)["error"]["code"] == "proof_wanted"


def test_the_form_without_a_script_needs_a_ticket(flood, client):
    said = {"name": "Bob", "text": "By hand", "deed": "post"}

    page = client.post("/post/a-walk/comment/", said)
    assert page.status_code == 403
    assert "By hand</textarea>" in page.content.decode()

    page = client.post("/post/a-walk/comment/", {**said, "ticket": tickets.new()})
    assert page.status_code == 303
    assert Comment.objects.last().state == "held"


def test_the_author_writes_on(say, flood, client, ann):
    client.force_login(ann)

    assert say("What is going on here?")["state"] == "visible"


def test_it_ends_by_itself(say, flood):
    cache.clear()  # the day in which there were too many is over
    assert say("Still?", status=403)["error"]["code"] == "proof_wanted"

    Flood.objects.update(until=timezone.now() - timedelta(seconds=1))

    assert say("Calm again")["state"] == "visible"


def test_the_admin_says_so_and_ends_it_with_one_click(say, flood, desk):
    page = desk.get("/admin/").content.decode()
    assert "A flood of comments." in page
    assert " hidden" not in page.partition('id="moderation-flood"')[2].partition(">")[0]
    assert desk.get("/admin/moderation/counts/").json()["flood"]

    desk.post("/admin/moderation/flood/end/")

    assert say("I am no flood")["state"] == "visible"  # nor does it begin anew at once
    assert desk.get("/admin/moderation/counts/").json()["flood"] is None


def test_one_letter_tells_the_author_of_all_that_waits(say, inbox, flood):
    for n in range(3):
        proof = work(say("More", status=403)["error"])
        assert say(f"More {n}", proof=proof)["state"] == "held"

    call_command("send_letters")

    *before, letter = inbox.letters
    assert len(before) == 2  # about those that came before the flood
    assert letter["Subject"] == "A flood of comments on Frodo"
    assert "about the others no letters are sent" in text_of(letter)


def test_everybody_together_has_a_limit_and_so_has_a_network(client, post, settings):
    settings.COMMENT_FLOOD = ""
    settings.COMMENT_RATE_NETWORK, settings.COMMENT_RATE_ALL = "2/d", "3/d"

    def post_from(address: str) -> int:
        said = {"name": "Bob", "text": f"From {address}"}
        client.cookies.clear()
        where = "/api/posts/a-walk/comments/"
        return client.post(where, said, "application/json", REMOTE_ADDR=address).status_code

    found = [post_from(address) for address in ("203.0.113.1", "203.0.113.2", "203.0.113.3", "198.51.100.1")]
    assert found == [201, 201, 429, 201]
    assert post_from("192.0.2.1") == 429
