"""On the way: mail servers refuse, hang and hang up, processes die, and still nobody gets an e-mail twice."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.utils import timezone

from blog.models import QueuedEmail
from frodo.models import Job
from tests.notifications.smtp import mail_server
from tests.server import ROOT, Server, until


@pytest.fixture
def waiting(bob_asks, browser):
    """One e-mail to Bob, due."""
    browser("Eve")("So it was.", parent=bob_asks.said["id"])
    return Job.objects.get(type="send_email")


def after_the_delay() -> None:
    Job.objects.filter(state="pending").update(available_at=timezone.now())


def test_a_temporary_error_is_retried_with_growing_delays(waiting, send, inbox):
    inbox.refuses_everyone = "451 come back later"
    delays = []
    for _attempt in range(4):
        assert "Jobs run: 1" in send()
        waiting.refresh_from_db()
        delays.append(waiting.available_at - timezone.now())
        assert "Jobs run: 0" in send()
        after_the_delay()

    assert delays == sorted(delays)
    assert (waiting.state, waiting.error) == ("pending", "451 come back later")
    inbox.refuses_everyone = ""
    send()
    assert inbox.to == ["bob@example.org"]
    assert not Job.objects.filter(type="send_email").exists()


def test_after_some_days_it_fails(waiting, send, inbox):
    inbox.refuses_everyone = "451 come back later"
    QueuedEmail.objects.update(created_at=timezone.now() - timedelta(days=4))

    send()

    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == ("failed", "451 come back later")


@pytest.mark.parametrize("where", ["refuses_everyone", "refuses_letters"])
def test_a_permanent_error_fails_and_can_be_retried_in_the_admin(waiting, send, inbox, client, post, where):
    setattr(inbox, where, "550 <bob@example.org>: no such user here")
    send()
    setattr(inbox, where, "")
    client.force_login(post.author)

    page = client.get("/admin/frodo/job/").content.decode()
    client.post("/admin/frodo/job/", {"action": "retry", "_selected_action": waiting.pk})

    assert "550 &lt;…&gt;: no such user here" in page
    assert "Answered: bob@example.org" in page
    send()
    assert inbox.to == ["bob@example.org"]


def test_a_mail_server_that_cannot_be_reached_makes_all_wait_and_fails_none(waiting, bob_asks, browser, send, settings):
    browser("Eve")("And so was that.", parent=bob_asks.said["id"])
    settings.EMAIL_PORT = 1
    Job.objects.filter(pk=waiting.pk).update(attempts=100)

    assert "Jobs run: 1" in send()

    waiting.refresh_from_db()
    assert waiting.state == "pending"
    assert "refused" in waiting.error
    assert not Job.objects.filter(type="send_email", available_at__lt=timezone.now() + timedelta(seconds=30)).exists()


@pytest.mark.parametrize("how", ["hang", "drop"])
def test_a_server_that_fails_before_the_message_gets_it_later(waiting, send, inbox, settings, how):
    settings.EMAIL_TIMEOUT = 0.5
    inbox.before_data = how
    send()
    assert Job.objects.get(pk=waiting.pk).state == "pending"

    inbox.before_data = ""
    settings.EMAIL_TIMEOUT = 20
    after_the_delay()
    send()
    assert len(inbox.messages) == 1


@pytest.mark.parametrize("how", ["hang", "drop"])
def test_a_server_that_fails_after_the_message_does_not_get_it_twice(waiting, send, inbox, settings, desk, how):
    settings.EMAIL_TIMEOUT = 0.5
    inbox.after_data = how
    send()
    inbox.after_data = ""
    settings.EMAIL_TIMEOUT = 20
    after_the_delay()
    send()

    assert len(inbox.messages) == 1
    assert "Delivery unknown" in desk.get("/admin/frodo/job/").content.decode()


def test_one_that_cannot_be_sent_does_not_hold_up_the_others(waiting, bob_asks, browser, send, inbox):
    browser("Eve")("And so was that.", parent=bob_asks.said["id"])
    QueuedEmail.objects.filter(pk=waiting.args["queued_email"]).update(to="bob@example.org\nBcc: all@example.org")

    send()

    assert Job.objects.get(type="send_email").state == "failed"
    assert len(inbox.messages) == 1


# Real processes

MAKE = """
from tests.factories import make_post
from accounts.models import User
make_post(title="A walk")
bob = User.objects.create_user("bob", "bob@example.org", "x")
User.objects.filter(username="ann").update(mail_comments=False)
from blog.models import Post
post = Post.objects.get()
from blog.comments.services import create_comment
mine = create_comment(post, text="Lovely.", user=bob)
for n in range({n}):
    create_comment(post, text=f"Answer {{n}}.", name="Eve", visitor=f"eve-{{n}}", parent=mine.pk)
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
        **{"JOBS_POLL_SECONDS": "0.2", **environment},
    )


def states(server: Server) -> list[str]:
    """Of the jobs that send e-mail; those that are done are deleted."""
    return [state for (state,) in server.query("SELECT state FROM frodo_job WHERE type = 'send_email'")]


def test_several_workers_at_the_same_time_send_each_e_mail_once(tmp_path, mail):
    with site(tmp_path, mail) as server:
        server.run(MAKE.format(n=30))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _n: server.manage("run_jobs", "--batch"), range(2)))
        until(lambda: not states(server), "all to be sent", 60)

        mail.before_data = "hang"
        said = {"text": "Do you hear me?", "name": "Bob", "parent": 1}
        assert server.ask("/api/posts/a-walk/comments/", said)[0] == 201
        assert server.ask("/readyz")[0] == 200
    assert len({message["Message-ID"] for message in mail.messages}) == len(mail.messages) == 30


def worker(server: Server, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "manage.py", "run_jobs", *arguments], cwd=ROOT, env=server.environment)


@pytest.mark.quality
def test_a_worker_killed_while_it_sends(tmp_path, mail):
    """Before the message went out it is sent later; after that, nobody knows, and it is not sent again."""
    with site(tmp_path, mail, JOBS_IN_SERVER="false") as server:
        server.run(MAKE.format(n=2))
        for moment in ("before_data", "after_data"):
            setattr(mail, moment, "hang")
            began = mail.n_connections
            process = worker(server, "send_email")
            look = {
                "before_data": lambda began=began: mail.n_connections > began,
                "after_data": lambda: len(mail.messages) == 1,
            }
            until(look[moment], moment, 60)
            process.send_signal(signal.SIGKILL)
            process.wait()
            setattr(mail, moment, "")
            server.query(
                "UPDATE frodo_job SET available_at = '2000-01-01 00:00:00' WHERE state IN ('running', 'delivering')"
            )

        server.manage("run_jobs", "--batch")

        assert states(server) == ["unknown"]
    assert len(mail.messages) == 2


@pytest.mark.quality
def test_the_lease_is_renewed_while_a_job_runs_and_the_worker_finishes_it_when_stopped(tmp_path, mail):
    """The mail server takes longer than the lease; a second worker keeps off, and SIGTERM does not interrupt."""
    options = {"JOBS_IN_SERVER": "false", "JOBS_LEASE_SECONDS": "4", "EMAIL_TIMEOUT": "120"}
    with site(tmp_path, mail, **options) as server:
        server.run(MAKE.format(n=1))
        mail.before_data = "hang"
        process = worker(server)
        lease = "SELECT available_at FROM frodo_job WHERE type = 'send_email' AND state = 'running'"
        first = until(lambda: server.query(lease), "the worker", 60)
        until(lambda: server.query(lease) > first, "the lease to be renewed", 60)

        assert "Jobs run: 0" in server.manage("run_jobs", "send_email")
        process.send_signal(signal.SIGTERM)
        mail.before_data = ""

        assert process.wait(timeout=60) == 0
        assert states(server) == []
    assert len(mail.messages) == 1


def test_a_commit_wakes_the_worker_of_the_same_process(tmp_path, mail):
    with site(tmp_path, mail, JOBS_POLL_SECONDS="3600") as server:
        until(lambda: server.query("SELECT 1 FROM frodo_job WHERE finished_at IS NOT NULL"), "the first poll", 60)
        server.run(MAKE.format(n=0))

        said = {"text": "It was.", "name": "Eve", "parent": 1}
        assert server.ask("/api/posts/a-walk/comments/", said)[0] == 201

        until(lambda: mail.messages, "the e-mail", 60)
