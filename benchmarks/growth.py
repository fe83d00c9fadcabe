"""How the cost of pages grows from 20 posts to 20,000 posts with 200,000 comments, on SQLite and on MariaDB.

python -m benchmarks growth
"""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.large_site import COMMENTS_PER_POST
from benchmarks.mariadb import Missing, mariadb
from benchmarks.serving import UVICORN, Server, children_of, cpu_of, environment, manage, running
from benchmarks.table import markdown

SMALL, LARGE = SIZES = 20, 20_000
GOAL, SEARCH_GOAL = 1.3, 3
PUBLIC = {
    "front page": "/",
    "last page of the front page": "/page/{last}/",
    "post page": "/post/post-3/",
    "discussion, best first": "/post/post-3/comments/?order=best",
    "tags": "/tags/",
    "tag page": "/tag/tag-4/",
    "topics": "/topics/",
    "topic page": "/topic/topic-0/",
    "archives": "/archives/",
    "archive of a year": "/archives/{year}/",
    "Atom feed": "/atom.xml",
    "feed of all comments": "/comments.xml",
    "sitemap": "/sitemap.xml",
    "activities": "/activities/",
    **{f"API: posts, {order}": f"/api/posts/?order={order}" for order in ("newest", "updated", "popular")},
    "API: tags": "/api/tags/",
    "search, found in all": "/search/?q=river",
    "search, found in one": "/search/?q=number-7-only",
}
ADMIN = {"admin: posts": "/admin/blog/post/", "admin: comments": "/admin/blog/comment/"}
SEED = """
from django.test import Client
from accounts.models import User
from benchmarks.large_site import fill
from blog.posts.counts import counts
fill({n})
ann = User.objects.get(username="ann")
browser = Client()
browser.force_login(ann)
years = counts().years[""]
from blog.search.indexing import update_index
update_index()
print(-(-counts().posts // 10), max(years, key=years.get), browser.cookies["sessionid"].value)
"""


def cost(quick: bool = False) -> dict:
    lines, skipped = [], ""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with ExitStack() as stack:
            lines += compared("SQLite", *(stack.enter_context(site(folder / f"sqlite-{n}", n)) for n in SIZES), quick)
        try:
            with ExitStack() as stack:
                sites = []
                for n in SIZES:
                    place = folder / f"mariadb-{n}"
                    place.mkdir()
                    url = stack.enter_context(mariadb(place))
                    sites.append(stack.enter_context(site(place / "site", n, url)))
                lines += compared("MariaDB", *sites, quick)
        except Missing as missing:
            skipped = f" MariaDB was skipped: {missing}."
    return {
        "note": f"Milliseconds of processor time of one request, with the server of MariaDB where it is ours, without "
        f"the page cache. {LARGE:,} posts have {LARGE * COMMENTS_PER_POST:,} comments; posts are counted before, "
        "and a page of the archives lists 20. Both sites are asked in turn; the ratio is the median of all rounds. "
        f"The goal is {GOAL} times the cost at {SMALL} posts, of a search {SEARCH_GOAL} times.{skipped}",
        "head": ["page", "database", f"{SMALL} posts", f"{LARGE:,} posts", "ratio", "met"],
        "lines": lines,
    }


@contextmanager
def site(folder: Path, n: int, url: str = "") -> Iterator["Site"]:
    """A site of `n` posts that is running."""
    folder.mkdir(exist_ok=True)
    env = environment(folder, DATABASE_URL=url or f"sqlite:///{folder / 'frodo.sqlite3'}", DATA_DIR=str(folder))
    manage(env, "migrate", "--verbosity", "0")
    last, year, session = manage(env, "shell", "--verbosity", "0", "--command", SEED.format(n=n)).split()
    with running(env, *UVICORN, "--port", "PORT", "benchmarks.sites:ours") as server:
        yield Site(
            server, {name: path.format(last=last, year=year) for name, path in (PUBLIC | ADMIN).items()}, session
        )


@dataclass
class Site:
    server: Server
    paths: dict[str, str]
    session: str

    def ask(self, page: str, n: int) -> float:
        """Milliseconds of processor time of one of `n` requests, one after the other."""
        path = self.paths[page]
        headers = {"Host": "localhost"}
        headers |= {"Cookie": f"sessionid={self.session}"} if path.startswith("/admin/") else {}
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        before = self.cpu()
        for _ in range(n):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
        connection.close()
        return (self.cpu() - before) * 1000 / n

    def cpu(self) -> float:
        databases = [pid for pid in children_of(os.getpid()) if is_database(pid)]
        return self.server.cpu() + sum(map(cpu_of, databases))


def compared(database: str, small: Site, large: Site, quick: bool) -> list[list[str]]:
    lines, (n_rounds, n) = [], (3, 10) if quick else (9, 25)
    for page in small.paths:
        for each in (small, large):
            each.ask(page, 3)
        rounds = [(small.ask(page, n), large.ask(page, n)) for _ in range(n_rounds)]
        few, many = (median(figures) for figures in zip(*rounds, strict=True))
        ratio = median(many / few for few, many in rounds)
        met = "yes" if ratio <= (SEARCH_GOAL if page.startswith("search") else GOAL) else "**no**"
        lines.append([page, database, f"{few:.1f}", f"{many:.1f}", f"{ratio:.2f}", met])
    return lines


def is_database(pid: int) -> bool:
    return Path(f"/proc/{pid}/comm").read_text().strip() in {"mariadbd", "mysqld"}


def main() -> None:
    table = cost("--quick" in sys.argv)
    print(table["note"])
    print(markdown(table["head"], table["lines"]))


if __name__ == "__main__":
    main()
