import io
import re
import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone, translation

from blog.doctor import Check, Finding, examine
from blog.media.services import store
from blog.models import Post, WebhookEndpoint
from blog.search.models import SearchChange
from blog.search.state import root
from frodo import jobs
from frodo.jobs import Job
from frodo.mail import settings_of
from tests.factories import make_comment, make_post
from tests.media.sample_images import picture
from tests.notifications.smtp import mail_server

usage = namedtuple("usage", "total used free")


@pytest.fixture(autouse=True)
def well(settings, tmp_path: Path, ann):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").touch()
    settings.BACKUP_HOURS = 0
    call_command("search_index", stdout=io.StringIO())


def doctor() -> str:
    said = io.StringIO()
    call_command("doctor", stdout=said, no_color=True)
    return said.getvalue()


def complaint() -> str:
    said = io.StringIO()
    with pytest.raises(CommandError, match="Problems found: 1"):
        call_command("doctor", stdout=said, no_color=True)
    [line] = [line for line in said.getvalue().splitlines() if line.startswith("!!")]
    return line


def marks(said: str) -> set[str]:
    return {line[:2] for line in said.splitlines()}


def test_a_healthy_blog():
    said = doctor()

    assert marks(said) == {"ok"}
    assert len(said.splitlines()) == 19
    assert re.search(r"Frodo \d+\.\d+\.\d+, Django", said)


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

    assert "Media" in complaint()


def test_a_cache_that_keeps_nothing_is_found_out(settings):
    dummy = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    settings.CACHES = {"default": dummy, "sessions": dummy}

    assert "Redis" in complaint()


@pytest.fixture
def mail(settings):
    with mail_server() as server:
        settings.SITE_URL, settings.HTTPS, settings.EMAIL_URL = "https://blog.example", True, server.url
        settings.ALLOWED_HOSTS = ["blog.example"]
        for name, value in settings_of(server.url).items():
            setattr(settings, name, value)
        settings.EMAIL_TIMEOUT = 10
        yield server


def test_mail_is_tried(mail, settings):
    assert "E-mail           ready" in doctor()

    settings.EMAIL_PORT = 1
    assert "The mail server of EMAIL_URL takes nothing" in complaint()


def test_mail_needs_an_address_of_ours(mail, settings):
    settings.SITE_URL = ""

    assert "SITE_URL" in complaint()


def test_jobs_that_nobody_runs_or_that_failed():
    jobs.enqueue("send_email", message=1)
    assert "Background jobs  1 pending" in doctor()
    Job.objects.update(available_at=timezone.now() - timedelta(hours=1))
    assert "run_jobs" in complaint()

    Job.objects.update(state="failed", available_at=None, finished_at=timezone.now())
    assert "1 failed within a day" in complaint()


@pytest.mark.skipif(connection.vendor != "mysql", reason="about MariaDB and MySQL")
def test_a_database_without_time_zone_tables_is_said_to_be_enough():
    assert "time zone tables are empty, and nothing here needs them" in doctor()


def test_the_sites_own_host_must_be_allowed(settings):
    settings.SITE_URL, settings.HTTPS = "https://blog.example", True

    assert "ALLOWED_HOSTS does not have blog.example" in complaint()


def test_media_files_that_are_missing(ann):
    upload = store(picture(), user=ann)
    assert "1 files checked" in doctor()
    default_storage.delete(upload.file.name)

    assert f"1 files are missing, such as {upload.file.name}" in complaint()


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(10**12, 10**12 - 10**8, 10**8))

    assert "Only 95 MB are free" in complaint()


def test_a_clock_that_is_slow():
    comment = make_comment(make_post())
    type(comment).objects.update(created_at=timezone.now() + timedelta(minutes=5))

    assert "from the future" in complaint()


def test_a_scheduled_job_that_failed():
    jobs.enqueue("delete_old_events", "")
    Job.objects.update(error="No space left on device")

    assert "“Delete old events” failed the last time: No space left on device" in complaint()


def test_the_age_of_the_newest_backup(settings, tmp_path):
    settings.BACKUP_HOURS = 24
    assert "Set BACKUP_TO" in complaint()
    settings.BACKUP_TO = str(tmp_path / "backups")
    assert "There is none yet" in complaint()
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / f"frodo-{timezone.now() - timedelta(hours=60):%Y-%m-%dT%H%M%SZ}.tar").touch()
    assert "The newest is 60 hours old" in complaint()
    (tmp_path / "backups" / f"frodo-{timezone.now() - timedelta(hours=5):%Y-%m-%dT%H%M%SZ}.tar").touch()
    assert "the newest is 5 hours old" in doctor()

    Job.objects.create(type="back_up", error="No such file or directory: '/mnt/backups'")
    assert "The last one failed: No such file" in complaint()


def test_a_check_that_fails_does_not_hide_the_next():
    def broken() -> str:
        raise RuntimeError("unplugged")

    checks = [Check("One", broken), Check("Two", lambda: "fine")]

    assert list(examine(checks)) == [Finding("One", False, "RuntimeError: unplugged"), Finding("Two", True, "fine")]


def test_a_search_index_that_is_missing_or_wrong_is_found_out():
    make_post(title="Tea")
    SearchChange.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert "It is outdated" in complaint()
    call_command("search_index", stdout=io.StringIO())
    assert "1 posts" in doctor()

    Post.objects.update(status="draft")  # which the index is not told of
    assert "1 posts and activities instead of 0" in complaint()
    shutil.rmtree(root())
    assert "There is none" in complaint()


def test_a_migration_that_is_not_applied(db):
    MigrationRecorder(connection).record_unapplied("accounts", "0002_exact_social_uid")

    assert "1 are missing; manage.py migrate" in complaint()


@pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite has no limit of connections")
def test_more_connections_than_the_database_allows(monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "1000")

    assert "Raise max_connections" in complaint()


def test_a_site_without_https_is_named(settings):
    settings.SITE_URL, settings.HTTPS, settings.ALLOWED_HOSTS = "http://blog.example", False, ["blog.example"]

    assert "SITE_URL is not an https:// address: passwords travel in the open." in complaint()


def test_a_webhook_that_was_disabled_is_named(settings):
    endpoint = WebhookEndpoint.objects.create(url="https://hooks.example/in", description="The chat")
    assert "Webhooks         1 active" in doctor()

    WebhookEndpoint.objects.update(is_active=False, disabled_at=timezone.now())
    assert "“The chat” was disabled because its deliveries failed." in complaint()

    endpoint.delete()
    assert "Webhooks         0 active" in doctor()


def test_a_webhook_that_its_owner_turned_off_is_no_problem():
    WebhookEndpoint.objects.create(url="https://hooks.example/in", is_active=False)

    assert "Webhooks         0 active" in doctor()


def test_ways_to_sign_in_are_listed(settings):
    settings.SIGN_IN_PROVIDERS = {"github": "GitHub"}

    assert re.search(r"Sign-in +GitHub, a password\n", doctor())


def test_old_failures_are_no_problem():
    Job.objects.create(type="send_email", state="failed", finished_at=timezone.now() - timedelta(days=2))

    assert "Background jobs  0 pending, 1 failed" in doctor()


def test_covers_that_are_missing_are_named():
    Post.objects.filter(pk=make_post().pk).update(cover="covers/gone.png")

    assert "1 files are missing, such as covers/gone.png." in complaint()


def test_it_leaves_no_file_behind(settings):
    doctor()

    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_several_problems_are_all_named_and_counted(settings, ann):
    settings.DEBUG, settings.BACKUP_HOURS = True, 24
    ann.delete()
    said = io.StringIO()

    with pytest.raises(CommandError, match="Problems found: 3"):
        call_command("doctor", stdout=said, no_color=True)

    problems = [line for line in said.getvalue().splitlines() if line.startswith("!!")]
    assert [line.split()[1] for line in problems] == ["Settings", "Author", "Backup"]


def test_it_is_in_the_language_that_is_active():
    with translation.override("zh-hans"):
        said = doctor()

    assert re.search(r"^ok  数据库 +", said, re.MULTILINE)
    assert len(said.splitlines()) == 19
