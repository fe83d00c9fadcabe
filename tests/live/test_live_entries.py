"""The entries of a live post reach every open page: each of them, once, in order. On a real server."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.asyncio.client import connect

from tests.api.callers import UNLIMITED, Callers
from tests.server import Server

MAKE_POST = "from tests.factories import make_post; print(make_post(title='The match', live='live').pk)"
WRITERS = 4
AT_ONCE = 50
"""Connections that are opened at the same time."""


async def read(socket, n: int) -> list[dict]:
    """All frames up to the nth entry, and what comes within a moment after it."""
    frames: list[dict] = []
    missing = n
    async with asyncio.timeout(300):
        while missing:
            frames.append(json.loads(await socket.recv()))
            missing -= frames[-1]["type"] == "entry.posted"
    try:
        frames.append(json.loads(await asyncio.wait_for(socket.recv(), 0.2)))
    except TimeoutError:
        return frames
    raise AssertionError(f"One frame too many: {frames[-1]}")


@pytest.mark.parametrize(
    ("n_sockets", "n_entries"), [(20, 20), pytest.param(500, 200, marks=pytest.mark.quality)], ids=["few", "many"]
)
def test_every_open_page_gets_every_entry_once_and_in_order(tmp_path, n_sockets, n_entries, record_property):
    with Server(tmp_path, **UNLIMITED) as server:
        post = int(server.run(MAKE_POST))
        author = Callers(server)["author"]
        url = f"{server.url}/api/posts/the-match/entries/"

        def add(number: int) -> int:
            answer = author.post(url, json={"text": f"Entry **{number}**"}, timeout=60)
            assert answer.status_code == 201, answer.text
            return answer.json()["id"]

        async def listen() -> tuple[list[list[dict]], list[int], float]:
            address = f"ws://127.0.0.1:{server.port}/ws/posts/{post}/?since=0"
            sockets: list = []
            while len(sockets) < n_sockets:
                n = min(AT_ONCE, n_sockets - len(sockets))
                # No limit of waiting frames: pings are answered while a busy machine is behind.
                options = {"open_timeout": 60, "ping_interval": None, "max_queue": None}
                opened = [connect(address, origin=server.url, **options) for _ in range(n)]
                sockets += await asyncio.gather(*opened)
            for socket in sockets:
                assert json.loads(await socket.recv())["type"] == "hello"
            began = time.monotonic()
            loop = asyncio.get_running_loop()
            with ThreadPoolExecutor(WRITERS) as writers:
                adding = [loop.run_in_executor(writers, add, number) for number in range(n_entries)]
                pages = await asyncio.gather(*(read(socket, n_entries) for socket in sockets))
                ids = await asyncio.gather(*adding)
            seconds = time.monotonic() - began
            await asyncio.gather(*(socket.close() for socket in sockets))
            return pages, ids, seconds

        pages, ids, seconds = asyncio.run(listen())
        stored = [entry["id"] for entry in author.get(url, timeout=60).json()["entries"]]

    assert sorted(ids) == stored
    for frames in pages:
        assert [frame["data"]["entry"]["id"] for frame in frames] == stored
        assert [frame["n"] for frame in frames] == list(range(1, n_entries + 1))
    record_property("figure", f"live post: {n_entries} entries to {n_sockets} open pages in {seconds:.1f} s, 0 lost")
