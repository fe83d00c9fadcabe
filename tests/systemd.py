"""The units in deploy/ as systemd reads them."""

import configparser
import re
import socket
from pathlib import Path

from tests.server import ROOT

DEPLOY = ROOT / "deploy"


def unit(name: str, folder: Path = DEPLOY) -> configparser.RawConfigParser:
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str
    read.read_string((folder / name).read_text().replace("\\\n", " "))
    return read


def service_options() -> list[str]:
    """uvicorn's, except for the inherited socket."""
    command = unit("frodo.service")["Service"]["ExecStart"]
    return re.sub(r".*frodo\.asgi:application|--fd \d+", "", command).split()


def listening_socket(folder: Path = DEPLOY, port: int = 0) -> socket.socket:
    """As systemd makes it from frodo.socket; by default on a free port."""
    options = unit("frodo.socket", folder)["Socket"]
    made = socket.socket(socket.AF_INET)
    if options.getboolean("NoDelay", fallback=False):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.bind(("127.0.0.1", port))
    made.listen(options.getint("Backlog"))
    return made
