"""A browser to look at what we made, when there is one."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def page() -> Iterator:
    """A blank page in Chromium. Without a browser a test is skipped, but never in CI."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with playwright.sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except playwright.Error as error:
            if os.environ.get("CI", "").lower() in ("1", "true"):
                raise
            pytest.skip(f"needs Chromium: {str(error).splitlines()[0]}")
        yield browser.new_page()
        browser.close()
