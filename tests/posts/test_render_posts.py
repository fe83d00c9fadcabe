"""`manage.py render_posts` on texts whose HTML is of an older version."""

from io import StringIO

import pytest
from django.core.management import call_command

from blog.models import Post
from tests.factories import make_post


def run() -> str:
    out = StringIO()
    call_command("render_posts", stdout=out)
    return out.getvalue()


@pytest.fixture
def outdated(db) -> Post:
    post = make_post(title="A walk", text="Some *words*.")
    make_post(title="A lake")
    Post.objects.filter(pk=post.pk).update(html="<p>As it was rendered long ago.</p>")
    return post


def test_what_would_look_different_is_rendered_and_nothing_else(outdated):
    written = outdated.updated_at

    assert run() == "1 entry rendered differently.\n"

    outdated.refresh_from_db()
    assert "<em>words</em>" in outdated.html
    assert outdated.updated_at == written
    assert run() == "0 entries rendered differently.\n"


def test_readers_see_it_at_once(outdated, client):
    assert "As it was rendered long ago." in client.get("/post/a-walk/").content.decode()

    run()

    assert "<em>words</em>" in client.get("/post/a-walk/").content.decode()
