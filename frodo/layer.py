"""What is said on the channel layer, whose server may be away: no writer waits for it for long, and few wait at all."""

import asyncio
from weakref import WeakKeyDictionary

from channels.layers import BaseChannelLayer, get_channel_layer

from frodo.outages import Outage

TIMEOUT = 2.0
"""Seconds it may take for anything, before we go on without it."""
outages: WeakKeyDictionary[BaseChannelLayer, Outage] = WeakKeyDictionary()


async def send_to_group(group: str, message: dict) -> None:
    """Raises what the layer's server throws at us, or Away without asking. Who was not told finds it by asking."""
    layer = get_channel_layer()
    outage = outages.setdefault(layer, Outage("The channel layer"))
    with outage.asking(Exception):
        async with asyncio.timeout(TIMEOUT):
            await layer.group_send(group, message)
