"""What somebody uploaded is theirs; what readers see stays."""

import pytest

from accounts import personal_data
from accounts.personal_data import Person
from blog.media import services
from blog.media.errors import InUse
from blog.media.services import store
from blog.models import Upload
from tests import people
from tests.factories import make_page, make_post
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def cid(db):
    """He contributed, and now he only reads."""
    cid = people.cid()
    cid.apply_role("reader")
    cid.save()
    return cid


def test_it_is_handed_out(cid, bob):
    upload = store(picture(), user=cid, name="tea.png", alt="Tea")
    store(picture(), user=bob)

    [found] = personal_data.export(Person(cid))["uploads"]

    assert found["url"] == upload.url
    assert (found["called"], found["description"], found["kind"]) == ("tea.png", "Tea", "png")


def test_what_is_shown_stays_without_a_name_and_the_rest_goes(media, cid, django_capture_on_commit_callbacks):
    shown, unused = store(picture(), user=cid, name="cid.png"), store(picture(), user=cid)
    make_post(text=shown.markdown)

    with django_capture_on_commit_callbacks(execute=True):
        personal_data.erase(Person(cid), keep_words=False)

    [left] = Upload.objects.all()
    assert (left, left.user, left.label) == (shown, None, "")
    assert (media / shown.file.name).exists()
    assert not (media / unused.file.name).exists()


@pytest.mark.parametrize("make", [make_post, make_page])
def test_a_picture_that_is_shown_is_not_given_up(cid, make):
    upload = store(picture(), user=cid)
    entry = make(text=f'<img src="https://cdn.example/{upload.file.name}">')

    with pytest.raises(InUse) as refusal:
        services.remove(upload)

    assert refusal.value.more["shown_in"] == [{"title": entry.title, "url": entry.url, "is_visible": True}]
    services.remove(upload, force=True)
    assert not Upload.objects.exists()
