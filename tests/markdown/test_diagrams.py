"""Mermaid diagrams become images when a text is saved; what is no diagram stays code."""

import re
import subprocess
import sys
from urllib.parse import unquote

import pytest
from lxml import etree

from frodo.markdown import render_comment, render_post

pytest.importorskip("merman")

FLOW = "```mermaid\nflowchart LR\n  A[读者 & <b>] --> B\n```"
SOURCE = re.compile(r'<img src="(data:image/svg\+xml,[^"]+)" alt="([^"]*)" width="(\d+)" height="(\d+)"')


def drawn(html: str) -> tuple[etree._Element, str]:
    url, alt, width, height = SOURCE.search(html).groups()
    svg = etree.fromstring(unquote(url.removeprefix("data:image/svg+xml,")).encode())
    assert (svg.get("width"), svg.get("height")) == (width, height)
    return svg, alt


def test_a_diagram_is_an_image_with_its_source_below():
    html = render_post(FLOW, language="zh-hans").html

    svg, alt = drawn(html)
    assert "读者" in "".join(svg.itertext())
    assert alt == "图表"
    assert "<summary>图表源码</summary>" in html
    assert "A[读者 &amp; &lt;b&gt;]" in html


@pytest.mark.parametrize(
    "source",
    [
        "sequenceDiagram\n  Ann->>Bob: Hello",
        "stateDiagram-v2\n  [*] --> Draft",
        "classDiagram\n  Animal <|-- Duck",
        "erDiagram\n  POST ||--o{ COMMENT : has",
        "gantt\n  dateFormat YYYY-MM-DD\n  Walk :a, 2026-01-01, 3d",
        'pie\n  "Tea" : 3\n  "Coffee" : 1',
    ],
)
def test_other_kinds_are_drawn_too(source):
    svg, alt = drawn(render_post(f"```mermaid\n{source}\n```").html)

    assert alt == "Diagram"
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"


def test_the_drawings_of_a_text_are_bounded():
    long = "```mermaid\nsequenceDiagram\n" + "A->>B: x\n" * 2200 + "```\n\n"

    html = render_post("".join(long.replace("x", f"x{n}", 1) for n in range(8))).html

    assert 1 < html.count("data:image/svg+xml") < 8
    assert len(html) < 8 * 1024**2
    assert html.count("A-&gt;&gt;B") + html.count("A->>B") >= 8


def test_an_svg_cannot_run_scripts_or_load_anything():
    hostile = (
        '```mermaid\nflowchart LR\n  A["<img src=x onerror=alert(1)><script>alert(1)</script>"] --> B\n'
        '  click A "javascript:alert(1)"\n```'
    )

    html = render_post(hostile).html

    assert "<script" not in html
    assert "<svg" not in html
    assert "onerror=" not in re.sub(r"<pre>.*?</pre>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize(
    "source", ["a < b && c", "", "flowchart LR\n  A -->", "x" * 20_001, "flowchart LR\n" + "A-->B\n" * 4_000]
)
def test_what_cannot_be_drawn_stays_code(source):
    html = render_post(f"```mermaid\n{source}\n```").html

    assert "<img" not in html
    assert '<div class="highlight" data-lang="mermaid">' in html


def test_without_the_package_diagrams_stay_code():
    code = (
        "import sys; sys.modules['merman'] = None\n"
        "from frodo.markdown import render_post\n"
        f"print(render_post({FLOW!r}).html)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.startswith('<div class="highlight" data-lang="mermaid">')


def test_comments_have_no_diagrams():
    assert "<img" not in render_comment(FLOW)


def test_a_text_may_have_several_and_an_excerpt_too():
    rendered = render_post(FLOW + "\n\n<!--more-->\n\n" + FLOW.replace("A", "C"))

    assert len(SOURCE.findall(rendered.html)) == 2
    assert len(SOURCE.findall(rendered.excerpt)) == 1
