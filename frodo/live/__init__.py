"""Websocket hub: sends events to every open page (docs/live.md).

Each process has one hub per event loop, which is the only member of a room's group on the channel layer and writes one
serialized message to all its sockets of that room. The layer may lose messages; event numbers reveal it, and what is
missing is read from the source once for all sockets.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError

from frodo import channel_layer, metrics
from frodo.circuit_breaker import PAUSE
from frodo.live import presence
from frodo.live.listener import GONE, LATER, MAX_WAITING, TOO_SLOW, Listener
from frodo.live.room import Backlog, Room, Source, room_name

logger = logging.getLogger(__name__)

SWEEP = 5.0
"""Seconds between checks of the source, which find events that the layer lost."""


def publish(source: str, key: int, n: int, text: str) -> None:
    """Publish an event to all processes after the commit. Never fails: the event is stored and will be found."""
    metrics.EVENTS.labels(source).inc()
    room = room_name(source, key)
    channel_layer.sender.send(room, event_message(room, n, text))


async def send_to_group(room: str, n: int, text: str) -> None:
    await channel_layer.send_to_group(room, event_message(room, n, text))


def event_message(room: str, n: int, text: str) -> dict:
    return {"type": "live.event", "room": room, "n": n, "text": text}


def tell_writing(source: str, key: int, name: str) -> None:
    """Publish a typing indicator. May be lost."""
    room = room_name(source, key)
    channel_layer.sender.send(room, {"type": "live.writing", "room": room, "name": name})


async def signal(source: str, key: int, text: str) -> None:
    """Send a frame without a number, which is not stored, to everybody in a room. May be lost."""
    room = room_name(source, key)
    await channel_layer.sender.try_to_send(room, {"type": "live.signal", "room": room, "text": text})


class Hub:
    """All rooms with open sockets on one event loop."""

    def __init__(self) -> None:
        self.layer = channel_layer.configured_layer()
        self.rooms: dict[str, Room] = {}
        self.lock = asyncio.Lock()  # one at a time joins and leaves groups
        self.channel: str | None = None
        self.tasks: list[asyncio.Task] = []
        self.layer_is_away = False
        self.next_try = 0.0

    async def join(self, source: Source, key: int, listener: Listener) -> Room:
        name = room_name(source.name, key)
        room = self.rooms.get(name)
        if room is None:
            room = self.rooms[name] = Room(source, key)
        listener.room = room
        room.listeners.add(listener)
        if not self.tasks:
            self.tasks.append(asyncio.create_task(self.sweep()))
            if settings.SHOW_PRESENCE:
                self.tasks.append(asyncio.create_task(self.beat()))
        room.presence.told = None  # the newcomer knows nothing
        if not self.layer_is_away:
            await self.join_layer(room)
        return room

    async def leave(self, listener: Listener) -> None:
        room, listener.room = listener.room, None
        if room is None:
            return
        listener.gone = True
        room.listeners.discard(listener)
        if room.listeners or self.rooms.get(room.name) is not room:
            return
        del self.rooms[room.name]
        if room.filling is not None:
            room.filling.cancel()
        async with self.lock:
            channel = self.channel
            if room.joined_layer and channel is not None and room.name not in self.rooms:
                if settings.SHOW_PRESENCE:
                    await self.tell_number(room)
                await self.ask_layer(lambda: self.layer.group_discard(room.name, channel))
        if not self.rooms:
            for task in self.tasks:
                task.cancel()
            forget(self)

    async def join_layer(self, room: Room) -> None:
        async with self.lock:
            if room.joined_layer or room.name not in self.rooms:
                return
            channel = self.channel
            if channel is None:
                channel = self.channel = await self.ask_layer(lambda: self.layer.new_channel())
                if channel is None:
                    return
                self.tasks.append(asyncio.create_task(self.listen(channel)))
            await self.ask_layer(lambda: self.layer.group_add(room.name, channel))
            room.joined_layer = not self.layer_is_away

    async def ask_layer(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """The layer's response; None, with a mark, if its server is down, so that others do not wait as well."""
        if self.layer_is_away and time.monotonic() < self.next_try:
            return None
        try:
            async with asyncio.timeout(channel_layer.TIMEOUT):
                answer = await call()
        except channel_layer.ERRORS as error:
            channel_layer.outage.begin(error, 0)
            self.layer_is_away, self.next_try = True, time.monotonic() + PAUSE
            return None
        if self.layer_is_away:
            channel_layer.outage.end()
        self.layer_is_away = False
        return answer

    async def listen(self, channel: str) -> None:
        while True:
            try:
                message = await self.layer.receive(channel)
            except channel_layer.ERRORS as error:
                logger.warning("Live: nothing can be heard from the channel layer: %r", error)
                await asyncio.sleep(1)
                continue
            room = self.rooms.get(message["room"])
            if room is not None:
                self.hear(room, message)

    def hear(self, room: Room, message: dict) -> None:
        match message["type"]:
            case "live.event":
                room.hear(message["n"], message["text"])
            case "live.signal":
                room.whisper(message["text"])
            case "live.writing":
                room.presence.hear_writing(message["name"], time.monotonic())
            case "live.reading" if message["hub"] != self.channel:
                room.presence.hear_number(message["hub"], message["n"], time.monotonic())

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(presence.PULSE)
            for room in list(self.rooms.values()):
                now, own = time.monotonic(), len(room.listeners)
                if room.joined_layer and room.presence.is_due(own, now):
                    await self.tell_number(room)
                if text := room.presence.news(own, now):
                    room.whisper(text)

    async def tell_number(self, room: Room) -> None:
        message = {"type": "live.reading", "room": room.name, "hub": self.channel, "n": len(room.listeners)}
        await self.ask_layer(lambda: self.layer.group_send(room.name, message))

    async def sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            try:
                await self.sweep_once()
            except (DatabaseError, OSError):  # the next one will do it
                logger.exception("Live: looking for lost events failed")

    async def sweep_once(self) -> None:
        by_source: dict[str, list[Room]] = {}
        for room in list(self.rooms.values()):
            await self.join_layer(room)
            by_source.setdefault(room.source.name, []).append(room)
        for rooms in by_source.values():
            latest = await rooms[0].source.latest([room.key for room in rooms])
            for room in rooms:
                if room.key not in latest:
                    room.close(GONE)
                elif room.last is not None and latest[room.key] > room.last:
                    room.fill()
                    room.joined_layer = False  # perhaps the layer has forgotten us
                    await self.join_layer(room)


hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def current_hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in hubs:
        for other in [known for known in hubs if known.is_closed()]:
            del hubs[other]
        hubs[loop] = Hub()
    return hubs[loop]


def forget(hub: Hub) -> None:
    for loop, known in list(hubs.items()):
        if known is hub:
            del hubs[loop]


def n_sockets() -> int:
    return sum(len(room.listeners) for known in hubs.values() for room in known.rooms.values())


metrics.samplers.append(lambda: metrics.SOCKETS.set(n_sockets()))
