"""What a browser fetches for a post's page, compressed, without pictures.

python -m benchmarks weight
"""

import re
import sys
from http.client import HTTPConnection
from pathlib import Path
from posixpath import dirname, normpath
from tempfile import TemporaryDirectory

import brotli

from benchmarks.serving import OURS, environment, manage, running
from benchmarks.table import Row

KB = 1024
STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
SCRIPT = re.compile(r'<script[^>]* src="([^"]+)"')
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.{0,2}/[^"']+)["']""")
LATER = re.compile(r"""\bimport\s*\(\s*["'](\.{0,2}/[^"']+)["']""")
ELSEWHERE = re.compile(
    r"""(?:src|srcset)="(?:https?:)?//|<link rel="(?:stylesheet|preload|icon)" href="(?:https?:)?//"""
)
INSIDE = re.compile(r"""url\(["']?((?:https?:)?//|[^"')]+\.woff2?)""")
SEED = """
from tests.factories import make_comment, make_post
post = make_post(title="A walk", tags=("tea", "river"), text="We *walked* along the river.\\n\\n" * 200)
for i in range(20):
    make_comment(post, text=f"Comment *{i}*, and a [link](https://example.org/).", name=f"Bob {i}")
"""


def rows(quick: bool = False) -> list[Row]:
    with TemporaryDirectory() as name:
        env = environment(Path(name))
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "createauthor", "ann")
        manage(env, "demo_content")
        manage(env, "shell", "--verbosity", "0", "--command", SEED)
        manage(env, "collectstatic", "--no-input", "--verbosity", "0")
        with running(env, *OURS, "--port", "PORT", "frodo.asgi:application") as server:
            pages = {path: weigh(server.port, path) for path in ("/post/a-walk/", "/post/everything-on-one-page/")}
    heaviest = max(pages.values(), key=lambda page: page["all"])
    met = all(page["all"] <= 50 * KB and page["scripts"] <= 15 * KB and page["own"] for page in pages.values())
    each = "; ".join(
        f"{path} {page['html'] / KB:.1f} page, {page['styles'] / KB:.1f} styles, {page['scripts'] / KB:.1f} scripts"
        for path, page in pages.items()
    )
    return [
        Row(
            "a post page's own weight, compressed",
            f"{heaviest['all'] / KB:.1f} KB, scripts {heaviest['scripts'] / KB:.1f} KB",
            goal="50 KB, scripts 15 KB or less, nothing from other hosts",
            met=met,
            note=f"What the server sends to a browser that takes brotli, bodies in KB of 1,024 bytes: {each}. Scripts "
            f"with what they import; {heaviest['later'] / KB:.1f} KB more are fetched after "
            "the page: for reading, searching and writing. The heavier of the two stands in the table: an ordinary "
            "post with 20 comments, and the demo post that shows every kind of text.",
        )
    ]


def weigh(port: int, path: str) -> dict:
    html, n_html = fetch(port, path)
    own = not ELSEWHERE.search(html)
    n_styles = 0
    for address in dict.fromkeys(STYLE.findall(html)):
        text, n = fetch(port, address)
        n_styles += n
        own = own and not INSIDE.search(text)
    scripts: dict[str, int] = {}
    later: dict[str, int] = {}
    waiting = [(address, scripts) for address in SCRIPT.findall(html)]
    while waiting:
        address, found = waiting.pop(0)  # what comes at once comes first
        if address not in scripts and address not in later:
            text, found[address] = fetch(port, address)
            here = dirname(address)
            waiting[:0] = [(normpath(f"{here}/{name}"), found) for name in IMPORT.findall(text)]
            waiting += [(normpath(f"{here}/{name}"), later) for name in LATER.findall(text)]
    n_scripts = sum(scripts.values())
    return {
        "html": n_html,
        "styles": n_styles,
        "scripts": n_scripts,
        "later": sum(later.values()),
        "all": n_html + n_styles + n_scripts,
        "own": own,
    }


def fetch(port: int, path: str) -> tuple[str, int]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": "localhost", "Accept-Encoding": "br"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 200, (path, response.status)
    is_brotli = response.headers.get("Content-Encoding") == "br"
    return (brotli.decompress(body) if is_brotli else body).decode(), len(body)


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
