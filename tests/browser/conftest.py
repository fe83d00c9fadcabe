"""A real Chromium. Each test opens windows with `window()`; two of them know nothing of each other."""

import os
import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=60_000)


def chromium_path() -> str | None:
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def open_chromium():
    """While Playwright runs, its thread may not use the ORM."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = chromium_path()
    if path is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("There is no Chromium; install it, or name it in CHROMIUM.")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def chromium():
    """Of one file's tests."""
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def window(chromium, server):
    """Open a window of a browser of its own: `page = window("/post/a-walk/")`."""
    contexts = []

    def window(path: str | None = None, **options):
        context = chromium.new_context(**{"base_url": server.url, "locale": "en-US", **options})
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        if path:
            page.goto(path)
        return page

    yield window
    for context in contexts:
        context.close()
