"""Every kind of page as readers see it: at three widths, in light, dark and sepia, in both languages and both themes.

The pictures lie in build/screenshots, to be looked at by people; what a program can judge is judged here.
"""

import json
from itertools import product
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.server import until

pytestmark = pytest.mark.browser

PICTURES = settings.BASE_DIR / "build" / "screenshots"
PAGES = {
    "front": "/",
    "post-en": "/post/everything-on-one-page/",
    "post-zh": "/post/一条评论的旅程/",
    "page": "/p/about/",
    "activities": "/activities/",
    "topics": "/topics/",
    "tags": "/tags/",
    "archives": "/archives/",
    "search": "/search/?q=异步",
    "lost": "/nothing/",
}
WIDTHS = [360, 768, 1440]
SCHEMES = {"light": {"theme": "light"}, "dark": {"theme": "dark"}, "sepia": {"theme": "light", "paper": "sepia"}}
LOOKS = list(product(["", "magazine"], WIDTHS, SCHEMES, ["en-US", "zh-CN"]))


@pytest.fixture(scope="module", autouse=True)
def _demo(server):
    server.manage("createauthor", "ann", "--name", "Ann")
    server.manage("demo_content")


def brightness(page) -> float:
    colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return sum(map(float, colour.removeprefix("rgb(").rstrip(")").split(","))) / 3


@pytest.fixture(scope="module")
def served(server):
    """`served(theme)`: the server with another theme."""

    def served(theme: str) -> None:
        if server.environment.get("THEME", "") != theme:
            server.kill()
            server.environment["THEME"] = theme
            server.start()

    return served


@pytest.mark.quality
@pytest.mark.parametrize(("theme", "width", "scheme", "language"), LOOKS)
def test_pages_look_right(window, served, server, theme, width, scheme, language):
    served(theme)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = window(viewport={"width": width, "height": 800}, locale=language)
    page.add_init_script(f"Object.assign(localStorage, {json.dumps(SCHEMES[scheme])})")
    complaints, hosts = [], set()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))

    for name, address in PAGES.items():
        complaints.clear()
        page.goto(address)
        page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach((image) => (image.loading = 'eager'))")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURES / f"{theme or 'default'}-{name}-{width}-{scheme}-{language}.png", full_page=True)

        expected = ["404 (Not Found)"] if name == "lost" else []
        assert [text for text in complaints if not any(known in text for known in expected)] == [], name
        until(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} to fit its width")
        until(lambda: (brightness(page) > 200) == (scheme != "dark"), f"{name} in {scheme}")
        assert page.locator("html").get_attribute("lang") == ("en" if language == "en-US" else "zh-hans")
        assert page.locator("h1").count() >= 1 or name == "front"
    assert hosts == {urlsplit(server.url).netloc}


def test_the_switch_wins_over_the_system_and_is_remembered(window):
    page = window("/", color_scheme="light")
    until(lambda: brightness(page) > 200, "a light page")

    page.locator(".theme-switch").click()
    for theme in ("light", "dark"):
        page.locator(f".appearance [value={theme}]").check()
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
    page.reload()

    until(lambda: brightness(page) < 100, "a dark page")
