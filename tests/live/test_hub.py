"""The hub when the layer loses messages, brings them late, or a reader does not read."""

import asyncio

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from frodo import channel_layer, live
from frodo.circuit_breaker import CircuitBreaker
from frodo.live import Backlog, Hub, Listener
from tests.live.sockets import until


class Book:
    """A source that counts how often it is asked."""

    name = "book"

    def __init__(self, n: int = 0) -> None:
        self.frames = [(i + 1, f"frame {i + 1}") for i in range(n)]
        self.asked = 0
        self.oldest = 1

    async def since(self, key, n):
        self.asked += 1
        latest = len(self.frames)
        if n is None:
            return Backlog(latest, [])
        return Backlog(latest, self.frames[n:] if n + 1 >= self.oldest else None)

    async def latest(self, keys):
        return dict.fromkeys(keys, len(self.frames))

    def rewrites_history(self, text):
        return "rewrite" in text

    async def write(self, text: str | None = None, *, tell: bool = True) -> None:
        n = len(self.frames) + 1
        self.frames.append((n, text or f"frame {n}"))
        if tell:
            await live.send_to_group(live.room_name(self.name, 1), *self.frames[-1])


class Reader(Listener):
    __slots__ = ("door", "heard")

    def __init__(self) -> None:
        super().__init__({}, self.take)
        self.heard: list = []
        self.door = asyncio.Event()
        self.door.set()

    async def take(self, message) -> None:
        await self.door.wait()
        self.heard.append(message.get("text", message.get("code")))


async def join(hub: Hub, book: Book, since: int | None = None) -> Reader:
    reader = Reader()
    room = await hub.join(book, 1, reader)
    reader.catch_up(await room.backlog(since))
    return reader


def frames(first: int, last: int) -> list[str]:
    return [f"frame {n}" for n in range(first, last + 1)]


@pytest.fixture
def story():
    """Run an async test with a book and a hub."""

    def run(test, readers=3):
        async def whole():
            book, hub = Book(), live.current_hub()
            here = [await join(hub, book) for _ in range(readers)]
            await test(book, hub, here)
            for listener in [each for room in list(hub.rooms.values()) for each in list(room.listeners)]:
                await hub.leave(listener)
            assert live.hubs == {}

        async_to_sync(whole)()

    return run


def test_a_gap_is_filled_with_one_question_for_all(story):
    async def test(book, hub, readers):
        asked = book.asked
        await book.write()
        for _ in range(3):
            await book.write(tell=False)  # the layer lost them
        await book.write()

        await until(lambda: all(reader.heard[1:] == frames(1, 5) for reader in readers))
        assert book.asked == asked + 1

    story(test)


def test_numbers_that_come_in_disorder_are_told_in_order_without_a_question(story):
    async def test(book, hub, readers):
        asked = book.asked
        for _ in range(3):
            await book.write(tell=False)
        for n in (2, 3, 1):
            await live.send_to_group("live.book.1", *book.frames[n - 1])

        await until(lambda: all(reader.heard[1:] == frames(1, 3) for reader in readers))
        assert book.asked == asked

    story(test)


def test_what_comes_twice_is_told_once(story):
    async def test(book, hub, readers):
        await book.write()
        await live.send_to_group("live.book.1", *book.frames[0])
        await book.write()

        await until(lambda: all(reader.heard[1:] == frames(1, 2) for reader in readers))

    story(test)


def test_a_gap_that_cannot_be_filled_is_a_reset(story):
    async def test(book, hub, readers):
        for _ in range(3):
            await book.write(tell=False)
        book.oldest = 3
        await book.write()

        await until(lambda: all(reader.heard[1:] == [live.listener.reset_frame(4)] for reader in readers))
        await book.write()
        await until(lambda: all(reader.heard[-1] == "frame 5" for reader in readers))

    story(test)


def test_the_last_one_lost_is_found_by_the_sweep(story, monkeypatch):
    monkeypatch.setattr(live, "SWEEP", 0.02)

    async def test(book, hub, readers):
        await book.write(tell=False)

        await until(lambda: all(reader.heard[1:] == frames(1, 1) for reader in readers))

    story(test)


def test_who_does_not_read_is_let_go_and_the_others_go_on(story):
    async def test(book, hub, readers):
        slow, *others = readers
        slow.door.clear()
        for _ in range(live.MAX_WAITING + 2):
            await book.write()
        await until(lambda: all(len(reader.heard) == live.MAX_WAITING + 3 for reader in others))
        assert slow.gone
        assert not slow.waiting

        slow.door.set()
        await until(lambda: slow.heard[-1] == live.TOO_SLOW)
        assert len(slow.heard) < 5

    story(test)


def test_who_reads_late_hears_all_in_order(story):
    async def test(book, hub, readers):
        readers[0].door.clear()
        for _ in range(50):
            await book.write()
        await until(lambda: len(readers[1].heard) == 51)

        readers[0].door.set()

        await until(lambda: readers[0].heard[1:] == frames(1, 50))

    story(test)


def test_after_a_rewriting_frame_older_ones_are_not_told_from_memory(story):
    async def test(book, hub, readers):
        await book.write("a slip of the tongue")
        await book.write("rewrite")
        await until(lambda: len(readers[0].heard) == 3)
        book.frames[0] = (1, "")

        late = await join(hub, book, since=0)

        assert late.heard[1:] == ["", "rewrite"]

    story(test)


def test_each_event_loop_has_a_hub_of_its_own(story):
    async def test(book, hub, readers):
        assert live.hubs == {asyncio.get_running_loop(): hub}

    story(test)
    story(test)


class CircuitOpen:
    """A channel layer whose server is away until `back`."""

    def __init__(self) -> None:
        self.layer = get_channel_layer()
        self.back = False

    def __getattr__(self, name):
        call = getattr(self.layer, name)

        async def ask(*args, **kwargs):
            if not self.back:
                raise ConnectionError("away")
            return await call(*args, **kwargs)

        return ask


def test_while_the_layer_is_away_events_come_by_asking_and_then_by_the_layer_again(monkeypatch, caplog):
    monkeypatch.setattr(live, "SWEEP", 0.02)
    away = CircuitOpen()
    monkeypatch.setattr(live.channel_layer, "configured_layer", lambda: away)
    monkeypatch.setattr(channel_layer, "outage", CircuitBreaker("Redis"))

    async def whole():
        book, hub = Book(), live.current_hub()
        reader = await join(hub, book)
        await book.write(tell=False)
        await until(lambda: reader.heard[1:] == frames(1, 1))

        away.back = True
        await until(lambda: not hub.layer_is_away)
        await until(lambda: all(room.joined_layer for room in hub.rooms.values()))
        monkeypatch.setattr(live, "SWEEP", 1000)
        await book.write()
        await until(lambda: reader.heard[1:] == frames(1, 2))
        await hub.leave(reader)
        assert live.hubs == {}

    async_to_sync(whole)()
    assert caplog.text.count("Redis is away") == 1


def test_publishing_never_fails(monkeypatch, caplog):
    away = CircuitOpen()
    monkeypatch.setattr(channel_layer, "get_channel_layer", lambda: away)
    monkeypatch.setattr(channel_layer, "outage", CircuitBreaker("Redis"))

    live.publish("book", 1, 1, "frame 1")

    assert "was not sent" in caplog.text
