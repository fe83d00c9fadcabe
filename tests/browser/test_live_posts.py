"""A live post in Chromium: what its author adds, edits and deletes appears on the pages of readers."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.comments import make_post, sign_in, wait_live
from tests.server import Server, until

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def desk_of(window, server, post: str, **options):
    """Ann's form for entries of the post."""
    desk = sign_in(window(**options))
    slug = post.split("/")[2]
    key = server.run(f"from blog.models import Post; print(Post.objects.get(slug={slug!r}).pk)")
    desk.goto(f"/admin/blog/post/{key}/live/")
    return desk


def add(desk, text: str) -> None:
    desk.get_by_label("New entry").fill(text)
    desk.get_by_role("button", name="Add entry").click()
    expect(desk.locator(".live-list .live-shown").first).to_have_text(text)
    expect(desk.get_by_label("New entry")).to_have_value("")


def see(page, texts: list[str]) -> None:
    expect(page.locator(".live-entry-list .live-entry-text")).to_have_text(texts)


def edit(desk, text: str) -> None:
    """The newest entry."""
    item = desk.locator(".live-list > li").first
    item.locator("summary").click()
    item.get_by_label("Text").fill(text)
    item.get_by_role("button", name="Save").click()


def delete(desk) -> None:
    """The newest entry."""
    item = desk.locator(".live-list > li").first
    item.locator("summary").click()
    desk.once("dialog", lambda dialog: dialog.accept())
    item.get_by_role("button", name="Delete").click()


def test_what_is_added_edited_and_deleted_on_a_phone_appears_on_an_open_page(window, server):
    post = make_post(server, live="live")
    page = window(post)
    wait_live(page)
    expect(page.locator(".live-empty")).to_be_visible()
    desk = desk_of(window, server, post, **PHONE)

    add(desk, "Kick-off")
    add(desk, "Goal")
    see(page, ["Goal", "Kick-off"])
    expect(page.locator(".live-empty")).to_be_hidden()
    link = page.locator(".live-entry-time").first.get_attribute("href")
    assert re.fullmatch(r"#entry-\d+", link)

    edit(desk, "Goal by Ann")
    see(page, ["Goal by Ann", "Kick-off"])
    expect(page.locator(".live-entry-edited").first).to_be_visible()

    delete(desk)
    see(page, ["Kick-off"])

    page.reload()
    see(page, ["Kick-off"])
    assert desk.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_end_of_a_live_post_shows_on_an_open_page(window, server):
    post = make_post(server, live="live")
    page = window(post)
    wait_live(page)
    expect(page.locator(".live-now")).to_be_visible()

    server.run(
        f"from blog.models import Post; p = Post.objects.get(slug={post.split('/')[2]!r}); p.live = 'ended'; p.save()"
    )

    expect(page.locator(".live-over")).to_be_visible()
    expect(page.locator(".live-now")).to_be_hidden()


@pytest.mark.quality
def test_a_page_without_websockets_gets_them_by_polling(window, chromium, tmp_path):
    with Server(tmp_path, LIVE_MAX_SOCKETS="0") as server:
        post = make_post(server, live="live")

        def open_window(**options):
            context = chromium.new_context(base_url=server.url, locale="en-US", **options)
            context.set_default_timeout(60_000)
            return context.new_page()

        page = open_window()
        page.goto(post)
        wait_live(page, "polling")
        desk = desk_of(open_window, server, post)

        add(desk, "Kick-off")
        see(page, ["Kick-off"])
        edit(desk, "Kick-off, late")
        see(page, ["Kick-off, late"])
        delete(desk)
        see(page, [])
        page.context.close()
        desk.context.close()


def test_a_page_that_missed_too_much_loads_the_entries_anew(window, server):
    post = make_post(server, live="live")
    slug = post.split("/")[2]
    page = window(post)
    wait_live(page)
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    server.run(
        "from blog.models import Event, Post; from blog.posts.live_posts import add_entry\n"
        f"post = Post.objects.get(slug={slug!r})\n"
        "for n in range(3): add_entry(post, f'Number {n}', user=post.author)\n"
        "Event.objects.filter(post=post, n__lt=3).delete()"
    )

    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('pageshow'))")

    see(page, ["Number 2", "Number 1", "Number 0"])


def test_a_text_that_could_not_be_sent_stays_and_is_added_once(window, server):
    post = make_post(server, live="live")
    page = window(post)
    wait_live(page)
    desk = desk_of(window, server, post)
    desk.context.set_offline(True)
    desk.get_by_label("New entry").fill("Goal")
    desk.get_by_role("button", name="Add entry").click()
    expect(desk.get_by_role("alert")).to_contain_text("Not sent.")
    expect(desk.get_by_label("New entry")).to_have_value("Goal")

    desk.context.set_offline(False)
    desk.reload()
    expect(desk.get_by_label("New entry")).to_have_value("Goal")
    desk.get_by_label("New entry").press("Control+Enter")

    see(page, ["Goal"])
    expect(desk.get_by_label("New entry")).to_have_value("")


def test_what_is_typed_while_an_entry_is_sent_stays(window, server):
    post = make_post(server, live="live")
    desk = desk_of(window, server, post)
    held = []
    desk.route("**/entries/", lambda route: held.append(route))
    field = desk.get_by_label("New entry")
    field.fill("Kick-off")
    field.press("Control+Enter")
    until(lambda: held or desk.wait_for_timeout(50), "the request")

    field.press_sequentially("\nGoal")
    held[0].continue_()

    expect(desk.locator(".live-list .live-shown")).to_have_text(["Kick-off"])
    expect(field).to_have_value("Goal")
