from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError

from frodo.backup import outdated, parse_policy
from frodo.backup.targets import STAMP
from frodo.jobs import Job
from frodo.jobs.registry import job_types, register
from frodo.jobs.worker import Worker
from tests.factories import make_post

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def test_the_newest_of_each_day_week_and_month_is_kept():
    moments = [NOON - timedelta(hours=12 * n) for n in range(2 * 365)]

    gone = set(outdated(moments, {"d": 7, "w": 4, "m": 12}))

    kept = [moment for moment in moments if moment not in gone]
    assert kept[:7] == [NOON - timedelta(days=n) for n in range(7)]
    assert [f"{moment:%m-%d}" for moment in kept[7:]] == [
        *("03-22", "03-15", "02-28", "01-31"),
        *("12-31", "11-30", "10-31", "09-30", "08-31", "07-31", "06-30", "05-31", "04-30"),
    ]


def test_without_a_policy_all_are_kept_and_the_newest_always_is():
    moments = [NOON - timedelta(days=n) for n in range(30)]

    assert outdated(moments, {}) == []
    assert outdated(moments, {"d": 0}) == moments[1:]


@pytest.mark.parametrize("text", ["7", "d", "7x", "-1d", "7d 4w"])
def test_a_policy_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match="is not a number"):
        parse_policy(text)


@pytest.mark.django_db(transaction=True)
def test_old_backups_are_deleted_and_nothing_else(manage, settings, ann):
    settings.BACKUP_KEEP = "2d"
    folder = Path(settings.BACKUP_TO)
    folder.mkdir()
    for days in range(1, 6):
        moment = datetime.now(UTC) - timedelta(days=days)
        (folder / f"frodo-{moment.strftime(STAMP)}.tar").touch()
    (folder / "frodo-notes.txt").touch()

    said = manage("backup")

    assert said.count("Old backup deleted") == 4
    assert len(list(folder.iterdir())) == 3
    assert (folder / "frodo-notes.txt").exists()
    assert len(manage("backup", "--list").split()) == 2


@pytest.mark.django_db(transaction=True)
def test_the_job_runner_makes_backups(settings, ann):
    from frodo.backup.services import run_scheduled

    register("back_up", run_scheduled, "Back up", every=timedelta(hours=24))
    try:
        Worker().run_due(["back_up"])
    finally:
        del job_types["back_up"]

    assert len(list(Path(settings.BACKUP_TO).iterdir())) == 1
    assert Job.objects.get(type="back_up").error == ""


@pytest.fixture
def bucket(settings):
    moto = pytest.importorskip("moto.server", reason="moto is not installed (requirements-dev.txt)")
    boto3 = pytest.importorskip("boto3")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "ann", "aws_secret_access_key": "secret"}
    client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys)
    client.create_bucket(Bucket="safe")
    settings.S3 = settings.S3 | {
        "S3_ENDPOINT_URL": url,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY_ID": "ann",
        "S3_SECRET_ACCESS_KEY": "secret",
    }
    yield client
    server.stop()


@pytest.mark.django_db(transaction=True)
def test_backups_in_an_s3_bucket(bucket, settings, manage, ann):
    settings.BACKUP_TO, settings.BACKUP_KEEP = "s3://safe/blog", "7d"
    bucket.put_object(Bucket="safe", Key="blog/frodo-2020-01-01T000000Z.tar", Body=b"")
    bucket.put_object(Bucket="safe", Key="blog/frodo-2020-01-02T000000Z.tar", Body=b"")
    settings.BACKUP_KEEP = "1d"
    post = make_post()

    manage("backup")
    post.delete()
    manage("restore", "latest", "--overwrite")

    [found] = bucket.list_objects_v2(Bucket="safe")["Contents"]
    assert found["Key"] == "blog/" + manage("backup", "--list").strip()
    assert type(post).objects.count() == 1


@pytest.mark.parametrize("place", ["ftp://example.org/backups", "s3://"])
@pytest.mark.django_db
def test_other_places_are_refused(manage, place, ann):
    with pytest.raises(CommandError, match="neither a folder nor s3"):
        manage("backup", "--to", place)


@pytest.mark.django_db
def test_s3_needs_its_library(manage, monkeypatch, ann):
    monkeypatch.setattr("frodo.media_storage.find_spec", lambda name: None)

    with pytest.raises((CommandError, ImproperlyConfigured), match=r"requirements-s3\.txt"):
        manage("backup", "--to", "s3://safe/blog")
