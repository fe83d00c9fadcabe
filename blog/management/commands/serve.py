import contextlib
import socket
import sys
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from deploy.install import ended, languages, open_socket

ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104


class Command(BaseCommand):
    help = "Prepares the site, and serves it in this process; `make run` calls it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("host", help="the IP address to listen on")
        parser.add_argument("port", type=int)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        with override(languages[0].replace("_", "-").lower()):
            sys.exit(ended(lambda: serve(host, port)))


def serve(host: str, port: int) -> None:
    shown = "127.0.0.1" if host in ANY_ADDRESS else f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{port}/"
    with open_socket(host, port) as opened:  # a port in use is found before the database is prepared, and kept
        call_command("prepare_site", url=url)
        if host in ANY_ADDRESS and "*" not in settings.ALLOWED_HOSTS:
            print_allowed_hosts(host)
        run(url, opened)


def print_allowed_hosts(host: str) -> None:
    names = [socket.gethostname().lower()]
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # chooses the network; nothing is sent
        names.insert(0, probe.getsockname()[0])
    if new := [name for name in names if name not in settings.ALLOWED_HOSTS]:
        line = _(
            "HOST is {host}: other machines may connect. They will see the blog only if you name the addresses "
            "they use, here or in .env: ALLOWED_HOSTS={hosts}"
        )
        print(line.format(host=host, hosts=",".join([*settings.ALLOWED_HOSTS, *new])), flush=True)


def run(url: str, opened: socket.socket) -> None:
    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(_("Your blog: {url}    (Ctrl-C stops it)").format(url=url), flush=True)

    config = uvicorn.Config(
        "frodo.asgi:application",
        http="frodo.protocols:Http",
        ws="frodo.protocols:WebSocket",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # settings.TRUSTED_PROXIES says whom to believe
        ws_per_message_deflate=False,  # it would double the memory of an open page
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=10,
    )
    server = Server(config)
    server.run(sockets=[opened])
    if not server.started:
        raise SystemExit(3)
