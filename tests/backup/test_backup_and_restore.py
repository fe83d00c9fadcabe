import gzip
import io
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import connection, connections, transaction

from blog.models import Comment, Post
from frodo.backup import archive, databases
from frodo.backup.archive import Manifest
from tests.blogs import new_blog
from tests.databases import ROOT, database, query
from tests.factories import make_comment, make_post
from tests.importers import wxr

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post(ann) -> Post:
    default_storage.save("imported/杯子.png", ContentFile(b"a cup"))
    post = make_post(title="一壶茶", tags=("tea",), text='It\'s a \\ backslash, a \x00-free "quote", 🍵\nand a line.')
    make_comment(post, text="Lovely; DROP TABLE `x`\n(1,2),\n")
    return post


@pytest.fixture
def backup_file(post, manage, settings) -> Path:
    manage("backup")
    [path] = Path(settings.BACKUP_TO).iterdir()
    return path


def everything() -> dict[str, list]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in (Post, Comment)}


def test_what_is_restored_is_what_was_saved(backup_file, manage, post):
    before = everything()
    Comment.objects.all().delete()
    post.delete()
    make_post(title="Written later")
    default_storage.delete("imported/杯子.png")

    said = manage("restore", "latest", "--overwrite")

    assert everything() == before
    with default_storage.open("imported/杯子.png") as file:
        assert file.read() == b"a cup"
    assert "all checksums match" in said
    assert "Restored" in said


def test_a_database_with_content_is_not_replaced_unasked(backup_file, manage):
    before = everything()

    with pytest.raises(CommandError, match="--overwrite"):
        manage("restore", str(backup_file))

    assert everything() == before


@pytest.fixture
def theme(settings) -> Path:
    """A theme under version control, with a font."""
    folder = settings.THEME_DIRS[0] / "paper"
    files = {
        "theme.toml": b"name = 'Paper'",
        "static/style.css": b"a {}",
        "static/f.woff2": b"\0\xff",
        ".git/HEAD": b"",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_themes_are_restored_without_hidden_files(theme, backup_file, manage):
    with tarfile.open(backup_file) as tar:
        assert {name for name in tar.getnames() if name.startswith("themes/")} == {
            f"themes/paper/{name}" for name in ("theme.toml", "static/style.css", "static/f.woff2")
        }
    shutil.rmtree(theme)

    said = manage("restore", "latest", "--overwrite")

    assert "Theme restored: paper" in said
    assert "1 media files" in said
    assert (theme / "static/f.woff2").read_bytes() == b"\0\xff"
    assert not (theme / ".git").exists()


def test_a_theme_that_is_there_is_replaced_whole_and_only_when_asked(theme, backup_file, manage):
    (theme / "static/style.css").write_text("a { color: red }")
    (theme / "static/later.css").write_text("b {}")
    other = theme.with_name("other")
    shutil.copytree(theme, other)
    manage("flush", "--no-input")

    assert "The theme paper already exists" in manage("restore", "latest")
    assert (theme / "static/later.css").exists()

    manage("restore", "latest", "--overwrite")

    assert (theme / "static/style.css").read_text() == "a {}"
    assert not (theme / "static/later.css").exists()
    assert (other / "static/later.css").exists()


def test_without_media_there_are_no_themes(theme, post, manage, settings):
    manage("backup", "--no-media")

    [path] = Path(settings.BACKUP_TO).iterdir()
    with tarfile.open(path) as tar:
        assert len(tar.getnames()) == 2


def test_only_its_owner_can_read_a_backup(backup_file):
    assert backup_file.stat().st_mode & 0o777 == 0o600


def test_a_damaged_backup_changes_nothing(backup_file, manage):
    before = everything()
    data = bytearray(backup_file.read_bytes())
    data[1000] ^= 1
    backup_file.write_bytes(data)

    with pytest.raises(CommandError, match=r"damaged: database\.sql"):
        manage("restore", str(backup_file), "--overwrite")

    assert everything() == before


@pytest.mark.parametrize("size", [0, 700, 6000])
def test_a_truncated_backup_is_refused(backup_file, manage, size):
    backup_file.write_bytes(backup_file.read_bytes()[:size])

    with pytest.raises(CommandError, match="backup"):
        manage("restore", "--check", str(backup_file))


def test_a_backup_cannot_write_elsewhere(tmp_path, manage, post):
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        info = tarfile.TarInfo("media/../../evil.txt")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))

    with pytest.raises(CommandError, match="not a backup"):
        manage("restore", str(tmp_path / "evil.tar"), "--overwrite")


@pytest.mark.parametrize("content", [b"", b"SQLite format 3", gzip.compress(b"\0" * 200_000_000)[:-8]])
def test_a_dump_that_is_none_is_refused_with_matching_checksums(manage, settings, tmp_path, content):
    """A manifest says what whoever wrote it wants."""
    name = databases.FILES[connection.vendor]
    manifest = Manifest("2026-11-29T03:00:00+00:00", connection.vendor, name, {}, [])
    (tmp_path / name).write_bytes(content)
    with (tmp_path / "made.tar").open("wb") as file:
        archive.write(file, tmp_path / name, manifest, media=False)

    with pytest.raises(CommandError, match=r"damaged|suspiciously"):
        manage("restore", str(tmp_path / "made.tar"))


def test_a_newer_versions_backup_is_refused(backup_file, manage, tmp_path, monkeypatch):
    monkeypatch.setattr("frodo.backup.services.unknown_migrations", lambda applied: {"blog.0099_later"})

    with pytest.raises(CommandError, match=r"blog\.0099_later"):
        manage("restore", str(backup_file), "--overwrite")


def test_a_place_must_be_named(manage, settings, ann):
    settings.BACKUP_TO = ""

    with pytest.raises(CommandError, match="BACKUP_TO"):
        manage("backup")


def test_a_folder_that_cannot_be_written_is_named(manage, ann):
    with pytest.raises(CommandError, match="/proc/backups"):
        manage("backup", "--to", "/proc/backups")


@pytest.mark.skipif(not shutil.which("age"), reason="age is not installed")
def test_encrypted_by_age(post, manage, settings, tmp_path):
    key = tmp_path / "key.txt"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    settings.BACKUP_AGE_RECIPIENT = key.read_text().partition("public key: ")[2].split()[0]
    manage("backup")
    before = everything()
    [path] = Path(settings.BACKUP_TO).iterdir()
    assert path.name.endswith(".tar.age")
    assert path.read_bytes().startswith(b"age-encryption.org")

    with pytest.raises(CommandError, match="--identity"):
        manage("restore", "latest", "--overwrite")
    Comment.objects.all().delete()
    manage("restore", "latest", "--overwrite", "--identity", str(key))

    assert everything() == before


@pytest.mark.skipif(not shutil.which("gpg"), reason="GnuPG is not installed")
def test_encrypted_by_gnupg(post, manage, settings, tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("gpg")
    home.chmod(0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    generate = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "ann@example.org"]
    subprocess.run([*generate, "default", "default", "never"], check=True, capture_output=True)
    settings.BACKUP_GPG_RECIPIENT = "ann@example.org"
    manage("backup")
    Comment.objects.all().delete()

    manage("restore", "latest", "--overwrite")

    assert Comment.objects.count() == 1
    subprocess.run(["gpgconf", "--kill", "all"], check=True)


def test_a_wrong_key_gives_no_backup(post, manage, settings):
    if not shutil.which("age"):
        pytest.skip("age is not installed")
    settings.BACKUP_AGE_RECIPIENT = "age1nobody"

    with pytest.raises(CommandError, match="Encryption failed"):
        manage("backup")

    assert not list(Path(settings.BACKUP_TO).glob("*"))


def test_a_backup_under_a_write_load_is_of_one_moment(post, manage):
    """Posts and their comments are written together; the backup has both or neither."""
    stop, written = threading.Event(), []

    def write() -> None:
        try:
            while not stop.is_set():
                with transaction.atomic():
                    new = make_post(title=f"Post {len(written)}")
                    make_comment(new, text=new.title)
                    make_comment(post, text=new.title)
                written.append(new.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(written) < 10:
        threading.Event().wait(0.01)
    n_before = len(written)
    manage("backup", "--no-media")
    n_after = len(written)
    stop.set()
    for thread in threads:
        thread.join()

    manage("restore", "latest", "--overwrite")

    posts = set(Post.objects.exclude(pk=post.pk).values_list("pk", flat=True))
    assert n_before <= len(posts) <= n_after + 2
    assert set(Comment.objects.exclude(post=post).values_list("post", flat=True)) == posts
    assert post.comments.count() == len(posts) + 1
    connection.check_constraints()


@pytest.mark.quality
def test_a_backup_under_a_write_load_is_restored_elsewhere(tmp_path):
    """An import writes each post with its comments in one transaction."""
    items = [wxr.item("x", wxr.comment(2 * n) + wxr.comment(2 * n + 1), number=n) for n in range(1, 2000)]
    export, there, backups = wxr.export(tmp_path, *items), tmp_path / "there", tmp_path / "backups"
    there.mkdir()
    posts, comments = "SELECT id, title, created_at FROM blog_post", "SELECT post_id, origin, html FROM blog_comment"
    with new_blog(tmp_path / "here") as here, database(there) as url:
        here.create_author()
        writer = here.start("import_blog", export)
        while len(here.ask(posts)) < 10:
            assert writer.poll() is None
        before = here.ask(posts), here.ask(comments)
        here.manage("backup", "--to", backups)
        after = here.ask(posts), here.ask(comments)
        assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)
        writer.wait()

        env = here.env | {"DATA_DIR": str(there), "DATABASE_URL": url, "MEDIA_ROOT": str(there / "media")}
        command = [sys.executable, "-W", "ignore", "manage.py", "restore", "latest", "--from", str(backups)]
        subprocess.run(command, cwd=ROOT, env=env, check=True)

        restored = query(url, posts), query(url, comments)
        for earlier, found, later in zip(before, restored, after, strict=True):
            assert set(earlier) <= set(found) <= set(later)
        assert sorted(row[0] for row in restored[1]) == sorted(2 * [row[0] for row in restored[0]])
