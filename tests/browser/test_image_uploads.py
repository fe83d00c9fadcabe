"""Pictures are dropped, pasted and picked at the author's desk. Screenshots lie in build/screenshots."""

import re
from base64 import b64encode

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.markdown_editor import editor, put_caret, write
from tests.media.sample_images import picture
from tests.server import Server

pytestmark = pytest.mark.browser

SHOTS = settings.BASE_DIR / "build" / "screenshots"
ADDRESS = r"/media/uploads/[0-9a-f]{2}/[0-9a-f]{32}\.jpg"
FILES = """(files) => {
  const transfer = new DataTransfer();
  for (const { name, type, data } of files) {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  return transfer;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("uploads"), JOBS_POLL_SECONDS="0.2", UPLOAD_MAX_MB="1") as server:
        server.run("from tests.people import *; ann()")
        yield server


@pytest.fixture
def desk(window):
    """Ann's; its console, and with it the Content-Security-Policy, complains of nothing."""
    complaints = []

    def desk(path: str, **options):
        page = window("/admin/", **options)
        page.fill("#_login", "ann")
        page.fill("#_password", "ann's password")
        page.locator("details .form-buttons button").click()
        page.wait_for_url("**/admin/")
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    yield desk
    assert complaints == []


def file(name: str = "tea.jpg", data: bytes | None = None, kind: str = "image/jpeg") -> dict:
    data = picture("jpeg", 700, 500) if data is None else data
    return {"name": name, "type": kind, "data": b64encode(data).decode()}


def drop(page, selector: str, *files: dict) -> None:
    """In the middle of an element."""
    transfer = page.evaluate_handle(FILES, list(files))
    place = page.locator(selector).bounding_box()
    point = {"clientX": place["x"] + place["width"] / 2, "clientY": place["y"] + place["height"] / 2}
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event(selector, event, {"dataTransfer": transfer, **point})


def paste(page, *files: dict) -> None:
    transfer = page.evaluate_handle(FILES, list(files))
    page.evaluate(
        """(transfer) => document.querySelector(".writing-host").shadowRoot.querySelector(".cm-content").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }))""",
        transfer,
    )


def hold_uploads(page) -> list:
    """They wait on the way until they are let go."""
    pending = []
    page.route("**/api/uploads/", lambda route: pending.append(route))
    return pending


def let_go(page, pending: list) -> None:
    while pending:
        pending.pop().continue_()
    page.unroute("**/api/uploads/")


@pytest.mark.quality
def test_a_dropped_picture_takes_its_place_in_the_text(desk):
    page = desk("/admin/blog/post/add/")
    page.fill("#id_title", "Dropped")
    area = page.locator("#id_text")
    write(page, "Before.\n\nAfter.")

    drop(page, ".cm-line:nth-child(2)", file())

    expect(area).to_have_value(re.compile(rf"^Before\.\n\n!\[\]\({ADDRESS}\)\n\nAfter\.$"))
    expect(page.locator(".upload-list li")).to_have_count(0)
    page.locator("[name=_publish]").click()
    expect(page.locator(".messagelist")).to_contain_text("Published")
    page.goto("/post/dropped/")
    shown = page.locator(".prose img")
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("img => img.naturalWidth") > 0


def test_copies_come_to_a_post_that_was_already_saved(desk, server):
    page = desk("/admin/blog/post/add/")
    page.fill("#id_title", "Copies")
    drop(page, ".cm-content", file())
    expect(page.locator("#id_text")).to_have_value(re.compile(ADDRESS))
    page.locator("[name=_publish]").click()
    expect(page.locator(".messagelist")).to_contain_text("Published")

    page.goto("/post/copies/")
    page.wait_for_function("() => document.querySelector('picture source') || (location.reload(), false)", polling=500)
    expect(page.locator("picture source").first).to_have_attribute("type", "image/avif")
    page.wait_for_function("() => document.querySelector('picture img').currentSrc.endsWith('.avif')")


def test_a_screenshot_is_pasted_while_one_writes_on(desk):
    page = desk("/admin/blog/page/add/")
    area = page.locator("#id_text")
    write(page, "Look: ")
    pending = hold_uploads(page)

    paste(page, file("image.png", picture("png"), "image/png"))

    expect(page.locator(".cm-uploading")).to_have_text("Uploading image.png")
    expect(area).to_have_value("Look: ")
    expect(page.locator(".upload-list progress")).to_be_visible()
    editor(page).press_sequentially(" and on")
    let_go(page, pending)
    expect(area).to_have_value(re.compile(r"^Look: \n\n!\[\]\(/media/uploads/[0-9a-f/]+\.png\)\n\n and on$"))


def test_pasted_words_are_words(desk):
    page = desk("/admin/blog/post/add/")
    page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.setData("text/plain", "words");
          transfer.items.add(new File(["x"], "x.png", { type: "image/png" }));
          document.querySelector(".writing-host").shadowRoot.querySelector(".cm-content").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
        }"""
    )

    expect(page.locator("#id_text")).to_have_value("words")
    expect(page.locator(".upload-list li")).to_have_count(0)


def test_several_are_picked(desk):
    page = desk("/admin/blog/post/add/")
    files = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": picture("jpeg")} for n in range(3)]

    page.locator(".upload-box input[type=file]").set_input_files(files)

    expect(page.locator("#id_text")).to_have_value(re.compile(rf"^(!\[\]\({ADDRESS}\)(\n\n)?){{3}}$"))


@pytest.mark.parametrize(
    ("locale", "words", "again"),
    [("en-US", "This is not a supported image", "Try again"), ("zh-CN", "这不是可以显示的图片", "再试一次")],
)
def test_a_refusal_is_said_and_nothing_typed_is_lost(desk, locale, words, again):
    page = desk("/admin/blog/post/add/", locale=locale)
    write(page, "A long evening's work.")

    drop(page, ".cm-content", file("evil.svg.png", b"<svg onload='alert(1)'/>", "image/png"))

    expect(page.locator(".upload-error")).to_contain_text(words)
    page.screenshot(path=SHOTS / f"upload-refused-{locale}.png")
    expect(page.get_by_role("button", name=again)).to_be_visible()
    page.locator(".upload-button").last.click()
    expect(page.locator(".upload-list li")).to_have_count(0)
    expect(page.locator("#id_text")).to_have_value(re.compile(r"^A long evening's work\.\s*$"))


def test_what_is_too_large_is_not_even_sent(desk):
    page = desk("/admin/blog/post/add/")
    pending = hold_uploads(page)

    drop(page, ".cm-content", file("big.jpg", bytes(1_100_000)))

    expect(page.locator(".upload-error")).to_contain_text("limit is 1 MB")
    assert pending == []


def test_a_broken_connection_can_be_tried_again(desk):
    page = desk("/admin/blog/post/add/")
    page.route("**/api/uploads/", lambda route: route.abort())
    drop(page, ".cm-content", file())
    expect(page.locator(".upload-error")).to_contain_text("could not be uploaded")

    page.unroute("**/api/uploads/")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#id_text")).to_have_value(re.compile(ADDRESS))


def test_a_form_is_not_saved_half_way(desk):
    page = desk("/admin/blog/post/add/")
    page.fill("#id_title", "Half")
    pending = hold_uploads(page)
    drop(page, ".cm-content", file())
    expect(page.locator(".upload-list progress")).to_be_visible()

    page.locator("[name=_continue]").first.click()

    expect(page.locator(".upload-hint")).to_contain_text("still uploading")
    let_go(page, pending)
    expect(page.locator("#id_text")).to_have_value(re.compile(ADDRESS))
    page.locator("[name=_continue]").first.click()
    page.wait_for_url("**/change/")
    expect(page.locator("#id_text")).to_have_value(re.compile(ADDRESS))


def test_one_may_stop_it(desk):
    page = desk("/admin/blog/post/add/")
    hold_uploads(page)
    drop(page, ".cm-content", file())

    page.get_by_role("button", name="Cancel").click()

    expect(page.locator("#id_text")).to_have_value("")
    expect(page.locator(".upload-list li")).to_have_count(0)


@pytest.mark.quality
@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(390, "light", "zh-CN"), (390, "dark", "en-US"), (1280, "dark", "zh-CN"), (1280, "light", "en-US")],
)
def test_the_media_library(desk, width, scheme, locale):
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "locale": locale}
    page = desk("/admin/blog/upload/", **options, permissions=["clipboard-read", "clipboard-write"])

    thumbs = page.locator(".upload-thumb")
    n_before = thumbs.count()
    drop(page, "#upload-area", file("shelf.jpg"))

    expect(thumbs).to_have_count(n_before + 1)  # the list has been loaded anew
    thumb = thumbs.first
    expect(thumb).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".upload-copy").first.click()
    expect(page.locator(".upload-copy").first).to_have_text(re.compile("Copied|已复制"))
    assert re.fullmatch(rf"!\[\]\({ADDRESS}\)", page.evaluate("navigator.clipboard.readText()"))
    page.screenshot(path=SHOTS / f"uploads-{width}-{scheme}-{locale}.png", full_page=True)
    page.locator("#result_list .field-name a").first.click()
    expect(page.locator(".upload-picture")).to_be_visible()
    page.screenshot(path=SHOTS / f"upload-{width}-{scheme}-{locale}.png", full_page=True)


@pytest.mark.quality
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_writing_page_with_pictures_on_their_way(desk, width, scheme):
    page = desk("/admin/blog/post/add/", viewport={"width": width, "height": 900}, color_scheme=scheme)
    hold_uploads(page)
    drop(page, ".cm-content", file("a-rather-long-name-of-a-picture-from-a-camera-of-2026.jpg"), file("b.jpg"))

    expect(page.locator(".upload-list progress")).to_be_visible()

    page.screenshot(path=SHOTS / f"uploading-{width}-{scheme}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def finish_upload_in(page) -> None:
    pending = hold_uploads(page)
    paste(page, file("image.png", picture("png"), "image/png"))
    expect(page.locator(".upload-list progress")).to_be_visible()
    let_go(page, pending)
    expect(page.locator("#id_text")).to_have_value(re.compile(r"/media/uploads/[0-9a-f/]+\.png\)"))


def test_the_next_keystroke_follows_an_inserted_image(desk):
    page = desk("/admin/blog/post/add/")
    area = page.locator("#id_text")
    editor(page).press_sequentially("Look: ")

    finish_upload_in(page)
    page.keyboard.type("!")

    expect(area).to_have_value(re.compile(r"^Look: \n\n!\[\]\(/media/uploads/[0-9a-f/]+\.png\)!$"))


def test_the_caret_stays_where_the_author_writes_while_an_upload_finishes(desk):
    page = desk("/admin/blog/post/add/")
    area = page.locator("#id_text")
    editor(page).press_sequentially("One two")
    pending = hold_uploads(page)
    paste(page, file("image.png", picture("png"), "image/png"))
    expect(page.locator(".upload-list progress")).to_be_visible()
    put_caret(page, 3)
    page.locator("#id_title").focus()

    let_go(page, pending)

    expect(area).to_have_value(re.compile(r"^One two\n\n!\[\]\(/media/"))
    expect(page.locator("#id_title")).to_be_focused()
    editor(page).focus()
    page.keyboard.type(",")
    expect(area).to_have_value(re.compile(r"^One, two\n\n!\[\]\(/media/"))


def test_undo_takes_an_image_out_and_reaches_what_was_typed_before_it(desk):
    page = desk("/admin/blog/post/add/")
    area = page.locator("#id_text")
    editor(page).press_sequentially("Before")
    finish_upload_in(page)
    with_image = area.input_value()

    editor(page).press("Control+z")
    expect(area).to_have_value("Before")
    editor(page).press("Control+Shift+Z")
    expect(area).to_have_value(with_image)
    editor(page).press("Control+z")
    expect(area).to_have_value("Before")
    editor(page).press("Control+z")
    expect(area).to_have_value(re.compile("^(?!Before)"))


def test_a_refused_image_leaves_nothing_for_undo_to_bring_back(desk):
    page = desk("/admin/blog/post/add/")
    area = page.locator("#id_text")
    editor(page).press_sequentially("Before")
    drop(page, ".cm-content", file("evil.png", b"<svg/>", "image/png"))
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".cm-uploading")).to_have_count(0)
    expect(area).to_have_value("Before")

    editor(page).press("Control+z")

    expect(area).to_have_value("")


def test_an_unfinished_word_of_an_input_method_is_not_broken_by_an_upload(desk):
    page = desk("/admin/blog/post/add/")
    area = page.locator("#id_text")
    editor(page).focus()
    pending = hold_uploads(page)
    paste(page, file("image.png", picture("png"), "image/png"))
    expect(page.locator(".upload-list progress")).to_be_visible()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "ni", "selectionStart": 2, "selectionEnd": 2})

    let_go(page, pending)
    expect(page.locator(".upload-list li")).to_have_count(0)
    expect(area).to_have_value("ni")
    keyboard.send("Input.insertText", {"text": "你"})

    expect(area).to_have_value(re.compile(r"^!\[\]\(/media/uploads/[0-9a-f/]+\.png\)\n\n你$"))
