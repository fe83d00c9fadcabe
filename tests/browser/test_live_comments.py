import re

import pytest
from playwright.sync_api import expect

from tests.browser.comments import (
    make_post,
    moderate,
    reconnect_quickly,
    say,
    see,
    sign_in,
    wait_live,
    wait_text,
    write,
)
from tests.server import Server, until

pytestmark = pytest.mark.browser


def test_a_comment_in_one_window_appears_in_the_other(window, server):
    post = make_post(server)
    one, two = window(post), window(post)
    wait_live(one)
    wait_live(two)

    write(one, "Hello **there**")

    wait_text(two, "Hello there")
    see(two, ["Hello there"])
    see(one, ["Hello there"])
    expect(two.locator(".comment.is-new")).to_have_count(1)
    expect(two.locator(".new-comments-status")).to_have_text("New comment by Eve")
    expect(two.locator(".comment-count")).to_have_text("1")


def test_ones_own_is_shown_at_once_and_once(window, server):
    post = make_post(server)
    page = window(post)
    wait_live(page)

    write(page, "Mine")
    wait_text(page, "Mine")
    say(server, post, "After it")
    wait_text(page, "After it")

    see(page, ["Mine", "After it"])
    expect(page.locator(".comment.is-new")).to_contain_text(["After it"])
    expect(page.locator(".comment-count")).to_have_text("2")
    expect(page.get_by_label("Comment", exact=False).last).to_have_value("")


def test_an_answer_stands_under_its_parent(window, server):
    post = make_post(server)
    parent = say(server, post, "First")
    say(server, post, "Second")
    page, other = window(post), window(post)
    wait_live(other)

    page.locator(f"#comment-{parent['id']} .comment-reply").click()
    form = page.locator(f"#comment-{parent['id']} .comment-form")
    form.get_by_label("Name").fill("Eve")
    form.get_by_label("Comment").fill("Answer")
    form.get_by_role("button", name="Post comment").click()

    wait_text(page, "Answer")
    wait_text(other, "Answer")
    see(page, ["First", "Answer", "Second"])
    see(other, ["First", "Answer", "Second"])
    expect(form).to_have_count(0)


def test_deep_answers_stand_flat_and_name_their_parent(window, server):
    post = make_post(server)
    page = window(post)
    wait_live(page)

    parent = None
    for depth in range(1, 6):
        parent = say(server, post, f"Depth {depth}", parent=parent)["id"]
    wait_text(page, "Depth 5")

    for _ in range(2):  # as it came in live, and as the server makes it
        expect(page.locator("ol .comment-parent")).to_have_text(["to Bob", "to Bob"])
        expect(page.locator("ol ol ol > .comment")).to_have_count(3)
        page.reload()


def test_a_window_catches_up_after_the_server_was_killed(chromium, tmp_path):
    with Server(tmp_path) as server:
        post = make_post(server)
        say(server, post, "Number 1")
        page = reconnect_quickly(chromium.new_page(base_url=server.url))
        page.goto(post)
        wait_live(page)
        say(server, post, "Number 2")
        wait_text(page, "Number 2")

        server.kill()
        page.wait_for_selector("#comments[data-live='']", state="attached")
        with Server(tmp_path) as twin:  # another process of the same site
            for number in range(3, 8):
                say(twin, post, f"Number {number}")
        server.start()
        say(server, post, "Number 8")

        wait_live(page)
        wait_text(page, "Number 8")
        say(server, post, "Number 9")
        wait_text(page, "Number 9")
        see(page, [f"Number {number}" for number in range(1, 10)])
        page.close()


@pytest.mark.quality
def test_a_window_reads_all_anew_when_the_gap_cannot_be_filled(chromium, tmp_path):
    with Server(tmp_path) as server:
        post = make_post(server)
        gone = say(server, post, "To be gone")
        say(server, post, "To stay")
        page = reconnect_quickly(chromium.new_page(base_url=server.url))
        page.goto(post)
        wait_live(page)

        server.kill()
        server.run(
            "from blog.models import Comment, Event; from blog.moderation import actions;"
            f"actions.remove(Comment.objects.get(pk={gone['id']}));"
            "Event.objects.all().delete()"
        )
        server.start()
        say(server, post, "New")

        wait_text(page, "New")
        see(page, ["To stay", "New"])
        page.close()


def test_pages_return_at_random_within_five_seconds_and_later_after_each_failure(window, server):
    page = window()
    page.add_init_script(
        """const later = setTimeout;
        window.delays = [];
        Math.random = () => 0.9;
        window.setTimeout = (work, delay, ...rest) => {
          delays.push(Math.round(delay));
          return later(work, delay / 100, ...rest);
        };"""
    )
    page.route_web_socket("**/ws/**", lambda socket: socket.close())

    page.goto(make_post(server))

    until(lambda: {4550, 8600, 16700, 27500} <= set(page.evaluate("delays")), "four failures")


def test_where_sockets_are_blocked_it_polls_and_returns_by_itself(window, server):
    post = make_post(server)
    page = reconnect_quickly(window())
    blocked = [True]
    page.route_web_socket("**/ws/**", lambda ws: ws.close() if blocked[0] else ws.connect_to_server())
    page.goto(post)
    wait_live(page, "polling")

    say(server, post, "Heard by polling")
    wait_text(page, "Heard by polling")

    blocked[0] = False
    wait_live(page)
    say(server, post, "Heard on the socket")
    wait_text(page, "Heard on the socket")
    see(page, ["Heard by polling", "Heard on the socket"])


def test_the_page_does_not_jump(window, server):
    post = make_post(server, text="A paragraph.\n\n" * 40)
    first = say(server, post, "First")
    for number in range(12):
        say(server, post, f"Number {number}\n\nand more\n\nand more")
    page = window(post)
    wait_live(page)
    where = "document.querySelectorAll('.comments > .comment')[8].getBoundingClientRect().top"
    page.evaluate("document.querySelectorAll('.comments > .comment')[8].scrollIntoView({ behavior: 'instant' })")
    before = page.evaluate(where)

    say(server, post, "An answer above what is read\n\nwith\n\nmany\n\nlines", parent=first["id"])
    wait_text(page, "An answer above")
    say(server, post, "And one below")
    wait_text(page, "And one below")

    until(lambda: abs(page.evaluate(where) - before) <= 1, "the place to be kept")


def test_who_is_writing_keeps_the_form_in_sight(window, server):
    post = make_post(server, text="A paragraph.\n\n" * 40)
    page = window(post)
    wait_live(page)
    field = page.locator(".comment-form textarea")
    field.focus()
    field.evaluate("field => field.scrollIntoView({ behavior: 'instant', block: 'center' })")
    before = field.bounding_box()["y"]

    for number in range(3):
        say(server, post, f"Number {number}\n\nand more\n\nand more")
    wait_text(page, "Number 2")

    until(lambda: abs(field.bounding_box()["y"] - before) <= 3, "the form to be in its place")  # browsers round


def test_a_draft_is_kept_until_it_is_accepted(window, server):
    post = make_post(server)
    answered = say(server, post, "First")
    page = window(post)
    page.locator(".comment-form textarea").fill("A long thought")
    page.locator(".comment-reply").first.click()
    page.locator(f"#comment-{answered['id']} textarea").fill("A long answer")

    page.reload()
    expect(page.locator(f"#comment-{answered['id']} textarea")).to_have_value("A long answer")
    page.locator(f"#comment-{answered['id']} .form-cancel").click()
    expect(page.locator(".comment-form textarea")).to_have_value("A long thought")

    page.route("**/comments/", lambda route: route.fulfill(status=503, body="<h1>Busy</h1>"))
    write(page, "A long thought")
    page.get_by_text("The site is temporarily unavailable.").wait_for()
    page.unroute_all()
    page.context.set_offline(True)
    write(page, "A long thought")
    page.get_by_text("The site cannot be reached.").wait_for()
    expect(page.locator(".comment-form .form-status")).to_have_text("Your text is saved in this browser.")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".comment-form textarea")).to_have_value("A long thought")
    expect(page.get_by_label("Name")).to_have_value("Eve")

    write(page, "A long thought")
    wait_text(page, "A long thought")
    page.reload()
    expect(page.locator(".comment-form textarea")).to_have_value("")
    see(page, ["First", "A long thought"])


def test_a_draft_belongs_to_the_account_that_wrote_it(window, server):
    post = make_post(server)
    page = sign_in(window())
    area = page.locator(".comment-form textarea")
    page.goto(post)
    expect(page.locator(".commenting-as")).to_be_visible()
    area.fill("Ann's own thought")
    page.reload()
    expect(area).to_have_value("Ann's own thought")

    page.context.clear_cookies(name="sessionid")
    page.reload()
    page.get_by_label("Name").wait_for()
    expect(area).to_have_value("")
    area.fill("Typed before signing in")

    sign_in(page)
    page.goto(post)
    expect(area).to_have_value("Ann's own thought")
    area.fill("")
    page.reload()
    expect(page.locator(".commenting-as")).to_be_visible()
    expect(area).to_have_value("")


def test_what_was_typed_before_signing_in_goes_along(window, server):
    page = window(post := make_post(server))
    area = page.locator(".comment-form textarea")
    area.fill("Typed before signing in")

    sign_in(page)
    page.goto(post)

    expect(page.locator(".commenting-as")).to_be_visible()
    expect(area).to_have_value("Typed before signing in")


def test_errors_stand_beside_their_field(window, server):
    page = window(make_post(server))

    write(page, "Hello", name="Ann")
    page.locator(".field-error", has_text="an author of this site").wait_for()
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_be_focused()

    write(page, " ", name="Eve")
    page.locator(".field-error", has_text="Enter a comment").wait_for()
    expect(page.get_by_label("Name")).not_to_have_attribute("aria-invalid", "true")


def test_a_preview_is_rendered_by_the_site(window, server):
    page = window(make_post(server))
    page.locator(".comment-form textarea").fill("It was *lovely*")

    page.get_by_role("button", name="Preview").click()

    page.locator(".comment-preview em", has_text="lovely").wait_for()


def test_removed_and_approved_comments_change_in_place(window, server):
    post = make_post(server)
    parent, alone = say(server, post, "With an answer"), say(server, post, "Alone")
    answer = say(server, post, "The answer", parent=parent["id"])
    page = window(post)
    wait_live(page)
    desk = sign_in(window())

    moderate(desk, "remove", alone)
    see(page, ["With an answer", "The answer"])
    moderate(desk, "remove", parent)
    see(page, ["The answer"])
    expect(page.locator(".comments .comment-placeholder")).to_have_text("This comment was removed.")
    moderate(desk, "approve", alone)
    see(page, ["The answer", "Alone"])
    moderate(desk, "remove", answer)
    see(page, ["Alone"])
    expect(page.locator(".comments .comment-placeholder")).to_have_count(0)
    moderate(desk, "approve", parent)
    see(page, ["With an answer", "Alone"])


def test_a_held_comment_is_seen_by_its_writer_and_turns_public_in_place(chromium, tmp_path):
    with Server(tmp_path, COMMENT_APPROVAL="first") as server:
        post = make_post(server)
        mine, other = chromium.new_page(base_url=server.url), chromium.new_context(base_url=server.url).new_page()
        for page in (mine, other):
            page.goto(post)
            wait_live(page)

        write(mine, "I am new here")
        mine.get_by_text("awaiting approval").wait_for()
        mine.reload()
        mine.get_by_text("awaiting approval").wait_for()
        wait_live(mine)
        see(mine, ["I am new here"])
        see(other, [])

        moderate(sign_in(chromium.new_context(base_url=server.url).new_page()), "approve", {"id": 1})
        wait_text(other, "I am new here")
        mine.get_by_text("awaiting approval").wait_for(state="detached")
        see(mine, ["I am new here"])
        mine.close()
        other.context.close()


def test_a_changed_post_says_so(window, server):
    post = make_post(server)
    page = window(post)
    wait_live(page)

    server.run(
        f"from blog.models import Post; post = Post.objects.get(slug={post.split('/')[2]!r});"
        "post.text = 'It rained.'; post.save()"
    )

    page.get_by_text("This post was updated.").wait_for()
    page.get_by_role("link", name="Reload").click()
    page.get_by_text("It rained.").wait_for()


def test_without_javascript_the_form_page_does_it(window, server):
    post = make_post(server)
    page = window(post, java_script_enabled=False)

    page.get_by_role("link", name="Write a comment").click()
    page.wait_for_url(f"**{post}comment/")
    page.get_by_label("Name").fill("Ann")
    page.get_by_label("Comment").fill("It was *lovely*")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".comment-preview em")).to_have_text("lovely")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#_name-error")).to_contain_text("an author of this site")
    page.get_by_label("Name").fill("Eve")
    page.get_by_role("button", name="Post comment").click()

    page.wait_for_url("**#comment-*")
    see(page, ["It was lovely"])
    page.get_by_role("link", name="Reply").click()
    page.wait_for_url("**/comment/?parent=*")
    page.get_by_label("Comment").fill("So it was")
    page.get_by_role("button", name="Post comment").click()
    see(page, ["It was lovely", "So it was"])


def test_going_back_to_the_page_it_goes_on(window, server):
    post = make_post(server)
    page = window(post)
    wait_live(page)

    page.goto("/archives/")
    say(server, post, "Meanwhile")
    page.go_back()

    wait_text(page, "Meanwhile")
    wait_live(page)
    say(server, post, "Afterwards")
    wait_text(page, "Afterwards")
    see(page, ["Meanwhile", "Afterwards"])


@pytest.mark.quality
def test_collected_scripts_find_each_other(chromium, tmp_path):
    with Server(tmp_path, DATA_DIR=str(tmp_path)) as server:
        server.kill()
        others = ("-i", "admin", "-i", "rest_framework", "-i", "drf_spectacular_sidecar")
        server.manage("collectstatic", "--no-input", "--verbosity", "0", *others)
        server.start()
        page = chromium.new_page(base_url=server.url)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(make_post(server))
        wait_live(page)
        write(page, "Mine")
        page.get_by_role("button", name="Edit").click()
        page.locator(".comment-form.is-edit").wait_for()

        scripts = [url for url in asked if url.endswith(".js")]
        assert len(scripts) == len(set(scripts)) > 12
        assert [url for url in scripts if not re.search(r"\.[0-9a-f]{12}\.js$", url)] == []
        page.close()


def test_in_chinese(window, server):
    post = make_post(server, language="zh-hans")
    page = window(post, locale="zh-CN")
    wait_live(page)

    form = page.locator(".comment-form")
    form.get_by_label("名字").fill("小明")
    form.get_by_label("评论").fill("写得**真好**。")
    form.get_by_role("button", name="发表评论").click()
    wait_text(page, "写得真好。")
    say(server, post, "谢谢！", name="小红")
    wait_text(page, "谢谢！")

    expect(page.locator(".new-comments-status")).to_have_text("小红 发表了新评论")
    form.get_by_role("button", name="发表评论").click()
    page.locator(".field-error:not(:empty)").wait_for()
    expect(page.locator(".field-error:not(:empty)")).to_have_text(re.compile(r"[一-鿿]"))
