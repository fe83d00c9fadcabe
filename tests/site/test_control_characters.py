"""Characters that no output format can carry: they do not come in, and rows that have them break nothing."""

import json
import os
import re
import subprocess
import sys
from io import StringIO
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from blog.models import Activity, ActivityLink, Comment, Page, Post, Tag, Topic, Upload
from blog.moderation.models import Rule
from frodo.markdown import render_comment, render_post
from frodo.text import clean_text, clean_values
from tests.factories import make_activity, make_comment, make_page, make_post, make_topic
from tests.importers.folders import post as file_of
from tests.importers.folders import write
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db

BAD = [
    "\x00", "\x01", "\x08", "\x0b", "\x0c", "\x0e", "\x1b", "\x1f", "\x7f", "\x80", "\x85", "\x9f",
    "\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff",
]  # fmt: skip
ALL_BAD = "".join(BAD)
FINE = "a\tb\nc\r\nd é 茶 \u200d \u2028 \ufffd \ue000 🍵 \U0010fffd"
XML = [
    "/atom.xml", "/rss.xml", "/tag/tea/atom.xml", "/topic/walks/atom.xml", "/comments.xml", "/post/walk/comments.xml",
    "/activities/atom.xml", "/activities/rss.xml", "/sitemap.xml",
]  # fmt: skip
JSON = ["/feed.json", "/activities/feed.json"]


def bad_in(text: str) -> set[str]:
    return set(text) & set(BAD)


def test_only_what_no_format_can_carry_is_removed():
    assert clean_text(f"a{ALL_BAD}\ud800\udfffb") == "ab"
    assert clean_text(FINE) == FINE
    assert clean_values({"a": ["x\x0b", {"b": ("y\x0c",)}], "n": 1, "password": "p\x1b"}) == {
        "a": ["x", {"b": ("y",)}],
        "n": 1,
        "password": "p\x1b",
    }


def test_a_guests_comment_with_a_form_feed_leaves_the_feeds_whole(client):
    make_post(title="Walk")

    answer = client.post("/api/posts/walk/comments/", {"text": "page\fbreak", "name": "Ann\x0b B"}, "application/json")

    assert answer.status_code == 201
    assert (answer.json()["text"], answer.json()["author"]["name"]) == ("pagebreak", "Ann B")
    for address in ("/comments.xml", "/post/walk/comments.xml"):
        feed = client.get(address)
        assert feed.status_code == 200
        assert "pagebreak" in "".join(ElementTree.fromstring(feed.content).itertext())


@pytest.mark.parametrize("bad", [*BAD, "\ud800"], ids=lambda bad: f"{ord(bad):X}")
def test_the_api_removes_them_from_whatever_is_written(desk, bad):
    said = {"title": f"T{bad}ea", "text": f"Hot {bad}water", "summary": f"S{bad}", "tags": [f"te{bad}a"], "topic": "W"}
    body = json.dumps({**said, "topic": f"W{bad}alks"})

    answer = desk.post("/api/posts/", body, "application/json")

    assert answer.status_code == 201, answer.content
    post = Post.objects.get()
    assert (post.title, post.slug, post.text, post.summary) == ("Tea", "tea", "Hot water", "S")
    assert (Tag.objects.get().name, Topic.objects.get().name) == ("tea", "Walks")


def test_a_tag_that_differs_by_them_is_no_twin(desk):
    tag = Tag.objects.create(name="tea")

    desk.post("/api/posts/", json.dumps({"title": "A", "tags": ["te\x0ba"]}), "application/json")
    form = desk.post(reverse("admin:blog_tag_add"), {"name": "te\x0ba", "slug": "", "description": ""})

    assert list(Tag.objects.all()) == [tag]
    assert form.status_code == 200  # the form again, with the error beside the name
    assert "errornote" in form.content.decode()


def test_every_other_text_of_the_api_is_cleaned(desk, client, ann, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_post(title="Walk")
    comment = make_comment(Post.objects.get())
    uploaded = desk.post("/api/uploads/", {"file": as_file("a\x0bb.png"), "alt": f"A{ALL_BAD[1:]} hill"}).json()

    desk.post("/api/activities/", json.dumps({"text": f"A {ALL_BAD}heron."}), "application/json")
    desk.patch(f"/api/uploads/{uploaded['id']}/", json.dumps({"alt": f"Two{ALL_BAD} hills"}), "application/json")
    desk.post("/api/tags/", json.dumps({"name": "x", "description": f"d{ALL_BAD}"}), "application/json")
    client.post(f"/api/comments/{comment.pk}/report/", json.dumps({"reason": f"Rude{ALL_BAD}."}), "application/json")

    upload = Upload.objects.get()
    assert Activity.objects.get().text == "A heron."
    assert upload.alt == "Two hills"
    assert not bad_in(upload.label)
    assert Tag.objects.get().description == "d"
    assert comment.reports.get().reason == "Rude."


def as_file(name: str):
    return SimpleUploadedFile(name, picture(), "image/png")


def test_forms_of_the_admin_remove_them(desk, ann):
    fields = {"status": "published", "topic_order": "0", "language": "en", "comments_open": "on", "author": ann.pk}
    inline = {"redirects-TOTAL_FORMS": "0", "redirects-INITIAL_FORMS": "0"}
    post = {"title": f"T{ALL_BAD}ea", "text": f"Hot\t{ALL_BAD}\r\nwater", "summary": f"S{ALL_BAD}"}

    answer = desk.post(reverse("admin:blog_post_add"), {**fields, **inline, **post})
    desk.post("/admin/blog/activity/add/", {"text": f"A {ALL_BAD}heron.", "links": "", "language": "en"})
    desk.post("/admin/blog/rule/add/", {"kind": "word", "value": "spam", "action": "hold", "note": f"n{ALL_BAD}"})

    assert answer.status_code == 302
    assert (Post.objects.get().title, Post.objects.get().summary) == ("Tea", "S")
    assert Post.objects.get().text.replace("\r\n", "\n") == "Hot\t\nwater"
    assert Activity.objects.get().text == "A heron."
    assert Rule.objects.get().note == "n"


def test_the_forms_of_readers_remove_them(client, bob):
    make_post(title="Walk")
    client.post("/post/walk/comment/", {"text": f"page{ALL_BAD}break", "name": f"Sa{ALL_BAD}m"})
    client.force_login(bob)
    client.post("/accounts/me/", {"name": f"Ro{ALL_BAD}b", "website": ""})

    assert Comment.objects.values_list("text", "name").get() == ("pagebreak", "Sam")
    assert User.objects.get(pk=bob.pk).name == "Rob"


def test_a_password_is_compared_as_it_was_typed(client, bob):
    bob.set_password("a\x1bb")
    bob.save()

    def sign_in(password: str) -> bool:
        client.logout()
        client.post("/accounts/sign-in/", {"login": "bob", "password": password})
        return "_auth_user_id" in client.session

    assert [sign_in("ab"), sign_in("a\x1bb")] == [False, True]
    body = {"username": "bob", "password": "a\x1bb"}
    assert client.post("/api/token/", json.dumps(body), "application/json").status_code == 200


def test_an_author_made_on_the_command_line_has_a_clean_name():
    call_command("createauthor", "sam", "--name", "S\x1bam\ufffe", stdout=StringIO())

    assert User.objects.get().display_name == "Sam"


def test_an_import_removes_them_from_files_and_from_escapes_in_front_matter(tmp_path, ann):
    escapes = r"\f\x0b\x1b\uFFFE\uFFFF\x85"
    fields = {"title": f'"T{escapes}ea"', "tags": f'["te{escapes}a"]', "description": f'"S{escapes}"'}
    write(tmp_path, {"a.md": file_of(f"page{ALL_BAD[1:]}break", date="2024-05-01", **fields)})

    call_command("import_blog", tmp_path, "--author", "ann", stdout=StringIO())

    post = Post.objects.get()
    assert (post.title, post.summary, post.text) == ("Tea", "S", "pagebreak")
    assert Tag.objects.get().name == "tea"


@pytest.mark.parametrize("render", [lambda text: render_post(text).html, render_comment], ids=["post", "comment"])
def test_markdown_writes_none_for_a_character_reference(render):
    html = render("a&#11;b&#12;&#x1b;&#xFFFE;&#xFFFF;c `&#11;` [x](/y 'a&#11;b')")

    assert not bad_in(html)
    assert "<p>a\ufffdb\ufffd\ufffd\ufffdc" in html  # the form feed is removed, the others are no characters


@pytest.fixture
def old_rows(ann):
    """A blog whose rows were written before text was cleaned."""
    bad = "".join(BAD)
    topic = make_topic()
    post = make_post(title="Walk", tags=("tea",), topic=topic, language="en")
    comment = make_comment(post)
    page = make_page()
    activity = make_activity(links=["https://a.example/"])
    html = {"html": f"<p>x{bad}</p>", "lead": f"x{bad}", "plain": f"x{bad}"}
    Post.objects.filter(pk=post.pk).update(title=f"Walk{bad}", summary=f"S{bad}", excerpt=f"<p>{bad}</p>", **html)
    Page.objects.filter(pk=page.pk).update(title=f"About{bad}", **html)
    Post.threads.filter(pk=activity.pk).update(title=f"A{bad}", **html)
    ActivityLink.objects.update(title=f"L{bad}", description=f"D{bad}", state="ready")
    Tag.objects.update(name=f"tea{bad}", description=f"D{bad}")
    Topic.objects.update(name=f"Walks{bad}", description=f"D{bad}")
    Comment.objects.filter(pk=comment.pk).update(name=f"Bob{bad}", text=f"x{bad}", html=f"<p>x{bad}</p>")
    User.objects.filter(pk=ann.pk).update(display_name=f"Ann{bad}", bio=f"B{bad}")
    return activity


@pytest.mark.parametrize("address", XML)
def test_feeds_and_sitemap_survive_old_rows(client, old_rows, settings, address):
    settings.SITE_NAME = f"Ann's{ALL_BAD} blog"
    settings.SITE_DESCRIPTION = f"Tea{ALL_BAD}"

    answer = client.get(address)

    assert answer.status_code == 200
    assert ElementTree.fromstring(answer.content) is not None
    assert not bad_in(answer.content.decode())


@pytest.mark.parametrize("address", JSON)
def test_json_feeds_survive_old_rows(client, old_rows, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert not bad_in(json.dumps(json.loads(answer.content), ensure_ascii=False))


def test_linked_data_survives_old_rows(client, old_rows):
    for address in ("/post/walk/", old_rows.url):
        page = client.get(address).content.decode()
        data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1]
        assert json.loads(data)["author"]["name"] == "Ann"
        assert not bad_in(data + json.dumps(json.loads(data), ensure_ascii=False))


def test_a_slug_of_an_old_row_is_escaped_in_the_sitemap(client):
    post = make_post(title="Walk")
    Post.objects.filter(pk=post.pk).update(slug="a\x0b\ufffeb")

    locations = [each.text for each in ElementTree.fromstring(client.get("/sitemap.xml").content).iter() if each.text]

    assert "http://testserver/post/a%0B%EF%BF%BEb/" in locations


def test_the_site_name_is_cleaned_when_it_is_read():
    environment = {**os.environ, "SECRET_KEY": "x" * 50, "ENV_FILE": os.devnull, "SITE_NAME": "My\x0b blog\uffff"}
    code = "from frodo import settings; print(settings.SITE_NAME)"
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "My blog"
