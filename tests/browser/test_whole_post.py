"""The life of one post in Chinese, as its author and a reader see it: written, lost and found, scheduled, published,
updated, taken back, thrown away and restored. At a desktop's width and at a phone's."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.comments import sign_in, wait_live
from tests.browser.markdown_editor import editor, wait_shared, wait_stored
from tests.browser.test_collaboration import agree, stored_text, write_at
from tests.browser.test_image_uploads import file, paste
from tests.media.sample_images import picture
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.quality]

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "device_scale_factor": 2}
TITLE = "雨后登山"
FIRST = "清早出门，山路还湿。"
IMAGE = r"!\[\]\(/media/uploads/[0-9a-f]{2}/[0-9a-f]{32}\.png\)"


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path, JOBS_POLL_SECONDS="0.2") as server:
        server.run("from tests.people import *; ann()")
        yield server


def compose(page, *syllables: tuple[str, str]) -> None:
    """By an input method: the letters of each syllable one by one, and then the characters chosen for them."""
    keyboard = page.context.new_cdp_session(page)
    for letters, characters in syllables:
        for n in range(1, len(letters) + 1):
            composed = {"text": letters[:n], "selectionStart": n, "selectionEnd": n}
            keyboard.send("Input.imeSetComposition", composed)
        keyboard.send("Input.insertText", {"text": characters})
    keyboard.detach()


def text(page):
    return page.locator("#id_text")


def press(page, name: str, says: str) -> None:
    """A button of the form, and what the page says afterwards."""
    page.locator(f"[name={name}]").first.click()
    expect(page.locator(".messagelist")).to_contain_text(says)
    wait_shared(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def reopen(page, path: str):
    """Another tab of the same browser, after this one was killed without a question."""
    context = page.context
    page.close(run_before_unload=False)
    page = context.new_page()
    page.goto(path)
    return page


def expect_preview(page, *words: str) -> None:
    page.get_by_role("button", name="预览").first.click()
    frame = page.frame_locator(".writing iframe")
    for each in words:
        expect(frame.locator("body")).to_contain_text(each)
    expect(frame.locator(".prose img")).to_have_js_property("complete", True)
    page.get_by_role("button", name="预览").first.click()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_post_is_written_and_never_lost(window, server, size):
    page = sign_in(window(locale="zh-CN", **size))
    reader = window(locale="zh-CN", **size)

    # Typed, with an image, before it was ever saved; the tab is killed, and the form offers all of it.
    page.goto("/admin/blog/post/add/")
    page.locator("#id_title").click()
    compose(page, ("yuhou", "雨后"), ("dengshan", "登山"))
    expect(page.locator("#id_title")).to_have_value(TITLE)
    editor(page).click()
    with page.expect_response(lambda answer: "/autosave/" in answer.url and answer.request.method == "POST"):
        compose(
            page,
            ("qingzao", "清早"),
            ("chumen", "出门"),
            (",", "，"),
            ("shanlu", "山路"),
            ("haishi", "还湿"),
            (".", "。"),
        )
    expect(text(page)).to_have_value(FIRST)
    expect(page.locator(".writing-saved")).to_contain_text("自动保存")
    page = reopen(page, "/admin/blog/post/add/")
    expect(page.locator(".editor-note q")).to_have_text(FIRST)
    page.get_by_role("button", name="恢复", exact=True).click()
    expect(page.locator("#id_title")).to_have_value(TITLE)
    expect(text(page)).to_have_value(FIRST)
    editor(page).press("Control+End")
    editor(page).press("Enter")
    editor(page).press("Enter")
    paste(page, file("image.png", picture("png", 640, 480), "image/png"))
    expect(text(page)).to_have_value(re.compile(rf"^{FIRST}\n\n{IMAGE}\s*$"))
    expect_preview(page, TITLE, FIRST)
    press(page, "_continue", "草稿已保存")
    path = re.search(r"/admin/blog/post/(\d+)/change/", page.url)
    key = int(path[1])

    # Every keystroke is on the server: after a reload, and in a tab that was opened after the first was killed.
    editor(page).press("Control+End")
    editor(page).press("Enter")
    compose(page, ("yun", "云"), ("sankai", "散开"), (".", "。"))
    wait_stored(page)
    expect(page.locator(".writing-state")).to_contain_text("已自动保存，但还没有进入正式保存的版本。")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    wait_shared(page)
    expect(text(page)).to_have_value(re.compile("云散开。$"))
    write_at(page, 0, "夜里下过雨。")
    wait_stored(page)
    page = reopen(page, path[0])
    wait_shared(page)
    expect(text(page)).to_have_value(re.compile(rf"^夜里下过雨。{FIRST}"))

    # Two windows at once, one of them in the middle of a word.
    other = page.context.new_page()
    other.goto(path[0])
    wait_shared(other)
    editor(page).press("Control+End")
    keyboard = page.context.new_cdp_session(page)
    for letters in ("r", "ri", "riguang"):
        keyboard.send("Input.imeSetComposition", {"text": letters, "selectionStart": 1, "selectionEnd": 1})
    write_at(other, 0, "记：")
    keyboard.send("Input.insertText", {"text": "日光正好。"})
    both = agree(page, other, on="日光正好。")
    assert both.startswith("记：夜里下过雨。")
    assert both.endswith("云散开。日光正好。")
    assert "riguang" not in both
    assert stored_text(server, key) == both
    other.close()

    # Scheduled, published.
    if page.locator("#id_published_at_0").is_hidden():
        page.locator("summary", has_text="发布").first.click()
    page.fill("#id_published_at_0", "2099-05-01")
    page.fill("#id_published_at_1", "08:00")
    press(page, "_publish", "将于 2099")
    url = server.run(f"from blog.models import Post; print(Post.objects.get(pk={key}).url)")
    assert reader.goto(url).status == 404
    press(page, "_publish_now", "已发布")

    # Read, and updated while it is read.
    reader.goto(url)
    expect(reader.locator("h1")).to_have_text(TITLE)
    expect(reader.locator("article .prose").first).to_contain_text("日光正好。")
    expect(reader.locator("article .prose img")).to_have_js_property("complete", True)
    wait_live(reader)
    write_at(page, 0, "改：")
    wait_stored(page)
    expect(reader.locator(".post-updated")).to_be_hidden()
    press(page, "_continue", "已更新")
    expect(reader.locator(".post-updated")).to_contain_text("这篇文章有更新。")
    reader.locator(".post-updated a").click()
    expect(reader.locator("article .prose").first).to_contain_text("改：记：夜里下过雨。")
    wait_live(reader)

    # A revision is restored.
    page.get_by_role("link", name="修订版本").click()
    page.locator(".revision-list a").nth(1).click()
    expect(page.locator(".difference ins").first).to_have_text("改：")
    page.get_by_role("button", name="恢复此修订版本").click()
    page.wait_for_url(f"**{path[0]}")
    wait_shared(page)
    expect(text(page)).to_have_value(both)
    expect(reader.locator(".post-updated")).to_contain_text("这篇文章有更新。")
    reader.reload()
    expect(reader.locator("article .prose").first).not_to_contain_text("改：")

    # Thrown away, and restored.
    page.locator(".deletelink").click()
    page.get_by_role("button", name="移至回收站").click()
    expect(page.locator(".messagelist")).to_contain_text("回收站")
    assert reader.goto(url).status == 404
    page.goto("/admin/blog/post/?trash=1")
    page.locator(".action-select").first.check()
    page.locator("select[name=action]").select_option("restore")
    page.locator("#changelist-form .actions button").click()
    expect(page.locator(".messagelist")).to_be_visible()
    assert until(lambda: reader.goto(url).status == 200, "the post to be back")
    expect(reader.locator("article .prose").first).to_contain_text("夜里下过雨。")
    page.goto(path[0])
    wait_shared(page)
    expect(text(page)).to_have_value(both)
