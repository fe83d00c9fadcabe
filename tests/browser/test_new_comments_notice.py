"""What comes in while one reads elsewhere, and who is there."""

import pytest

from tests.browser.comments import expect, make_post, say, see, wait_live, write
from tests.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("news"), SHOW_PRESENCE="true") as server:
        yield server


def test_news_below_are_counted_until_they_are_seen(window, server):
    post = make_post(server, text="A paragraph.\n\n" * 60)
    page = window(post)
    wait_live(page)

    first = say(server, post, "First\n\nand\n\nmore")
    for number in range(2):
        say(server, post, f"Number {number}")

    pill = page.get_by_role("button", name="3 new")
    pill.wait_for()
    expect(page.locator(".new-comments-status")).not_to_be_empty()
    pill.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#comment-{first['id']}")).to_be_in_viewport()
    expect(page.locator(f"#comment-{first['id']}")).to_be_focused()
    page.locator(".comment").last.scroll_into_view_if_needed()
    expect(page.locator(".new-items-button")).to_be_hidden()


def test_what_is_seen_at_once_needs_no_pill(window, server):
    post = make_post(server)
    page = window(post)
    wait_live(page)
    page.locator("#comments").scroll_into_view_if_needed()

    said = say(server, post, "Right here")

    expect(page.locator(f"#comment-{said['id']}")).to_be_in_viewport()
    expect(page.locator(".new-comments-status")).to_have_text("New comment by Bob")
    expect(page.locator(".new-items-button")).to_be_hidden()


@pytest.mark.quality
def test_three_windows_know_who_reads_and_writes(window, server):
    post = make_post(server)
    pages = [window(post) for _ in range(3)]
    for page in pages:
        wait_live(page)
        expect(page.locator(".presence")).to_have_text("3 reading")

    form = pages[0].locator(".comment-form")
    form.get_by_label("Name").fill("Eve")
    form.get_by_label("Comment").press_sequentially("So")

    for page in pages[1:]:
        expect(page.locator(".presence")).to_have_text("3 reading · Eve is typing")
    expect(pages[0].locator(".presence")).to_have_text("3 reading")
    write(pages[0], "So it is")
    for page in pages:
        see(page, ["So it is"])
        expect(page.locator(".presence")).to_have_text("3 reading")
    pages[2].close()
    expect(pages[1].locator(".presence")).to_have_text("2 reading")
