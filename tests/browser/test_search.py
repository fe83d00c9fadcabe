"""Results while one types, by keyboard, and without a script."""

import pytest
from playwright.sync_api import expect

WRITE = """
from tests.factories import make_post
make_post(title="The samovar", text="It sings.", days_ago=1)
make_post(title="Another samovar", text="It is silent.", days_ago=2)
make_post(title="散步", text="我们沿着河边散步。")
"""


@pytest.fixture(scope="module", autouse=True)
def _posts(server):
    server.run(WRITE)


def test_results_come_while_one_types_and_keys_lead_through_them(window):
    page = window("/search/")
    expect(page.locator("main input[type=search]")).to_be_focused()

    page.keyboard.type("samov")

    titles = page.locator(".results .card-title a")
    expect(titles).to_have_count(2)
    expect(page.locator(".results mark").first).to_have_text("samov")
    expect(page).to_have_url("/search/?q=samov")
    page.keyboard.press("ArrowDown")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("main input[type=search]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1", has_text="samovar")).to_be_visible()


def test_a_box_opens_on_every_page(window):
    page = window("/archives/")

    page.keyboard.press("Control+k")

    dialog = page.locator("dialog.search-dialog")
    expect(dialog.locator("input[type=search]")).to_be_focused()
    page.keyboard.type("散步")
    expect(dialog.locator(".card-title a")).to_have_text("散步")
    expect(page.locator("#_announcer")).to_have_text("1 result")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.locator(".site-tools a[data-search]").click()
    expect(dialog).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1", has_text="散步")).to_be_visible()


def test_the_form_works_without_a_script(window):
    page = window("/search/", java_script_enabled=False)

    page.locator("main input[type=search]").fill("samovar")
    page.keyboard.press("Enter")

    expect(page.locator(".results .card-title a")).to_have_count(2)
