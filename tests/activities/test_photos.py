"""Photos: chosen among the uploads, shown in their order, with sizes and words for who cannot see them."""

import json
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from blog.activities import services
from blog.activities.services import create_activity, update_activity
from blog.media.errors import InUse
from blog.media.models import Upload
from blog.media.services import describe, remove, store
from blog.models import Activity, ActivityPhoto, SiteVersion
from tests.activities.test_admin import ADD, change, form
from tests.factories import make_activity
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db


def upload(ann, alt: str = "A heron", width: int = 80) -> Upload:
    return store(picture(width=width, height=60), user=ann, alt=alt)


def test_they_are_shown_in_their_order(client, ann):
    one, two = upload(ann, "One"), upload(ann, "Two")

    activity = create_activity(ann, photos=[two.pk, one.pk, two.pk])

    page = client.get(activity.url).content.decode()
    assert page.index(two.url) < page.index(one.url)
    assert f'<img src="{one.url}" width="80" height="60" alt="One"' in page
    assert f'property="og:image" content="http://testserver{two.url}"' in page
    assert activity.title == "Two"


def test_another_order_and_another_choice(ann):
    one, two, three = (upload(ann) for _ in range(3))
    activity = create_activity(ann, photos=[one.pk, two.pk])

    update_activity(activity, photos=[three.pk, one.pk])

    assert list(ActivityPhoto.objects.values_list("upload", flat=True)) == [three.pk, one.pk]


@pytest.mark.parametrize("photos", [[999], [0], [-1], [2**70], list(range(1, 22))])
def test_pictures_that_are_not_there_are_refused(ann, photos):
    with pytest.raises((services.NoPhoto, services.TooManyPhotos)):
        create_activity(ann, photos=photos)

    assert not Activity.objects.exists()


def test_smaller_copies_are_offered_once_they_are_made(client, ann, settings):
    settings.UPLOAD_WIDTHS = [320]
    activity = make_activity(photos=[upload(ann, width=700).pk])
    assert "srcset" not in client.get(activity.url).content.decode()

    call_command("run_jobs", "make_variants")

    page = client.get(activity.url).content.decode()
    assert '<source type="image/avif" srcset="' in page
    assert "320w" in page


def test_one_that_is_shown_is_not_removed_by_accident(ann):
    photo = upload(ann)
    activity = make_activity(text="A heron.", photos=[photo.pk])

    with pytest.raises(InUse) as error:
        remove(photo)
    assert error.value.more

    remove(photo, force=True)
    assert not ActivityPhoto.objects.exists()
    assert Activity.objects.get() == activity


def test_feeds_have_them(client, ann):
    photo = upload(ann)
    make_activity(photos=[photo.pk])

    item = json.loads(client.get("/activities/feed.json").content)["items"][0]
    rss = client.get("/activities/rss.xml").content.decode()
    atom = client.get("/activities/atom.xml").content.decode()

    assert f'<img src="http://testserver{photo.url}" width="80" height="60" alt="A heron">' in item["content_html"]
    assert item["image"] == f"http://testserver{photo.url}"
    assert item["attachments"] == [
        {"url": f"http://testserver{photo.url}", "mime_type": "image/png", "size_in_bytes": photo.n_bytes}
    ]
    enclosure = ElementTree.fromstring(rss).find("channel/item/enclosure")
    said = {"url": f"http://testserver{photo.url}", "length": str(photo.n_bytes), "type": "image/png"}
    assert enclosure.attrib == said
    links = ElementTree.fromstring(atom).findall("a:entry/a:link", {"a": "http://www.w3.org/2005/Atom"})
    assert said["url"] in [link.get("href") for link in links if link.get("rel") == "enclosure"]


def test_at_the_desk_they_come_through_the_door_of_all_pictures(desk):
    file = SimpleUploadedFile("heron.png", picture(), "image/png")

    answer = desk.post(ADD, form(text="", new_photos=[file]))

    assert answer.status_code == 302, answer.context["errors"]
    photo = Upload.objects.get()
    assert photo.label == "heron.png"
    assert Activity.objects.get().photo_rows.get().upload == photo


def test_at_the_desk_what_is_no_picture_is_refused_and_the_rest_kept(desk):
    files = [SimpleUploadedFile(n, body) for n, body in (("a.png", picture()), ("b.png", b"<svg onload=alert(1)>"))]

    answer = desk.post(ADD, form(new_photos=files))

    assert answer.status_code == 200
    assert "b.png: " in answer.content.decode()
    assert not Upload.objects.exists()


def test_at_the_desk_a_photo_is_taken_away(desk, ann):
    one, two = upload(ann), upload(ann)
    activity = make_activity(photos=[one.pk, two.pk])
    assert one.url in desk.get(change(activity)).content.decode()

    desk.post(change(activity), form(photos=[str(two.pk)]))

    assert list(ActivityPhoto.objects.values_list("upload", flat=True)) == [two.pk]
    assert desk.get(reverse("admin:blog_activity_changelist")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_other_words_for_a_photo_are_read_at_once(ann):
    photo = upload(ann, "A hreon")
    activity = make_activity(photos=[photo.pk])
    before = SiteVersion.objects.get().n

    describe(photo, "A heron")

    assert SiteVersion.objects.get().n > before
    assert 'alt="A heron"' in Client().get(activity.url).content.decode()
