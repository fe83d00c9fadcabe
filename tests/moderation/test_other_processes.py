"""What decides about comments is kept in memory: a change by any process holds for the next comment in each."""

import pytest
from django.db import transaction

from blog.models import Rule
from blog.moderation.policy import policy

POSTS = "/api/posts/a-walk/comments/"


@pytest.fixture(scope="module")
def ask(server):
    """Post a comment as a guest, and return the status and the answer."""
    server.run("from tests.factories import make_post; make_post(title='A walk')")
    return lambda text, name="Zed": server.ask(POSTS, {"text": text, "name": name})


def test_rules(server, ask):
    assert ask("Try my casino")[1]["state"] == "visible"

    server.run("from blog.models import Rule; Rule.objects.create(kind='word', value='casino')")
    assert ask("Another casino")[1]["state"] == "pending"

    server.run("from blog.models import Rule; Rule.objects.update(is_active=False)")
    assert ask("A third casino")[1]["state"] == "visible"

    server.run("from blog.models import Rule; Rule.objects.update(is_active=True); Rule.objects.all().delete()")
    assert ask("A fourth casino")[1]["state"] == "visible"


def test_blocks(server, ask):
    assert ask("Before the block")[0] == 201

    server.run("from blog.models import Block; Block.objects.create(network='127.0.0.0/8')")
    assert ask("While blocked")[0] == 403

    server.run("from blog.moderation.blocks import lift; from blog.models import Block; lift(Block.objects.all())")
    assert ask("After the block")[0] == 201


def test_floods(server, ask):
    assert ask("Before the flood")[0] == 201

    server.run(
        "from datetime import timedelta; from django.utils import timezone; from blog.models import SpamWave;"
        "SpamWave.objects.create(until=timezone.now() + timedelta(hours=1))"
    )
    assert ask("In the flood")[1]["error"]["code"] == "proof_wanted"

    server.run("from blog.moderation import spam_waves; spam_waves.end()")
    assert ask("After the flood")[0] == 201


def test_names_of_staff(server, ask):
    assert ask("It is me", name="Galadriel")[0] == 201

    server.run("from tests.people import ann; user = ann(); user.display_name = 'Galadriel'; user.save()")
    assert ask("Me again", name="Galadriel")[1]["error"]["code"] == "name_taken"

    server.run("from tests.people import ann; user = ann(); user.display_name = 'Ann'; user.save()")
    assert ask("Me once more", name="Galadriel")[0] == 201


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_not_kept():
    Rule.objects.create(kind="word", value="tea")
    with transaction.atomic():
        Rule.objects.create(kind="word", value="coffee")
        assert [rule.value for rule in policy.get().rules] == ["coffee", "tea"]
        transaction.set_rollback(True)

    assert [rule.value for rule in policy.get().rules] == ["tea"]
