"""A page carries the first comments; here the first ten."""

import pytest

from tests.browser.comments import expect, make_post, say, see, wait_live, write
from tests.server import Server

pytestmark = pytest.mark.browser

FIRST = 10


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("long"), COMMENTS_PER_PAGE=str(FIRST)) as server:
        yield server


@pytest.fixture
def post(server) -> str:
    """Of 25 comments; the last one answers the first."""
    post = make_post(server)
    server.run(f"""
from blog.models import Comment, Post
from tests.factories import make_comment
post = Post.objects.get(slug={post.split("/")[2]!r})
first = make_comment(post, text="Number 0")
for number in range(1, 24):
    make_comment(post, text=f"Number {{number}}")
make_comment(post, text="An answer", parent=first)
Post.objects.filter(pk=post.pk).update(n_comments=25)
""")
    return post


def id_of(server, text: str) -> int:
    return int(server.run(f"from blog.models import Comment; print(Comment.objects.filter(text={text!r}).last().pk)"))


ALL = ["Number 0", "An answer", *(f"Number {number}" for number in range(1, 24))]


def test_the_rest_comes_by_request(window, post):
    page = window(post)
    see(page, ALL[:FIRST])
    expect(page.locator(".comment-count")).to_have_text("25")

    page.get_by_role("link", name="15 more comments").click()

    see(page, ALL)
    expect(page.locator(".more-comments")).to_be_hidden()
    expect(page.locator(".comment", has_text=ALL[FIRST])).to_be_focused()


def test_a_comment_is_reached_by_its_address(window, server, post):
    page = window(f"{post}#comment-{id_of(server, 'Number 20')}")

    wanted = page.locator(".comment", has_text="Number 20")
    expect(wanted).to_be_in_viewport()
    expect(wanted).to_have_class("comment is-loaded is-target")
    see(page, ALL)

    page.goto(f"{post}#comment-{10**9}")
    page.get_by_text("This comment no longer exists.").wait_for()


def test_the_order_is_remembered(window, server, post):
    page = window(post)
    page.get_by_label("Order").select_option("newest")
    newest = [*(f"Number {number}" for number in range(23, 0, -1)), "Number 0", "An answer"]
    see(page, newest[:FIRST])

    page.reload()
    see(page, newest[:FIRST])
    wait_live(page)
    say(server, post, "Just now")
    see(page, ["Just now", *newest[:FIRST]])
    page.get_by_role("link", name="15 more comments").click()
    see(page, ["Just now", *newest])

    page.get_by_label("Order").select_option("oldest")
    see(page, [*ALL, "Just now"])


def test_what_comes_in_beyond_the_page_is_counted_and_found(window, server, post):
    page = window(post)
    wait_live(page)

    said = say(server, post, "Far below")

    page.get_by_role("link", name="16 more comments").wait_for()
    see(page, ALL[:FIRST])
    page.get_by_role("button", name="1 new").click()
    expect(page.locator(f"#comment-{said['id']}")).to_be_in_viewport()
    see(page, [*ALL, "Far below"])
    expect(page.locator(".new-items-button")).to_be_hidden()


def test_ones_own_is_seen_at_once_in_a_long_thread(window, post):
    page = window(post)
    wait_live(page)

    write(page, "Mine")

    see(page, [*ALL[:FIRST], "Mine"])
    page.get_by_role("link", name="more comments").click()
    see(page, [*ALL, "Mine"])


def test_without_javascript_the_pages_are_turned(window, post):
    page = window(post, java_script_enabled=False)

    page.get_by_role("link", name="15 more comments").click()
    page.wait_for_url("**/comments/?page=2")
    expect(page.locator(".comment-text").last).to_have_text("Number 18")
