"""The queue on two desks and a reader's page, all open at once."""

import pytest
from playwright.sync_api import expect

from tests.browser.comments import make_post, say, see, sign_in, wait_live
from tests.browser.conftest import chromium, window

__all__ = ["chromium", "window"]
pytestmark = pytest.mark.browser

MAKE_ANN = "from tests.people import ann; ann()"
NO_SOCKETS = "window.WebSocket = class { constructor() { setTimeout(() => this.onclose({}), 50); } close() {} };"
RELEASE = (
    "from blog.models import Comment; from blog.moderation import actions;"
    "[actions.remove(c) for c in Comment.objects.pending()]"
)


@pytest.fixture(scope="module", autouse=True)
def _author(server):
    server.run(MAKE_ANN)


@pytest.fixture
def post(server) -> str:
    """All its comments wait; nothing of other tests does."""
    server.run(RELEASE)
    return make_post(server, approval="always")


@pytest.fixture
def desk(window):
    def desk(tab: str = "pending"):
        page = sign_in(window())
        page.goto(f"/admin/moderation/?tab={tab}")
        expect(page.locator("#moderation-counts")).to_have_attribute("data-live", "socket")
        return page

    return desk


def entries(page):
    return page.locator("#entries .entry")


def held_count(page):
    return page.locator("#moderation-counts [data-of=pending] b")


def test_new_ones_appear_and_decided_ones_leave_on_every_desk(server, window, desk, post):
    one, two = desk(), desk()
    other_page = sign_in(window())  # any page of the admin counts
    reader = window(post)
    wait_live(reader)

    say(server, post, "First words")
    say(server, post, "Second words")
    for page in (one, two):
        expect(entries(page).locator(".entry-text")).to_have_text(["First words", "Second words"])
    expect(held_count(other_page)).to_have_text("2")

    entries(one).first.get_by_role("button", name="Approve").click()

    for page in (one, two):
        expect(entries(page).locator(".entry-text")).to_have_text(["Second words"])
    expect(held_count(other_page)).to_have_text("1")
    see(reader, ["First words"])

    one.get_by_role("status").get_by_role("button", name="Undo").click()

    for page in (one, two):
        expect(entries(page).locator(".entry-text")).to_have_text(["First words", "Second words"])
    see(reader, [])


def test_the_whole_queue_by_keyboard(server, window, desk, post):
    page = desk()
    reader = window(post)
    wait_live(reader)
    for text in ("One", "Two", "Three"):
        say(server, post, text)
    expect(entries(page)).to_have_count(3)

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(entries(page).nth(1)).to_be_focused()
    page.keyboard.press("a")
    expect(entries(page).locator(".entry-text")).to_have_text(["One", "Three"])
    expect(page.locator(".entry.is-current .entry-text")).to_have_text("Three")
    see(reader, ["Two"])
    page.keyboard.press("d")
    expect(entries(page).locator(".entry-text")).to_have_text(["One"])
    page.keyboard.press("u")
    expect(entries(page).locator(".entry-text")).to_have_text(["One", "Three"])
    page.keyboard.press("k")
    expect(page.locator(".entry.is-current .entry-text")).to_have_text("One")


def test_pinned_on_one_desk_it_is_pinned_on_the_other(server, window, desk, post):
    say(server, post, "Worth a pin")
    one = desk()
    entries(one).get_by_role("button", name="Approve").click()
    expect(entries(one)).to_have_count(0)
    one.goto("/admin/moderation/?tab=new")
    two = desk("new")

    entries(one).first.get_by_label("More actions").click()
    entries(one).first.get_by_role("button", name="Pin", exact=True).click()

    expect(entries(two).first.locator(".badge", has_text="pinned")).to_be_visible()
    expect(entries(two).first.locator(".badge", has_text="pinned")).to_be_visible()


def test_looked_at_it_is_not_unread_any_more_on_any_desk(server, window, desk, post):
    one = desk()
    say(server, post, "News")
    unread = "#moderation-counts [data-of=unread] b"
    expect(one.locator(unread)).not_to_have_text("0")

    desk("new")

    expect(one.locator(unread)).to_have_text("0")


def test_signed_out_elsewhere_the_page_says_so_and_hears_no_more(server, window, desk, post):
    page = desk()
    elsewhere = page.context.new_page()
    elsewhere.goto("/admin/")
    elsewhere.get_by_role("button", name="Ann").click()
    elsewhere.get_by_role("button", name="Sign out").click()

    expect(page.locator(".moderation-message")).to_contain_text("signed out")
    expect(page.locator("#moderation-counts")).to_have_attribute("data-live", "stopped")
    say(server, post, "Not for you")
    expect(entries(page)).to_have_count(0)


def test_where_sockets_are_blocked_it_polls(server, window, post):
    context_page = window()
    context_page.add_init_script(NO_SOCKETS)
    page = sign_in(context_page)
    page.goto("/admin/moderation/")
    expect(page.locator("#moderation-counts")).to_have_attribute("data-live", "polling")

    say(server, post, "Asked for")

    expect(entries(page).locator(".entry-text")).to_have_text(["Asked for"])


def test_without_a_script_the_buttons_are_plain_forms(server, window, post):
    say(server, post, "By hand")
    page = sign_in(window(java_script_enabled=False))
    page.goto("/admin/moderation/")

    page.get_by_role("button", name="Approve").click()

    expect(page.locator(".messagelist")).to_have_text("Bob: approved.")
    page.get_by_role("link", name="Decided").click()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".messagelist")).to_have_text("Undone: approved (Bob).")


def test_a_reply_in_place_approves_and_survives_what_happens_meanwhile(server, window, desk, post):
    page = desk()
    reader = window(post)
    wait_live(reader)
    say(server, post, "A question")
    expect(entries(page)).to_have_count(1)

    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.type("An answer")
    say(server, post, "Something else")
    expect(entries(page)).to_have_count(2)
    expect(entries(page).first.get_by_role("textbox")).to_have_value("An answer")
    expect(entries(page).first.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("status").filter(has_text="Reply to")).to_be_visible()
    expect(entries(page).locator(".entry-text")).to_have_text(["Something else"])
    see(reader, ["A question", "An answer"])


def test_the_other_decisions_are_in_a_menu(server, window, desk, post):
    page = desk("new")
    say(server, post, "To be pinned")
    entry = entries(page).filter(has_text="To be pinned")
    entry.get_by_role("button", name="Approve").click()
    expect(entry.get_by_role("button", name="Pin", exact=True)).to_be_hidden()

    entry.get_by_label("More actions").click()
    entry.get_by_role("button", name="Pin", exact=True).click()

    expect(entry.locator(".badge", has_text="pinned")).to_be_visible()
