"""Descriptions, searches and deletions of images at their limits, for each role."""

import json

import pytest
from django.test import Client

from blog.media.services import store
from blog.models import Upload
from tests import people
from tests.factories import make_activity, make_page, make_post
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db
URL = "/api/uploads/"


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def describe(client, upload, alt, **headers):
    data = json.dumps({"alt": alt})
    return client.patch(f"{URL}{upload.pk}/", data, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  A cup\n of\ttea ", "A cup of tea"),
        ("茶\u202e杯\u200b", "茶 杯"),
        ("", ""),
        ("x" * 500, "x" * 500),
        ("🫖 & <b>", "🫖 & <b>"),
    ],
)
def test_a_description_is_one_line_of_what_can_be_seen(desk, ann, typed, kept):
    upload = store(picture(), user=ann, alt="Before")

    answer = describe(desk, upload, typed)

    assert (answer.status_code, answer.json()["alt"]) == (200, kept)
    upload.refresh_from_db()
    assert upload.alt == kept


def test_a_description_is_escaped_in_its_markdown_and_in_the_admin(desk, ann):
    upload = store(picture(), user=ann, alt="[Tea] *hot* <script>alert(1)</script> \\ $x$")

    markdown = desk.get(f"{URL}{upload.pk}/").json()["markdown"]
    page = desk.get("/admin/blog/upload/").content.decode()

    assert markdown.startswith(r"![\[Tea\] \*hot\* \<script\>alert(1)\</script\> \\ \$x\$](/media/uploads/")
    assert "<script>alert(1)</script>" not in page
    rendered = desk.post("/admin/blog/post/preview/", {"title": "T", "text": markdown, "language": "en"})
    assert 'alt="[Tea] *hot* &lt;script&gt;alert(1)&lt;/script&gt; \\ $x$"' in rendered.content.decode()


def test_a_description_that_is_refused_names_the_field(desk, ann):
    upload = store(picture(), user=ann, alt="Before")

    for alt, words in (
        ("x" * 501, "Ensure this field has no more than 500 characters."),
        (None, "This field may not be null."),
        ([], "Not a valid string."),
    ):
        answer = describe(desk, upload, alt)
        assert (answer.status_code, answer.json()["error"]["fields"]) == (400, {"alt": [words]})
    missing = desk.patch(f"{URL}{upload.pk}/", "{}", content_type="application/json")
    assert missing.json()["error"]["fields"] == {"alt": ["This field is required."]}
    upload.refresh_from_db()
    assert upload.alt == "Before"


def test_words_of_a_search_may_stand_in_the_name_and_the_description(desk, ann):
    one = store(picture(), user=ann, name="tea.png", alt="一杯茶 A Cup")
    store(picture(), user=ann, name="walk.png", alt="River")

    def found(query: str) -> list[int]:
        return [each["id"] for each in desk.get(URL, {"q": query}).json()["results"]]

    for query in ("cup", "TEA.png", "茶", "cup tea", "  cup  ", one.key):
        assert found(query) == [one.pk], query
    for query in ("cup river", "%", "_", one.key[:8]):
        assert found(query) == [], query
    assert len(found("")) == 2


def test_the_order_and_the_ends_of_the_list(desk, ann):
    keys = [store(picture(), user=ann).pk for _n in range(3)]

    first = desk.get(f"{URL}?order=oldest&limit=2").json()
    second = desk.get(first["next"]).json()

    assert [each["id"] for each in first["results"] + second["results"]] == keys
    assert (first["previous"], second["next"]) == (None, None)
    assert [each["id"] for each in desk.get(URL).json()["results"]] == keys[::-1]
    for query, words in (
        ("order=size", "“order” is one of: newest, oldest."),
        ("cursor=x", "This cursor is invalid. Start again without it."),
    ):
        answer = desk.get(f"{URL}?{query}")
        assert (answer.status_code, answer.json()["error"]["message"]) == (400, words)


@pytest.mark.parametrize("pk", [0, 999, 10**25])
def test_an_image_that_is_not_there_is_not_found(desk, pk):
    assert desk.get(f"{URL}{pk}/").status_code == 404
    assert desk.delete(f"{URL}{pk}/").status_code == 404
    assert desk.patch(f"{URL}{pk}/", '{"alt": "x"}', content_type="application/json").status_code == 404


@pytest.mark.parametrize("force", ["", "0", "true", "2"])
def test_only_force_1_deletes_what_is_in_use(desk, ann, force):
    upload = store(picture(), user=ann)
    make_post(title="Tea", text=upload.markdown)

    answer = desk.delete(f"{URL}{upload.pk}/?force={force}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "in_use")
    assert Upload.objects.exists()
    assert desk.delete(f"{URL}{upload.pk}/?force=1").status_code == 204


def test_where_an_image_is_used_is_told_by_title_and_url_of_every_kind(desk, ann):
    upload = store(picture(), user=ann)
    make_post(title="Tea", text=upload.markdown)
    make_page(title="About", text=upload.markdown)
    activity = make_activity(text=f"A heron.\n\n{upload.markdown}")
    make_post(title="Draft", text=upload.markdown, status="draft")

    places = desk.delete(f"{URL}{upload.pk}/").json()["error"]["shown_in"]

    assert {(place["title"], place["url"], place["is_visible"]) for place in places} == {
        ("Tea", "/post/tea/", True),
        ("About", "/p/about/", True),
        ("A heron.", activity.url, True),
        ("Draft", "/post/draft/", False),
    }


def test_a_contributor_is_not_told_of_others_drafts_and_forces_nothing(ann):
    cid = people.cid()
    upload = store(picture(), user=cid)
    make_post(title="Secret plans", text=upload.markdown, status="draft")
    make_post(title="Tea", text=upload.markdown)

    answer = browser(cid).delete(f"{URL}{upload.pk}/?force=1")

    assert answer.status_code == 409
    assert [place["title"] for place in answer.json()["error"]["shown_in"]] == ["Tea"]
    assert "Secret" not in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "The image is still in use."), ("zh-hans", "这张图片仍在使用。")]
)
def test_in_the_admin_an_image_in_use_stays_and_it_is_said(desk, ann, language, words):
    upload = store(picture(), user=ann)
    make_post(text=upload.markdown)

    page = desk.post(
        f"/admin/blog/upload/{upload.pk}/delete/", {"post": "yes"}, follow=True, headers={"Accept-Language": language}
    )

    assert Upload.objects.exists()
    assert page.redirect_chain[-1][0] == f"/admin/blog/upload/{upload.pk}/change/"
    assert words in page.content.decode()


def test_a_contributor_changes_and_deletes_only_own_images_in_the_admin(ann):
    cid = people.cid()
    own, other = store(picture(), user=cid, alt="Mine"), store(picture(), user=ann, alt="Hers")
    client = browser(cid)

    page = client.get("/admin/blog/upload/").content.decode()

    assert "Mine" in page
    assert "Hers" not in page
    assert client.get(f"/admin/blog/upload/{own.pk}/change/").status_code == 200
    for path in ("change", "delete"):
        assert client.post(f"/admin/blog/upload/{other.pk}/{path}/", {"post": "yes"}).status_code in {302, 403, 404}
    data = {"action": "remove_unused", "_selected_action": [own.pk, other.pk]}
    assert "1 image deleted." in client.post("/admin/blog/upload/", data, follow=True).content.decode()
    assert [each.alt for each in Upload.objects.all()] == ["Hers"]


def test_a_bulk_deletion_counts_what_went_and_what_stays(desk, ann):
    used, *unused = [store(picture(), user=ann) for _n in range(3)]
    make_post(text=used.markdown)
    data = {"action": "remove_unused", "_selected_action": [used.pk, *(each.pk for each in unused)]}

    page = desk.post("/admin/blog/upload/", data, follow=True).content.decode()

    assert "1 image was kept: it is in use." in page
    assert "2 images deleted." in page
    assert [each.pk for each in Upload.objects.all()] == [used.pk]
