"""A translation that shares the comments of its original, in two windows."""

import pytest
from playwright.sync_api import expect

from tests.browser.comments import say, see, wait_live, wait_text, write

pytestmark = pytest.mark.browser


@pytest.fixture
def pair(server) -> tuple[str, str]:
    server.run(
        "from tests.factories import make_post; original = make_post(title='Tea', language='en'); "
        "make_post(title='Cha', language='zh-hans', translation_of=original, shares_comments=True)"
    )
    return "/post/tea/", "/post/cha/"


def test_one_discussion_on_two_open_pages(window, server, pair):
    original, translation = (window(path) for path in pair)
    wait_live(original)
    wait_live(translation)

    write(original, "From the original")
    wait_text(translation, "From the original")
    write(translation, "From the translation")
    wait_text(original, "From the translation")
    for page in (original, translation):
        see(page, ["From the original", "From the translation"])
        expect(page.locator(".comment-count")).to_have_text("2")

    translation.locator(".post-reactions .reaction[data-kind=love]").click()
    expect(original.locator(".post-reactions .reaction[data-kind=love] .reaction-count")).to_have_text("1")
    for path in pair:  # the cached pages of both
        see(window(path), ["From the original", "From the translation"])

    server.run("from blog.models import Post; post = Post.objects.get(slug='cha'); post.text = 'New.'; post.save()")
    expect(translation.locator(".post-updated")).to_be_visible()
    expect(original.locator(".post-updated")).to_be_hidden()
    expect(original.locator(".comment.is-new")).to_have_count(1)
    said = say(server, pair[1], "By the API")
    wait_text(original, "By the API")
    assert said["url"].startswith(pair[0])
