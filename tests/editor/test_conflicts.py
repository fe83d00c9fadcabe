"""Two tabs of the admin, or the admin and the API, on one object: the later save does not overwrite the earlier one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import lxml.html
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from blog.media.services import store
from blog.models import Page, Post, Tag, Topic
from tests.factories import make_activity, make_page, make_post, make_topic
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db


def opened(client: Client, entry) -> tuple[str, dict]:
    """A tab with the form of `entry`: its URL, and what a browser submits if nothing is changed."""
    url = reverse(f"admin:blog_{entry._meta.model_name}_change", args=[entry.pk])
    return url, fields_of(client.get(url))


def fields_of(answer) -> dict:
    document = lxml.html.fromstring(answer.content.decode())
    form = next(form for form in document.forms if "form_version" in form.fields)
    found: dict = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return {name: values for name, values in found.items() if not name.startswith("_")}


def difference(answer) -> dict[str, tuple[list[str], list[str]]]:
    """By heading of each conflict: what was only in the saved version, and what only in the submitted one."""
    document = lxml.html.fromstring(answer.content.decode())
    return {
        section.findtext("h2"): (
            [part.text_content() for part in section.findall(".//pre//del")],
            [part.text_content() for part in section.findall(".//pre//ins")],
        )
        for section in document.findall(".//section[@class='conflict']")
    }


def test_an_outdated_save_is_refused_with_both_versions(desk):
    post = make_post(title="Tea", text="One line.\n\nThe kettle sings.\n")
    url, first = opened(desk, post)
    _url, second = opened(desk, post)
    desk.post(url, {**first, "text": "One line.\n\nThe kettle whistles.\n"})

    answer = desk.post(url, {**second, "text": "One line.\n\nThe kettle hums.\n"})

    assert answer.status_code == 409
    post.refresh_from_db()
    assert "whistles" in post.text
    assert difference(answer) == {"Text": (["whistles"], ["hums"])}
    assert "hums" in fields_of(answer)["text"][0]
    document = lxml.html.fromstring(answer.content.decode())
    assert "The kettle whistles." in document.find(".//textarea[@readonly]").text


def test_chinese_text_is_compared_by_character(desk):
    post = make_post(title="茶", text="水壶在炉子上唱歌。")
    url, first = opened(desk, post)
    _url, second = opened(desk, post)
    desk.post(url, {**first, "text": "水壶在炉子上鸣叫。"})

    answer = desk.post(url, {**second, "text": "水壶在炉子上沉默。"})

    assert difference(answer) == {"Text": (["鸣叫"], ["沉默"])}


def test_words_of_hindi_are_compared_whole(desk):
    post = make_post(title="हिन्दी", text="यह हिन्दी है।")
    url, first = opened(desk, post)
    _url, second = opened(desk, post)
    desk.post(url, {**first, "text": "यह हिन्दू है।"})

    answer = desk.post(url, {**second, "text": "यह हिन्दवी है।"})

    assert difference(answer) == {"Text": (["हिन्दू"], ["हिन्दवी"])}


@pytest.mark.parametrize(("choice", "kept"), [("yours", "Mine."), ("saved", "Theirs.")])
def test_the_author_decides_and_what_only_the_other_changed_is_kept(desk, choice, kept):
    post = make_post(title="Tea", text="Old.", tags=("green",))
    black = Tag.objects.create(name="black")
    url, first = opened(desk, post)
    _url, second = opened(desk, post)
    desk.post(url, {**first, "text": "Theirs.", "tags": [str(black.pk)], "summary": "In short.", "pinned": "on"})
    answer = desk.post(url, {**second, "text": "Mine."})
    assert set(difference(answer)) == {"Text", "Tags", "Summary", "Pinned"}  # the last three are shown only

    answer = desk.post(url, {**fields_of(answer), "keep-text": choice})

    assert answer.status_code == 302
    post.refresh_from_db()
    assert post.text == kept
    assert [tag.name for tag in post.tags.all()] == ["black"]
    assert (post.summary, post.pinned) == ("In short.", True)


@pytest.mark.parametrize(
    ("make", "theirs", "yours"),
    [
        (make_post, {"summary": "In short.", "pinned": "on", "published_at_0": "2020-02-02"}, {"title": "Coffee"}),
        (make_page, {"title": "Coffee"}, {"slug": "coffee"}),
        (make_activity, {"comments_open": ""}, {"text": "A heron."}),
        (make_topic, {"description": "Up and down."}, {"name": "Hills"}),
    ],
)
def test_changes_of_different_fields_are_both_saved_and_it_is_said(desk, make, theirs, yours):
    entry = make()
    url, first = opened(desk, entry)
    desk.post(url, {**first, **theirs})

    answer = desk.post(url, {**first, **yours, "_continue": "Save"}, follow=True)

    saved = fields_of(answer)
    assert answer.redirect_chain[0][1] == 302
    assert {name: saved.get(name, [""])[0].strip() for name in theirs | yours} == theirs | yours
    assert "Changed elsewhere meanwhile, and kept: " in answer.content.decode()


def test_what_others_changed_stays_while_a_mistake_is_corrected(desk):
    post = make_post(title="Tea")
    url, first = opened(desk, post)
    desk.post(url, {**first, "summary": "In short."})

    answer = desk.post(url, {**first, "title": ""})
    assert answer.status_code == 200
    assert "In short." in lxml.html.fromstring(answer.content.decode()).find_class("difference")[0].text
    desk.post(url, {**fields_of(answer), "title": "Coffee"})

    post.refresh_from_db()
    assert (post.title, post.summary) == ("Coffee", "In short.")


def test_a_post_that_was_unpublished_meanwhile_is_not_published_by_an_update(desk):
    post = make_post(title="Tea")
    url, first = opened(desk, post)
    desk.post(url, {**first, "_unpublish": "1"})

    desk.post(url, {**first, "summary": "In short.", "_continue": "1"})

    post.refresh_from_db()
    assert (post.status, post.summary) == ("draft", "In short.")


def test_a_third_save_in_between_is_not_overwritten_either(desk):
    post = make_post(text="Old.")
    url, first = opened(desk, post)
    desk.post(url, {**first, "text": "Second."})
    answer = desk.post(url, {**first, "text": "Mine."})
    decided = fields_of(answer)
    desk.post(url, {**opened(desk, post)[1], "text": "Third."})

    answer = desk.post(url, {**decided, "keep-text": "saved"})

    assert answer.status_code == 409
    assert difference(answer) == {"Text": (["Third"], ["Mine"])}
    post.refresh_from_db()
    assert post.text == "Third."


def test_a_mistake_elsewhere_in_the_form_does_not_lose_the_decision(desk):
    post = make_post(title="Tea", text="Old.")
    url, first = opened(desk, post)
    desk.post(url, {**first, "text": "Theirs."})
    decided = fields_of(desk.post(url, {**first, "text": "Mine."}))

    answer = desk.post(url, {**decided, "keep-text": "saved", "title": ""})
    assert answer.status_code == 200
    desk.post(url, {**fields_of(answer), "title": "Tea"})

    post.refresh_from_db()
    assert post.text == "Theirs."


def make_upload():
    return store(picture("png"), user=None, name="tea.png")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (make_post, "title"),
        (make_page, "text"),
        (make_activity, "text"),
        (make_topic, "description"),
        (lambda: Tag.objects.create(name="Tea"), "description"),
        (make_upload, "alt"),
    ],
)
def test_every_form_with_text_is_protected(desk, make, field):
    entry = make()
    url, first = opened(desk, entry)
    assert desk.post(url, {**first, field: "Theirs"}).status_code == 302

    assert desk.post(url, {**first, field: "Mine"}).status_code == 409

    entry.refresh_from_db()
    assert getattr(entry, field) == "Theirs"


def test_links_of_an_activity_count(desk):
    activity = make_activity(links=["https://a.example/"])
    url, first = opened(desk, activity)
    desk.post(url, {**first, "links": "https://a.example/\r\nhttps://b.example/"})

    assert desk.post(url, {**first, "text": "Mine."}).status_code == 302
    assert [link.url for link in activity.link_rows.all()] == ["https://a.example/", "https://b.example/"]
    activity.refresh_from_db()
    assert activity.text == "Mine."


def test_a_save_by_the_api_counts_as_well(desk):
    post = make_post(title="Tea", text="Old.")
    url, first = opened(desk, post)
    desk.patch("/api/posts/tea/", {"text": "By a script."}, content_type="application/json")

    assert desk.post(url, {**first, "text": "Mine."}).status_code == 409


@pytest.mark.parametrize("make", [make_post, make_page, make_activity, make_topic])
def test_an_untouched_form_can_be_saved_twice(desk, make):
    """What the database keeps finer than the form shows, such as microseconds and line ends, is no change."""
    entry = make()
    if hasattr(entry, "text"):
        type(entry).objects.filter(pk=entry.pk).update(text="One.\nTwo.\r\nThree.")
    url, first = opened(desk, entry)

    assert desk.post(url, first).status_code == 302
    assert desk.post(url, first).status_code == 302


def test_comments_and_views_make_no_other_version(desk):
    post = make_post()
    url, first = opened(desk, post)
    Post.objects.filter(pk=post.pk).update(n_comments=5, n_views=9, last_event=7)

    assert desk.post(url, {**first, "text": "Mine."}).status_code == 302


def test_a_new_object_has_no_version(desk, ann):
    url = reverse("admin:blog_topic_add")
    form = fields_of(desk.get(url))

    assert form["form_version"] == [""]
    assert desk.post(url, {**form, "name": "Walks"}).status_code == 302
    assert Topic.objects.get().name == "Walks"


@pytest.mark.parametrize("said", ["x", "[]", '{"text": 1}', "{}"])
def test_a_version_that_is_none_overwrites_nothing(desk, said):
    page = make_page(text="Old.")
    url, first = opened(desk, page)

    answer = desk.post(url, {**first, "form_version": said, "text": "Mine."})

    assert answer.status_code == 409
    page.refresh_from_db()
    assert page.text == "Old."


def test_a_long_difference_shows_the_changed_lines_only(desk):
    lines = [f"Line {n}." for n in range(200)]
    page = make_page(text="\n".join(lines))
    url, first = opened(desk, page)
    desk.post(url, {**first, "text": "\n".join([*lines[:100], "Theirs.", *lines[101:]])})

    answer = desk.post(url, {**first, "text": "\n".join([*lines[:100], "Mine.", *lines[101:]])})

    shown = lxml.html.fromstring(answer.content.decode()).find(".//pre").text_content()
    assert "Line 99." in shown
    assert "Line 101." in shown
    assert "Line 50." not in shown


def test_the_conflict_is_told_in_chinese(desk):
    page = make_page(text="旧")
    url, first = opened(desk, page)
    desk.post(url, {**first, "text": "他人"})

    answer = desk.post(url, {**first, "text": "自己"}, headers={"Accept-Language": "zh-hans"})

    assert "这份内容在你打开之后已在别处修改" in answer.content.decode()
    assert "采用对方的版本" in answer.content.decode()


def delete_link(answer) -> str:
    [link] = lxml.html.fromstring(answer.content.decode()).find_class("deletelink")
    return link.get("href")


@pytest.mark.parametrize("make", [make_post, make_page, make_activity, make_topic, make_upload])
def test_what_was_saved_in_another_tab_is_not_deleted_unseen(desk, make):
    entry = make()
    url, first = opened(desk, entry)
    field = next(name for name in ("text", "description", "alt") if hasattr(entry, name))
    link = delete_link(desk.get(url))
    assert desk.get(link).status_code == 200
    desk.post(url, {**first, field: "Saved in another tab."})

    for answer in (desk.get(link, follow=True), desk.post(link, {"post": "yes"}, follow=True)):
        assert answer.redirect_chain == [(url, 302)]
        assert "it was not deleted" in answer.content.decode()
    entry.refresh_from_db()
    assert desk.post(delete_link(answer), {"post": "yes"}).status_code == 302
    assert not type(entry).objects.filter(pk=entry.pk).exists()


def test_the_page_that_asks_before_deleting_names_the_version(desk):
    page = make_page()
    url, first = opened(desk, page)
    asked = desk.get(url.replace("/change/", "/delete/")).url
    desk.post(url, {**first, "text": "Saved in another tab."})

    desk.post(asked, {"post": "yes"})

    assert Page.objects.get().text == "Saved in another tab."


def test_another_accounts_form_is_not_saved(desk, bob):
    """Ann's tab is still open when somebody else has signed in in the same browser."""
    page = make_page(text="Old.")
    url, first = opened(desk, page)

    answer = desk.post(url, {**first, "account": str(bob.pk), "text": "Whose?"})

    assert answer.status_code == 403
    page.refresh_from_db()
    assert page.text == "Old."
    shown = answer.content.decode()
    assert "This form was opened by another account, so it was not saved." in shown
    assert "Sign out" in shown
    assert "Whose?" in shown


def test_an_editable_list_saves_only_what_was_changed_in_it(desk):
    one, two = make_page(title="One", menu_order=1), make_page(title="Two", menu_order=2)
    url = reverse("admin:blog_page_changelist")
    document = lxml.html.fromstring(desk.get(url).content.decode())
    form = dict(next(form for form in document.forms if "form-TOTAL_FORMS" in form.fields).form_values())
    Page.objects.filter(pk=one.pk).update(menu_order=7, text="Meanwhile.")
    names = {form[f"form-{n}-id"]: f"form-{n}" for n in range(2)}

    desk.post(url, {**form, "_save": "Save", f"{names[str(two.pk)]}-menu_order": "5"})
    desk.post(url, {**form, "_save": "Save", f"{names[str(one.pk)]}-in_menu": "on"})

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.menu_order, one.text, one.in_menu) == (7, "Meanwhile.", True)
    assert two.menu_order == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("make", [make_post, make_activity, make_topic])
def test_of_two_saves_at_the_same_instant_one_is_refused(desk, make):
    entry = make()
    field = "description" if isinstance(entry, Topic) else "text"
    url, first = opened(desk, entry)
    start = Barrier(2)

    def save(text: str) -> int:
        other = Client()
        other.cookies = desk.cookies
        try:
            start.wait()
            return other.post(url, {**first, field: text}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        statuses = dict(zip(("One", "Two"), pool.map(save, ("One", "Two")), strict=True))

    assert sorted(statuses.values()) == [302, 409]
    entry.refresh_from_db()
    assert statuses[getattr(entry, field)] == 302


@pytest.mark.parametrize("version", ["[" * 100_000, "[]", "{", "1", '"x"'])
def test_a_version_that_cannot_be_read_is_taken_for_an_old_one(desk, version):
    page = make_page(title="About", text="Who we are.")
    url, form = opened(desk, page)

    answer = desk.post(url, {**form, "title": "About us", "form_version": version})

    assert answer.status_code == 409
    assert "About us" in answer.content.decode()
    page.refresh_from_db()
    assert page.title == "About"
