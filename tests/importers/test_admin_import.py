"""Importing from the admin: upload, dry run, authors, import, report."""

import io
import json
import re
import shutil
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from blog.importers import admin_jobs
from blog.models import Comment, Import, Post
from frodo.models import Job
from tests import people
from tests.factories import make_comment, make_post
from tests.importers.test_import_comments import twikoo
from tests.importers.wxr import comment, export, item


@pytest.fixture(autouse=True)
def data(settings, tmp_path_factory):
    settings.DATA_DIR = tmp_path_factory.mktemp("data")
    return settings.DATA_DIR


def run_jobs() -> None:
    call_command("run_jobs", "--batch", "run_import", stdout=io.StringIO())


def send(desk, ann, content: bytes, *, name="tea.xml", size: int = 0, **fields):
    """The first piece of a file, as the script sends it."""
    fields = {"name": name, "kind": "posts", "author": ann.pk, "old_url": "", "offset": 0} | fields
    chunk = SimpleUploadedFile("blob", content)
    return desk.post(reverse("admin:blog_import_upload"), {**fields, "size": size or len(content), "chunk": chunk})


def test_upload_dry_run_authors_import_report(desk, ann, tmp_path):
    edith = people.edith()
    file = export(tmp_path, item("Hot <b>tea</b>.", comment(1))).read_bytes()
    first = send(desk, ann, file[:300], size=len(file)).json()
    for offset in range(300, len(file), 300):
        fields = {"id": first["id"], "offset": offset, "size": len(file)}
        chunk = SimpleUploadedFile("blob", file[offset : offset + 300])
        assert desk.post(reverse("admin:blog_import_upload"), {**fields, "chunk": chunk}).json() == first
    assert desk.get(reverse("admin:blog_import_status", args=[first["id"]])).json()["running"]

    run_jobs()

    assert not Post.objects.exists()
    page = desk.get(first["url"]).content.decode()
    assert "Dry run: nothing has been changed." in page
    assert "tea.xml" in page
    assert "luyu" in page
    assert "<p>posts and pages found <span>1</span></p>" in page
    desk.post(reverse("admin:blog_import_start", args=[first["id"]]), {"author-0": "edith"})
    run_jobs()
    post = Post.objects.get()
    assert (post.text, post.author, Comment.objects.get().post) == ("Hot **tea**.", edith, post)
    report = desk.get(reverse("admin:blog_import_report", args=[first["id"]]))
    assert "attachment" in report["Content-Disposition"]
    assert "created" in report.content.decode()
    assert Import.objects.get().state == "done"


def test_where_there_is_one_user_no_authors_are_asked_for(desk, ann, tmp_path):
    first = send(desk, ann, export(tmp_path, item("x")).read_bytes()).json()
    run_jobs()

    page = desk.get(first["url"]).content.decode()

    assert "authors unknown here" in page
    assert "author-0" not in page


def test_the_report_names_the_field_of_the_form_for_images_of_the_old_site(desk, ann, tmp_path):
    form = desk.get(reverse("admin:blog_import_add")).content.decode()
    file = export(tmp_path, item('<img src="/wp-content/uploads/a.png">'))
    first = send(desk, ann, file.read_bytes()).json()
    run_jobs()

    page = desk.get(first["url"]).content.decode()

    assert "<h1>Import a blog</h1>" in form
    assert "Download images" in form
    assert "import again with “Download images”" in page


def test_an_archive_restores_a_site(desk, ann, data, settings):
    settings.MEDIA_ROOT = data / "media"
    make_comment(make_post(title="Tea", slug="tea"), text="Lovely.")
    call_command("export_blog", str(data / "blog.zip"), stdout=io.StringIO())
    file = (data / "blog.zip").read_bytes()
    edited = Post.objects.get()
    edited.title = "Edited since"
    edited.save()

    key = send(desk, ann, file, name="blog.zip").json()["id"]
    run_jobs()
    assert "other rows with the same ids: blog.post" in Import.objects.get(pk=key).report

    edited.delete()
    desk.post(reverse("admin:blog_import_start", args=[key]), {"check": "yes"})
    run_jobs()
    assert "Dry run" in Import.objects.get(pk=key).report
    desk.post(reverse("admin:blog_import_start", args=[key]))
    run_jobs()
    assert (Import.objects.get().state, Post.objects.get().title, Comment.objects.get().text) == (
        "done",
        "Tea",
        "Lovely.",
    )


def test_a_damaged_archive_says_what_is_wrong(desk, ann, data):
    call_command("export_blog", str(data / "blog.zip"), stdout=io.StringIO())
    file = bytearray((data / "blog.zip").read_bytes())
    with ZipFile(data / "blog.zip") as archive:
        start = archive.getinfo("manifest.json").header_offset + 80
    file[start : start + 10] = b"\xff" * 10

    send(desk, ann, bytes(file), name="blog.zip")
    run_jobs()

    row = Import.objects.get()
    assert (row.state, "manifest.json cannot be read" in row.report) == ("failed", True)


def test_a_zip_that_was_cut_off_is_named_as_damaged(desk, ann, data):
    call_command("export_blog", str(data / "blog.zip"), stdout=io.StringIO())
    file = (data / "blog.zip").read_bytes()

    send(desk, ann, file[:-100], name="blog.zip")
    run_jobs()

    assert "blog.zip: This zip file cannot be unpacked" in Import.objects.get().report


def test_without_javascript_the_form_brings_the_file(desk, ann, tmp_path):
    file = SimpleUploadedFile("tea.xml", export(tmp_path, item("x")).read_bytes())

    answer = desk.post(reverse("admin:blog_import_add"), {"file": file, "kind": "posts", "author": ann.pk})
    run_jobs()

    row = Import.objects.get()
    assert answer.url == reverse("admin:blog_import_change", args=[row.pk])
    assert row.state == "checked"


def test_comments_are_imported_too(desk, ann):
    make_post(title="Tea", slug="tea")
    key = send(desk, ann, json.dumps([twikoo(1, url="/post/tea/")]).encode(), name="c.json", kind="comments").json()[
        "id"
    ]
    run_jobs()
    desk.post(reverse("admin:blog_import_start", args=[key]))
    run_jobs()

    assert Comment.objects.get().text == "a *b*"


def test_a_file_that_cannot_be_read_says_why_in_the_language_of_its_author(desk, ann):
    desk.cookies.load({"django_language": "zh-hans"})
    with translation.override(translation.get_language()):  # a request of the test client leaves its language behind
        key = send(desk, ann, b"<rss><item>").json()["id"]

    run_jobs()

    row = Import.objects.get(pk=key)
    assert row.state == "failed"
    assert "第 1 行" in row.report


def test_a_piece_that_comes_twice_is_one_piece(desk, ann, tmp_path):
    file = export(tmp_path, item("x")).read_bytes()
    key = send(desk, ann, file[:100], size=len(file)).json()["id"]
    for _twice in range(2):
        chunk = SimpleUploadedFile("blob", file[100:200])
        desk.post(reverse("admin:blog_import_upload"), {"id": key, "offset": 100, "size": len(file), "chunk": chunk})

    assert Import.objects.get().path.read_bytes() == file[:200]


@pytest.mark.parametrize("offset", [101, "9" * 19])
def test_a_piece_out_of_order_is_refused(desk, ann, offset):
    key = send(desk, ann, b"x" * 100, size=200).json()["id"]

    fields = {"id": key, "offset": offset, "size": 200, "chunk": SimpleUploadedFile("blob", b"y" * 100)}
    answer = desk.post(reverse("admin:blog_import_upload"), fields)

    assert answer.status_code == 400
    assert Import.objects.get().path.stat().st_size == 100


@pytest.mark.parametrize("name", ["../../tea.xml", "..", "/etc/passwd", "..\\tea.xml", "a/b.xml", "茶" * 190])
def test_no_name_leads_out_of_the_folder(desk, ann, data, name):
    key = send(desk, ann, b"x", name=name).json()["id"]

    assert Import.objects.get().path.parent == data / "imports" / str(key)
    assert [path.parent.name for path in data.rglob("*") if path.is_file()] == [str(key)]


def test_only_the_author_of_the_site_imports(client, db):
    client.force_login(people.edith())

    for name in ("add", "changelist", "upload"):
        assert client.get(reverse(f"admin:blog_import_{name}")).status_code == 403
    assert "/import/" not in client.get(reverse("admin:index")).content.decode()


def test_a_job_that_is_killed_runs_again(desk, ann, tmp_path):
    key = send(desk, ann, export(tmp_path, item("x")).read_bytes()).json()["id"]
    run_jobs()
    row = Import.objects.get(pk=key)
    admin_jobs.enqueue(row, Import.State.IMPORTING)
    admin_jobs.carry_out(row, dry_run=False)  # and then its process is gone

    run_jobs()

    row.refresh_from_db()
    assert (row.state, Post.objects.count(), Job.objects.filter(type="run_import").count()) == ("done", 1, 0)


def test_files_are_deleted_with_the_row_and_after_a_week(desk, ann, data, settings, monkeypatch):
    send(desk, ann, b"<rss>").json()
    run_jobs()
    monkeypatch.setattr(admin_jobs, "KEPT", -admin_jobs.KEPT)
    call_command("run_jobs", "delete_imported_files", stdout=io.StringIO())
    assert not any(path.is_file() for path in data.rglob("*"))

    key = send(desk, ann, b"<rss>").json()["id"]
    desk.post(reverse("admin:blog_import_delete", args=[key]), {"post": "yes"})
    assert not any(path.is_file() for path in data.rglob("*"))


def test_a_wrong_form_is_said(desk, ann):
    answer = send(desk, ann, b"x", old_url="no url")

    assert answer.status_code == 400
    assert answer.json()["error"] == "Enter a valid URL."
    assert not Import.objects.exists()


def change(key: int) -> str:
    return reverse("admin:blog_import_change", args=[key])


@pytest.fixture
def checked(desk, ann, tmp_path) -> int:
    """The key of an import whose dry run is done."""
    key = send(desk, ann, export(tmp_path, item("Hot.")).read_bytes()).json()["id"]
    run_jobs()
    return key


def test_an_import_whose_file_is_gone_says_to_upload_it_again(desk, checked, data):
    shutil.rmtree(data / "imports")
    words = "The uploaded file has been deleted. Upload it again to import it."
    assert words in desk.get(change(checked)).content.decode()
    assert "Import now" not in desk.get(change(checked)).content.decode()

    desk.post(reverse("admin:blog_import_start", args=[checked]))  # from a page that was open before
    run_jobs()

    row = Import.objects.get()
    assert (row.state, row.report) == ("failed", words)
    assert not Post.objects.exists()


def test_reading_the_start_page_starts_nothing(desk, checked):
    answer = desk.get(reverse("admin:blog_import_start", args=[checked]))

    assert answer["Location"] == change(checked)
    assert Import.objects.get().state == "checked"
    assert not Job.objects.filter(type="run_import").exists()


def test_a_second_click_while_it_runs_changes_nothing(desk, checked):
    desk.post(reverse("admin:blog_import_start", args=[checked]))
    desk.post(reverse("admin:blog_import_start", args=[checked]), {"check": "x"})

    assert Import.objects.get().state == "importing"
    run_jobs()
    assert Import.objects.get().state == "done"
    assert Post.objects.count() == 1


def test_an_upload_that_is_not_complete_cannot_be_started(desk, ann):
    key = send(desk, ann, b"<rss>", size=99).json()["id"]

    desk.post(reverse("admin:blog_import_start", args=[key]))

    assert Import.objects.get().state == "uploading"
    page = desk.get(change(key)).content.decode()
    assert "Uploading" in page
    assert "Import now" not in page


def test_pieces_of_a_finished_upload_are_refused(desk, checked):
    chunk = SimpleUploadedFile("blob", b"more")

    answer = desk.post(reverse("admin:blog_import_upload"), {"id": checked, "offset": 0, "size": 4, "chunk": chunk})

    assert answer.status_code == 404
    assert Import.objects.get().path.read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("key", ["0", "x", "-1", "9" * 18, "²"])
def test_a_piece_of_an_upload_that_there_is_not_is_refused(desk, key):
    fields = {"id": key, "offset": 0, "size": 4, "chunk": SimpleUploadedFile("blob", b"tea")}

    assert desk.post(reverse("admin:blog_import_upload"), fields).status_code == 404


def test_an_import_again_changes_nothing_and_says_so(desk, checked):
    for _twice in range(2):
        desk.post(reverse("admin:blog_import_start", args=[checked]))
        run_jobs()

    page = desk.get(change(checked)).content.decode()
    assert re.search(r"<p> *unchanged <span>1</span></p>", page)
    assert "Import again" in page
    assert Post.objects.count() == 1


def test_an_author_that_is_no_author_here_is_not_taken(desk, ann, bob, tmp_path):
    people.edith()
    key = send(desk, ann, export(tmp_path, item("Hot.")).read_bytes()).json()["id"]
    run_jobs()

    desk.post(reverse("admin:blog_import_start", args=[key]), {"author-0": "bob"})
    run_jobs()

    assert Post.objects.get().author == ann


def test_the_form_offers_writers_only(desk, ann, bob):
    edith = people.edith()

    form = desk.get(reverse("admin:blog_import_add")).content.decode()

    assert f'<option value="{ann.pk}" selected>' in form
    assert f'<option value="{edith.pk}">' in form
    assert f'<option value="{bob.pk}"' not in form


def test_status_and_report_are_for_the_owner_only(client, checked, desk):
    for name in ("status", "report", "start", "change", "delete"):
        client.force_login(people.edith())
        assert client.get(reverse(f"admin:blog_import_{name}", args=[checked])).status_code == 403, name
        client.logout()
        assert client.get(reverse(f"admin:blog_import_{name}", args=[checked])).status_code == 302, name


def test_an_import_that_there_is_not_is_not_found(desk):
    for name in ("status", "report", "start"):
        assert desk.get(reverse(f"admin:blog_import_{name}", args=[404])).status_code == 404
    assert desk.get(change(404)).status_code == 302


def test_deleting_in_the_list_deletes_the_files_and_says_what_stays(desk, checked, data):
    desk.post(reverse("admin:blog_import_start", args=[checked]))
    run_jobs()
    said = {"action": "delete_selected", "_selected_action": [checked], "post": "yes"}

    page = desk.post(reverse("admin:blog_import_changelist"), said, follow=True).content.decode()

    assert "Imported posts and comments stay." in page
    assert Post.objects.count() == 1
    assert not any(path.is_file() for path in data.rglob("*"))


def test_the_upload_answers_a_browser_that_only_looks(desk):
    answer = desk.get(reverse("admin:blog_import_upload"))

    assert (answer.status_code, answer.json()) == (405, {"error": "Choose a file."})


def test_a_ghost_export_without_its_url_can_be_checked_again_with_one(desk, ann):
    answer = send(desk, ann, b'{"db": []}', name="ghost.json")
    run_jobs()

    row = Import.objects.get(pk=answer.json()["id"])
    assert row.state == "failed"
    page = desk.get(answer.json()["url"]).content.decode()
    assert "Dry run again" in page
    assert "Import now" not in page
