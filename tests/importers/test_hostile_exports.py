"""Export files that are broken, or were made to do harm."""

import json
import zipfile

import pytest
from django.core.management import CommandError

from blog.importers import json_rows, unpacking, xml_elements
from blog.models import Post
from tests.importers.wxr import HEAD, attachment, export, item

BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f'<?xml version="1.0"?><!DOCTYPE x [{BOMB}]><rss><wp:x>&a9;</wp:x></rss>', "line 1: It has a document type"),
        ('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><item>&f;</item></rss>', "document type"),
        (HEAD + item("x") + item("y")[:200], "ends too early"),
        (HEAD + item("x"), "ends too early"),
        (HEAD + item("x", title="a") + "<item><title>a & b</title></item></channel></rss>", "&amp;"),
        (HEAD + "<item><title>&nbsp;</title></item></channel></rss>", "An entity is not defined"),
        (HEAD + "<a>" * 200 + "</a>" * 200 + "</channel></rss>", "nested too deeply"),
        (HEAD + "</channel></rss><item></item>", "not well-formed"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_whole_with_its_line(run, tmp_path, content, message):
    path = tmp_path / "tea.xml"
    path.write_text(content)

    with pytest.raises(CommandError, match=message) as error:
        run(path)

    assert "tea.xml, line" in str(error.value)
    assert Post.objects.count() == 0


def test_another_encoding_than_it_says_is_refused(run, tmp_path):
    path = export(tmp_path, item("x", title="茶"))
    path.write_bytes(path.read_text().encode("gbk"))

    with pytest.raises(CommandError, match="not UTF-8"):
        run(path)


@pytest.mark.parametrize("encoding", ["gbk", "x-unknown"])
def test_an_encoding_that_cannot_be_read_is_refused(run, tmp_path, encoding):
    path = export(tmp_path, item("x", title="茶"))
    path.write_text(path.read_text().replace("UTF-8", encoding))

    with pytest.raises(CommandError, match=r"tea\.xml, line 1: Its first line names an encoding that cannot be read"):
        run(path)


def test_control_characters_and_utf16_are_read(run, tmp_path):
    path = export(tmp_path, item("a\x08b\x0bc", title="茶"))
    path.write_bytes(path.read_text().replace('encoding="UTF-8"', "").encode("utf-16"))
    with pytest.raises(CommandError):
        run(path)  # the control characters are cut from what is written in bytes

    run(export(tmp_path, item("a\x08b\x0bc", title="茶")))

    assert (Post.objects.get().title, Post.objects.get().text) == ("茶", "abc")


def test_an_endless_entry_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.setattr(xml_elements, "MAX_ELEMENT", 10_000)

    with pytest.raises(CommandError, match="more than"):
        run(export(tmp_path, item("x" * 20_000)))


def test_a_tag_without_an_end_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.setattr(xml_elements, "MAX_ELEMENT", 100_000)
    path = tmp_path / "tea.xml"
    path.write_text(HEAD + '<item title="' + "x" * 1_000_000)

    with pytest.raises(CommandError, match=r"tea\.xml, line \d: One entry has more than"):
        run(path)


def test_a_text_too_long_to_convert_is_refused_alone(run, tmp_path):
    output = run(export(tmp_path, item("x" * 4_000_001, number=1, title="Long"), item("x", number=2)))

    assert (output["created"], output["skipped"]) == (1, 1)
    assert "4000001 characters" in output


GHOST = '{"db": [{"data": {"posts": [{"title": "Tea", "slug": "tea", "html": "x"}'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GHOST + ",\n\n{", "line 3: The file ends too early"),
        (GHOST + ",\n{'a': 1}]}}]}", "line 2: This is not valid JSON"),
        ((GHOST + ',\n{"title": "茶"}]}}]}').encode("gbk"), "line 2: This is not valid JSON in UTF-8"),
        (GHOST + ",\n" + "[" * 100_000, "line 2: It is nested too deeply"),
        (GHOST + ', {"title": "' + "x" * 200_000 + '"}]}}]}', "line 1: One entry has more than"),
        ('{"junk": "' + "x" * 200_000, "line 1: One entry has more than"),
        (GHOST + ',\n{"id": ' + "9" * 5000 + "}]}}]}", "line 2: This is not valid JSON"),
        ('{"db": [{"data": {"users": []}}]}', "It has no list of posts"),
    ],
    ids=["truncated", "quotes", "gbk", "deep", "endless number", "endless value", "endless start", "no posts"],
)  # fmt: skip
def test_broken_json_is_refused_whole_with_its_line(run, tmp_path, monkeypatch, content, message):
    monkeypatch.setattr(json_rows, "MAX_ROW", 100_000)
    path = tmp_path / "tea.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(CommandError, match=message) as error:
        run(path)

    assert "tea.json" in str(error.value)
    assert not Post.objects.exists()


NO_URL = "http://[tea/a.png"


def test_a_url_that_is_none_stops_nothing(run, tmp_path):
    parts = [attachment(5, NO_URL), item(f"<img src='{NO_URL}'>", link=NO_URL), item("x", number="9" * 5000)]

    output = run(export(tmp_path, *parts))

    assert (output["created"], output["skipped"]) == (2, 0)


@pytest.mark.parametrize("value", [5, True, [], {"a": [1]}, "http://[", "\\ud800"])
@pytest.mark.parametrize("name", ["id", "uuid", "title", "slug", "html", "lexical", "mobiledoc", "published_at"])
def test_a_value_of_the_wrong_type_stops_nothing(run, tmp_path, name, value):
    """As programs write that make files for Ghost's importer."""
    joined = {"post_id": value, "tag_id": value, "author_id": value, "id": value, "sort_order": value}
    data = {"posts": [{"title": "Tea", "slug": "tea", "status": "published"} | {name: value}, {"slug": "milk"}]}
    path = tmp_path / "tea.json"
    tables = {table: [joined] for table in ("posts_tags", "posts_authors", "tags", "users", "comments")}
    path.write_text(json.dumps({"db": [{"data": tables | data}]}).replace("\\\\u", "\\u"))

    assert run(path)["created"] == 2


@pytest.mark.parametrize(
    "mobiledoc",
    [{"sections": 5}, {"sections": [[10, 0]], "cards": [["markdown", []]]}, {"sections": [5, [1]], "cards": "x"}],
)
def test_an_editors_state_of_another_form_is_no_text(run, tmp_path, mobiledoc):
    (tmp_path / "tea.json").write_text(json.dumps({"posts": [{"slug": "tea", "mobiledoc": json.dumps(mobiledoc)}]}))

    assert run(tmp_path / "tea.json")["created"] == 1


@pytest.mark.parametrize("name", ["notes.txt", "tea.json", "tea.xml"])
def test_what_is_no_export_is_refused(run, tmp_path, name):
    (tmp_path / name).write_text("[]")

    with pytest.raises(CommandError, match="not an export that Frodo knows"):
        run(tmp_path / name)


class TestZip:
    def packed(self, folder, entries: dict):
        path = folder / "tea.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, data in entries.items():
                archive.writestr(entry, data)
        return path

    def test_an_export_in_a_zip_is_imported(self, run, tmp_path):
        run(self.packed(tmp_path, {"site/tea.xml": export(tmp_path, item("x")).read_bytes()}))

        assert Post.objects.get().title == "Green tea"

    def test_markdown_in_a_zip_is_imported(self, run, tmp_path):
        run(self.packed(tmp_path, {"blog/source/_posts/tea.md": "---\ntitle: Tea\n---\nHot."}))

        assert Post.objects.get().origin == "hexo:source/_posts/tea.md"

    @pytest.mark.parametrize("name", ["../tea.xml", "/etc/tea.xml", "a/../../tea.xml", "..\\tea.xml", "C:/tea.xml"])
    def test_paths_that_lead_outside_are_refused(self, run, tmp_path, name):
        with pytest.raises(CommandError, match="leads outside"):
            run(self.packed(tmp_path, {name: "x"}))

    def test_links_are_refused(self, run, tmp_path):
        link = zipfile.ZipInfo("tea.xml")
        link.external_attr = 0o120777 << 16

        with pytest.raises(CommandError, match="leads outside"):
            run(self.packed(tmp_path, {link: "/etc/passwd"}))

    def test_a_bomb_is_refused_before_it_is_unpacked(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr(unpacking, "SMALL", 1_000_000)

        with pytest.raises(CommandError, match="too much"):
            run(self.packed(tmp_path, {"tea.xml": b"\0" * 20_000_000}))

    def test_a_backup_that_only_halo_reads_is_refused(self, run, tmp_path):
        with pytest.raises(CommandError, match=r"a backup of Halo.* Export the posts as Markdown"):
            run(self.packed(tmp_path, {"extensions.data": "[]", "workdir/attachments/upload/tea.png": "x"}))

    def test_damaged_data_is_refused(self, run, tmp_path):
        path = self.packed(tmp_path, {"tea.xml": bytes(range(256)) * 40})
        data = bytearray(path.read_bytes())
        data[45:60] = b"\xff" * 15
        path.write_bytes(data)

        with pytest.raises(CommandError, match=r"tea\.zip: This zip file cannot be unpacked"):
            run(path)

    @pytest.mark.parametrize("names", [["."], ["tea", "tea/a.md"], ["x" * 300 + ".md"]])
    def test_names_that_no_file_can_have_are_refused(self, run, tmp_path, names):
        with pytest.raises(CommandError, match="cannot be unpacked"):
            run(self.packed(tmp_path, dict.fromkeys(names, "x")))

    def test_a_truncated_one_is_refused(self, run, tmp_path):
        path = self.packed(tmp_path, {"tea.xml": "x" * 1000})
        damaged = tmp_path / "damaged.zip"
        damaged.write_bytes(path.read_bytes()[:-8])

        with pytest.raises(CommandError):
            run(damaged)


@pytest.mark.parametrize(
    "piece",
    ["<!--", "[a ", '[a "', "<div>", "<b>", "<table><tr><td>", "<!-- wp:block {", "[caption]", "<pre>", "<ul><li>"],
)
def test_text_made_to_take_long_does_not(run, tmp_path, piece):
    """Quadratic time would be minutes."""
    output = run(export(tmp_path, item((piece * 5_000).replace("]]>", ""))))

    assert output["created"] == 1


def test_a_backup_that_only_typecho_reads_is_refused(run, tmp_path):
    (tmp_path / "20260801_tea.dat").write_bytes(b"%TYPECHO_BACKUP_0001%\x01\x10\0{}")

    with pytest.raises(CommandError, match=r"a backup of Typecho.* Export the posts as Markdown"):
        run(tmp_path / "20260801_tea.dat")
