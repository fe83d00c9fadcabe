import pytest

from blog.models import Comment
from tests.comments.conftest import post, say
from tests.people import ann as make_ann

__all__ = ["post", "say"]


@pytest.fixture
def desk(ann):
    """Ann's own browser: what Bob says in `client` stays his."""
    from django.test import Client

    desk = Client()
    desk.force_login(ann)
    return desk


@pytest.fixture
def decide(desk):
    """Press a button of the queue; what the script would be told."""

    def decide(verb, thing, status=200):
        data = {"intent": f"{verb}:{thing.pk}"}
        answer = desk.post("/admin/moderation/decide/", data, headers={"Accept": "application/json"})
        assert answer.status_code == status, answer.content
        return answer.json()

    return decide


@pytest.fixture
def comment(say):
    """Bob's, for all to see."""
    return Comment.objects.get(pk=say("Lovely.")["id"])


@pytest.fixture
def pending(settings, say):
    """Bob's, waiting for Ann."""
    settings.COMMENT_APPROVAL = "always"
    make_ann()
    return Comment.objects.get(pk=say("Hello, I am new.")["id"])
