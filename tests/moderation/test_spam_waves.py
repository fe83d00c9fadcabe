"""Far too much at once: work is asked for, every comment waits, and it ends by itself or by hand."""

import hashlib
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from blog.comments import form_timestamps
from blog.models import Comment, SpamWave
from tests.conftest import clear_caches
from tests.notifications.conftest import inbox
from tests.notifications.smtp import text_of

__all__ = ["inbox"]


@pytest.fixture(autouse=True)
def _little(settings):
    settings.SPAM_WAVE_RATE = "2/d"
    settings.COMMENT_RATE = "1000/d"
    settings.SPAM_WAVE_PROOF_BITS = 4


def work(error: dict) -> str:
    challenge, bits = error["challenge"], error["bits"]
    for number in range(1 << 20):
        digest = hashlib.sha256(f"{challenge}:{number}".encode()).digest()
        if int.from_bytes(digest) >> (256 - bits) == 0:
            return f"{challenge}:{number}"
    raise AssertionError("No number was found.")


@pytest.fixture
def spam_wave(say):
    for n in range(2):
        assert say(f"Number {n}")["state"] == "visible"
    error = say("One too many", status=403)["error"]
    assert error["code"] == "proof_wanted"
    return error


def test_who_did_the_work_is_heard_later(say, spam_wave):
    data = say("One too many", proof=work(spam_wave))

    assert data["state"] == "pending"
    assert Comment.objects.last().pending_reasons == [{"code": "spam_wave"}]


def test_a_proof_is_good_once_and_for_its_own_post_and_network(say, spam_wave, client):
    proof = work(spam_wave)
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    data = {"name": "Bob", "text": "From elsewhere", "proof": proof}
    address = "/api/posts/a-walk/comments/"
    assert client.post(address, data, "application/json", **elsewhere).status_code == 403
    say("One too many", proof=proof)

    assert say("Another", proof=proof, status=403)["error"]["code"] == "proof_wanted"


def test_made_up_proofs_are_worth_nothing(say, spam_wave):
    challenge = spam_wave["challenge"]
    for proof in ["", "x", ":", f"{challenge}:", f"{challenge}:x", f"{challenge}x:1", "9" * 400, f"{challenge}:-1"]:
        assert say("One too many", proof=proof, status=403)["error"]["code"] == "proof_wanted"


def test_the_form_without_a_script_needs_a_ticket(spam_wave, client):
    data = {"name": "Bob", "text": "By hand", "intent": "post"}

    page = client.post("/post/a-walk/comment/", data)
    assert page.status_code == 403
    assert "By hand</textarea>" in page.content.decode()

    page = client.post("/post/a-walk/comment/", {**data, "ticket": form_timestamps.new()})
    assert page.status_code == 303
    assert Comment.objects.last().state == "pending"


def test_the_author_writes_on(say, spam_wave, client, ann):
    client.force_login(ann)

    assert say("What is going on here?")["state"] == "visible"


def test_it_ends_by_itself(say, spam_wave):
    clear_caches()  # the day in which there were too many is over
    assert say("Still?", status=403)["error"]["code"] == "proof_wanted"

    SpamWave.objects.update(until=timezone.now() - timedelta(seconds=1))

    assert say("Calm again")["state"] == "visible"


def test_the_admin_says_so_and_ends_it_with_one_click(say, spam_wave, desk):
    page = desk.get("/admin/").content.decode()
    assert "A spam wave." in page
    assert " hidden" not in page.partition('id="spam-wave"')[2].partition(">")[0]
    assert desk.get("/admin/moderation/counts/").json()["spam_wave"]

    desk.post("/admin/moderation/spam-wave/end/")

    assert say("I am no flood")["state"] == "visible"  # nor does it begin anew at once
    assert desk.get("/admin/moderation/counts/").json()["spam_wave"] is None


def test_one_letter_tells_the_author_of_all_that_waits(say, inbox, spam_wave):
    for n in range(3):
        proof = work(say("More", status=403)["error"])
        assert say(f"More {n}", proof=proof)["state"] == "pending"

    call_command("run_jobs", "send_email")

    *before, message = inbox.messages
    assert len(before) == 2  # about those that came before the flood
    assert message["Subject"] == "Unusually many comments on Frodo"
    assert "no e-mails are sent about the others" in text_of(message)


def test_everybody_together_has_a_limit_and_so_has_a_network(client, post, settings):
    settings.SPAM_WAVE_RATE = ""
    settings.COMMENT_RATE_NETWORK, settings.COMMENT_RATE_ALL = "2/d", "3/d"

    def post_from(address: str) -> int:
        data = {"name": "Bob", "text": f"From {address}"}
        client.cookies.clear()
        where = "/api/posts/a-walk/comments/"
        return client.post(where, data, "application/json", REMOTE_ADDR=address).status_code

    found = [post_from(address) for address in ("203.0.113.1", "203.0.113.2", "203.0.113.3", "198.51.100.1")]
    assert found == [201, 201, 429, 201]
    assert post_from("192.0.2.1") == 429
