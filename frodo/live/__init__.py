"""Websocket hub: sends events to every open page (docs/live.md).

Each process has one hub per event loop, which is the only member of a room's group on the channel layer and writes one
serialized message to all its sockets of that room. The layer may lose messages; event numbers reveal it, and what is
missing is read from the source once for all sockets.
"""

from frodo.live.hub import Hub, current_hub, hubs, n_sockets, publish, send_to_group, signal, tell_writing
from frodo.live.listener import GONE, LATER, MAX_WAITING, TOO_SLOW, Listener
from frodo.live.room import Backlog, Room, Source, room_name
