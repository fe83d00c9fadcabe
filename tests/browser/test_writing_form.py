"""The form of a post: its buttons are at hand, and say what will happen."""

import pytest
from playwright.sync_api import expect

from tests.browser.comments import sign_in
from tests.browser.markdown_editor import write
from tests.server import Server

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("form")) as server:
        server.run("from tests.people import *; ann()")
        yield server


@pytest.mark.parametrize(
    ("locale", "day", "publish", "schedule"),
    [
        ("en-US", "2099-05-01", "Publish", "Schedule"),
        ("en-US", "05/01/2099", "Publish", "Schedule"),
        ("zh-CN", "2099/5/1", "发布", "定时发布"),
        ("zh-CN", "2099年5月1日", "发布", "定时发布"),
    ],
)
def test_a_time_to_come_schedules_however_it_is_written(window, locale, day, publish, schedule):
    page = sign_in(window(locale=locale))
    page.goto("/admin/blog/post/add/")
    button = page.locator("[name=_publish]")
    expect(button).to_have_value(publish)

    page.fill("#id_published_at_0", day)
    page.fill("#id_published_at_1", "8:00")
    expect(button).to_have_value(schedule)
    page.fill("#id_published_at_0", day.replace("2099", "2019"))
    expect(button).to_have_value(publish)


@pytest.mark.parametrize("kind", ["post", "page"])
def test_saving_and_publishing_are_at_hand_on_a_phone(window, kind):
    page = sign_in(window(viewport=PHONE))
    page.goto(f"/admin/blog/{kind}/add/")

    for button in ("Save draft", "Publish") if kind == "post" else ("Save",):
        expect(page.get_by_role("button", name=button, exact=True).first).to_be_visible()


def test_saving_is_at_hand_at_the_end_of_a_long_text(window):
    page = sign_in(window())
    page.goto("/admin/blog/post/add/")
    page.fill("#id_title", "A long walk")
    write(page, "One step.\n\n" * 80 + "The end.")
    page.keyboard.press("Control+End")
    page.wait_for_function("scrollY > 400")

    page.locator("[data-save]").click(timeout=5_000)  # refused where something lies above it

    expect(page.locator(".messagelist")).to_contain_text("Draft saved.")
    page.get_by_role("link", name="Revisions").click(timeout=5_000)


def test_a_password_is_asked_for_on_a_phone_only_where_it_is_needed(window):
    page = sign_in(window(viewport=PHONE))
    page.goto("/admin/blog/post/add/")
    expect(page.locator("#id_password")).to_be_hidden()

    page.select_option("#id_visibility", "password")

    expect(page.locator("#id_password")).to_be_visible()


def test_several_tags_are_made_by_typing_them_beside_those_that_exist(window, server):
    server.run("Tag.objects.create(name='Green')")
    page = sign_in(window())
    page.goto("/admin/blog/post/add/")
    page.fill("#id_title", "Tea")
    tags = page.locator(".field-tags .select2-selection__choice")

    search = page.locator(".field-tags .select2-search__field")
    for at, name in enumerate(("乌龙，", "2026,", "Puer,"), start=1):
        search.press_sequentially(name)
        expect(tags).to_have_count(at)
    search.press_sequentially("Gree")
    page.locator(".select2-results__option", has_text="Green").click()
    expect(tags).to_have_count(4)
    page.locator("[name=_continue]").first.click()

    expect(page.locator(".messagelist")).to_contain_text("Draft saved.")
    assert server.run("print(*sorted(tag.name for tag in Post.objects.get(title='Tea').tags.all()))") == (
        "2026 Green Puer 乌龙"
    )


def test_the_note_of_a_preview_stands_apart_from_the_title(window, server):
    path = server.run(
        "from blog.models import PreviewLink; from django.urls import reverse; from tests.people import ann;"
        "post = Post.objects.create(title='Draft', text='x', author=ann());"
        "print(reverse('shared_preview', args=[PreviewLink.objects.create(post=post, user=ann()).token]))"
    )
    page = window(path)

    note, title = (page.locator(each).bounding_box() for each in (".preview-note", ".post-header h1"))
    assert title["y"] - (note["y"] + note["height"]) >= 12
