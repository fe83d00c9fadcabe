"""Strings that try to run, wherever a stranger's or the author's words are shown: Chromium looks whether any does."""

import json
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.comments import wait_live
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


OWN = r"""
<img name=comments id=comments><form id=comment-1 name=querySelector>
</template><svg onload=alert(1)>
</textarea></form><img src=x onerror=alert(1)>
"></bdi><svg/onload=alert(1)>
{name}{n}{names}<svg onload=alert(1)>
$&$`$'<svg onload=alert(1)>
@<img src=x onerror=alert(1)>
@"><svg onload=alert(1)> @Bob
[@Bob](javascript:alert(1))
<a class=mention href="java&Tab;script:alert(1)">@Bob</a>
<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x"></use></svg>
<button class=reaction data-kind="x][onclick=alert(1)">x</button>
<li class=comment id=comment-2><article class=comment-body><p class=comment-actions onclick=alert(1)>
<link rel=modulepreload href=data:text/javascript,alert(1)>
<script type=module>import("data:text/javascript,alert(1)")</script>
<p data-post-slug="data:text/javascript,alert(1)" id=_comments>
love" onmouseover="alert(1)
upvote]\"],[data-kind=love
oldest"><svg onload=alert(1)>
50-1"><svg onload=alert(1)>
javascript:alert(1)//http://x
 javascript:alert(1)
java	script:alert(1)
JaVaScRiPt:alert(1)
data:text/html,<script>alert(1)</script>
vbscript:msgbox(1)
//evil.test/x"><svg onload=alert(1)>
x@y.test"><svg onload=alert(1)>
"<svg/onload=alert(1)>"@y.test
‮<svg onload=alert(1)>‬
&lt;svg onload=alert(1)&gt;
&#60;svg onload=alert(1)&#62;
%3Csvg%20onload=alert(1)%3E
"""
"""Aimed at what our own pages are made of."""


def strings() -> list[str]:
    """Each once; a bare name of an event is given an element to stand on."""
    own = [line for line in OWN.splitlines() if line]
    lines = [*own, *(text for text in attacks() if len(text) < 2000)]
    return [f"<b {text}=alert(1)>x</b>" if re.fullmatch(r"\w+", text) else text for text in lines]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    settings = {"POSTS_PER_PAGE": "100", "SHOW_PRESENCE": "true", "COMMENTS_PER_PAGE": "500"}
    with Server(tmp_path_factory.mktemp("poisoned"), **settings) as server:
        words = server.folder / "strings.json"
        words.write_text(json.dumps(strings()))
        server.run(f"""
import json
from django.db import transaction
from accounts.models import User
from blog.models import Comment
from tests.factories import make_comment, make_post
strings = json.load(open({str(words)!r}))
with transaction.atomic():
    poison = make_post(title="Poison", text="\\n\\n".join(strings))
    make_post(title="Live")
    sent = make_post(title="Sent")
    imported = make_post(title="Imported")
    for number, string in enumerate(strings):
        make_comment(poison, text=string, name=string[:60])
        make_post(title=string[:200], slug=f"title-{{number}}", text="x", summary=string, tags=[string[:100]])
        user = User.objects.create(username=f"user-{{number}}", display_name=string[:60], website=string[:200])
        row = Comment(post=imported, user=user, name=string[:60], email=string[:254], text=string)
        row.render()
        Comment.objects.bulk_create([row])
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


@pytest.mark.quality
@pytest.mark.parametrize("bypass_csp", [False, True], ids=["with our policy", "without a policy"])
def test_nothing_runs_in_pages(watched, bypass_csp):
    page, look = watched(bypass_csp=bypass_csp)
    pages = [
        "/post/poison/",
        "/post/imported/",
        "/post/imported/comments/?order=best",
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


@pytest.mark.quality
def test_nothing_runs_in_what_comes_over_the_wire(watched, server):
    page, look = watched(bypass_csp=True)
    page.goto("/post/live/")
    wait_live(page)

    server.run(f"""
import json
from blog.comments.services import create_comment
from blog.models import Post
from frodo.errors import ServiceError
post = Post.objects.get(slug="live")
for string in json.load(open({str(server.folder / "strings.json")!r})):
    try:
        create_comment(post, text=string, name=string[:60])
    except ServiceError:
        pass
""")
    n = server.ask("/api/posts/live/comments/?limit=1")[1]["count"]
    assert n > 200
    until(lambda: page.locator(".comments .comment").count() == n, f"{n} comments", 60)

    assert look() == []


SEND = """async ([texts, names]) => {
  const odd = [];
  async function ask(path, body, method = body ? "POST" : "GET") {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    const kind = answer.headers.get("Content-Type") || "";
    const isPlain = answer.status === 204 || kind.startsWith("application/json");
    if (answer.status >= 500 || !isPlain) odd.push(`${answer.status} ${kind} ${path}`);
    return answer.json().catch(() => ({}));
  }
  const say = (said) => ask("/api/posts/sent/comments/", said);
  const mine = await say({ text: "Mine", name: "Eve" });
  for (const text of texts) {
    await say({ text, name: "Eve" });
    await ask(`/api/comments/${mine.id}/`, { text }, "PATCH");
  }
  for (const [i, string] of names.entries()) {
    const name = string.slice(0, 60);
    const query = new URLSearchParams({ order: string, cursor: string, around: string, limit: string, q: string });
    await Promise.all([
      say({ text: `${i} ${string}`, name, website: "", ticket: string, proof: string }),
      say({ text: `${i}`, name: "Eve", email: string, website: string, parent: string }),
      ask("/api/posts/sent/writing/", { name }),
      ask("/api/posts/sent/reactions/", { kind: string }, "PUT"),
      ask(`/api/comments/${mine.id}/reactions/`, { kind: string }, "PUT"),
      ask(`/api/posts/sent/comments/?${query}`),
      ask(`/api/posts/sent/people/?${query}`),
    ]);
    await say({ text: `${i} @${name} ${string}`, name: "Eve" });
  }
  await say({ text: "The end", name: "Eve" });
  return odd;
}"""


def test_nothing_runs_of_what_strangers_send(watched):
    windows = [watched(bypass_csp=bypass_csp) for bypass_csp in (False, True)]
    for page, _ in windows:
        page.goto("/post/sent/")
        wait_live(page)

    odd = windows[0][0].evaluate(SEND, [chunks(strings()), strings()[: OWN.count("\n")]])

    assert odd == []
    for page, look in windows:
        expect(page.locator(".comment-text", has_text="The end")).to_be_attached(timeout=60_000)
        assert look() == []
        page.get_by_label("Order").select_option("newest")
        expect(page.locator(".comments > .comment").first).to_contain_text("The end")
        assert look() == []


def chunks(strings: list[str]) -> list[str]:
    """As few comments as hold them all."""
    found = [""]
    for string in strings:
        if len(found[-1]) + len(string) > 9000:
            found.append("")
        found[-1] += string + "\n\n"
    return found


@pytest.mark.quality
def test_nothing_runs_in_the_form(watched):
    page, look = watched(bypass_csp=True)
    page.goto("/post/live/")
    form = page.locator(".comment-form").last
    form.get_by_label("Comment").fill("\n\n".join(strings())[:10_000])
    form.get_by_role("button", name="Preview").click()
    page.locator(".comment-preview:not([hidden])").wait_for()
    shown = look()

    page.goto("/post/poison/")
    page.locator(".comment-form textarea").press_sequentially("@<")
    page.locator(".mentions [role=option]").first.wait_for()
    shown += look()

    page.goto("/post/live/comment/")
    page.get_by_label("Name").fill('"><svg onload=alert(1)>')
    page.get_by_label("Comment").fill("</textarea><svg onload=alert(1)>" + "\n\n".join(strings())[:9_000])
    with page.expect_navigation():
        page.get_by_role("button", name="Preview").click()
    page.locator(".comment-preview").wait_for()

    assert shown + look() == []


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.quality)])
def test_nothing_runs_in_search(watched, step):
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
        strings()[::step],
    )
    for string in strings()[:8]:
        page.goto("/search/?q=" + quote(string))
        found += look()

    assert found == []
