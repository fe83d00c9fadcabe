"""The examples of the CommonMark specification."""

import re

from tests import npm
from tests.markdown.plain import html

EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)
ATTRIBUTE = r' [\w-]+="[^"]*"'
BARE_LINKS = {602, 608, 611, 612}
"""Examples in which a URL or an e-mail address without angle brackets is text. GitHub, and we, make a link of it."""
UNCLOSED_HTML = {173}
"""A `<style>` that is never closed hides the rest of the text; to us it is text."""


def same(rendered: str) -> str:
    """HTML without what says nothing: space between blocks, the order of attributes, XHTML's slash."""
    kept: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    text = rendered.replace(" />", ">").replace("&quot;", '"')
    text = re.sub(r"<pre.*?</pre>", put_aside, text, flags=re.DOTALL)
    text = re.sub(r"\s*\n\s*(?=<)|(?<=>)\s*\n\s*", "", text).strip()
    text = re.sub(
        rf"<(\w+)((?:{ATTRIBUTE})+)>", lambda tag: f"<{tag[1]}{''.join(sorted(re.findall(ATTRIBUTE, tag[2])))}>", text
    )
    return re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], text)


def test_the_examples_of_the_specification_hold():
    spec = npm.package("commonmark-spec", "spec.txt")
    examples = EXAMPLE.findall(spec.read_text("utf-8").replace("→", "\t"))

    failed = {n for n, (text, expected) in enumerate(examples, 1) if same(html(text, tasks=False)) != same(expected)}

    assert len(examples) == 652
    assert failed == BARE_LINKS | UNCLOSED_HTML
