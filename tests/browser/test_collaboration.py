"""Two windows on one text: what both write is merged, whatever happens to the tab, the network or the server."""

import random
from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.browser.comments import sign_in
from tests.browser.markdown_editor import editor, put_caret, wait_shared, wait_stored
from tests.browser.test_editor import make, save
from tests.server import Server, until

pytestmark = pytest.mark.browser

SAMPLES = ("tea ", "茶", "😀", "**b** ", "\n", "水。", "x")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("collaboration")) as server:
        server.run("from tests.people import *; ann(); edith()")
        yield server


@pytest.fixture
def open_post(window, server):
    """Open the form of a post in a browser of its own, or in one that is given."""

    def open_post(pk: int, context=None):
        page = context.new_page() if context else sign_in(window())
        page.goto(f"/admin/blog/post/{pk}/change/")
        wait_shared(page)
        return page

    return open_post


def text(page) -> str:
    return page.locator("#id_text").input_value()


def write_at(page, at: int, words: str) -> None:
    put_caret(page, at)
    page.keyboard.insert_text(words)


def agree(*pages, on: str = "") -> str:
    """Wait until all show the same text; it."""

    def same() -> str | None:
        found = {text(page) for page in pages}
        return found.pop() if len(found) == 1 and all(on in each for each in found) else None

    until(lambda: same() is not None, "all to show the same text", 30)
    return text(pages[0])


def stored_text(server, pk: int) -> str:
    code = f"print(repr(documents.text_of(Document.objects.get(post={pk}))))"
    return eval(server.run(f"from blog.models import *; from blog.posts import documents; {code}"))


def test_two_write_one_text_and_each_undoes_their_own(open_post, window, server):
    pk = make(server, "make_post(title='Together', text='Tea.')")
    one = open_post(pk)
    edith = window("/admin/")
    edith.locator("details").evaluate("details => details.open = true")
    edith.fill("[name=login]", "edith")
    edith.fill("[name=password]", "edith's password")
    edith.locator("details .form-buttons button").click()
    edith.wait_for_url("**/admin/")
    other = open_post(pk, edith.context)

    write_at(one, 0, "安 ")
    write_at(other, 4, " 水")
    agree(one, other, on="水")
    write_at(one, 0, "Ann: ")
    agree(one, other, on="Ann: ")

    expect(one.locator(".writing-state")).to_contain_text("Also editing: Edith")
    expect(one.locator(".cm-other-cursor")).to_have_text("Edith")
    expect(other.locator(".cm-other-cursor")).to_have_text("Ann")
    editor(other).press("Control+z")
    assert "水" not in agree(one, other, on="安")
    other.get_by_role("button", name="Redo").click()
    agree(one, other, on="水")
    other.close()
    expect(one.locator(".cm-other-cursor")).to_have_count(0)


def test_readers_see_a_change_only_when_it_is_saved(open_post, server):
    pk = make(server, "make_post(title='Quietly', text='Once.')")
    page, other = open_post(pk), open_post(pk)
    write_at(page, 0, "Now and ")
    wait_stored(page)
    expect(page.locator(".writing-state")).to_contain_text("Autosaved, but not in the saved version yet.")
    assert "Now and" not in server.ask("/post/quietly/")[1]
    agree(page, other, on="Now and")

    save(page)

    expect(page.locator(".messagelist")).to_contain_text("Updated")
    assert "Now and Once." in server.ask("/post/quietly/")[1]
    expect(other.locator(".writing-state")).not_to_contain_text("Autosaved")
    write_at(other, 0, "Not that. ")
    other.get_by_role("button", name="Discard changes").click()
    wait_shared(page)
    assert agree(page, other) == "Now and Once."
    save(other)  # of an outdated version, but with a text that has everything
    expect(other.locator(".messagelist")).to_contain_text("Updated")


def test_a_change_by_the_api_appears_in_the_open_editor(open_post, server):
    pk = make(server, "make_post(title='By the API', text='One.\\n\\nTwo.')")
    page = open_post(pk)
    write_at(page, 4, " Unsaved.")
    wait_stored(page)
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": server.url}

    answer = page.request.patch("/api/posts/by-the-api/", data={"text": "One.\n\nTwo by a script."}, headers=headers)

    assert answer.ok, answer.text()
    expect(page.locator("#id_text")).to_have_value("One. Unsaved.\n\nTwo by a script.")


def test_a_killed_tab_and_a_killed_server_lose_nothing(open_post, server):
    pk = make(server, "make_post(title='Killed', text='Start.')")
    page, other = open_post(pk), open_post(pk)
    write_at(page, 0, "Stored. ")
    wait_stored(page)
    server.kill()
    expect(page.locator(".writing-state")).to_contain_text("No connection")
    write_at(page, 0, "Offline 离线. ")
    write_at(other, len(text(other)), " Elsewhere.")
    context = page.context
    page.wait_for_timeout(300)  # IndexedDB writes in the background, and tells nobody
    page.close()
    server.start()

    page = open_post(pk, context)

    assert agree(page, other, on="Elsewhere.") == "Offline 离线. Stored. Start. Elsewhere."
    wait_stored(page)
    wait_stored(other)
    assert stored_text(server, pk) == text(page)


@pytest.mark.quality  # the role is looked at every 30 seconds where there is no Redis
def test_who_loses_the_role_keeps_the_text_and_sends_no_more(open_post, server):
    server.run("from tests.people import *; ann()")
    pk = make(server, "make_post(title='Role', text='Mine.')")
    page = open_post(pk)
    write_at(page, 0, "Before. ")
    wait_stored(page)

    server.run("from tests.people import *; user = ann(); user.is_active = False; user.save()")
    expect(page.locator(".writing-state")).to_contain_text("No connection", timeout=60_000)
    write_at(page, 0, "After. ")

    expect(page.locator("#id_text")).to_have_value("After. Before. Mine.")
    assert stored_text(server, pk) == "Before. Mine."
    server.run("from tests.people import *; user = ann(); user.is_active = True; user.save()")


def test_signing_out_leaves_no_text_in_the_browser(open_post, server):
    pk = make(server, "make_post(title='Signed out', text='Mine.')")
    page = open_post(pk)
    write_at(page, 0, "All ")
    wait_stored(page)
    databases = "async () => (await indexedDB.databases()).map(({ name }) => name)"
    assert [name.split(":")[0] for name in page.evaluate(databases)] == ["frodo-document"]

    page.locator("#user-button").click()
    with page.expect_navigation():
        page.locator("#logout-form button").click()

    until(lambda: page.evaluate(databases) == [], "the browser to forget it")


def edit_at_random(page, rng: random.Random) -> str:
    """Some typing and deleting, of own characters only; what has been added."""
    added = ""
    for _ in range(3):
        words = f"{rng.randrange(10**6)}{rng.choice(SAMPLES)}"
        write_at(page, rng.randrange(min(len(text(page)), 12) + 1), words)
        added += words
        if rng.random() < 0.5:
            page.keyboard.insert_text("zz")
            page.keyboard.press("Backspace")
            page.keyboard.press("Backspace")
    return added


def rounds(n: int, open_post, server, seed: int) -> None:
    """In each, one of the two or neither is cut off."""
    rng = random.Random(seed)
    written = "Start 开始."
    pk = make(server, f"make_post(title='Random {seed}', text={written!r})")
    pages = [open_post(pk), open_post(pk)]
    for at in range(n):
        cut = rng.choice([None, *pages]) if at else pages[0]
        if cut:
            cut.context.set_offline(True)
        written += edit_at_random(pages[0], rng) + edit_at_random(pages[1], rng)
        if cut:
            assert text(pages[0]) != text(pages[1])
            expect(cut.locator(".writing-state")).to_contain_text("No connection")
            cut.context.set_offline(False)
        assert Counter(agree(*pages)) == Counter(written)
    for page in pages:
        wait_stored(page)
    assert stored_text(server, pk) == text(pages[0])


def test_random_edits_on_both_sides_end_alike(open_post, server):
    rounds(2, open_post, server, 1)


@pytest.mark.quality
@pytest.mark.parametrize("seed", [2, 3])
def test_ten_rounds_of_random_edits_end_alike(open_post, server, seed):
    rounds(10, open_post, server, seed)
