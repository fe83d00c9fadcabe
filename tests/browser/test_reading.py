"""What helps to read a post: code, notes, videos, diagrams, place, paper; none of it moves the page."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.server import until

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1440, "height": 800}, {"width": 360, "height": 700}
TEXT = """用Python写的博客，有3个页面[^1]。

[^1]: A note with enough words in it to take more than one line beside the text.

```python title="walk.py" linenos hl_lines="2"
def walk():
    return "a line that is much longer than the column of text, so that it scrolls or, when asked to, wraps"
```

```mermaid
flowchart LR
  A[写] --> B[Read]
```

<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="A film"></iframe>

<details><summary>More</summary>

Inside.

</details>

""" + "\n\n".join(f"Paragraph {n}. " + "The idea comes while walking. " * 20 for n in range(40))


@pytest.fixture(scope="module", autouse=True)
def _posts(server):
    server.run(
        "from tests.factories import make_post\n"
        f"make_post(title='Reading', text={TEXT!r}, language='zh-hans')\n"
        "make_post(title='Other', text='Short.')"
    )


def shift(page) -> float:
    """How far things moved by themselves since the page came (Cumulative Layout Shift)."""
    return page.evaluate(
        """() => new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
        })"""
    )


@pytest.mark.parametrize("path", ["/post/reading/", "/", "/nothing-here/"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_moves_on_a_slow_phone(window, viewport, path):
    """Which paints a page before all of it is there."""
    page = window(viewport=viewport)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 20})
    page.goto(path, wait_until="networkidle")

    assert shift(page) == 0


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_moves_and_the_policy_forbids_nothing_that_the_page_needs(window, viewport):
    page = window(viewport=viewport)
    complaints, hosts = [], set()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto("/post/reading/", wait_until="networkidle")
    expect(page.locator(".code-tools").first).to_be_visible()

    assert shift(page) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
    assert hosts - {""} == {urlsplit(page.url).netloc}  # "": the diagram


def test_code_is_copied_without_its_numbers_and_buttons_cover_nothing(window):
    page = window("/post/reading/", viewport=NARROW, permissions=["clipboard-read", "clipboard-write"])
    block = page.locator(".highlight", has_text="walk()").first
    pre = block.locator("pre")

    block.get_by_role("button", name="Copy").click()

    expect(block.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith('def walk():\n    return "a line')
    tools, code = block.locator(".code-tools").bounding_box(), pre.bounding_box()
    assert tools["y"] + tools["height"] <= code["y"]
    assert pre.evaluate("pre => pre.scrollWidth > pre.clientWidth")
    block.get_by_role("button", name="Wrap lines").click()
    assert pre.evaluate("pre => pre.scrollWidth <= pre.clientWidth")


def test_notes_stand_beside_their_lines_where_there_is_room(window):
    page = window("/post/reading/", viewport=WIDE)
    note, mark, text = page.locator("#fn-1"), page.locator(".footnote-ref"), page.locator(".text")
    expect(note).to_be_visible()

    beside, at, column = note.bounding_box(), mark.bounding_box(), text.bounding_box()
    assert beside["x"] >= 0
    assert beside["x"] + beside["width"] < column["x"]
    assert abs(beside["y"] - at["y"]) < 10

    page.set_viewport_size({"width": 1000, "height": 800})
    until(
        lambda: note.bounding_box()["x"] > column["x"] - 300 and note.bounding_box()["y"] > 3000, "the note at the end"
    )


def test_without_a_script_notes_stand_at_the_end(window):
    page = window("/post/reading/", viewport=WIDE, java_script_enabled=False)

    assert page.locator("#fn-1").bounding_box()["y"] > page.locator("text=Paragraph 39.").bounding_box()["y"]


def test_scripts_are_spaced_and_the_space_is_no_text(window):
    page = window("/post/reading/")
    first = page.locator(".text > p").first

    assert first.inner_text().startswith("用Python写的博客，有3个页面")
    is_spaced_by_css = page.evaluate("CSS.supports('text-autospace', 'normal')")
    gap = first.locator(".gap").first.evaluate(
        "gap => getComputedStyle(gap).display + getComputedStyle(gap).marginInlineStart"
    )
    assert gap.startswith("none") if is_spaced_by_css else re.fullmatch(r"inline[\d.]+px", gap)


def test_a_diagram_is_drawn(window):
    pytest.importorskip("merman")
    image = window("/post/reading/").locator(".diagram img")
    image.scroll_into_view_if_needed()

    until(lambda: image.evaluate("image => image.naturalWidth") > 50, "the diagram")
    assert image.evaluate("image => [image.width, image.height]") == image.evaluate(
        "image => [image.naturalWidth, image.naturalHeight]"
    )


def test_a_player_is_asked_for_when_it_is_clicked_and_not_before(window):
    page = window()
    foreign = []
    page.route(
        "https://www.youtube.com/**", lambda route: (foreign.append(route.request.url), route.fulfill(body="film"))
    )
    page.goto("/post/reading/", wait_until="networkidle")
    link = page.get_by_role("link", name="A film")
    link.scroll_into_view_if_needed()
    assert link.get_attribute("href") == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    assert foreign == []

    link.click()

    expect(page.frame_locator("iframe[title='A film']").locator("body")).to_have_text("film")
    assert foreign == ["https://www.youtube.com/embed/dQw4w9WgXcQ?autoplay=1"]


def test_a_reader_who_comes_back_is_offered_the_place(window):
    page = window("/post/reading/")
    expect(page.locator(".code-tools").first).to_be_visible()
    paragraph = page.get_by_text("Paragraph 20.")
    paragraph.evaluate("block => block.scrollIntoView({behavior: 'instant'})")
    page.goto("/post/other/")
    expect(page.locator(".continue")).to_have_count(0)

    page.goto("/post/reading/")
    page.get_by_role("button", name=re.compile("Continue reading")).click()

    until(lambda: -300 < paragraph.bounding_box()["y"] < 300, "the paragraph at the top")
    expect(page.locator(".continue")).to_have_count(0)


def test_a_text_that_was_read_to_its_end_is_not_offered(window):
    page = window("/post/reading/")
    expect(page.locator(".code-tools").first).to_be_visible()
    page.evaluate("document.querySelector('.text').scrollIntoView({block: 'end', behavior: 'instant'})")
    page.goto("/post/other/")

    page.goto("/post/reading/")
    expect(page.locator(".code-tools").first).to_be_visible()

    expect(page.locator(".continue")).to_have_count(0)


def test_how_far_the_text_was_read_is_shown(window):
    page = window("/post/reading/")
    if not page.evaluate("CSS.supports('animation-timeline: view()')"):
        pytest.skip("This browser has no animations by scrolling.")
    width = "new DOMMatrix(getComputedStyle(document.body, '::before').transform).a"
    assert page.evaluate(width) < 0.05

    page.evaluate("document.querySelector('.text').scrollIntoView({block: 'end', behavior: 'instant'})")

    until(lambda: page.evaluate(width) > 0.95, "the bar to be full")


def test_paper_and_size_are_kept_and_there_before_the_first_paint(window):
    page = window("/post/reading/")
    size = "parseFloat(getComputedStyle(document.querySelector('.text')).fontSize)"
    before = page.evaluate(size)
    page.get_by_role("button", name="Appearance").click()
    page.get_by_label("Sepia").check()
    page.get_by_label("Extra large").check()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Sepia")).to_be_hidden()

    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { document.first = { ...document.documentElement.dataset }; })"
    )
    page.goto("/post/other/")

    assert page.evaluate("document.first") == {"script": "", "theme": "light", "paper": "sepia", "size": "xl"}
    assert page.evaluate(size) == pytest.approx(18 * 1.35)
    assert before == 17
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(246, 238, 220)"
    page.get_by_role("button", name="Appearance").click()
    expect(page.get_by_label("Extra large")).to_be_checked()
    page.get_by_label("System").check()
    page.reload()
    assert page.evaluate("'theme' in document.documentElement.dataset") is False


def test_on_paper_there_is_all_the_text_and_nothing_to_click(window):
    page = window("/post/reading/", viewport=WIDE)
    expect(page.locator(".code-tools").first).to_be_visible()

    page.emulate_media(media="print")

    for name in (".site-nav", ".code-tools", ".theme-switch", ".comment-form", ".toc"):
        assert not any(each.is_visible() for each in page.locator(name).all()), name
    expect(page.get_by_text("Inside.")).to_be_visible()
    expect(page.locator("#fn-1")).to_be_visible()
    assert page.locator("#fn-1").bounding_box()["y"] > page.get_by_text("Paragraph 39.").bounding_box()["y"]
    assert page.locator(".highlight pre").first.evaluate("pre => pre.scrollWidth <= pre.clientWidth")
