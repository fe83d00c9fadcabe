"""Posts written for other blogs keep their structure: element by element, as many as the judge finds."""

import pytest

from .judge import body, judged, structure
from .plain import html
from .shared import corpus

FOLDERS = [
    "hexo/hexojs-site-en",
    "hexo/hexojs-site-zh-cn",
    "hexo/theme-unit-test",
    "hugo/sofastack-zh",
    "hugo/HugoBasicExample",
    "jekyll/jekyll-blog",
    "jekyll/jekyll-test-source",
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_posts_keep_their_structure(folder, record_property):
    posts = [path for path in sorted(corpus(folder).rglob("*")) if path.suffix in (".md", ".markdown")]
    lost = []
    for path in posts:
        text = body(path.read_text("utf-8", "replace"))
        ours, theirs = structure(html(text)), structure(judged(text))
        if ours != theirs:
            lost.append((path.name, ours - theirs, theirs - ours))

    kept = len(posts) - len(lost)
    record_property("figure", f"{folder}: {kept} of {len(posts)} posts keep their structure, {kept / len(posts):.1%}")
    assert posts
    assert kept / len(posts) >= 0.97, lost
