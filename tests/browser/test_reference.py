"""The page that shows the API, and lets one try it."""

import pytest
from playwright.sync_api import expect

from tests.browser.discussion import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def token(server):
    made = "from tests import people; from accounts.tokens.personal import make; "
    return server.run(made + "print(make(people.ann(), 'script', ['posts'])[1])").splitlines()[-1]


@pytest.fixture
def complaints():
    return []


@pytest.fixture
def page(window, complaints):
    page = window()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/docs/")
    return page


def test_an_operation_is_found_and_tried(page, complaints):
    page.get_by_role("navigation", name="Operations").get_by_role("link", name="Posts, the newest first").click()
    form = page.locator("#listPosts .try")
    form.get_by_label("limit").fill("3")
    form.get_by_role("button").click()

    expect(form.locator("output")).to_contain_text('"results"')
    expect(form.locator("output")).to_contain_text("200")
    assert complaints == []


def test_a_token_writes(page, token, complaints):
    page.get_by_label("Token, for trying things here").fill(token)
    page.goto("/docs/#createPost")
    page.get_by_label("Token, for trying things here").fill(token)
    form = page.locator("#createPost .try")
    form.get_by_role("button").click()

    expect(form.locator("output")).to_contain_text("201")
    expect(form.locator("output")).to_contain_text("location: /api/posts/")
    assert complaints == []


def test_who_is_signed_in_needs_no_token(page, server):
    server.run("from tests import people; people.ann()")
    sign_in(page)
    page.goto("/docs/#createTopic")
    form = page.locator("#createTopic .try")
    form.get_by_role("button").click()

    expect(form.locator("output")).to_contain_text("201")


def test_what_is_required_is_asked_for(page):
    page.goto("/docs/#getPost")
    form = page.locator("#getPost .try")
    form.get_by_role("button").click()

    expect(form.locator("output")).to_contain_text("Fill in what is required.")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_nothing_is_wider_than_the_window(window, width, language):
    page = window("/docs/", viewport={"width": width, "height": 800}, locale=language)

    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("heading", level=1)).to_have_text("API" if language == "zh-CN" else "The API")
