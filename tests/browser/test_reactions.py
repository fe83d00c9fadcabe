import pytest

from tests.browser.comments import expect, make_post, say, wait_live
from tests.server import until

pytestmark = pytest.mark.browser


def given(page, kind: str, where: str = ".post-reactions"):
    return page.locator(f"{where} .reaction[data-kind={kind}]")


def shows(button, n: str, *, mine: bool) -> None:
    expect(button.locator(".reaction-count")).to_have_text(n)
    expect(button).to_have_attribute("aria-pressed", str(mine).lower())


def test_a_reaction_to_a_post_is_counted_in_every_window(window, server):
    post = make_post(server)
    one, two = window(post), window(post)
    wait_live(one)
    wait_live(two)

    one.get_by_role("button", name="Love").click()
    shows(given(one, "love"), "1", mine=True)
    shows(given(two, "love"), "1", mine=False)
    two.get_by_role("button", name="Love").click()
    shows(given(one, "love"), "2", mine=True)
    one.get_by_role("button", name="Sad").click()
    shows(given(one, "sad"), "1", mine=True)
    for page, mine in ((one, False), (two, True)):
        shows(given(page, "love"), "1", mine=mine)
    one.get_by_role("button", name="Sad").click()
    shows(given(two, "sad"), "", mine=False)

    two.reload()
    shows(given(two, "love"), "1", mine=True)


def test_a_reaction_to_a_comment_by_keyboard(window, server):
    post = make_post(server)
    comment = f"#comment-{say(server, post, 'First')['id']}"
    one, two = window(post), window(post)
    wait_live(two)
    group = one.locator(f"{comment} .reactions")
    expect(group.locator(".reaction")).to_have_count(0)

    group.get_by_role("button", name="React").focus()
    one.keyboard.press("Enter")
    expect(group.locator(".reaction")).to_have_count(5)
    group.get_by_role("button", name="Funny").focus()
    one.keyboard.press("Space")
    shows(given(one, "funny", comment), "1", mine=True)
    one.keyboard.press("Escape")

    expect(group.get_by_role("button", name="React")).to_be_focused()
    expect(group.locator(".reaction")).to_have_count(1)
    shows(given(two, "funny", comment), "1", mine=False)
    one.reload()
    shows(given(one, "funny", comment), "1", mine=True)


def test_clicks_in_a_hurry_end_as_the_last_one_said(window, server):
    post = make_post(server)
    page = window(post)
    wait_live(page)

    for kind in ("upvote", "funny", "love", "love", "sad"):
        given(page, kind).click()

    look = f"from blog.models import Post; print(Post.objects.get(slug={post.split('/')[2]!r}).reactions)"
    until(lambda: server.run(look) == "{'sad': 1}", "the last one to be counted")
    shows(given(page, "sad"), "1", mine=True)
    for kind in ("upvote", "funny", "love"):
        shows(given(page, kind), "", mine=False)


def test_one_that_is_not_taken_is_shown_as_it_is(window, server):
    page = window(make_post(server))
    wait_live(page)
    page.route("**/reactions/", lambda route: route.fulfill(status=503, body="Busy"))

    given(page, "love").click()

    page.locator(".toast", has_text="temporarily unavailable").wait_for()
    shows(given(page, "love"), "", mine=False)
