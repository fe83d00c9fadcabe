"""Parts of a topic that were read are remembered, a link is copied, reactions work without scripts."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MAKE = (
    "from tests.factories import *; t = make_topic('Walks'); text = 'Words.\\n\\n' * 80;"
    "[make_post(title=f'Part {n}', slug=f'part-{n}', topic=t, topic_order=n, text=text) for n in range(3)]"
)


@pytest.fixture(scope="module", autouse=True)
def posts(server):
    server.run(MAKE)


def test_a_part_is_read_once_its_end_was_seen(window):
    page = window("/topic/walks/")
    expect(page.locator(".series-progress")).to_be_hidden()

    page.goto("/post/part-1/")
    expect(page.locator(".series .is-read")).to_have_count(0)
    page.locator(".post-footer").scroll_into_view_if_needed()
    expect(page.locator(".series .is-read")).to_have_count(1)
    page.goto("/topic/walks/")

    expect(page.locator(".series-progress")).to_have_text("1 of 3 read")
    expect(page.locator(".parts .is-read")).to_have_count(1)
    expect(page.locator(".parts .is-read a").first).to_have_attribute("href", "/post/part-1/")


def test_a_link_is_copied(window):
    page = window()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/post/part-0/")
    page.get_by_text("Share", exact=True).click()

    page.get_by_role("button", name="Copy link").first.click()

    expect(page.locator(".share-copy button")).to_have_text("Link copied.")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/post/part-0/")
    expect(page.locator(".share img")).to_be_visible()


def test_reactions_without_scripts(window):
    page = window("/post/part-2/", java_script_enabled=False)

    page.get_by_role("button", name="Love").click()

    expect(page).to_have_url("/post/part-2/#comments")
    expect(page.get_by_role("button", name="Love")).to_contain_text("1")


@pytest.mark.parametrize("width", [320, 768, 1440])
@pytest.mark.parametrize("theme", ["", "magazine"])
def test_no_page_is_wider_than_the_window(window, server, width, theme):
    server.run(
        "from frodo.site_settings.models import SiteSettings;"
        f"row = SiteSettings.current(); row.theme = '{theme}'; row.save()"
    )
    page = window(viewport={"width": width, "height": 800})
    for path in ("/", "/post/part-1/", "/topic/walks/", "/archives/", "/author/ann/", "/blogroll/", "/search/?q=part"):
        page.goto(path)
        expect(page.locator('link[href*="/theme/"]')).to_have_count(int(theme != ""))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
