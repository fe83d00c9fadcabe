"""The second half of `make run`, inside .venv: the database, the files, a first author, and the server.

Django is set up once, in the process that serves; only what has changed is done again.
"""

import hashlib
import os
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from install import SITE, VENV, explained, how_to_add_mysql, open_socket, port_problem, required
from messages import Stop, complain, say, speak_any_terminal, stop, text


def main(host: str, port: int) -> int:
    speak_any_terminal()
    try:
        set_up_django()
        prepare(url_of(host, port))
        say_allowed_hosts(host)
        serve(host, port)
    except Stop as problem:
        return complain(problem)
    except KeyboardInterrupt:
        say("stopped")
    except OSError as error:
        return complain(explained(error))
    return 0


def url_of(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ANY_ADDRESS else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frodo.settings")
    try:
        import django
        from django.core.exceptions import ImproperlyConfigured
    except ModuleNotFoundError as error:
        raise stop("damaged", path=VENV.name, reason=error) from error
    try:
        django.setup()
    except ModuleNotFoundError as error:
        raise stop("damaged", path=VENV.name, reason=error) from error
    except ImproperlyConfigured as error:
        if "MySQLdb" in str(error):
            requirement = next(line for line in required(SITE) if line.startswith("mysqlclient"))
            raise stop("mysql_missing", **how_to_add_mysql(requirement)) from error
        raise stop("failed", reason=error) from error


def prepare(url: str) -> None:
    from django.conf import settings
    from django.db import DatabaseError, connections

    try:
        settings.DATA_DIR.mkdir(exist_ok=True)
        migrate()
        collect_static()
        username, password = first_author()
    except DatabaseError as error:
        raise stop("database", reason=error) from error
    finally:
        connections.close_all()
    if password:
        line = "=" * 78
        greeting = text("author", url=url, username=username, password=password)
        print(f"\n{line}\n{greeting}\n{line}\n", flush=True)


def migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("migrating")
        call_command("migrate", verbosity=0, interactive=False)


def collect_static() -> None:
    """Collects when a source file is new or changed. With DEBUG on, files come from where they are written."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    if settings.DEBUG:
        return
    known = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = os.stat(storage.path(name))
            known.update(f"{name} {file.st_size} {file.st_mtime_ns}\n".encode())
    stamp = settings.STATIC_ROOT / ".sources"
    if stamp.exists() and stamp.read_text() == known.hexdigest():
        return
    # Its files are for pages that the API does not have.
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=["rest_framework"])
    stamp.write_text(known.hexdigest())


def first_author() -> tuple[str, str]:
    """An author and demo posts for an empty blog: the name, and a password that is never stored as such."""
    from django.db import transaction

    from accounts.authors import create_author
    from accounts.models import User
    from blog.models import Page, Post
    from blog.transfer.demo import write_demo

    if any(model.objects.exists() for model in (User, Post, Page)):
        return "", ""
    with transaction.atomic():
        author, password = create_author("author")
        write_demo(author)
    return author.username, password


def say_allowed_hosts(host: str) -> None:
    from django.conf import settings

    if host not in ANY_ADDRESS or "*" in settings.ALLOWED_HOSTS:
        return
    wanted = [*settings.ALLOWED_HOSTS, *(name for name in own_names() if name not in settings.ALLOWED_HOSTS)]
    if wanted != settings.ALLOWED_HOSTS:
        say("open_to_network", host=host, hosts=",".join(wanted))


def own_names() -> list[str]:
    """What other machines may call this one: its address on the network, and its name."""
    names = [socket.gethostname().lower()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # chooses the way out; nothing is sent
            names.insert(0, probe.getsockname()[0])
        except OSError:
            pass
    return names


def serve(host: str, port: int) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                say("serving", url=url_of(host, port))

    try:
        opened = open_socket(host, port)
    except OSError as error:
        raise port_problem(error, host, port) from error
    config = uvicorn.Config(
        "frodo.asgi:application",
        http="frodo.clients:Http",
        ws="frodo.clients:WebSocket",
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
