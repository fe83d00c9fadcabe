"""Mermaid diagrams, drawn as SVG when a text is saved, so that readers need no script for them.

The package `merman` draws them (requirements-mermaid.txt). Without it, or where it cannot read a diagram, the source
stays a block of code. The SVG goes into the page as the source of an image: there it can neither run scripts nor load
anything, and its styles do not meet the Content-Security-Policy of the page.
"""

import json
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

try:
    from merman import MermanEngine, MermanError
    from merman.merman_uniffi import InternalError
except ImportError:
    MermanEngine = None

LONGEST = 20_000
MOST_BYTES = 4 * 1024**2
"""Of all drawings of a text: a drawing may be sixty times as long as its source. What comes after is code."""
LABELS = {
    "themeCSS": ".edgeLabel rect{opacity:1}",  # else the line shows through its label
    "themeVariables": {"edgeLabelBackground": "#f4f4f4"},
}
OPTIONS = {
    "site_config": {"htmlLabels": False, "fontFamily": "sans-serif", **LABELS},
    "resources": {"profile": "interactive"},
}
ROOT = re.compile(r'<svg ([^>]*?)width="100%"([^>]*?)viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')
TEXTS = {"en": ("Diagram", "Source of the diagram"), "zh": ("图表", "图表源码")}
"""By the language of the text: the alternative text, and the title of the source."""


class Drawing(NamedTuple):
    url: str
    width: int
    height: int


@cache
def engine() -> Any:
    return MermanEngine(options_json=json.dumps(OPTIONS), services=None)


@lru_cache(maxsize=64)
def draw(source: str) -> Drawing | None:
    if MermanEngine is None or len(source) > LONGEST:
        return None
    try:
        svg = engine().render_svg(source, None)
    except (MermanError, InternalError):  # not a diagram, or one that takes too much work
        return None
    root = ROOT.search(svg)
    if root is None:
        return None
    width, height = round(float(root[3])), round(float(root[4]))
    svg = svg.replace('width="100%"', f'width="{width}" height="{height}"', 1)
    return Drawing("data:image/svg+xml," + quote(svg, safe="=:/;,()'!*@$+?~"), width, height)


class Diagrams:
    """The diagrams of one text: tokens pass the sanitizer, and are replaced by images afterwards."""

    def __init__(self, key: str, language: str, show_code: Callable[[str, str], str]) -> None:
        self.key, self.show_code = key, show_code
        self.name, self.source = TEXTS.get(language.partition("-")[0], TEXTS["en"])
        self.drawn: list[Drawing] = []

    def show(self, code: str, info: str) -> str:
        block = self.show_code(code, info)
        is_room = sum(len(each.url) for each in self.drawn) < MOST_BYTES
        drawing = draw(code) if is_room and info.split()[:1] == ["mermaid"] else None
        if drawing is None:
            return block
        token = f"{self.key}d{len(self.drawn)}e"
        self.drawn.append(drawing)
        return (
            f'<figure class="diagram"><img src="{token}" alt="{self.name}" width="{drawing.width}" '
            f'height="{drawing.height}"><details><summary>{self.source}</summary>{block}</details></figure>'
        )

    def put(self, safe: str) -> str:
        return re.sub(rf'(?<=src="){self.key}d(\d+)e(?=")', lambda match: self.drawn[int(match[1])].url, safe)
