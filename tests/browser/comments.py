"""What the tests of the discussion see and do in a window."""

from itertools import count

from playwright.sync_api import expect

numbers = count(1)


def make_post(server, **fields) -> str:
    """A post of its own for each test; its address."""
    title = f"Walk {next(numbers)}"
    server.run(f"from tests.factories import make_post; make_post(title={title!r}, **{fields!r})")
    return f"/post/{title.lower().replace(' ', '-')}/"


def say(server, post: str, text: str, **fields) -> dict:
    status, said = server.ask(
        f"/api{post.replace('/post/', '/posts/')}comments/", {"name": "Bob", "text": text, **fields}
    )
    assert status == 201, said
    return said


def see(page, texts: list[str]) -> None:
    """Wait until these are the comments on the page, in this order."""
    expect(page.locator("#comments .comments .comment-text")).to_have_text(texts)


def wait_live(page, how: str = "socket") -> None:
    page.wait_for_selector(f"#comments[data-live={how}]", state="attached")


def reconnect_quickly(page):
    """Of the times at which a page may return, the first. Before the page is opened."""
    page.add_init_script("Math.random = () => 0")
    return page


def wait_text(page, text: str):
    found = page.locator(".comments .comment-text", has_text=text)
    found.first.wait_for(state="attached")
    return found


def write(page, text: str, name: str | None = "Eve") -> None:
    form = page.locator(".comment-form").last
    if name:
        form.get_by_label("Name").fill(name)
    form.get_by_label("Comment").fill(text)
    form.get_by_role("button", name="Post comment").click()


last_session: list[dict] = []
"""The cookies of the last sign-in by the form."""


def sign_in(page):
    """Ann, at her desk: in the session of the last test, if this server knows it, or in a new one."""
    if last_session:
        page.context.add_cookies(last_session)
    page.goto("/admin/")
    if page.locator("[name=login]").count():
        page.locator("details").evaluate("details => details.open = true")
        page.locator("[name=login]").fill("ann")
        page.locator("[name=password]").fill("ann's password")
        page.locator("details .form-buttons button").click()
        page.wait_for_url("**/admin/")
        last_session[:] = [cookie for cookie in page.context.cookies() if cookie["name"] in ("sessionid", "csrftoken")]
    return page


def moderate(desk, verb: str, comment: dict) -> None:
    """By the bulk action in admin."""
    token = next(cookie["value"] for cookie in desk.context.cookies() if cookie["name"] == "csrftoken")
    said = {"action": verb, "_selected_action": str(comment["id"]), "csrfmiddlewaretoken": token}
    assert desk.request.post("/admin/blog/comment/", form=said).ok
