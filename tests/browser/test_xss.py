"""Strings that try to run, wherever a stranger's or the author's words are shown: Chromium looks whether any does."""

import json
import re
from urllib.parse import quote

import pytest

from tests.browser.discussion import wait_live
from tests.markdown.danger import attacks
from tests.server import Server, until

pytestmark = pytest.mark.browser

WATCH = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = (...said) => void window.ran.push(name + said);
Object.defineProperty(window, "name", { set: (value) => window.ran.push("name " + value), get: () => "" });
"""
LOOK = """(root) => {
  const found = [];
  const danger = "script:not([src^='/static/']), object, embed, base, meta, iframe:not([src^='https://']), [srcdoc]";
  for (const element of root.querySelectorAll(`main :is(${danger})`)) found.push(element.outerHTML);
  for (const element of root.querySelectorAll("main *")) {
    for (const { name, value } of element.attributes) {
      const address = /^(href|src|action|formaction|data|poster|xlink:href)$/.test(name);
      if (/^on/i.test(name) || (address && /^[\\0-\\x20]*(javascript:|vbscript:|data:text)/i.test(value))) {
        found.push(element.outerHTML.slice(0, 300));
      }
    }
  }
  return found;
}"""
TOUCH = """() => {
  for (const element of document.querySelectorAll("main :is(.prose, .result, h1, h2, h3, header) *")) {
    for (const type of ["mouseover", "focus", "error", "load", "toggle"]) element.dispatchEvent(new Event(type));
  }
}"""


def strings() -> list[str]:
    """Each once; a bare name of an event is given an element to stand on."""
    lines = [text for text in attacks() if len(text) < 2000]
    return [f"<b {text}=alert(1)>x</b>" if re.fullmatch(r"\w+", text) else text for text in lines]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("poisoned"), POSTS_PER_PAGE="100") as server:
        words = server.folder / "strings.json"
        words.write_text(json.dumps(strings()))
        server.run(f"""
import json
from django.db import transaction
from tests.factories import make_comment, make_post
strings = json.load(open({str(words)!r}))
with transaction.atomic():
    poison = make_post(title="Poison", text="\\n\\n".join(strings))
    make_post(title="Live")
    for number, string in enumerate(strings):
        make_comment(poison, text=string, name=string[:60])
        make_post(title=string[:200], slug=f"title-{{number}}", text="x", summary=string, tags=[string[:100]])
""")
        yield server


@pytest.fixture
def watched(window, server):
    """A window in which whatever runs is written down: `look()` shows it."""

    def watched(**options):
        page = window(**options)
        dialogs = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.add_init_script(WATCH)
        page.route(
            "**/*", lambda route: route.continue_() if route.request.url.startswith(server.url) else route.abort()
        )

        def look() -> list[str]:
            page.evaluate(TOUCH)
            return [*page.evaluate("window.ran"), *page.evaluate(f"({LOOK})(document)"), *dialogs]

        return page, look

    return watched


@pytest.mark.parametrize("bypass_csp", [False, True], ids=["with our policy", "without a policy"])
def test_nothing_runs_in_pages(watched, bypass_csp):
    page, look = watched(bypass_csp=bypass_csp)
    pages = [
        "/post/poison/",
        "/",
        "/page/2/",
        "/page/3/",
        "/tags/",
        "/archives/",
        "/post/title-1/",
        "/search/?q=script",
    ]

    found = {}
    for address in pages:
        assert page.goto(address).ok, address
        found[address] = look()

    assert found == {address: [] for address in pages}


def test_nothing_runs_in_what_comes_over_the_wire(watched, server):
    page, look = watched(bypass_csp=True)
    page.goto("/post/live/")
    wait_live(page)

    server.run(f"""
import json
from blog.discussion.speaking import post_comment
from blog.models import Post
from frodo.errors import Refused
post = Post.objects.get(slug="live")
for string in json.load(open({str(server.folder / "strings.json")!r})):
    try:
        post_comment(post, text=string, name=string[:60])
    except Refused:
        pass
""")
    n = server.ask("/api/posts/live/comments/?limit=1")[1]["count"]
    assert n > 200
    until(lambda: page.locator(".comments .comment").count() == n, f"{n} comments", 60)

    assert look() == []


def test_nothing_runs_in_the_form(watched):
    page, look = watched(bypass_csp=True)
    page.goto("/post/live/")
    form = page.locator(".comment-form").last
    form.get_by_label("Comment").fill("\n\n".join(strings())[:10_000])
    form.get_by_role("button", name="Preview").click()
    page.locator(".comment-preview:not([hidden])").wait_for()
    shown = look()

    page.goto("/post/live/comment/")
    page.get_by_label("Name").fill('"><svg onload=alert(1)>')
    page.get_by_label("Comment").fill("</textarea><svg onload=alert(1)>" + "\n\n".join(strings())[:9_000])
    with page.expect_navigation():
        page.get_by_role("button", name="Preview").click()
    page.locator(".comment-preview").wait_for()

    assert shown + look() == []


def test_nothing_runs_in_search(watched):
    page, look = watched(bypass_csp=True)
    page.goto("/search/?q=x")

    found = page.evaluate(
        f"""async (strings) => {{
          const look = {LOOK};
          const found = [];
          for (const string of strings) {{
            const answer = await fetch("/search/?q=" + encodeURIComponent(string));
            found.push(...look(new DOMParser().parseFromString(await answer.text(), "text/html")));
          }}
          return found;
        }}""",
        strings(),
    )
    for string in strings()[:8]:
        page.goto("/search/?q=" + quote(string))
        found += look()

    assert found == []
