"""Pictures are dropped, pasted and picked at the author's desk. Screenshots lie in build/screenshots."""

import re
from base64 import b64encode

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.server import Server
from tests.uploads.pictures import picture

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
    with Server(tmp_path_factory.mktemp("uploads"), BACKGROUND_LOOK="0.2", UPLOAD_MAX_MB="1") as server:
        server.run("from tests.people import *; ann()")
        yield server


@pytest.fixture
def desk(window):
    """Ann's; its console, and with it the Content-Security-Policy, complains of nothing."""
    complaints = []

    def desk(path: str, **options):
        page = window("/admin/login/", **options)
        page.fill("#id_username", "ann")
        page.fill("#id_password", "ann's password")
        page.locator("#login-form [type=submit], .submit-row input").first.click()
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
    transfer = page.evaluate_handle(FILES, list(files))
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event(selector, event, {"dataTransfer": transfer})


def paste(page, *files: dict) -> None:
    transfer = page.evaluate_handle(FILES, list(files))
    page.evaluate(
        """(transfer) => document.getElementById("id_text").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }))""",
        transfer,
    )


def hold_uploads(page) -> list:
    """They wait on the way until they are let go."""
    held = []
    page.route("**/api/uploads/", lambda route: held.append(route))
    return held


def let_go(page, held: list) -> None:
    while held:
        held.pop().continue_()
    page.unroute("**/api/uploads/")


def test_a_dropped_picture_takes_its_place_in_the_text(desk):
    page = desk("/admin/blog/post/add/")
    page.fill("#id_title", "Dropped")
    area = page.locator("#id_text")
    area.fill("Before.\n\nAfter.")
    area.evaluate("area => area.setSelectionRange(9, 9)")

    drop(page, "#id_text", file())

    expect(area).to_have_value(re.compile(rf"^Before\.\n\n!\[\]\({ADDRESS}\)\n\nAfter\.$"))
    expect(page.locator(".sending li")).to_have_count(0)
    page.select_option("#id_status", "published")
    page.locator("[name=_save]").first.click()
    page.goto("/post/dropped/")
    shown = page.locator(".prose img")
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("img => img.naturalWidth") > 0


def test_copies_come_to_a_post_that_was_already_saved(desk, server):
    page = desk("/admin/blog/post/add/")
    page.fill("#id_title", "Copies")
    drop(page, "#id_text", file())
    expect(page.locator("#id_text")).to_have_value(re.compile(ADDRESS))
    page.select_option("#id_status", "published")
    page.locator("[name=_save]").first.click()
    page.wait_for_url("**/admin/blog/post/")

    page.goto("/post/copies/")
    page.wait_for_function("() => document.querySelector('picture source') || (location.reload(), false)", polling=500)
    expect(page.locator("picture source").first).to_have_attribute("type", "image/avif")
    page.wait_for_function("() => document.querySelector('picture img').currentSrc.endsWith('.avif')")


def test_a_screenshot_is_pasted_while_one_writes_on(desk):
    page = desk("/admin/blog/page/add/")
    area = page.locator("#id_text")
    area.fill("Look: ")
    held = hold_uploads(page)

    paste(page, file("image.png", picture("png"), "image/png"))

    expect(area).to_have_value(re.compile(r"^Look: \n\n!\[Uploading image\.png 1…\]\(\)$"))
    expect(page.locator(".sending progress")).to_be_visible()
    area.press_sequentially(" and on")
    let_go(page, held)
    expect(area).to_have_value(re.compile(r"^Look: \n\n!\[\]\(/media/uploads/[0-9a-f/]+\.png\) and on$"))


def test_pasted_words_are_words(desk):
    page = desk("/admin/blog/post/add/")
    page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.setData("text/plain", "words");
          transfer.items.add(new File(["x"], "x.png", { type: "image/png" }));
          window.taken = !document.getElementById("id_text").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
        }"""
    )

    assert page.evaluate("window.taken") is False
    expect(page.locator(".sending li")).to_have_count(0)


def test_several_are_picked(desk):
    page = desk("/admin/blog/post/add/")
    files = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": picture("jpeg")} for n in range(3)]

    page.locator(".pictures input[type=file]").set_input_files(files)

    expect(page.locator("#id_text")).to_have_value(re.compile(rf"^(!\[\]\({ADDRESS}\)(\n\n)?){{3}}$"))


@pytest.mark.parametrize(
    ("locale", "words", "again"),
    [("en-US", "This is not a picture", "Try again"), ("zh-CN", "这不是可以显示的图片", "再试一次")],
)
def test_a_refusal_is_said_and_nothing_typed_is_lost(desk, locale, words, again):
    page = desk("/admin/blog/post/add/", locale=locale)
    page.fill("#id_text", "A long evening's work.")

    drop(page, "#id_text", file("evil.svg.png", b"<svg onload='alert(1)'/>", "image/png"))

    expect(page.locator(".sending-error")).to_contain_text(words)
    page.screenshot(path=SHOTS / f"upload-refused-{locale}.png")
    expect(page.get_by_role("button", name=again)).to_be_visible()
    page.locator(".sending-button").last.click()
    expect(page.locator(".sending li")).to_have_count(0)
    expect(page.locator("#id_text")).to_have_value(re.compile(r"^A long evening's work\.\s*$"))


def test_what_is_too_large_is_not_even_sent(desk):
    page = desk("/admin/blog/post/add/")
    held = hold_uploads(page)

    drop(page, "#id_text", file("big.jpg", bytes(1_100_000)))

    expect(page.locator(".sending-error")).to_contain_text("at most 1 MB")
    assert held == []


def test_a_broken_connection_can_be_tried_again(desk):
    page = desk("/admin/blog/post/add/")
    page.route("**/api/uploads/", lambda route: route.abort())
    drop(page, "#id_text", file())
    expect(page.locator(".sending-error")).to_contain_text("could not be sent")

    page.unroute("**/api/uploads/")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#id_text")).to_have_value(re.compile(ADDRESS))


def test_a_form_is_not_saved_half_way(desk):
    page = desk("/admin/blog/post/add/")
    page.fill("#id_title", "Half")
    held = hold_uploads(page)
    drop(page, "#id_text", file())
    expect(page.locator(".sending progress")).to_be_visible()

    page.locator("[name=_continue]").first.click()

    expect(page.locator(".pictures-hint")).to_contain_text("still on their way")
    let_go(page, held)
    expect(page.locator("#id_text")).to_have_value(re.compile(ADDRESS))
    page.locator("[name=_continue]").first.click()
    page.wait_for_url("**/change/")
    expect(page.locator("#id_text")).to_have_value(re.compile(ADDRESS))


def test_one_may_stop_it(desk):
    page = desk("/admin/blog/post/add/")
    hold_uploads(page)
    drop(page, "#id_text", file())

    page.get_by_role("button", name="Stop").click()

    expect(page.locator("#id_text")).to_have_value("")
    expect(page.locator(".sending li")).to_have_count(0)


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(390, "light", "zh-CN"), (390, "dark", "en-US"), (1280, "dark", "zh-CN"), (1280, "light", "en-US")],
)
def test_the_shelf(desk, width, scheme, locale):
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "locale": locale}
    page = desk("/admin/blog/upload/", **options, permissions=["clipboard-read", "clipboard-write"])

    drop(page, "#uploads-more", file("shelf.jpg"))

    thumb = page.locator(".upload-thumb").first
    expect(thumb).to_be_visible()
    expect(thumb).to_have_css("width", "96px")
    page.locator(".upload-copy").first.click()
    expect(page.locator(".upload-copy").first).to_have_text(re.compile("Copied|已复制"))
    assert re.fullmatch(rf"!\[\]\({ADDRESS}\)", page.evaluate("navigator.clipboard.readText()"))
    page.screenshot(path=SHOTS / f"uploads-{width}-{scheme}-{locale}.png", full_page=True)
    page.locator("#result_list .field-name a").first.click()
    expect(page.locator(".upload-picture")).to_be_visible()
    page.screenshot(path=SHOTS / f"upload-{width}-{scheme}-{locale}.png", full_page=True)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_writing_page_with_pictures_on_their_way(desk, width, scheme):
    page = desk("/admin/blog/post/add/", viewport={"width": width, "height": 900}, color_scheme=scheme)
    hold_uploads(page)
    drop(page, "#id_text", file("a-rather-long-name-of-a-picture-from-a-camera-of-2026.jpg"), file("b.jpg"))

    expect(page.locator(".sending progress")).to_be_visible()

    page.screenshot(path=SHOTS / f"uploading-{width}-{scheme}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
