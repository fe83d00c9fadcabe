"""What a comment costs the other pages: readers of many posts while some of the posts are commented on.

    python -m benchmarks.purges [posts]

After each comment a hundred readers open posts, the popular ones more often, and the front page. Printed is the
processor time of a reader, where a comment makes stale its own post and the lists, and where it makes stale all.
"""

import asyncio
import os
import random
import sys
import tempfile
import time

N_ROUNDS, N_READERS = 20, 100


def main(n_posts: int = 300) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"ENV_FILE": os.devnull, "DATA_DIR": folder, "DEBUG": "false", "SECRET_KEY": "for measuring " * 4}
        from frodo.asgi import application, pages

        prepare(n_posts)
        for name, purge in (("its post and the lists", one_post), ("all pages", all_pages)):
            seconds, n_rendered = asyncio.run(read(application, pages, n_posts, purge))
            each = n_rendered / N_ROUNDS
            print(f"stale are {name:22}: {seconds * 1e6:6.0f} µs a reader, {each:4.1f} pages made anew")


def prepare(n_posts: int) -> None:
    from django.core.management import call_command

    from tests.factories import make_post

    call_command("migrate", verbosity=0)
    for n in range(n_posts):
        make_post(title=f"Post {n}", text="We walked along the river. " * 300, tags=("tea",), days_ago=n + 1)


def one_post(pk: int) -> None:
    from blog.cache_purging import purge_pages

    purge_pages(pk)


def all_pages(pk: int) -> None:
    from blog.cache_purging import purge_pages

    purge_pages()


async def read(application, pages, n_posts: int, purge) -> tuple[float, int]:
    await pages.start()
    chance = random.Random(7)
    popular = [1 / (n + 1) for n in range(n_posts)]
    for n in range(n_posts):
        await open_page(application, f"/post/post-{n}/")
    n_rendered, render = 0, pages.app

    async def counted(*asgi) -> None:
        nonlocal n_rendered
        n_rendered += 1
        await render(*asgi)

    pages.app = counted
    began = time.process_time()
    for _round in range(N_ROUNDS):
        await asyncio.to_thread(purge, chance.choices(range(1, n_posts + 1), popular)[0])
        for n in chance.choices(range(n_posts), popular, k=N_READERS):
            await open_page(application, f"/post/post-{n}/")
        await open_page(application, "/")
    seconds = (time.process_time() - began) / N_ROUNDS / (N_READERS + 1)
    pages.app = render
    await pages.stop()
    return seconds, n_rendered


async def open_page(application, path: str) -> None:
    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        assert message.get("status", 200) == 200

    headers = [(b"host", b"localhost"), (b"accept-encoding", b"br")]
    scope = {"type": "http", "method": "GET", "scheme": "http", "path": path, "query_string": b"", "headers": headers}
    await application(scope, receive, send)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
