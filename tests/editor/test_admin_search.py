"""The admin's searches find without regard to case, width and accents."""

import pytest

from blog.media.services import store
from blog.models import Redirect, Rule
from tests import people
from tests.factories import make_activity, make_comment, make_page, make_post
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db

STORED = "Élysée ＡＢＣ Größe 你好，世界 50%_x"


def rows(desk, model: str, query: str) -> int:
    return desk.get(f"/admin/{model}/", {"q": query}).context["cl"].result_count


def make_rows() -> None:
    upload = store(picture("png"), user=None, name="x.png")
    upload.alt = STORED
    upload.save()
    post = make_post(title="Other", text="Other.")
    make_comment(post, text=STORED)
    make_activity(text=STORED)
    make_page(title="Other", text=STORED)
    Redirect.objects.create(path="/old", post=make_post(title=STORED))
    Rule.objects.create(value=STORED, kind="word", action="hold")
    bob = people.bob()
    bob.display_name = STORED
    bob.save()


@pytest.mark.parametrize("query", ["elysee", "ÉLYSÉE", "abc", "ａｂｃ", "GROẞE", "世界", "abc elysee", "50%_X"])
def test_every_search_is_folded(desk, query):
    make_rows()

    for model in ("upload", "comment", "activity", "page", "redirect", "rule"):
        assert rows(desk, f"blog/{model}", query) == 1, model
    assert rows(desk, "accounts/user", query) == 1


def test_what_is_not_there_is_not_found(desk):
    make_rows()

    for query in ("elyseen", "50%%x", "5_%"):
        assert rows(desk, "blog/comment", query) == 0
