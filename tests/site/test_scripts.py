"""The scripts of the comments section: modules that need no build."""

import re
from pathlib import Path
from posixpath import dirname, normpath

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

IMPORT = re.compile(r'^import (?:[^"]* from )?"(\.[./\w]+)";$', re.MULTILINE)


def needed(name: str) -> set[str]:
    """What a module imports, and what that imports."""
    found, waiting = set(), [name]
    while waiting:
        module = waiting.pop()
        text = Path(finders.find(module)).read_text()
        fresh = {normpath(f"{dirname(module)}/{path}") for path in IMPORT.findall(text)} - found
        found |= fresh
        waiting += fresh
    return found


def test_what_a_page_needs_at_once_is_named_in_it():
    page = render_to_string("comments/_scripts.html")

    named = re.findall(r'rel="modulepreload" href="/static/([\w/]+)[.\w]*\.js"', page)
    assert sorted(f"{name}.js" for name in named) == sorted(needed("js/comments/main.js"))
