"""The shelf of pictures in the admin."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from blog.media.services import store
from blog.models import Upload
from frodo.models import Job
from tests import people
from tests.factories import make_post
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db
SHELF = "admin:blog_upload_changelist"


def page_of(client, name: str, *args, **query) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def test_pictures_with_their_markdown(desk, ann):
    upload = store(picture("jpeg", 700, 500), user=ann, name="tea.jpg", alt='A "cup"')
    call_command("run_jobs", "make_variants")

    page = page_of(desk, SHELF)

    assert f"{upload.key}-480.webp" in page
    assert 'data-copy="![A &quot;cup&quot;](/media/' in page


def test_search_finds_descriptions_and_names(desk, ann):
    store(picture(), user=ann, name="tea.jpg", alt="A cup")
    store(picture(), user=ann, name="walk.jpg")

    assert "1 upload" in page_of(desk, SHELF, q="cup")
    assert "1 upload" in page_of(desk, SHELF, q="walk.jpg")
    assert "Nothing matches." in page_of(desk, SHELF, q="coffee")


def test_it_says_where_a_picture_is_shown(desk, ann):
    upload = store(picture(), user=ann)
    post = make_post(title="A walk", text=upload.markdown)

    assert f'<a href="{post.url}">A walk</a>' in page_of(desk, "admin:blog_upload_change", upload.pk)


def test_only_the_description_can_be_changed(desk, ann):
    upload = store(picture(), user=ann, name="tea.jpg")

    address = reverse("admin:blog_upload_change", args=[upload.pk])
    desk.post(address, {"alt": "A cup", "key": "0" * 32, "label": "evil", "file": "x"})

    before, upload = upload, Upload.objects.get()
    assert (upload.alt, upload.key, upload.label, upload.file) == ("A cup", before.key, "tea.jpg", before.file)


def test_what_is_shown_is_not_deleted(desk, ann):
    upload = store(picture(), user=ann)
    make_post(text=upload.markdown)

    answer = desk.post(reverse("admin:blog_upload_delete", args=[upload.pk]), {"post": "yes"}, follow=True)

    assert "still in use" in answer.content.decode()
    assert Upload.objects.exists()


def test_what_is_not_shown_is_deleted_with_its_files(desk, ann, media, django_capture_on_commit_callbacks):
    upload = store(picture(), user=ann)

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("admin:blog_upload_delete", args=[upload.pk]), {"post": "yes"})

    assert not Upload.objects.exists()
    assert not (media / upload.file.name).exists()


def test_of_several_the_unused_are_deleted(desk, ann):
    shown, unused = store(picture(), user=ann), store(picture(), user=ann)
    make_post(text=shown.markdown)

    chosen = {"action": "remove_unused", "_selected_action": [shown.pk, unused.pk]}
    page = desk.post(reverse(SHELF), chosen, follow=True).content.decode()

    assert list(Upload.objects.all()) == [shown]
    assert "1 image deleted." in page
    assert "1 image was kept" in page
    assert "delete_selected" not in page


def test_copies_are_made_anew(desk, ann):
    upload = store(picture("jpeg", 200, 100), user=ann)
    Upload.objects.update(state="failed")
    Job.objects.update(state="failed", attempts=3, available_at=None)

    desk.post(reverse(SHELF), {"action": "make_anew", "_selected_action": [upload.pk]})

    call_command("run_jobs", "make_variants")
    upload.refresh_from_db()
    assert upload.state == "ready"


def test_a_contributor_sees_only_own_pictures(client, ann):
    cid = people.cid()
    own, other = store(picture(), user=cid), store(picture(), user=ann)
    client.force_login(cid)

    page = page_of(client, SHELF)

    assert own.key in page
    assert other.key not in page
    assert 'id="upload-area"' in page
    assert client.get(reverse("admin:blog_upload_change", args=[other.pk])).status_code == 302
    assert client.get(reverse("admin:blog_upload_add")).status_code == 403
