"""Search at 20,000 posts: what one waits for while typing, beside containment; the index's size, time to build, memory.

python -m benchmarks search [--quick]
"""

import json
import os
import random
import sys
import time
from contextlib import nullcontext
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from benchmarks.mariadb import Missing, mariadb
from benchmarks.serving import OURS, Server, environment, manage, running
from benchmarks.table import Row, markdown

N_POSTS, N_WORDS, N_VOCABULARY = 20_000, 350, 30_000
GOAL_MS = 50
SEED = "from benchmarks.search import seed; seed({n})"
CONTAINMENT = "from benchmarks.search import time_containment; time_containment()"


def vocabulary() -> tuple[list[str], list[str], list[float]]:
    """Made-up English words, Chinese words of two characters, and how frequent each is, as in real text (Zipf)."""
    chance = random.Random(1)
    syllables = [a + b for a in "bcdfghjklmnprstvw" for b in ("a", "e", "i", "o", "u", "ar", "en", "il", "ost")]
    latin = ["".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(N_VOCABULARY)]
    han = ["".join(chr(chance.randint(0x4E00, 0x5F00)) for _ in range(2)) for _ in range(N_VOCABULARY)]
    return latin, han, [1 / (n + 3) for n in range(N_VOCABULARY)]


def seed(n_posts: int) -> None:
    from django.utils import timezone

    from blog.models import Post
    from tests.factories import make_post

    latin, han, weights = vocabulary()
    chance, now = random.Random(2), timezone.now()
    author = make_post(title="First").author

    def post(n: int) -> Post:
        is_latin, moment = n % 2 == 0, now - timedelta(hours=5 * n)
        words = chance.choices(latin if is_latin else han, weights, k=N_WORDS)
        text = (" " if is_latin else "").join(words)
        title = (" " if is_latin else "").join(chance.choices(latin if is_latin else han, weights, k=6))
        row = Post(title=title, slug=f"post-{n}", author=author, plain=text, text=text, html=f"<p>{text}</p>")
        row.status, row.published_at, row.updated_at = Post.Status.PUBLISHED, moment, moment
        return row

    for start in range(0, n_posts, 500):
        Post.objects.bulk_create([post(n) for n in range(start, min(start + 500, n_posts))])


def queries() -> list[str]:
    """As they are typed: beginnings of words, whole ones, two together, Chinese, misspelt, and what is nowhere."""
    latin, han, weights = vocabulary()
    chance = random.Random(3)
    found = []
    for _ in range(20):
        one, other = chance.choices(latin, weights, k=2)
        word, next_word = chance.choices(han, weights, k=2)
        found += [one[:2], one[:4], one, f"{one} {other[:3]}", word[0], word, f"{word}{next_word}", f"{one} {word}"]
        found += [f"{latin[chance.randrange(N_VOCABULARY)]}x", f'"{one} {other}"']
    return list(dict.fromkeys(found))


def time_containment() -> None:
    from blog.search.containment import containing
    from blog.search.query import parse

    figures = []
    for query in queries()[::6]:
        began = time.perf_counter()
        containing(parse(query), 0, 10)
        figures.append((time.perf_counter() - began) * 1000)
    print(json.dumps(figures))


def rows(quick: bool = False) -> list[Row]:
    found = []
    with TemporaryDirectory() as name:
        for database in ("SQLite", "MariaDB"):
            folder = Path(name) / database
            folder.mkdir()
            try:
                with mariadb(folder) if database == "MariaDB" else nullcontext("") as url:
                    found.append(measure(database, folder, url, 2_000 if quick else N_POSTS))
            except Missing as missing:
                found.append(Row(f"search while typing, {database}", "", note=str(missing)))
    return found


def measure(database: str, folder: Path, url: str, n: int) -> Row:
    env = environment(folder, DATABASE_URL=url or f"sqlite:///{folder / 'frodo.sqlite3'}")
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "shell", "--verbosity", "0", "--command", SEED.format(n=n))
    began = time.monotonic()
    manage(env, "search_index", "--rebuild")
    built = time.monotonic() - began
    state = json.loads((folder / "search" / "state.json").read_text())
    size = sum(file.stat().st_size for file in (folder / "search" / state["folder"]).iterdir()) / 1e6
    baseline = json.loads(manage(env, "shell", "--verbosity", "0", "--command", CONTAINMENT))
    with running(env, *OURS, "--port", "PORT", "frodo.asgi:application") as server:
        before, began_cpu = memory_of(server), server.cpu()
        figures = ask_all(server)
        after, cpu = memory_of(server), (server.cpu() - began_cpu) * 1000 / len(figures)
    p95, theirs = percentile(figures, 95), percentile(baseline, 95)
    return Row(
        f"search while typing, {n:,} posts, p95, {database}",
        f"{p95:.0f} ms",
        "containment, the query alone",
        f"{theirs:.0f} ms",
        f"{p95 / theirs:.2f}",
        f"{GOAL_MS} ms",
        p95 <= GOAL_MS,
        f"{len(figures)} different queries over HTTP, one after the other, none kept: median "
        f"{percentile(figures, 50):.0f} ms, slowest {max(figures):.0f}, {cpu:.0f} ms of processor time each. "
        f"Containment: median {percentile(baseline, 50):.0f} ms. Index {size:.0f} MB, built in {built:.0f} s by the "
        f"command; the server's memory grew from {before:.0f} to {after:.0f} MB, with the pages of the index that it "
        "shares with the system's cache.",
    )


def ask_all(server: Server) -> list[float]:
    connection, figures = HTTPConnection("127.0.0.1", server.port, timeout=60), []
    for query in ["warm", "热身", *queries()]:
        began = time.perf_counter()
        connection.request("GET", f"/search/results/?q={quote(query)}", headers={"Host": "localhost"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, (query, answer.status)
        figures.append((time.perf_counter() - began) * 1000)
    connection.close()
    return figures[2:]


def memory_of(server: Server) -> float:
    """Megabytes of the process that are in memory."""
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def percentile(figures: list[float], percent: int) -> float:
    return sorted(figures)[min(len(figures) - 1, len(figures) * percent // 100)]


def main() -> None:
    found = rows("--quick" in sys.argv)
    print(markdown(["what", "ours", "baseline", "ratio", "goal", "met"], [row.cells() for row in found]))
    print(*(row.note for row in found), sep="\n")


if __name__ == "__main__":
    main()
