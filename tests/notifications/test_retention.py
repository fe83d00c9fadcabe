"""What was only needed for a time is erased."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from blog.models import Block, Comment, QueuedEmail, Subscriber
from tests.notifications.conftest import click
from tests.notifications.test_subscriptions import stop_path


@pytest.fixture
def later():
    def later(days: int) -> None:
        """Everything happened so many days ago."""
        for model, column in ((Comment, "created_at"), (QueuedEmail, "created_at"), (Subscriber, "seen_at")):
            for row in model.objects.all():
                then = getattr(row, column) - timedelta(days=days)
                model.objects.filter(pk=row.pk).update(**{column: then})

    return later


def forget() -> None:
    call_command("run_jobs", "erase_personal_data")


def test_network_and_email_go_after_their_time(browser, later, post, db):
    browser("Bob", "bob@example.org")("Lovely.")
    comment = Comment.objects.get()
    assert comment.network == "127.0.0.1"
    later(29)
    forget()
    comment.refresh_from_db()
    assert (comment.email, comment.network) == ("bob@example.org", "127.0.0.1")

    later(2)
    forget()
    comment.refresh_from_db()
    assert (comment.email, comment.network) == ("", "")


def test_a_network_that_is_not_blocked_any_more_goes_too(db):
    long_ago = timezone.now() - timedelta(days=31)
    Block.objects.create(network="203.0.113.0/24", lifted_at=long_ago)
    Block.objects.create(network="198.51.100.0/24", until=long_ago)
    Block.objects.create(network="192.0.2.0/24")

    call_command("run_jobs", "delete_ended_blocks")

    assert [block.network for block in Block.objects.all()] == ["192.0.2.0/24"]


def test_an_address_still_wanted_for_letters_stays_until_it_is_not(bob_asks, browser, later, send, inbox, client):
    later(100)
    forget()
    browser("Eve")("Late, but still.", parent=bob_asks.said["id"])
    send()
    assert inbox.to == ["bob@example.org"]

    click(client, stop_path(inbox.messages[0]))
    forget()
    assert not Comment.objects.exclude(email="").exists()


def test_a_silent_thread_is_forgotten_too(bob_asks, later):
    later(200)
    forget()

    assert not Comment.objects.exclude(email="").exists()


def test_an_address_never_confirmed_goes_after_its_time(browser, quiet, inbox, send, later):
    browser("Mallory", "victim@example.org")("Hello.", notify=True)
    send()
    later(31)
    forget()

    assert not Comment.objects.exclude(email="").exists()
    assert not QueuedEmail.objects.exclude(to="").exists()

    later(180)
    forget()
    assert not Subscriber.objects.exists()


def test_what_only_the_server_may_know_leaves_it_by_no_door(bob_asks, browser, client, send, inbox, post, later):
    eve = browser("Eve", "eve@example.org")
    said = eve("So it was.", parent=bob_asks.said["id"], notify=True)
    Comment.objects.update(network="203.0.113.77")
    send()

    doors = [
        "/",
        "/post/a-walk/",
        "/post/a-walk/comment/",
        "/post/a-walk/comments.xml",
        "/comments.xml",
        "/api/posts/a-walk/",
        "/api/posts/a-walk/comments/",
        f"/api/comments/{said['id']}/",
        "/api/posts/a-walk/events/?since=0",
        f"/api/me/?post={post.pk}",
    ]
    everything = "".join(c.get(door).content.decode() for door in doors for c in (client, eve.client))
    messages = "".join(message.as_string() for message in inbox.messages if message["To"] == "bob@example.org")

    assert "So it was." in everything
    for secret in ("eve@example.org", "bob@example.org", "203.0.113.77"):
        assert secret not in everything
    assert messages
    assert "eve@example.org" not in messages
    assert "203.0.113.77" not in messages
