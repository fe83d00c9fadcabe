"""Every screen of the admin: nothing that axe finds, no error in the console, no scrolling sideways.

`SCREENSHOTS=folder` keeps a picture of each.
"""

import json
import os
import re
from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests import npm
from tests.browser.comments import sign_in
from tests.server import Server

pytestmark = pytest.mark.browser

SCREENS = "from tests.site.admin_screens import screens; import json; print(json.dumps(screens({})))"
LOOKS = list(product(("light", "dark"), (1440, 390)))
SAMPLE = {
    "admin/",
    "admin/frodo/sitesettings/",
    "admin/moderation/",
    "admin/statistics/",
    "admin/blog/comment/",
    "admin/blog/comment/<path:object_id>/change/",
    "admin/blog/post/",
    "admin/blog/post/add/",
    "admin/blog/post/<int:pk>/live/",
    "admin/blog/post/<int:pk>/revisions/",
    "admin/blog/post/<path:object_id>/change/",
    "admin/blog/post/<path:object_id>/delete/",
    "admin/blog/rule/<path:object_id>/delete/",
    "admin/blog/rule/<path:object_id>/history/",
    "admin/blog/upload/",
}
NO_SCREENS = {403, 404, 405}
"""Of what is only for forms and scripts, is not added by hand, or needs two-factor authentication to be on."""
AXE = """axe.run(document, {
  resultTypes: ["violations"], iframes: false, preload: false, rules: {"target-size": {enabled: true}},
})"""
SETTLED = "document.getAnimations().forEach((animation) => animation instanceof CSSTransition && animation.finish())"
"""Colours of another scheme have arrived."""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("screens")
    with Server(folder, DATA_DIR=str(folder / "data")) as server:
        server.run("from tests.site.admin_screens import fill; fill()")
        yield server


@pytest.fixture(scope="module")
def screens(server) -> dict[str, str]:
    pages, others = json.loads(server.run(SCREENS.format("")).splitlines()[-1])
    assert set(others.values()) <= NO_SCREENS, others
    assert pages.keys() >= SAMPLE
    return pages


@pytest.fixture
def desk(window):
    def desk(**options) -> Page:
        page = window(reduced_motion="reduce", **options)
        page.context.add_init_script(npm.package("axe-core", "axe.min.js").read_text(encoding="utf-8"))
        return sign_in(page)

    return desk


def look_at(page: Page, paths: Iterable[str], looks: list[tuple[str, int]] = LOOKS) -> list[str]:
    """What is found on each of them, each in a tab of its own."""
    found = []
    for path in paths:
        tab = page.context.new_page()
        found += findings(tab, path, looks)
        tab.close()
    return found


def findings(page: Page, path: str, looks: list[tuple[str, int]]) -> list[str]:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path)
    found: set[str] = set() if page.url.endswith(path) else {f"{path} led to {page.url}"}
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        found |= {f"{path}, {scheme}, {width}: {each}" for each in problems(page)}
        keep_picture(page, f"{scheme}-{width}{re.sub(r'[^a-z]+', '-', path)}")
    if "SCREENSHOTS" not in os.environ:  # which Playwright takes with styles that our policy does not allow
        found |= {f"{path}: console: {words}" for words in said}
    return sorted(found)


def problems(page: Page) -> list[str]:
    page.evaluate(SETTLED)
    sideways = page.evaluate(SIDEWAYS)
    found = [f"{sideways} px wider than the window"] if sideways > 0 else []
    for violation in page.evaluate(AXE)["violations"]:
        found += [f"{violation['id']}: {node['html'][:200]}" for node in violation["nodes"]]
    return found


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        language = page.evaluate("document.documentElement.lang")
        page.screenshot(path=Path(folder) / f"{language}-{name[:90]}.png", full_page=True)


def test_nothing_is_found_on_a_sample_of_screens_in_chinese(desk, screens):
    paths = [screens[pattern] for pattern in sorted(SAMPLE)]

    found = look_at(desk(locale="zh-CN"), paths, [("dark", 390)])

    assert not found, "\n".join(found)


def test_a_long_path_leaves_room_for_the_other_columns(desk, server):
    server.run("from blog.models import Redirect; Redirect.objects.create(path='/' + 'x' * 400, url='/atom.xml')")
    page = desk(viewport={"width": 1440, "height": 900})

    page.goto("/admin/blog/redirect/?q=xxxx")

    last = page.locator("#result_list tbody td").last.bounding_box()
    assert last["x"] + last["width"] <= 1440
    assert page.locator("#result_list .field-leads_to").bounding_box()["width"] >= 160


@pytest.mark.quality
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_nothing_is_found_on_any_screen(desk, screens, locale):
    found = look_at(desk(locale=locale), screens.values(), LOOKS if locale == "en-US" else LOOKS[1:3])

    assert not found, "\n".join(found)


@pytest.mark.quality
def test_nothing_is_found_on_refused_forms_and_where_many_are_deleted(desk, screens):
    page, found = desk(viewport={"width": 390, "height": 900}), []
    for path in screens.values():
        if not path.startswith("/admin/"):
            continue
        page.goto(path)
        if path.endswith("/add/"):
            page.locator("#content-main form").first.evaluate("form => { form.noValidate = true; }")
            page.locator("#content-main form [type=submit]").first.click()
        elif page.locator("select[name=action] option[value=delete_selected]").count():
            page.locator(".action-select").first.check()
            page.locator("select[name=action]").first.select_option("delete_selected")
            page.locator("#changelist-form .actions button").first.click()
        else:
            continue
        page.wait_for_load_state()
        found += [f"{path}, sent: {each}" for each in problems(page)]
        keep_picture(page, f"sent{re.sub(r'[^a-z]+', '-', path)}")

    assert not found, "\n".join(found)


@pytest.mark.quality
def test_nothing_is_found_on_an_empty_blog(chromium, tmp_path):
    with Server(tmp_path, DATA_DIR=str(tmp_path / "data")) as server:
        server.run("from tests.people import ann; ann()")
        pages, _others = json.loads(server.run(SCREENS.format("are_empty=True")).splitlines()[-1])
        context = chromium.new_context(base_url=server.url, locale="zh-CN", reduced_motion="reduce")
        context.add_init_script(npm.package("axe-core", "axe.min.js").read_text(encoding="utf-8"))
        found = look_at(sign_in(context.new_page()), pages.values(), LOOKS[1:3])
        context.close()

    assert not found, "\n".join(found)
