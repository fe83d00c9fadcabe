"""What the server's process holds."""

import os
from contextlib import suppress
from pathlib import Path

from tests.server import Server

MB = 1024
"""In the kB of /proc."""
LISTENS = "0A"


def n_clients(server: Server, process: int | None = None) -> int:
    """How many connections it has not closed, be their other end long gone."""
    return len(clients(server, process or server.process.pid))


def clients(server: Server, process: int) -> list[int]:
    """Their ports."""
    pending = set()
    for file in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):  # it was closed meanwhile
            pending.add(os.readlink(file))
    ports = []
    for line in Path(f"/proc/{process}/net/tcp").read_text().splitlines()[1:]:
        _n, ours, theirs, state, *_other, inode = line.split()[:10]
        if ours.endswith(f":{server.port:04X}") and state != LISTENS and f"socket:[{inode}]" in pending:
            ports.append(int(theirs.rpartition(":")[2], 16))
    return ports


def memory(server: Server) -> int:
    """What the process holds, in kB."""
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
