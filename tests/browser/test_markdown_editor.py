"""The Markdown editor of posts and pages, as an author types, pastes and clicks in it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.comments import sign_in
from tests.browser.markdown_editor import TEXT, editor, write
from tests.media.sample_images import picture
from tests.server import Server

pytestmark = pytest.mark.browser

PASTE = """([kinds]) => {
  const transfer = new DataTransfer();
  for (const [kind, text] of Object.entries(kinds)) transfer.setData(kind, text);
  document.querySelector(".writing-host").shadowRoot.querySelector(".cm-content").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("writing"), UPLOAD_MAX_MB="1") as server:
        server.run("from tests.people import *; ann()")
        yield server


@pytest.fixture
def desk(window):
    """A new page, signed in as the author; the console stays silent."""
    said = []

    def desk(path: str = "/admin/blog/page/add/", **options):
        page = sign_in(window(**options))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.goto(path)
        return page

    yield desk
    assert said == []


def click(page, action: str) -> None:
    page.locator(f".writing-toolbar [data-action={action}]").click()


def select_all(page) -> None:
    editor(page).press("Control+a")


def paste(page, **kinds: str) -> None:
    page.evaluate(PASTE, [{kind.replace("_", "/"): text for kind, text in kinds.items()}])


def has(page, text: str) -> None:
    expect(page.locator(TEXT)).to_have_value(text)


BUTTONS = [
    ("bold", "tea", "**tea**"),
    ("italic", "tea", "*tea*"),
    ("strike", "tea", "~~tea~~"),
    ("code", "tea", "`tea`"),
    ("math", "x^2", "$x^2$"),
    ("link", "tea", "[tea]()"),
    ("link", "https://example.org/", "[](https://example.org/)"),
    ("heading", "Tea", "## Tea"),
    ("heading", "## Tea", "### Tea"),
    ("quote", "One\nTwo", "> One\n> Two"),
    ("bullets", "One\nTwo", "- One\n- Two"),
    ("numbers", "- One\n- Two", "1. One\n2. Two"),
    ("numbers", "1. One\n2. Two", "One\nTwo"),
    ("codeBlock", "print(1)", "```\nprint(1)\n```"),
    ("footnote", "Tea", "Tea[^1]\n\n[^1]: "),
]
"""The action, and a text that is selected, before and after it."""


def test_each_button_changes_the_text_and_undo_takes_it_back(desk):
    page = desk()
    for action, before, after in BUTTONS:
        write(page, before)
        select_all(page)

        click(page, action)

        has(page, after)
        click(page, "undo")
        has(page, before)


def test_the_same_button_takes_its_marks_away(desk):
    page = desk()
    write(page, "茶")
    select_all(page)

    for key, text in (("Control+b", "**茶**"), ("Control+i", "***茶***"), ("Control+b", "*茶*"), ("Control+i", "茶")):
        editor(page).press(key)
        has(page, text)


def test_blocks_are_set_apart_from_the_paragraph_before(desk):
    page = desk()
    write(page, "Before")

    click(page, "more")
    click(page, "table")

    has(page, "Before\n\n<!--more-->\n\n| Column | Column |\n| --- | --- |\n|  |  |")


def test_blocks_leave_what_is_selected(desk):
    page = desk()
    for action, block in (("more", "<!--more-->"), ("table", "| Column | Column |\n| --- | --- |\n|  |  |")):
        write(page, "茶")
        select_all(page)

        click(page, action)

        has(page, f"茶\n\n{block}")


@pytest.mark.parametrize(("before", "after"), [("", "[^1]\n\n[^1]: "), ("Tea\n\n", "Tea\n\n[^1]\n\n[^1]: ")])
def test_a_footnote_at_the_start_of_a_paragraph_stands_below_it(desk, before, after):
    page = desk()
    write(page, before)

    click(page, "footnote")

    has(page, after)


def test_enter_goes_on_with_a_list_and_tab_indents_it(desk):
    page = desk()
    editor(page).press_sequentially("1. One")
    page.keyboard.press("Enter")
    page.keyboard.type("Two")
    has(page, "1. One\n2. Two")

    write(page, "- One\n- Two")
    page.keyboard.press("Tab")

    has(page, "- One\n  - Two")


def test_tab_leaves_the_text_outside_of_lists(desk):
    page = desk()
    write(page, "Words")

    page.keyboard.press("Tab")

    has(page, "Words")
    assert page.evaluate("document.activeElement.className") != "writing-host"


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>Tea</h2><p>Some <b>hot</b> <a href='https://example.org/'>water</a>.</p>",
         "## Tea\n\nSome **hot** [water](https://example.org/)."),
        ("<ul><li>One<ul><li>Two</li></ul></li><li>Three</li></ul>", "- One\n  - Two\n- Three"),
        ("<ol><li>一</li><li>二</li></ol>", "1. 一\n2. 二"),
        ("<pre><code class='language-python'>print(1)\n</code></pre>", "```python\nprint(1)\n```"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>",
         "| A   | B   |\n| --- | --- |\n| 1   | 2   |"),
        ("<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>One</p>"
         "<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o</span>Two</p>",
         "- One\n  - Two"),
        ("<b style='font-weight:normal'><span style='font-weight:700'>Docs</span> <span>text</span></b>",
         "**Docs** text"),
        ("<p><b>x</b><script>alert(1)</script><a href='javascript:alert(1)'>y</a><img src='file:///x.png'></p>",
         "**x**y"),
    ],
    ids=["page", "list", "numbers", "code", "table", "word", "google", "hostile"],
)  # fmt: skip
def test_what_is_pasted_from_a_page_or_a_word_processor_becomes_markdown(desk, html, markdown):
    page = desk()

    paste(page, text_html=html, text_plain="plain")

    has(page, markdown)


def test_plain_text_and_code_are_pasted_as_they_are(desk):
    page = desk()
    paste(page, text_plain="a * b * c", text_html="<span>a * b * c</span>")
    has(page, "a * b * c")

    write(page, "```\n")
    paste(page, text_plain="x", text_html="<b>x</b>")

    has(page, "```\nx")


def test_a_pasted_url_makes_a_link_of_the_selection(desk):
    page = desk()
    write(page, "茶")
    select_all(page)

    paste(page, text_plain="https://example.org/tea")

    has(page, "[茶](https://example.org/tea)")


def test_an_input_method_composes_chinese(desk):
    page = desk()
    write(page, "喝")
    keyboard = page.context.new_cdp_session(page)
    for text in ("c", "ch", "cha"):
        keyboard.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    keyboard.send("Input.insertText", {"text": "茶"})
    has(page, "喝茶")

    editor(page).press("Control+z")

    expect(page.locator(TEXT)).not_to_have_value("喝茶")


@pytest.mark.parametrize(
    ("locale", "text", "counts"),
    [
        ("en-US", "Two words, don't **you** [think](https://example.org/)?", "5 words · 1 min read"),
        ("zh-CN", "春天的茶 tea", "5 字 · 阅读约 1 分钟"),
    ],
)
def test_words_are_counted(desk, locale, text, counts):
    page = desk(locale=locale)

    write(page, text)

    expect(page.locator(".writing-status")).to_contain_text(counts)


def test_find_and_replace(desk):
    page = desk()
    write(page, "tea and tea")

    editor(page).press("Control+f")
    page.get_by_placeholder("Find").fill("tea")
    page.get_by_placeholder("Replace with").fill("茶")
    page.get_by_role("button", name="Replace all").click()

    has(page, "茶 and 茶")


def test_the_outline_leads_to_a_heading(desk):
    page = desk()
    write(page, "## One\n\nText.\n\n### Two\n")

    click(page, "outline")
    page.locator(".writing-menu button", has_text="Two").click()
    page.keyboard.type("!")

    has(page, "## One\n\nText.\n\n!### Two\n")


def test_full_screen_ends_with_escape(desk):
    page = desk()
    click(page, "full")
    box = page.locator(".writing")
    assert box.bounding_box()["y"] == 0

    page.keyboard.press("Escape")

    expect(box).not_to_have_attribute("data-full", "")


def test_an_image_is_described_and_found_in_the_library(desk, server):
    server.run(
        "from tests.people import ann; from blog.models import Upload; from tests.media.sample_images import picture;"
        "from blog.media import services;"
        "services.store(picture('jpeg', 600, 400), user=ann(), name='walk.jpg', alt='A walk')"
    )
    page = desk()
    page.locator(".upload-box input[type=file]").set_input_files(
        {"name": "tea.jpg", "mimeType": "image/jpeg", "buffer": picture("jpeg", 300, 200)}
    )
    description = page.get_by_label("Alt text: describe the image")
    description.fill("A cup")
    description.press("Enter")
    expect(page.locator(TEXT)).to_have_value(re.compile(r"^!\[A cup\]\(/media/uploads/\S+\.jpg\)$"))

    page.keyboard.press("Control+End")
    page.keyboard.type("\n\n")
    click(page, "library")
    page.get_by_label("Search images").fill("walk")
    expect(page.locator(".writing-library-grid button")).to_have_count(1)
    page.locator(".writing-library-grid button").click()

    expect(page.locator(TEXT)).to_have_value(re.compile(r"\n\n!\[A walk\]\(/media/uploads/\S+\.jpg\)$"))


def test_without_javascript_there_is_a_text_area(window, server):
    page = sign_in(window())
    state = page.context.storage_state()
    plain = window(java_script_enabled=False, storage_state=state)
    plain.goto("/admin/blog/page/add/")
    plain.fill("#id_title", "Plain")

    plain.fill(TEXT, "Plain **text**.")
    plain.locator("[name=_save]").first.click()

    plain.goto("/p/plain/")
    expect(plain.locator(".prose strong")).to_have_text("text")


def test_the_preview_scrolls_with_the_text_and_shows_a_phone_and_dark(desk):
    page = desk()
    write(page, "\n\n".join(f"## Part {n}\n\n" + "Words. " * 100 for n in range(30)))
    click(page, "preview")
    frame = page.frame_locator(".writing iframe")
    expect(frame.locator("h2")).to_have_count(30)
    expect(frame.locator(".site-header")).to_be_hidden()

    page.locator(".writing-text").evaluate("pane => { pane.scrollTop = pane.scrollHeight / 2; }")

    page.wait_for_function("() => document.querySelector('.writing iframe').contentWindow.scrollY > 1000")
    page.get_by_role("button", name="Phone width").click()
    assert page.locator(".writing iframe").bounding_box()["width"] <= 392
    page.get_by_role("button", name="Dark theme").click()
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
