"""Old events go, by the server itself and by a command; who was away for longer reads anew."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from blog.events import record
from blog.models import Event
from tests.factories import make_post
from tests.live.test_post_and_hear import frame, listen
from tests.server import Server, until

ADDRESS = "/api/posts/a-walk/events/"


@pytest.fixture
def post(db):
    post = make_post(title="A walk")
    with transaction.atomic():
        for number in range(5):
            record(post, "test", {"number": number})
    Event.objects.filter(n__lte=3).update(created_at=timezone.now() - timedelta(days=31))
    Event.objects.filter(n=4).update(created_at=timezone.now() - timedelta(days=29))
    return post


def prune() -> None:
    call_command("run_jobs", "delete_old_events")


def test_what_is_old_goes_and_who_was_away_is_reset(client, post):
    prune()

    assert Event.objects.count() == 2
    assert [client.get(f"{ADDRESS}?since={n}").json()["reset"] for n in (1, 2, 3, 5)] == [True, True, False, False]
    prune()
    assert Event.objects.count() == 2


def test_numbers_go_on_when_all_are_gone(client, post, settings):
    Event.objects.update(created_at=timezone.now() - timedelta(days=31))
    prune()

    with transaction.atomic():
        assert record(post, "test", {}).n == 6
    assert client.get(f"{ADDRESS}?since=5").json()["events"][0]["n"] == 6
    assert client.get(f"{ADDRESS}?since=4").json()["reset"] is True


def test_nothing_goes_where_all_is_kept(post, settings):
    settings.EVENTS_KEEP_DAYS = 0
    prune()

    assert Event.objects.count() == 5


MAKE_OLD = """
import json
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from blog.events import record
from blog.models import Event
from tests.factories import make_post
post = make_post(title="A walk")
with transaction.atomic():
    Event.objects.bulk_create(Event(post=post, n=n, type="test", data={}) for n in range(1, 2501))
    type(post).objects.update(last_event=2500)
    record(post, "test", {})
Event.objects.filter(n__lte=2500).update(created_at=timezone.now() - timedelta(days=31))
print(json.dumps(post.pk))
"""


@pytest.mark.quality
def test_a_server_does_it_by_itself(tmp_path):
    with Server(tmp_path, JOBS_IN_SERVER="false", JOBS_POLL_SECONDS="0.2") as server:
        post_id = json.loads(server.run(MAKE_OLD))
        server.kill()
        server.environment["JOBS_IN_SERVER"] = "true"
        server.start()
        until(lambda: server.ask(f"{ADDRESS}?since=2499")[1]["reset"], "the server to prune")

        with listen(server, post_id, "?since=2499") as socket:
            assert [frame(socket)["type"], frame(socket)] == ["hello", {"type": "reset", "n": 2501}]
        with listen(server, post_id, "?since=2500") as socket:
            assert [frame(socket)["type"], frame(socket)["n"]] == ["hello", 2501]
