"""Every example of docs/markdown.md does what the page says."""

import re

import lxml.html
import pytest
from django.conf import settings

from frodo.markdown import render_post

PAGE = (settings.BASE_DIR / "docs" / "markdown.md").read_text()
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n\n````markdown\n(.*?)^````$", PAGE, re.MULTILINE | re.DOTALL))
EXPECTED = {
    "Text": ["//strong", "//em", "//del", "//code", "//a[@href='https://example.org/'][2]", "//sub"],
    "Headings": ["//h2[@id='a-section']", "//h3[@id='short-name']"],
    "Lists and tasks": ["//ol/li[2]/ul/li", "//li[@class='task']/label/input[@checked]", "//dl/dd"],
    "Tables": ["//table//td[@align='right']"],
    "Quotes and callouts": [
        "//blockquote",
        "//div[@class='callout callout-note']",
        "//div[@class='callout callout-tip']/p[.=\"A title of one's own\"]",
    ],
    "Footnotes": ["//sup[@class='footnote-ref']/a[@href='#fn-1']", "//section[@class='footnotes']//li[@id='fn-1']"],
    "Images": ["//figure[figcaption='The lake at six']/img[@alt='A lake in the morning']"],
    "Code": [
        "//div[@class='code-title'][.='walk.py']",
        "//span[@class='line'][@data-n='1']",
        "//code[count(span[@class='hll line'])=3]",
    ],
    "Differences": ["//span[@class='del']/span", "//span[@class='add']/span", "//div[@data-lang='python']"],
    "Formulas": ["//p//math", "//math[@display='block']"],
    "Diagrams": ["//figure[@class='diagram']/img", "//figure//details//code"],
    "Something to unfold": ["//details[summary='The answer']//strong"],
    "Videos and embeds": ["//span[@class='embed']/a[.='A walk in the hills']", "//video[@src='/media/river.mp4']"],
    "Where the excerpt ends": ["//span[@id='more']"],
}


def test_each_section_has_an_example():
    assert (
        list(SECTIONS)
        == list(EXPECTED)
        == re.findall(r"^## (.+)$", re.sub(r"````.*?````", "", PAGE, flags=re.DOTALL), re.M)
    )


@pytest.mark.parametrize("section", EXPECTED)
def test_an_example_gives_what_it_should(section):
    if section == "Diagrams":
        pytest.importorskip("merman")
    document = lxml.html.fromstring(f"<div>{render_post(SECTIONS[section]).html}</div>")

    missing = [path for path in EXPECTED[section] if not document.xpath("." + path)]
    assert missing == []


def test_the_excerpt_ends_at_the_mark():
    rendered = render_post(SECTIONS["Where the excerpt ends"])

    assert "The beginning" in rendered.excerpt
    assert "The rest" not in rendered.excerpt
