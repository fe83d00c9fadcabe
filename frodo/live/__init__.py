"""The hub: what happens to a post reaches every open page of it (docs/live.md).

In each process, and there for each event loop, one hub is the only member of a room's group on the channel
layer. It writes one ready text to all its sockets of that room. The layer may lose messages; the numbers
show it, and what is missing is read from the source once for all sockets.
"""

from .hub import Hub, current_hub, hubs, n_sockets, publish, send_to_group, tell_writing
from .listener import GONE, LATER, MAX_WAITING, TOO_SLOW, Listener
from .room import Backlog, Room, Source, room_name

__all__ = [
    "GONE",
    "LATER",
    "MAX_WAITING",
    "TOO_SLOW",
    "Backlog",
    "Hub",
    "Listener",
    "Room",
    "Source",
    "current_hub",
    "hubs",
    "n_sockets",
    "publish",
    "room_name",
    "send_to_group",
    "tell_writing",
]
