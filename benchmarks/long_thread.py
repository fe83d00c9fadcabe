"""A discussion of 1,000 comments in Chromium: what its script, styles and layout cost the reader's main thread.

python -m benchmarks long_thread
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from benchmarks.live import UNLIMITED
from benchmarks.serving import OURS, environment, manage, running
from benchmarks.table import Row

MANY, LIVE = 1000, 20
PARTS = {"ScriptDuration": "script", "RecalcStyleDuration": "style", "LayoutDuration": "layout"}
GOAL_LOADED, GOAL_LIVE = 1000, 300
"""Milliseconds of all three together, at the pace of the machine that measures."""
SEED = f"""
import random
from blog.models import Comment, Post
from tests.factories import make_comment, make_post
post = make_post(title="A long talk", text="We *walked* along the river.\\n\\n" * 40)
words = "Not all those who wander are lost; deep roots are not reached by the frost. "
random.seed(1)
said = []
for number in range({MANY}):
    parent = random.choice(said[-30:]) if said and random.random() < 0.5 else None
    text = f"Number {{number}}, with *some* `code`.\\n\\n" + words * random.randrange(1, 6)
    said.append(make_comment(post, text=text, name=f"Reader {{number % 90}}", parent=parent))
Post.objects.filter(pk=post.pk).update(n_comments={MANY})
"""
LONG_TASKS = """
window.longest = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
}).observe({ type: "longtask" });
"""
ALL_THERE = "n => document.querySelectorAll('.comments .comment').length >= n"


def chromium_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next(filter(None, map(which, names)), None)


def rows(quick: bool = False) -> list[Row]:
    what = f"{MANY} comments in the browser, main thread"
    goal = f"{GOAL_LOADED} ms to load them all, {GOAL_LIVE} ms for {LIVE} more"
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return [Row(what, "", goal=goal, met="needs Playwright (requirements-dev.txt)")]
    if chromium_path() is None:
        return [Row(what, "", goal=goal, met="needs Chromium")]
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        env = environment(Path(name), **UNLIMITED)
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "shell", "--verbosity", "0", "--command", SEED)
        manage(env, "collectstatic", "--no-input", "--verbosity", "0")
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        with running(env, *OURS, "--port", "PORT", "frodo.asgi:application") as server:
            found = [measured(browser, server.port) for _ in range(1 if quick else 3)]
        browser.close()
    loaded, live = (min((one[i] for one in found), key=lambda cost: cost["all"]) for i in (0, 1))
    return [
        Row(
            what,
            f"all loaded {loaded['all']:.0f} ms, {LIVE} live ones {live['all']:.0f} ms",
            goal=goal,
            met=loaded["all"] <= GOAL_LOADED and live["all"] <= GOAL_LIVE,
            note=f"Chromium's own account of the main thread, the best of {len(found)}. The page carries 50; "
            f"“more comments” is pressed until all are there: {told(loaded)}. Then {LIVE} come in live while one reads "
            f"in the middle: {told(live)}.",
        )
    ]


def told(cost: dict) -> str:
    parts = ", ".join(f"{cost[name]:.0f} ms {word}" for name, word in PARTS.items())
    return f"{parts}; the longest task {cost['longest']:.0f} ms"


def measured(browser, port: int) -> tuple[dict, dict]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(LONG_TASKS)
    page.goto("/post/a-long-talk/")
    page.wait_for_selector("#comments[data-live=socket]", state="attached")
    tools = context.new_cdp_session(page)
    tools.send("Performance.enable")

    def cost_of(action: Callable[[], None]) -> dict:
        page.evaluate("window.longest = 0")
        before = metrics(tools)
        action()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        after = metrics(tools)
        cost = {name: (after[name] - before[name]) * 1000 for name in PARTS}
        return cost | {"all": sum(cost.values()), "longest": page.evaluate("window.longest")}

    def load_all() -> None:
        more = page.locator(".more-comments a")
        while more.is_visible():
            n = page.locator(".comments .comment").count()
            more.click()
            page.wait_for_function(ALL_THERE, arg=n + 1)

    def listen() -> None:
        n = page.locator(".comments .comment").count()
        for number in range(LIVE):
            say(port, f"Live {n} {number}")
        page.wait_for_function(ALL_THERE, arg=n + LIVE)

    loaded = cost_of(load_all)
    page.locator(".comments > .comment").nth(200).scroll_into_view_if_needed()
    live = cost_of(listen)
    context.close()
    return loaded, live


def metrics(tools) -> dict[str, float]:
    return {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}


def say(port: int, text: str) -> None:
    body = json.dumps({"name": "Eve", "text": text}).encode()
    request = Request(
        f"http://127.0.0.1:{port}/api/posts/a-long-talk/comments/", body, {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=60) as answer:
        assert answer.status == 201


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
