"""The scripts of the discussion: modules that need no build."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

IMPORT = re.compile(r'^import (?:[^"]* from )?"\./(\w+\.js)";$', re.MULTILINE)


def needed(name: str) -> set[str]:
    """What a module imports, and what that imports."""
    found, waiting = set(), [name]
    while waiting:
        text = Path(finders.find(f"js/discussion/{waiting.pop()}")).read_text()
        fresh = set(IMPORT.findall(text)) - found
        found |= fresh
        waiting += fresh
    return found


def test_what_a_page_needs_at_once_is_named_in_it():
    page = render_to_string("discussion/_scripts.html")

    named = re.findall(r'rel="modulepreload" href="[^"]*/(\w+)[.\w]*\.js"', page)
    assert sorted(f"{name}.js" for name in named) == sorted(needed("main.js"))
