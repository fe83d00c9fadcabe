"""Swagger UI at /docs/, under the site's Content-Security-Policy."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.comments import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def token(server):
    made = "from tests import people; from accounts.tokens.services import create_personal_token; "
    return server.run(made + "print(create_personal_token(people.ann(), 'script', ['posts'])[1])").splitlines()[-1]


@pytest.fixture
def problems():
    return []


@pytest.fixture
def page(window, server, problems):
    """Notes every error of the console and every request to another host."""
    page = window()
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: request.url.startswith((server.url, "data:")) or problems.append(request.url))
    return page


def try_out(page, tag: str, operation: str):
    """Open one operation, send its example and return the part of the page with the response."""
    block = page.locator(f"#operations-{tag}-{operation}")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    return block.locator(".live-responses-table tbody .response").first


def test_every_operation_is_listed(page, problems):
    page.goto("/docs/")

    schema = page.request.get("/api/schema/").json()
    n_operations = sum(len(methods) for methods in schema["paths"].values())
    expect(page.locator(".opblock")).to_have_count(n_operations)
    expect(page.locator(".opblock-tag")).to_have_count(len(schema["tags"]))
    assert problems == []


@pytest.mark.quality
def test_reading_needs_no_token(page, problems):
    page.goto("/docs/")

    response = try_out(page, "posts", "listPosts")

    expect(response).to_contain_text("200")
    expect(response).to_contain_text('"results"')
    assert problems == []


@pytest.mark.quality
def test_a_token_writes(page, token, problems):
    page.goto("/docs/")
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("auth-bearer-value").fill(token)
    page.get_by_role("button", name="Apply credentials").first.click()
    page.get_by_role("button", name="Close").last.click()

    response = try_out(page, "posts", "createPost")

    expect(response).to_contain_text("201")
    expect(response).to_contain_text("location: /api/posts/")
    assert problems == []


@pytest.mark.quality
def test_a_signed_in_user_writes_without_a_token(page, server, problems):
    server.run("from tests import people; people.ann()")
    page.goto("/")
    sign_in(page)
    page.goto("/docs/")

    response = try_out(page, "posts", "createTopic")

    expect(response).to_contain_text("201")
    assert problems == []


@pytest.mark.quality
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    ("locale", "language", "summary"), [("en-US", "en", "List posts"), ("zh-CN", "zh-hans", "文章列表")]
)
def test_it_is_in_the_readers_language_and_leads_back(window, width, locale, language, summary):
    page = window("/docs/", viewport={"width": width, "height": 800}, locale=locale)

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("#operations-posts-listPosts")).to_contain_text(summary)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Frodo").click()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))
