"""A tag is one tag however its name is spelled, wherever the name comes from."""

import unicodedata

import pytest
from django.core.management import call_command
from django.urls import reverse

from blog.models import Post, Tag, Topic
from tests.factories import make_post, make_topic
from tests.importers.folders import post as post_file
from tests.importers.folders import write

pytestmark = pytest.mark.django_db

TWINS = [
    ("Python", "PYTHON"),
    (unicodedata.normalize("NFC", "café"), unicodedata.normalize("NFD", "café")),
    ("foo", "f\u200boo"),
    ("foo", "foo\ufeff"),
    ("Green tea", "green  tea"),
    ("ＡＢＣ", "abc"),
    ("Straße", "STRASSE"),
    ("❤", "❤\ufe0f"),
]


def create(desk, **fields):
    return desk.post("/api/posts/", {"title": "A post", **fields}, content_type="application/json")


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_the_api_takes_two_spellings_for_one_tag_and_topic(desk, one, other):
    for name in (one, other):
        assert create(desk, tags=[name], topic=name).status_code == 201

    assert Tag.objects.get().posts.count() == 2
    assert Topic.objects.get().posts.count() == 2


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_the_admin_says_that_a_tag_is_there_already(desk, one, other):
    assert desk.post(reverse("admin:blog_tag_add"), {"name": one}).status_code == 302
    answer = desk.post(reverse("admin:blog_tag_add"), {"name": other})

    assert answer.status_code == 200
    assert f"“{Tag.objects.get().name}” is there already" in str(answer.context["errors"])


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_an_import_takes_two_spellings_for_one_tag(ann, tmp_path, one, other):
    files = {"a.md": post_file(title="A", tags=f"['{one}']"), "b.md": post_file(title="B", tags=f"['{other}']")}

    call_command("import_blog", str(write(tmp_path, files)), "--author", ann.username, verbosity=0)

    assert Tag.objects.get().posts.count() == 2


def test_names_that_mean_different_things_stay_apart(desk):
    names = ["resume", "résumé", "C", "C++", "か", "が", "r", "R+"]

    assert create(desk, tags=names).status_code == 201

    assert set(Tag.objects.values_list("name", flat=True)) == set(names)


def test_a_slug_made_of_another_name_is_not_taken_for_it(desk):
    Tag.objects.create(name="R+")

    answer = create(desk, tags=["r"])

    assert [(tag["name"], tag["slug"]) for tag in answer.json()["tags"]] == [("r", "r-2")]


@pytest.mark.parametrize(
    ("name", "slug", "asked"), [("Green tea", "green-tea", "green-tea"), ("异步", "async", "async")]
)
def test_a_tag_is_found_by_its_slug(desk, name, slug, asked):
    Tag.objects.create(name=name, slug=slug)

    assert create(desk, tags=[asked]).json()["tags"][0]["name"] == name
    assert Tag.objects.count() == 1


@pytest.mark.parametrize("kind", ["tags", "topics"])
def test_a_rename_to_another_spelling_of_a_neighbour_is_refused(desk, kind):
    for name in ("Python", "Snakes"):
        desk.post(f"/api/{kind}/", {"name": name}, content_type="application/json")

    answer = desk.patch(f"/api/{kind}/snakes/", {"name": "PYTHON\u200b"}, content_type="application/json")

    assert answer.status_code == 400
    assert "Python" in answer.json()["error"]["fields"]["name"][0]
    own = desk.patch(f"/api/{kind}/python/", {"name": "PYTHON"}, content_type="application/json")
    assert own.status_code == 200


def test_a_name_of_nothing_visible_is_refused(desk):
    assert create(desk, tags=["\u200b"]).status_code == 400
    assert desk.post(reverse("admin:blog_tag_add"), {"name": "\u2060"}).status_code == 200
    assert not Tag.objects.exists()
    assert not Post.objects.exists()


def test_what_cannot_be_seen_is_not_kept_in_a_name(desk):
    create(desk, tags=["f\u200boo "])

    assert Tag.objects.get().name == "foo"


def test_a_chinese_reader_of_the_admin_reads_why(desk):
    make_post(tags=("茶",))
    make_topic("茶")
    desk.cookies["django_language"] = "zh-hans"

    answer = desk.post(reverse("admin:blog_tag_add"), {"name": "茶\u200b"})

    assert "“茶”已存在" in str(answer.context["errors"])
