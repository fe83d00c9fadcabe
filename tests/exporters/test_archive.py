import re
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError

from accounts.models import User
from blog.models import Comment, Event, Post, SiteVersion
from tests import people
from tests.exporters.sites import PAGES
from tests.exporters.zips import changed, rows
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(site, manage, tmp_path) -> Path:
    manage("export_blog", tmp_path / "blog.zip")
    return tmp_path / "blog.zip"


def seen(client) -> dict[str, str]:
    tea = Post.objects.get(topic_order=2)
    return {path: client.get(path).content.decode() for path in (*PAGES, tea.url)}


def test_an_import_restores_the_identical_site(archive, client, manage, empty_site, tmp_path, media):
    before = seen(client)
    files = {path.relative_to(media): path.read_bytes() for path in media.rglob("*.*")}
    empty_site()

    manage("import_blog", archive)

    assert seen(client) == before
    assert {path.relative_to(media): path.read_bytes() for path in media.rglob("*.*")} == files
    assert not Event.objects.exists()
    assert SiteVersion.objects.content() > 0
    manage("export_blog", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_a_translation_still_shares_the_comments_of_its_original(client, manage, empty_site, tmp_path, media):
    original = make_post(title="Tea", language="en")
    make_comment(original, text="For both")
    translation = make_post(title="Cha", language="zh-hans", translation_of=original, shares_comments=True)
    manage("export_blog", tmp_path / "pair.zip")
    empty_site()

    manage("import_blog", tmp_path / "pair.zip")

    assert "For both" in client.get(translation.url).content.decode()


def test_accounts_come_along_and_tokens_stay(archive, manage, empty_site):
    empty_site()

    manage("import_blog", archive)

    bob = User.objects.get(username="bob")
    assert bob.check_password("bob's password")
    assert [permission.codename for permission in bob.user_permissions.all()] == ["view_post"]
    assert [group.name for group in bob.groups.all()] == ["Helpers"]
    with zipfile.ZipFile(archive) as file:
        assert not [name for name in file.namelist() if "token." in name and "blog.token" not in name]


def test_texts_are_markdown_files_with_front_matter(archive):
    tea = Post.objects.get(topic_order=2)
    with zipfile.ZipFile(archive) as file:
        text = file.read(f"posts/{tea.pk}-{tea.slug}.md").decode()

    assert text.startswith("---\ntitle: '一壶茶")
    assert "tags:\n- 茶\n- Tea time\n" in text
    assert text.endswith("---\n" + tea.text)


def test_only_its_owner_can_read_it_and_nothing_is_overwritten(archive, manage):
    assert archive.stat().st_mode & 0o777 == 0o600

    with pytest.raises(CommandError, match="exists already"):
        manage("export_blog", archive)


def test_again_it_changes_nothing(archive, manage):
    Post.objects.update(n_views=99)

    said = manage("import_blog", archive)

    assert re.search(r"^created +0$", said, re.MULTILINE)
    assert Post.objects.filter(n_views=99).count() == Post.objects.count()


def test_a_dry_run_counts_and_changes_nothing(archive, manage, empty_site, media):
    n = sum(len(table) for table in rows(archive).values())
    empty_site()

    said = manage("import_blog", archive, "--dry-run")

    assert re.search(rf"^created +{n}$", said, re.MULTILINE)
    assert not Post.objects.exists()
    assert not media.exists()


def test_the_author_of_a_new_site_is_replaced(archive, manage, empty_site):
    empty_site()
    new = people.ann()
    User.objects.filter(pk=new.pk).update(display_name="Somebody new")

    manage("import_blog", archive)

    assert User.objects.get(username="ann").name == "Ann"


def test_a_site_with_something_else_is_refused(archive, manage):
    post = make_post(title="Not in the archive")
    with pytest.raises(CommandError, match=r"not in the archive: blog\.post"):
        manage("import_blog", archive)
    post.delete()
    Comment.objects.filter(name="Bob").update(text="Edited since")
    with pytest.raises(CommandError, match=r"other rows with the same ids: blog\.comment"):
        manage("import_blog", archive)

    assert Comment.objects.filter(text="Edited since").exists()


def test_html_in_an_archive_is_not_believed(archive, manage, empty_site):
    evil = changed(archive, {"data/blog.post.jsonl": lambda text: text.replace('{"id"', '{"html": "<script>", "id"')})
    empty_site()

    with pytest.raises(CommandError, match=r"data/blog\.post\.jsonl, line 1.*unknown column html"):
        manage("import_blog", evil)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("data/blog.post.jsonl", lambda text: text[:-40], r"post\.jsonl, line \d+ cannot be read"),
        ("data/blog.post.jsonl", lambda text: "", r"0 rows, but the manifest has"),
        ("data/blog.post.jsonl", lambda text: "[]\n" + text, r"line 1 cannot be read: list"),
        ("data/blog.tag.jsonl", lambda text: text.replace('"茶"', '"' + "茶" * 300 + '"'), r"longer than \d+ char"),
        ("data/blog.comment.jsonl", lambda text: text.replace('"post": ', '"post": 99'), "does not contain"),
        ("data/blog.comment.jsonl", lambda text: text.replace('Z"', '"', 1).replace("20", "x", 1), "line 1.*"),
        (
            "data/blog.page.jsonl",
            lambda text: text.replace("pages/", "../pages/"),
            r"page\.jsonl, line 1|cannot be read",
        ),
        ("data/blog.post.jsonl", lambda text: text.replace('"tags": [', '"tags": [[],', 1), "tags: not a list of ids"),
        ("data/blog.post.jsonl", lambda text: text.replace('"front_matter": {}', '"front_matter": 5', 1), "line.*int"),
        ("data/blog.upload.jsonl", lambda text: text.replace('"file": "', '"file": "../', 1), "file: unsafe name"),
        ("data/blog.tag.jsonl", lambda text: "[" * 100_000 + text, "line 1 cannot be read"),
        ("manifest.json", lambda text: "[" * 100_000, r"manifest\.json cannot be read"),
        ("manifest.json", lambda text: text.replace('"version": 1', '"version": 2'), "newer version"),
        ("manifest.json", lambda text: "{", r"manifest\.json cannot be read"),
        ("manifest.json", lambda text: text.replace("media/", "media/../../"), "unsafe name|not in its manifest"),
    ],
)
def test_a_broken_archive_is_refused_with_the_place(archive, manage, empty_site, name, change, message):
    broken = changed(archive, {name: change})
    empty_site()

    with pytest.raises(CommandError, match=message):
        manage("import_blog", broken)

    assert not Post.objects.exists()


def test_damage_and_truncation_are_found(archive, manage, tmp_path, empty_site):
    empty_site()
    data = archive.read_bytes()
    (tmp_path / "short.zip").write_bytes(data[: len(data) // 2])
    with pytest.raises(CommandError, match="cannot be read"):
        manage("import_blog", tmp_path / "short.zip")
    damaged = changed(archive, {"data/blog.tag.jsonl": lambda text: text.replace("Tea", "Cha")}, honest=False)
    with pytest.raises(CommandError, match=r"data/blog\.tag\.jsonl is damaged"):
        manage("import_blog", damaged)

    assert not Post.objects.exists()


def test_a_zip_bomb_is_refused_unread(archive, manage, empty_site, monkeypatch):
    monkeypatch.setattr("blog.importers.archive_file.LONGEST_LINE", 100_000)
    bomb = changed(archive, {"data/blog.tag.jsonl": lambda text: " " * 50_000_000})
    empty_site()

    with pytest.raises(CommandError, match="compressed suspiciously much"):
        manage("import_blog", bomb)


def test_another_zip_is_imported_as_what_it_holds(manage, ann, tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("post.md", "words")

    manage("import_blog", tmp_path / "other.zip")

    assert Post.objects.get().origin == "markdown:post.md"


def test_comments_keep_their_ids_and_threads(archive, manage, empty_site):
    before = list(Comment.objects.order_by("pk").values())
    empty_site()
    manage("import_blog", archive)

    assert list(Comment.objects.order_by("pk").values()) == before
    new = make_comment(Post.objects.first())
    assert new.pk > before[-1]["id"]
