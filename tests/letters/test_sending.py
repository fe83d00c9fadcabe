"""On the way: mail servers refuse, hang and hang up, processes die, and still nobody gets a letter twice."""

import io
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from blog.models import Letter
from tests.letters.smtp import mail_server
from tests.server import ROOT, Server, until

State = Letter.State


@pytest.fixture
def waiting(bob_asks, browser):
    """One letter to Bob, due."""
    browser("Eve")("So it was.", parent=bob_asks.said["id"])
    return Letter.objects.get(kind="answer")


def tomorrow(letter: Letter) -> None:
    """Let the pause be over."""
    Letter.objects.filter(pk=letter.pk).update(due_at=timezone.now())


def test_a_server_that_is_away_is_asked_again_after_growing_pauses(waiting, send, inbox):
    inbox.refuses_everyone = "451 come back later"
    pauses = []
    for _try in range(4):
        assert "To be tried again: 1" in send()
        waiting.refresh_from_db()
        pauses.append(waiting.due_at - timezone.now())
        assert "To be tried again: 0" in send()  # not before its time
        tomorrow(waiting)

    assert pauses == sorted(pauses)
    assert waiting.said == "451 come back later"
    inbox.refuses_everyone = ""
    assert "Sent: 1" in send()


def test_after_some_days_it_is_given_up(waiting, send, inbox):
    inbox.refuses_everyone = "451 come back later"
    Letter.objects.update(created_at=timezone.now() - timedelta(days=4))

    assert "Failed: 1" in send()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.said) == (State.FAILED, "451 come back later")


@pytest.mark.parametrize("where", ["refuses_everyone", "refuses_letters"])
def test_a_final_no_is_taken_as_such_and_can_be_tried_again_by_hand(waiting, send, inbox, client, where):
    setattr(inbox, where, "550 no such user here")
    assert "Failed: 1" in send()
    setattr(inbox, where, "")
    client.force_login(waiting.comment.post.author)

    page = client.get("/admin/blog/letter/").content.decode()
    client.post("/admin/blog/letter/", {"action": "send_again", "_selected_action": waiting.pk})

    assert "550 no such user here" in page
    assert "Sent: 1" in send()


def test_nobody_at_the_address_of_the_server(waiting, send, settings):
    settings.EMAIL_PORT = 1

    assert "To be tried again: 1" in send()
    waiting.refresh_from_db()
    assert "refused" in waiting.said


@pytest.mark.parametrize("how", ["hang", "drop"])
def test_a_server_that_fails_before_the_letter_gets_it_later(waiting, send, inbox, settings, how):
    settings.EMAIL_TIMEOUT = 0.5
    inbox.before_data = how
    assert "To be tried again: 1" in send()

    inbox.before_data = ""
    settings.EMAIL_TIMEOUT = 20
    tomorrow(waiting)
    assert "Sent: 1" in send()
    assert len(inbox.letters) == 1


@pytest.mark.parametrize("how", ["hang", "drop"])
def test_a_server_that_fails_after_the_letter_does_not_get_it_twice(waiting, send, inbox, settings, client, how):
    settings.EMAIL_TIMEOUT = 0.5
    inbox.after_data = how
    assert "Failed: 1" in send()
    inbox.after_data = ""
    settings.EMAIL_TIMEOUT = 20
    tomorrow(waiting)

    send()
    client.force_login(waiting.comment.post.author)
    assert len(inbox.letters) == 1
    assert "Perhaps sent" in client.get("/admin/blog/letter/").content.decode()


def test_one_letter_that_cannot_be_sent_does_not_hold_up_the_others(waiting, bob_asks, browser, send, inbox):
    browser("Eve")("And so was that.", parent=bob_asks.said["id"])
    Letter.objects.filter(pk=waiting.pk).update(to="bob@example.org\nBcc: all@example.org")

    said = send()

    assert "Sent: 1" in said
    assert "Failed: 1" in said


# Real processes

MAKE = """
from tests.factories import make_post
from accounts.models import User
make_post(title="A walk")
bob = User.objects.create_user("bob", "bob@example.org", "x")
User.objects.filter(username="ann").update(mail_comments=False)
from blog.models import Post
post = Post.objects.get()
from blog.discussion.speaking import post_comment
mine = post_comment(post, text="Lovely.", user=bob)
for n in range({n}):
    post_comment(post, text=f"Answer {{n}}.", name="Eve", visitor=f"eve-{{n}}", parent=mine.pk)
"""


@pytest.fixture
def mail():
    with mail_server() as server:
        yield server


def site(folder, mail, **environment) -> Server:
    return Server(
        folder,
        SITE_URL="http://testserver",
        ALLOWED_HOSTS="127.0.0.1,testserver",
        EMAIL_URL=mail.url,
        BACKGROUND_LOOK="0.2",
        **environment,
    )


def states(server: Server) -> list[str]:
    code = "from blog.models import Letter; print(*Letter.objects.order_by('id').values_list('state', flat=True))"
    return server.run(code).split()


def test_the_server_sends_by_itself_and_so_may_others_at_the_same_time(tmp_path, mail):
    with site(tmp_path, mail) as server:
        with ThreadPoolExecutor(3) as hands:
            hands.submit(server.run, MAKE.format(n=30)).result()
            list(hands.map(lambda _n: server.manage("send_letters"), range(3)))
        until(lambda: set(states(server)) == {"sent"}, "all to be sent", 60)
        done = "from blog.models import ChoreTime; print(ChoreTime.objects.exclude(done_at=None).count())"
        until(lambda: server.run(done) != "0", "the daily chores", 60)

        mail.before_data = "hang"
        said = {"text": "Do you hear me?", "name": "Bob", "parent": 1}
        assert server.ask("/api/posts/a-walk/comments/", said)[0] == 201
        assert server.ask("/readyz")[0] == 200
    assert len({letter["Message-ID"] for letter in mail.letters}) == len(mail.letters) == 30


def test_a_process_killed_while_it_sends(tmp_path, mail):
    """Before the letter went out it is sent later; after that, nobody knows, and it is not sent again."""
    with site(tmp_path, mail, BACKGROUND="false") as server:
        server.run(MAKE.format(n=2))
        for moment in ("before_data", "after_data"):
            setattr(mail, moment, "hang")
            began = mail.n_connections
            sender = subprocess.Popen([sys.executable, "manage.py", "send_letters"], cwd=ROOT, env=server.environment)
            look = {
                "before_data": lambda began=began: mail.n_connections > began,
                "after_data": lambda: len(mail.letters) == 1,
            }
            until(look[moment], moment, 60)
            sender.send_signal(signal.SIGKILL)
            sender.wait()
            setattr(mail, moment, "")
            server.run(
                "from blog.models import Letter; from django.utils import timezone;"
                "Letter.objects.exclude(taken_until=None).update(taken_until=timezone.now())"
            )

        server.manage("send_letters")

        assert sorted(states(server)) == ["sent", "unknown"]
    assert len(mail.letters) == 2


def test_commands_say_what_is_missing(db):
    from django.core.management import CommandError

    with pytest.raises(CommandError, match="EMAIL_URL and SITE_URL"):
        call_command("send_letters", stdout=io.StringIO())
