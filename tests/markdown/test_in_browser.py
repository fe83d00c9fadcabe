"""The last word is the browser's: nothing runs, and formulas are drawn."""

import pytest

from frodo.markdown import render_post
from tests.markdown.browser import page
from tests.markdown.danger import rendered

SITE = "http://frodo.test/"
ALARM = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "open", "fetch"])
    window[name] = (...words) => { window.ran.push(name + " " + words); };
"""
FORMULAS = {
    "a fraction": (r"$$\frac{a+b}{c}$$", "mfrac"),
    "a sum": (r"$$\sum_{i=1}^{n} i^2$$", "munderover, msubsup"),
    "a matrix": (r"$$\begin{pmatrix} a & b \\ c & d \end{pmatrix}$$", "mtable"),
    "Chinese": (r"$$v = \frac{\text{距离}}{\text{时间}}$$", "mtext"),
}


def look(parts: list[str]) -> tuple[list[str], set[str], int]:
    """Show the parts on one page: what ran, what kinds of things were fetched, how many parts arrived."""
    asked = []

    def answer(route):
        if route.request.url == SITE:
            body = "".join(f"<section>{part}</section>" for part in parts)
            route.fulfill(body=f"<!doctype html><meta charset=utf-8><body>{body}</body>", content_type="text/html")
        else:
            asked.append(route.request.resource_type)
            route.abort()

    with page() as blank:
        blank.add_init_script(ALARM)
        blank.route("**/*", answer)
        blank.on("dialog", lambda dialog: (asked.append("dialog"), dialog.dismiss()))
        blank.goto(SITE)
        blank.evaluate("""() => {
            for (const at of document.querySelectorAll("body *"))
                for (const kind of ["click", "mouseover", "focus", "error", "load", "toggle"])
                    at.dispatchEvent(new Event(kind, {cancelable: true}));
        }""")
        assert blank.url == SITE
        return blank.evaluate("window.ran"), set(asked), blank.evaluate("document.querySelectorAll('section').length")


@pytest.mark.quality
def test_nothing_runs():
    parts = [part for _text, post, comment in rendered() for part in (post, comment)]

    ran, asked, arrived = look(parts)

    assert ran == []
    assert not asked & {"dialog", "script", "stylesheet", "xhr", "fetch", "document"}
    assert arrived >= len(parts)


def test_the_alarm_rings():
    ran, asked, _ = look(["<img src=/x onerror=alert(1)>", "<script src=/y></script>", "<b onclick=prompt(2)>"])

    assert {"alert 1", "prompt 2"} <= set(ran)
    assert "script" in asked


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_is_drawn(name):
    text, element = FORMULAS[name]

    with page() as blank:
        blank.set_content(render_post(text).html)
        math = blank.locator("math").bounding_box()
        drawn = blank.locator(element).first.bounding_box()
        source = blank.locator("annotation").evaluate("at => getComputedStyle(at).display")

        assert blank.locator("math").evaluate("at => at.namespaceURI").endswith("MathML")
        assert min(math["width"], math["height"], drawn["width"], drawn["height"]) > 8
        assert math["height"] > 25
        assert source == "none"
