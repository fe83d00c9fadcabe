"""Posts written for other blogs keep their structure: element by element, as many as cmark-gfm finds.

`differences.json` has what differs on purpose, counted by hand: emphasis beside Chinese punctuation, which cmark-gfm
leaves as asterisks, and a `~` between words, which it takes for a mark ("报名~期待你的到来~").
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.markdown.judge import body, judged, structure
from tests.markdown.plain import html
from tests.markdown.shared import CORPUS, corpus

DIFFERENCES = json.loads(Path(__file__).with_name("differences.json").read_text())
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
    lost = {}
    for path in posts:
        text = body(path.read_text("utf-8", "replace"))
        ours, theirs = structure(html(text)), structure(judged(text))
        theirs.update(Counter(DIFFERENCES.get(str(path.relative_to(CORPUS)), {})))
        if ours != +theirs:
            lost[path.name] = (ours - theirs, theirs - ours)

    record_property("figure", f"{folder}: {len(posts) - len(lost)} of {len(posts)} posts keep their structure")
    assert posts
    assert lost == {}
