"""The blocks of the site settings in Chromium: ordered by dragging, on pages, the owner's script beside them."""

import pytest
from playwright.sync_api import expect

from tests.browser.comments import make_post, say, sign_in

pytestmark = pytest.mark.browser

SETTINGS = "/admin/frodo/sitesettings/"


def save(desk) -> None:
    desk.get_by_role("button", name="Save").first.click()
    expect(desk.locator(".messagelist")).to_contain_text("Settings saved.")


def add(desk, kind: str, **fields: str) -> None:
    desk.get_by_role("button", name="Add block").click()
    row = desk.locator(".block-row:visible").last
    row.get_by_label("Kind").select_option(kind)
    for name, value in fields.items():
        row.get_by_label(name).fill(value)


def drag(desk, row, above) -> None:
    """By its handle, to where another row begins."""
    row.locator(".menu-handle").hover()
    desk.mouse.down()
    target = above.bounding_box()
    desk.mouse.move(target["x"] + 30, target["y"] + 60, steps=5)
    desk.mouse.move(target["x"] + 30, target["y"] + 4, steps=5)
    desk.mouse.up()


def test_blocks_are_added_dragged_and_removed_and_readers_see_them(window, server):
    post = make_post(server, tags=("tea",))
    say(server, post, "Lovely *tea*")
    desk = sign_in(window(viewport={"width": 1280, "height": 2400}))
    desk.goto(SETTINGS)
    add(desk, "tags")
    add(desk, "comments", Number="3")
    add(desk, "markdown", Title="Hello", Text="Some **words**")
    rows = desk.locator(".block-row:visible")
    drag(desk, rows.nth(2), above=rows.nth(0))
    save(desk)

    page = window(post)
    expect(page.locator(".site-block h2")).to_have_text(["Hello", "Tags", "Latest comments"])
    expect(page.locator(".block-text strong")).to_have_text("words")
    page.locator(".block-comments").scroll_into_view_if_needed()
    expect(page.locator(".block-comments .latest-comments li")).to_have_count(1)
    expect(page.locator(".block-comments")).to_contain_text("Lovely tea")

    say(server, post, "And a biscuit")
    page.reload()
    page.locator(".block-comments").scroll_into_view_if_needed()
    expect(page.locator(".block-comments li").first).to_contain_text("And a biscuit")

    desk.goto(SETTINGS)
    rows = desk.locator(".block-row:visible")
    expect(rows).to_have_count(3)
    rows.nth(2).get_by_role("button", name="Move up").click()
    rows.nth(0).get_by_role("button", name="Remove").click()
    save(desk)
    page.reload()
    expect(page.locator(".site-block h2")).to_have_text(["Latest comments", "Tags"])


def test_the_owners_script_and_style_run_and_no_other(window, server):
    post = make_post(server)
    desk = sign_in(window())
    desk.goto(SETTINGS)
    desk.get_by_text("Code in pages").click()
    desk.get_by_label("Code for the head").fill(
        "<script>\ndocument.documentElement.dataset.owner = 'seen';\n</script>"
        "<style>\nmain { outline: 3px solid red }\n</style>"
    )
    desk.get_by_label("Code for the end of the page").fill(
        '<b onclick="document.documentElement.dataset.event = 1" id="end">end</b>'
    )
    save(desk)

    page = window(post)

    expect(page.locator("html")).to_have_attribute("data-owner", "seen")
    assert page.locator("main").evaluate("main => getComputedStyle(main).outlineStyle") == "solid"
    page.locator("#end").click()
    assert page.locator("html").get_attribute("data-event") is None
