"""Takes docs/*.png of a new blog with its demo posts: `.venv/bin/python docs/screenshots.py`. Needs Chromium."""

import base64
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
WINDOW = {"width": 1440, "height": 900}
VIEWS = """
from datetime import timedelta
from django.utils import timezone
from blog.models import Post
from blog.statistics.models import DailyViews
for day in range(30):
    date = timezone.localdate() - timedelta(days=day)
    views = {post.pk: (37 * n + 11 * day) % 40 // (1 + n) for n, post in enumerate(Post.objects.published())}
    for post, n in {**views, 0: sum(views.values())}.items():  # 0: of all posts together
        DailyViews.objects.create(date=date, post=post, n=n)
"""
"""What thirty days of readers would have left."""
BOTH = """<body style="margin:20px;background:#e8e5de"><img src="data:image/png;base64,{}">
<img src="data:image/png;base64,{}" style="position:absolute;right:28px;bottom:44px;border:2px solid #333"></body>"""
"""A desktop in English, and a phone in Chinese and dark."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(folder: str) -> tuple[subprocess.Popen, str, str]:
    """`manage.py serve` in an empty folder: the process, the blog's URL and the author's password."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "ENV_FILE": os.devnull,
        "DATA_DIR": folder,
        "DEBUG": "false",
        "SECRET_KEY": "only for these pictures, " * 3,
        "SHOW_PRESENCE": "true",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "127.0.0.1", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Your blog:"):
            subprocess.run([sys.executable, "manage.py", "shell", "-c", VIEWS], cwd=ROOT, env=environment, check=True)
            return process, f"http://127.0.0.1:{port}", re.search(r"password +(\S+)", said)[1]
    raise SystemExit(f"The server did not start:\n{said}")


def take(browser: Browser, url: str, password: str) -> None:
    pictures = []
    phone = {"locale": "zh-CN", "viewport": {"width": 390, "height": 780}, "color_scheme": "dark"}
    for path, options in (
        ("/post/three-kinds-of-waiting/", {"viewport": {"width": 1000, "height": 950}}),
        ("/post/一条评论的旅程/#comments", phone),
    ):
        reader = browser.new_context(
            base_url=url, **{"locale": "en-US", "device_scale_factor": 0.9, **options}
        ).new_page()
        reader.goto(path)
        reader.wait_for_load_state("networkidle")
        pictures.append(base64.b64encode(reader.screenshot()).decode())
    both = browser.new_page(viewport={"width": 1360, "height": 900})
    both.set_content(BOTH.format(*pictures))
    both.screenshot(path=DOCS / "frodo.png")

    author = browser.new_context(base_url=url, locale="en-US", viewport=WINDOW).new_page()
    author.goto("/accounts/sign-in/?next=/admin/")
    author.fill("[name=login]", "author")
    author.fill("[name=password]", password)
    author.keyboard.press("Enter")
    author.wait_for_url("**/admin/")
    author.wait_for_load_state("networkidle")
    author.screenshot(path=DOCS / "admin.png")

    author.goto("/admin/blog/post/")
    author.get_by_role("link", name="A walk before writing").first.click()
    author.wait_for_url("**/change/")
    author.wait_for_load_state("networkidle")
    author.screenshot(path=DOCS / "editor.png")


def main() -> None:
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with tempfile.TemporaryDirectory() as folder:
        process, url, password = serve(folder)
        try:
            with sync_playwright() as running:
                browser = running.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
                take(browser, url, password)
                browser.close()
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
