import pytest

from tests.browser.comments import expect, make_post, say, wait_live, write
from tests.server import Server, free_port

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{free_port()}", "SITE_URL": "http://blog.example"}
    with Server(tmp_path_factory.mktemp("writing"), **mail) as server:
        yield server


def test_a_name_is_completed_by_keyboard(window, server):
    post = make_post(server)
    for name in ("Bob Smith", "Bobby", "小明"):
        say(server, post, f"I am {name}", name=name)
    page = window(post)
    area = page.locator(".comment-form textarea")
    offered = page.locator(".mentions [role=option]")

    area.press_sequentially("Hello @bob")
    expect(offered).to_have_count(2)
    expect(area).to_have_attribute("aria-expanded", "true")
    area.press("ArrowDown")
    expect(page.locator("[aria-selected=true]")).to_have_text("Bob Smith")
    expect(area).to_have_attribute("aria-activedescendant", "_people-1-1")
    area.press("Enter")
    expect(area).to_have_value("Hello @Bob Smith ")

    area.press_sequentially("and 你好@小")
    expect(offered).to_have_text(["小明"])
    area.press("Escape")
    expect(page.locator(".mentions")).to_be_hidden()
    expect(area).to_have_value("Hello @Bob Smith and 你好@小")
    area.press_sequentially("明")
    offered.click()
    expect(area).to_have_value("Hello @Bob Smith and 你好@小明 ")

    page.get_by_label("Name").fill("Eve")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator(".comment-text .mention")).to_have_text(["@Bob Smith", "@小明"])


def test_nothing_stirs_while_an_input_method_composes(window, server):
    post = make_post(server)
    say(server, post, "I am here", name="小明")
    page = window(post)
    area = page.locator(".comment-form textarea")
    area.press_sequentially("@")
    page.locator(".mentions [role=option]").first.wait_for()
    keyboard = page.context.new_cdp_session(page)

    keyboard.send("Input.imeSetComposition", {"text": "xiao", "selectionStart": 4, "selectionEnd": 4})
    expect(page.locator(".mentions")).to_be_hidden()
    keyboard.send("Input.insertText", {"text": "小"})

    expect(page.locator(".mentions [role=option]")).to_have_text(["小明"])


def test_a_quote_is_what_was_selected_or_all_of_it(window, server):
    post = make_post(server)
    said = say(server, post, "First **line**\n\nSecond line")
    page = window(post)
    comment = page.locator(f"#comment-{said['id']}")
    area = comment.locator("textarea")

    comment.get_by_role("button", name="Quote").click()
    expect(area).to_have_value("> First **line**\n>\n> Second line\n\n")
    area.fill("")
    comment.locator(".comment-text p").last.evaluate("p => getSelection().selectAllChildren(p)")
    comment.get_by_role("button", name="Quote").click()
    expect(area).to_have_value("> Second line\n\n")


def test_mail_is_offered_to_who_can_be_reached(window, server):
    page = window(make_post(server))
    mail = page.get_by_label("E-mail me about replies")
    expect(mail).to_be_hidden()

    page.get_by_role("textbox", name="E-mail").press_sequentially("e")

    expect(mail).to_be_visible()
    expect(mail).not_to_be_checked()


def test_the_trap_is_out_of_reach_of_people(window, server):
    page = window(make_post(server))
    trap = page.locator(".comment-form [name=website]")

    expect(page.get_by_role("textbox")).to_have_count(3)  # name, e-mail, comment
    expect(trap).to_have_attribute("tabindex", "-1")
    assert trap.evaluate("trap => getComputedStyle(trap).display") != "none"


def test_in_a_flood_the_browser_does_some_work_and_sends_again(chromium, tmp_path):
    with Server(tmp_path, SPAM_WAVE_RATE="2/900d", SPAM_WAVE_PROOF_BITS="14") as server:
        post = make_post(server)
        for number in range(3):
            server.ask(f"/api{post.replace('/post/', '/posts/')}comments/", {"name": "Bob", "text": f"Number {number}"})
        page = chromium.new_page(base_url=server.url)
        answers = []
        page.on("response", lambda response: answers.append(response.status) if response.request.post_data else None)
        page.goto(post)
        wait_live(page)

        write(page, "Hard earned")

        page.locator(".comment-text", has_text="Hard earned").wait_for()
        assert answers == [403, 201]
        page.close()


def test_undo_reaches_what_was_typed_before_a_completed_name_and_a_quote(window, server):
    post = make_post(server)
    said = say(server, post, "First line", name="Bobby")
    page = window(post)
    area = page.locator(".comment-form textarea").last
    area.press_sequentially("Hello @bob")
    page.locator(".mentions [role=option]").click()
    expect(area).to_have_value("Hello @Bobby ")
    area.press("Control+z")
    expect(area).to_have_value("Hello @bob")

    comment = page.locator(f"#comment-{said['id']}")
    answer = comment.locator("textarea")
    comment.get_by_role("button", name="Reply").or_(comment.locator(".comment-reply")).first.click()
    answer.press_sequentially("Typed")
    comment.get_by_role("button", name="Quote").click()
    expect(answer).to_have_value("Typed\n\n> First line\n\n")
    answer.press("Control+z")
    expect(answer).to_have_value("Typed")


def test_the_preview_has_the_paragraphs_of_the_comment(window, server):
    post = make_post(server)
    page = window(post)
    text = "First paragraph.\n\nSecond paragraph.\n\n- item\n\n> quoted\n>\n> twice"
    gaps = """box => [...box.querySelectorAll("p, ul, blockquote")].map((e) => getComputedStyle(e).marginBlockStart)"""

    page.locator(".comment-form").get_by_label("Comment").fill(text)
    page.get_by_role("button", name="Preview").click()
    preview = page.locator(".comment-preview")
    expect(preview.locator("p")).to_have_count(4)
    shown = preview.evaluate(gaps)
    page.get_by_label("Name").fill("Eve")
    page.get_by_role("button", name="Post comment").click()

    comment = page.locator(".comments .comment-text")
    expect(comment).to_have_count(1)
    assert shown == comment.evaluate(gaps)
    assert shown[1] != "0px"
