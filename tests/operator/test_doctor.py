import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from blog.models import ChoreTime, Letter, Mailbox, Upload
from frodo.mail import settings_of
from tests.factories import make_comment, make_post
from tests.letters.smtp import mail_server


@pytest.fixture(autouse=True)
def well(settings, tmp_path: Path, ann):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").touch()


def doctor() -> str:
    said = io.StringIO()
    call_command("doctor", stdout=said, no_color=True)
    return said.getvalue()


def complaint() -> str:
    said = io.StringIO()
    with pytest.raises(CommandError, match="needs a look"):
        call_command("doctor", stdout=said, no_color=True)
    [line] = [line for line in said.getvalue().splitlines() if line.startswith("!!")]
    return line


def marks(said: str) -> set[str]:
    return {line[:2] for line in said.splitlines()}


def test_a_healthy_blog():
    said = doctor()

    assert marks(said) == {"ok"}
    assert len(said.splitlines()) == 12


def test_debug_is_not_for_the_open(settings):
    settings.DEBUG = True

    assert "DEBUG is on" in complaint()


def test_a_blog_needs_an_author(ann):
    ann.delete()

    assert "createauthor" in complaint()


def test_static_files_should_be_collected(settings):
    (settings.STATIC_ROOT / "staticfiles.json").unlink()

    assert "collectstatic" in complaint()


def test_uploads_need_a_folder(settings):
    settings.MEDIA_ROOT = Path("/proc/nowhere")

    assert "uploads" in complaint()


def test_a_cache_that_keeps_nothing_is_found_out(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert "Redis" in complaint()


@pytest.fixture
def mail(settings):
    with mail_server() as server:
        settings.SITE_URL, settings.HTTPS, settings.EMAIL_URL = "https://blog.example", True, server.url
        for name, value in settings_of(server.url).items():
            setattr(settings, name, value)
        settings.EMAIL_TIMEOUT = 10
        yield server


def test_mail_is_tried(mail, settings):
    assert "letters       ready" in doctor()

    settings.EMAIL_PORT = 1
    assert "The mail server of EMAIL_URL takes nothing" in complaint()


def test_mail_needs_an_address_of_ours(mail, settings):
    settings.SITE_URL = ""

    assert "SITE_URL" in complaint()


def test_letters_that_nobody_sends(mail):
    letter = Letter.objects.create(
        kind="answer", mailbox=Mailbox.objects.of("bob@example.org"), comment=make_comment(make_post())
    )
    assert "letters       ready" in doctor()
    Letter.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert "nobody sends them" in complaint()

    Letter.objects.filter(pk=letter.pk).update(state="failed")
    assert "failed or got lost" in complaint()


def test_chores_that_nobody_does():
    ChoreTime.objects.create(name="forget", due_at=timezone.now() - timedelta(days=2))

    assert "Not done for more than a day: forget" in complaint()


def test_pictures_whose_copies_nobody_makes():
    upload = Upload.objects.create(key="a" * 32, file="uploads/aa/x.png", kind="png", width=9, height=9, n_bytes=9)
    assert "variants      ready" in doctor()

    Upload.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert "make_variants" in complaint()

    Upload.objects.filter(pk=upload.pk).update(state="failed")
    assert "--again" in complaint()
