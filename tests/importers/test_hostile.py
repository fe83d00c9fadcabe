import os
import unicodedata

import pytest

from blog.importers import front_matter
from blog.importers.images import UrlRewriter
from blog.models import Post
from tests.importers.folders import picture, post, write


@pytest.mark.parametrize("target", ["..", ".", "a"])
def test_links_in_circles_end(run, tmp_path, target):
    write(tmp_path, {"a/b.md": post()})
    os.symlink(tmp_path / target, tmp_path / "a" / "loop")
    os.symlink("self.md", tmp_path / "self.md")

    output = run(tmp_path)

    assert (output["created"], output["skipped"], output.adds_up) == (1, 1, True)


def test_a_link_to_a_file_outside_is_refused(run, tmp_path):
    write(tmp_path, {"secret.md": "a secret", "blog/a.md": post()})
    os.symlink(tmp_path / "secret.md", tmp_path / "blog/b.md")

    output = run(tmp_path / "blog")

    assert (output["created"], output["skipped"]) == (1, 1)
    assert "outside the folder" in output


def test_a_link_within_the_folder_is_read(run, tmp_path):
    write(tmp_path, {"a/x.md": post(title="Tea")})
    os.symlink(tmp_path / "a/x.md", tmp_path / "y.md")

    assert run(tmp_path)["created"] == 2


def test_a_name_that_is_not_unicode_is_imported(run, client, tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text(post(title="Café"))

    output = run(tmp_path)

    assert output["created"] == 1
    assert client.get(Post.objects.get().url).status_code == 200
    assert run(tmp_path)["unchanged"] == 1


def test_a_file_too_large_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.setattr("blog.importers.files.MAX_BYTES", 100)
    monkeypatch.setattr("blog.importers.files.read.__defaults__", (100,))

    output = run(write(tmp_path, {"a.md": post("x" * 200)}))

    assert output["skipped"] == 1
    assert "MB" in output


def test_a_folder_and_a_pipe_named_as_posts_do_no_harm(run, tmp_path):
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")

    output = run(tmp_path)

    assert (output["Markdown files found"], output["skipped"]) == (1, 1)


@pytest.mark.skipif(os.getuid() == 0, reason="root may read anything")
def test_a_file_we_may_not_read_is_refused(run, tmp_path):
    write(tmp_path, {"a.md": post()})
    (tmp_path / "a.md").chmod(0)

    assert run(tmp_path)["skipped"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "> " * 3000 + "deep",
        "- " * 3000 + "deep",
        "[" * 3000,
        "*" * 3000 + "a" + "*" * 3000,
        post("x", title='"\\ud800 \\u0000 half"'),
        '{"title": "\\ud800", "a\\u0000": "\\udfff"}\nx',
        post("x", date="'9999-12-31 23:59 -1200'"),
        post("x", title="[a, b]", tags="{a: {b: c}}", date="{}", cover="[1, {}]", author="[[]]", permalink="[x]"),
        post(
            "x", title="{a: b}", slug="true", lang="[1]", aliases="{a: 1}", series="{x: y}", comments="{}", sticky="x"
        ),
        post("x", title="''", slug="'..'", permalink="/../../"),
    ],
    ids=range(10),
)
def test_strange_files_are_imported_or_refused_never_a_crash(run, client, tmp_path, text):
    output = run(write(tmp_path, {"a.md": text, "b.md": post()}))

    assert output.adds_up
    assert output["created"] >= 1
    for entry in Post.objects.all():
        assert client.get(entry.url).status_code in (200, 404)
    assert run(tmp_path)["created"] == 0


def test_a_text_longer_than_a_post_may_be_is_refused_whole(run, tmp_path):
    output = run(write(tmp_path, {"a.md": "x" * 4_000_001, "b.md": post()}))

    assert (output["created"], output["skipped"]) == (1, 1)
    assert "4000001 characters" in output


@pytest.mark.parametrize("step", ["blog.importers.front_matter.split", "blog.importers.images.UrlRewriter.rewrite"])
def test_an_error_nobody_expected_refuses_its_file_alone(run, tmp_path, monkeypatch, step):
    works = front_matter.split if step.endswith("split") else UrlRewriter.rewrite

    def breaks(*args):
        if "Bad" in args[-1]:
            raise AssertionError("unknown declaration")
        return works(*args)

    monkeypatch.setattr(step, breaks)

    output = run(write(tmp_path, {"a.md": post("Bad."), "b.md": post("Good.")}))

    assert (output["created"], output["skipped"], output.adds_up) == (1, 1, True)
    assert "  a.md\n    It could not be saved: unknown declaration." in output


def test_names_in_the_form_of_macos_are_the_same_names(run, media, tmp_path):
    nfd = {
        "re\u0301sume\u0301.md": post("![](cafe\u0301/the\u0301.png) ![](café/thé.png)", title="A"),
        "cafe\u0301/the\u0301.png": picture(),
        "b.md": post("[a](résumé.md)", title="B"),
    }
    output = run(write(tmp_path / "mac", nfd))
    assert (output["pictures copied"], output["pictures missing"]) == (1, 0)
    assert Post.objects.get(title="B").text == "[a](/post/r%C3%A9sum%C3%A9/)"

    nfc = {unicodedata.normalize("NFC", name): content for name, content in nfd.items()}
    assert run(write(tmp_path / "linux", nfc))["unchanged"] == 2
    assert Post.objects.count() == 2


def test_one_name_in_two_forms_of_unicode_is_one_post(run, tmp_path):
    files = {"re\u0301sume\u0301.md": post(title="A"), "résumé.md": post(title="B")}

    output = run(write(tmp_path, files))

    assert (output["created"], output["skipped"], output.adds_up) == (1, 1, True)
    assert "has the same name" in output


def test_a_script_in_a_post_runs_nowhere(run, client, tmp_path):
    run(
        write(
            tmp_path,
            {"a.md": post("<script>alert(1)</script> <img src=x onerror=alert(1)>", title="<script>x</script>Tea")},
        )
    )

    page = client.get("/post/a/").content.decode()
    assert "alert(1)" not in page
    assert Post.objects.get().title == "xTea"


@pytest.mark.parametrize(
    "name", [".git/a.md", "node_modules/a/README.md", "_site/a.md", ".obsidian/a.md", "__MACOSX/._a.md"]
)
def test_what_tools_keep_beside_posts_is_left_alone(run, tmp_path, name):
    assert run(write(tmp_path, {name: post()}))["Markdown files found"] == 0
