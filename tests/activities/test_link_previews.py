"""What a link leads to is looked at in the background: once, politely, and told to open pages."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from blog.activities.services import delete_activity, update_activity
from blog.media.models import Upload
from blog.models import ActivityEvent, ActivityLink, Event
from frodo.models import Job
from tests.activities.linked_site import site
from tests.factories import make_activity
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db

HTML = b"""<!doctype html><title>Herons</title><meta name=description content="They stand still.">
<meta property="og:image" content="/heron.png"><meta property="og:site_name" content="Birds">"""


@pytest.fixture(autouse=True)
def _outside(settings):
    settings.HTTP_CLIENT_PAUSE = 0
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]


@pytest.fixture
def birds():
    pages = {"/": (200, "text/html", HTML), "/heron.png": (200, "image/png", picture(width=80, height=60))}
    with site(pages) as server:
        server.pages = pages
        yield server


def run_jobs() -> None:
    call_command("run_jobs", "fetch_link_preview")


def after_the_delay() -> None:
    Job.objects.filter(state="pending").update(available_at=timezone.now())


def test_a_card_has_title_description_site_and_a_picture_of_our_own(client, birds, media):
    activity = make_activity(links=[f"{birds.url}/"])

    run_jobs()
    run_jobs()

    link = ActivityLink.objects.get()
    assert (link.state, link.title, link.description, link.site) == ("ready", "Herons", "They stand still.", "Birds")
    assert (link.image.width, link.image.height) == (80, 60)
    assert link.image.user is None
    assert birds.asked == ["/", "/heron.png"]
    page = client.get(activity.url).content.decode()
    assert f'<img src="{link.image.url}" width="80" height="60"' in page
    assert "127.0.0.1" not in page.split('property="og:image"')[1].split(">")[0]
    assert f'property="og:image" content="http://testserver{link.image.url}"' in page


def test_open_pages_are_told(birds):
    activity = make_activity(links=[f"{birds.url}/"])

    run_jobs()

    assert Event.objects.get(post=activity.pk).type == "activity.card"
    event = ActivityEvent.objects.last()
    assert event.type == "activity.card"
    assert event.data["activity"]["links"][0]["title"] == "Herons"
    assert event.data["activity"]["links"][0]["picture"]["width"] == 80


def test_a_picture_that_is_none_leaves_a_card_without(birds):
    birds.pages["/heron.png"] = (200, "image/png", b"<svg onload=alert(1)>")
    make_activity(links=[f"{birds.url}/"])

    run_jobs()

    link = ActivityLink.objects.get()
    assert (link.state, link.title, link.image) == ("ready", "Herons", None)
    assert not Upload.objects.exists()


@pytest.mark.parametrize("status", [404, 403, 410])
def test_a_page_that_is_not_there_stays_a_link(client, birds, status):
    birds.pages["/"] = (status, "text/html", HTML)
    activity = make_activity(links=[f"{birds.url}/"])

    run_jobs()

    assert ActivityLink.objects.get().state == "failed"
    assert 'class="link-plain"' in client.get(activity.url).content.decode()
    assert Event.objects.count() == 0


def test_a_page_that_may_come_back_is_asked_again_and_not_for_ever(birds):
    birds.pages["/"] = (503, "text/html", b"")
    make_activity(links=[f"{birds.url}/"])

    for n in range(1, 6):
        assert ActivityLink.objects.get().state == "waiting"
        run_jobs()
        run_jobs()  # not at once
        assert birds.asked == ["/"] * n
        after_the_delay()

    run_jobs()
    assert birds.asked == ["/"] * 5
    assert ActivityLink.objects.get().state == "failed"
    assert Job.objects.get(type="fetch_link_preview").state == "failed"


def test_it_comes_back(birds):
    birds.pages["/"] = (503, "text/html", b"")
    make_activity(links=[f"{birds.url}/"])
    run_jobs()
    birds.pages["/"] = (200, "text/html", HTML)
    after_the_delay()

    run_jobs()

    assert ActivityLink.objects.get().title == "Herons"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.2/", "http://169.254.169.254/latest/", "http://[::1]/", "http://10.0.0.1/"]
)
def test_what_is_inside_is_never_asked(url):
    make_activity(links=[url])

    run_jobs()

    assert ActivityLink.objects.get().state == "failed"


def test_of_a_process_that_died_it_is_taken_over(birds):
    make_activity(links=[f"{birds.url}/"])
    Job.objects.update(state="running", attempts=1, available_at=timezone.now() + timedelta(minutes=1), worker="killed")
    run_jobs()
    assert birds.asked == []

    Job.objects.update(available_at=timezone.now())
    run_jobs()
    assert ActivityLink.objects.get().state == "ready"


def test_what_ends_every_process_is_left_alone(birds):
    make_activity(links=[f"{birds.url}/"])
    Job.objects.update(state="running", attempts=5, worker="killed")

    run_jobs()
    assert ActivityLink.objects.get().state == "failed"
    assert birds.asked == []


def test_a_picture_goes_with_its_link(birds, media, django_capture_on_commit_callbacks):
    activity = make_activity(links=[f"{birds.url}/"])
    run_jobs()

    with django_capture_on_commit_callbacks(execute=True):
        update_activity(activity, links=[])

    assert not Upload.objects.exists()
    assert not [file for file in media.rglob("*") if file.is_file()]


def test_a_picture_goes_with_its_activity(birds, django_capture_on_commit_callbacks):
    activity = make_activity(links=[f"{birds.url}/"])
    run_jobs()

    with django_capture_on_commit_callbacks(execute=True):
        delete_activity(activity)

    assert not Upload.objects.exists()
