"""What commands say when they cannot do what was asked, and that nothing was done."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from blog.models import Comment, Page, Post
from tests import people
from tests.factories import make_post
from tests.importers.folders import post, write
from tests.importers.wxr import comment, export, item

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path_factory):
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")


def manage(*args: object) -> str:
    out = io.StringIO()
    call_command(*map(str, args), stdout=out, stderr=io.StringIO(), no_color=True)
    return out.getvalue()


def refusal(*args: object) -> str:
    with pytest.raises(CommandError) as error:
        manage(*args)
    return str(error.value)


@pytest.mark.parametrize("command", ["import_blog", "import_comments"])
def test_a_path_with_nothing_there_is_named(ann, tmp_path, command):
    assert refusal(command, tmp_path / "tea.xml") == f"There is no file or folder {tmp_path}/tea.xml."


@pytest.mark.parametrize("command", ["import_blog", "import_comments"])
def test_without_an_author_the_command_that_makes_one_is_named(db, tmp_path, command):
    file = export(tmp_path, item("Hot."))

    assert refusal(command, file) == "There is no author yet. Make one: manage.py createauthor"
    assert not Post.objects.exists()


@pytest.mark.parametrize("command", ["import_blog", "import_comments"])
@pytest.mark.parametrize("pair", ["luyu", "", "luyu:ann"])
def test_a_pair_of_authors_without_an_equals_sign_is_explained(ann, tmp_path, command, pair):
    file = export(tmp_path, item("Hot."))

    assert refusal(command, file, "--map-author", pair) == (
        "Write --map-author as OLD=NAME, for example --map-author admin=ann."
    )


def test_an_author_that_is_not_here_is_named_with_what_to_do(ann, tmp_path):
    file = export(tmp_path, item("Hot."))

    for options in (("--author", "nobody"), ("--map-author", "luyu=nobody")):
        assert refusal("import_blog", file, *options) == "There is no user nobody. Make one: manage.py createauthor"
    assert not Post.objects.exists()


def test_authors_with_an_equals_sign_in_their_name_can_be_mapped(ann, tmp_path):
    edith = people.edith()
    file = export(tmp_path, item("Hot.", creator="lu=yu"))

    manage("import_blog", file, "--map-author", "lu=yu=edith")

    assert Post.objects.get().author == edith


def test_commenters_are_mapped_by_name_or_address(ann, tmp_path):
    make_post(title="Green tea", slug="green-tea")
    edith = people.edith()
    file = export(tmp_path, item("Hot.", comment(1) + comment(2, comment_author="Eve", comment_author_email="")))

    manage("import_blog", file)
    manage("import_comments", file, "--map-author", "bob@example.org=edith")

    assert sorted(Comment.objects.values_list("name", flat=True)) == ["Bob", "Eve"]
    assert edith.username == "edith"


def test_a_folder_of_media_that_is_not_there_is_named(ann, tmp_path):
    file = export(tmp_path, item("Hot."))

    assert refusal("import_blog", file, "--media", tmp_path / "uploads") == (
        f"There is no file or folder {tmp_path}/uploads."
    )
    assert not Post.objects.exists()


def test_a_user_who_is_no_author_cannot_be_the_default(bob, tmp_path):
    write(tmp_path, {"walk.md": post(title="Walk")})

    assert "There is no author yet." in refusal("import_blog", tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tea.xml", b"<rss><channel>", "tea.xml"),
        ("tea.json", b"{", "tea.json"),
        ("tea.zip", b"PK\x03\x04 and no more", "The archive cannot be read"),
        ("tea.exe", b"MZ", "This is not an export that Frodo knows."),
        ("tea.txt", b"", "This is not an export that Frodo knows."),
    ],
)
def test_a_file_that_is_no_blog_changes_nothing(ann, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)

    message = refusal("import_blog", tmp_path / name)

    assert said in message
    assert "Traceback" not in message
    assert not Post.objects.exists()
    assert not Page.objects.exists()


@pytest.mark.parametrize("format", ["archive", "wxr"])
def test_an_export_does_not_overwrite_a_file(ann, tmp_path, format):
    (tmp_path / "blog").write_text("Mine.")

    assert refusal("export_blog", tmp_path / "blog", "--format", format) == (
        f"Nothing was exported. {tmp_path}/blog exists already."
    )
    assert (tmp_path / "blog").read_text() == "Mine."


@pytest.mark.parametrize("format", ["hugo", "hexo", "jekyll", "static"])
def test_an_export_does_not_write_among_other_files(ann, tmp_path, format):
    (tmp_path / "mine.txt").write_text("Mine.")

    for path in (tmp_path, tmp_path / "mine.txt"):
        assert refusal("export_blog", path, "--format", format) == (
            f"Nothing was exported. {path} exists already, and is not an empty folder."
        )
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("format", ["archive", "wxr"])
def test_an_export_into_a_folder_that_is_not_there_is_explained(ann, tmp_path, format):
    assert refusal("export_blog", tmp_path / "no/blog", "--format", format) == (
        f"Nothing was exported. There is no folder {tmp_path}/no."
    )
    assert not (tmp_path / "no").exists()


def test_a_disk_that_takes_nothing_is_said_in_words(ann, settings):
    message = refusal("export_blog", "/proc/blog.xml", "--format", "wxr")

    assert message.startswith("Nothing was exported. ")
    assert "/proc" in message


def test_the_language_of_an_export_is_that_of_its_refusal(ann, tmp_path):
    (tmp_path / "blog").touch()

    said = refusal("export_blog", tmp_path / "blog", "--language", "zh-hans")

    assert said == f"导出没有完成。{tmp_path}/blog 已经存在。"
    assert translation.get_language() == "en"


def test_an_empty_blog_is_exported_all_the_same(ann, tmp_path):
    assert "Posts, pages and activities: 0. Comments: 0. Media files: 0." in manage(
        "export_blog", tmp_path / "blog.xml", "--format", "wxr"
    )
    assert "Posts and pages: 0. Comments: 0." in manage("export_blog", tmp_path / "out", "--format", "hugo")
    assert "Rows: " in manage("export_blog", tmp_path / "blog.zip")


def test_progress_is_lines_of_json_before_the_summary(ann, tmp_path):
    for n in range(3):
        make_post(title=f"Post {n}")

    lines = manage("export_blog", tmp_path / "blog.xml", "--format", "wxr", "--progress").strip().split("\n")

    assert lines[0].startswith('{"work": "posts"')
    assert lines[-2].startswith("Posts, pages and activities: 3.")
    assert lines[-1].startswith(f"{tmp_path}/blog.xml (")


def test_a_home_folder_is_understood(ann, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))

    manage("export_blog", "~/blog.xml", "--format", "wxr")

    assert Path(tmp_path / "blog.xml").exists()


def test_demo_content_needs_an_author_and_says_how_to_make_one(db):
    assert refusal("demo_content") == "There is no author yet: manage.py createauthor NAME makes one."


def test_a_job_type_that_there_is_not_is_named(db):
    assert refusal("run_jobs", "make_tea") == "There is no job type “make_tea”."
