"""What `backup` and `restore` say when there is nothing to do, and when something is wrong."""

from pathlib import Path

import pytest
from django.core.management import CommandError

pytestmark = pytest.mark.django_db


def refused(manage, *command: str) -> str:
    with pytest.raises(CommandError) as error:
        manage(*command)
    return str(error.value)


@pytest.fixture
def backups(settings) -> list[str]:
    """Three names of backups, and files that are none."""
    folder = Path(settings.BACKUP_TO)
    folder.mkdir()
    names = [f"frodo-2026-0{month}-01T120000Z.tar" for month in (1, 3, 2)]
    for name in (*names, "frodo-2026-13-01T120000Z.txt", ".frodo-2026-04-01T120000Z.tar.part", "notes.txt"):
        (folder / name).write_bytes(b"no archive")
    return names


def test_a_file_that_is_not_there_is_named_whether_a_place_is_set_or_not(manage, settings):
    for place in ("", settings.BACKUP_TO):
        settings.BACKUP_TO = place

        assert refused(manage, "restore", "/nowhere/frodo.tar") == "There is no backup /nowhere/frodo.tar."


def test_the_newest_of_no_place_asks_for_one(manage, settings):
    settings.BACKUP_TO = ""

    assert refused(manage, "restore", "latest") == (
        "No place for backups is set. Set BACKUP_TO, or use --to; to restore, --from."
    )


@pytest.mark.parametrize("name", ["latest", "frodo-2026-01-01T120000Z.tar", "../notes.txt", ""])
def test_an_empty_place_has_no_backup(manage, name):
    assert refused(manage, "restore", name) == f"There is no backup {name}."


def test_only_backups_are_found_in_a_place(manage, backups):
    assert refused(manage, "restore", "notes.txt") == "There is no backup notes.txt."


def test_they_are_listed_newest_first_and_nothing_else(manage, backups):
    assert manage("backup", "--list").splitlines() == [
        "frodo-2026-03-01T120000Z.tar",
        "frodo-2026-02-01T120000Z.tar",
        "frodo-2026-01-01T120000Z.tar",
    ]


def test_another_place_is_listed_when_it_is_named(manage, settings, tmp_path):
    assert manage("backup", "--list", "--to", str(tmp_path / "empty")) == ""


@pytest.mark.parametrize("place", ["ftp://backup.example/", "s3://", "http://[", "file:///var/backups"])
def test_a_place_that_is_none_is_named(manage, place):
    words = f"{place} is neither a folder nor s3://bucket/prefix."

    assert refused(manage, "restore", "latest", "--from", place) == words


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b" + b"x" * 100, b"\x00" * 10_240])
def test_what_is_no_backup_is_refused(manage, tmp_path, content):
    path = tmp_path / "frodo.tar"
    path.write_bytes(content)

    words = refused(manage, "restore", str(path), "--overwrite")

    assert words.startswith(("The backup cannot be read: ", "The backup is incomplete: "))


def test_a_folder_is_no_backup(manage, tmp_path):
    assert refused(manage, "restore", str(tmp_path)) == f"There is no backup {tmp_path}."
