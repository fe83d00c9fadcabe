"""Readers and writers who go on while things break."""

import threading
from collections import Counter
from itertools import count

from tests.server import Server


class Traffic:
    """`with Traffic(servers, slug) as traffic:`; what was answered is in `read` and `written`."""

    def __init__(self, servers: list[Server], slug: str, *paths: str) -> None:
        self.servers = servers
        self.slug = slug
        self.paths = paths
        self.read: Counter = Counter()
        self.written: list[tuple[str, int, object]] = []
        """Of each comment its text, the status and what else was said."""
        self.numbers = count()
        self.enough = threading.Event()
        self.threads = [
            threading.Thread(target=work, args=(server,)) for server in servers for work in (self.reads, self.writes)
        ]

    def __enter__(self) -> "Traffic":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exception) -> None:
        self.enough.set()
        for thread in self.threads:
            thread.join()

    def reads(self, server: Server) -> None:
        for n in count():
            if self.enough.wait(0.02):
                return
            path = self.paths[n % len(self.paths)]
            # Every other time past the cache.
            self.read[server.ask(path if n % 2 else f"/search/?q=word{n}")[0]] += 1

    def writes(self, server: Server) -> None:
        while not self.enough.wait(0.05):
            text = f"Number {next(self.numbers)}"
            status, said = server.ask(f"/api/posts/{self.slug}/comments/", {"text": text, "name": "Bob"})
            self.written.append((text, status, said))
