"""What docs/installing.md asks of systemd, in a root without it: `python -m tests.operation.small_systemd ROOT`.

It runs in namespaces of its own, reads the units that were copied to /etc/systemd/system, and starts them with their
user, environment, state directory, read-only root and socket. `systemctl` in the root asks it by /run/systemctl.
Services of Debian's packages are started by their scripts in /etc/init.d.
"""

import json
import re
import shlex
import socket
import socketserver
import subprocess
import sys
import tempfile
from configparser import RawConfigParser
from pathlib import Path

from tests.systemd import listening_socket, unit

CLIENT = """\
#!/usr/bin/python3
import json, socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect("/run/systemctl")
    connection.sendall(json.dumps(sys.argv[1:]).encode() + b"\\n")
    sys.exit(connection.makefile().read() or None)
"""
# $0 is the root, $1 the state directory, $2 the descriptor that becomes 3 or nothing.
SANDBOX = """\
mount --bind "$0$1" "$0$1" && mount -o remount,ro,bind "$0" && mount -t tmpfs tmpfs "$0/tmp" || exit 1
if [ -n "$2" ]; then exec 3<&"$2"; fi
exec "${@:3}"
"""


class Systemd:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "etc/systemd/system"
        self.units: dict[str, RawConfigParser] = {}
        self.sockets: dict[str, socket.socket] = {}
        self.running: dict[str, subprocess.Popen] = {}

    def systemctl(self, verb: str, *words: str) -> None:
        if verb == "daemon-reload":
            self.units = {path.name: unit(path.name, self.folder) for path in self.folder.glob("frodo*")}
            return
        names = [word if "." in word else f"{word}.service" for word in words if word != "--now"]
        for name in names:
            package = name.removesuffix(".service")
            if name in self.units:
                getattr(self, verb)(name, *(["--now"] if "--now" in words else []))
            elif (self.root / "etc/init.d" / package).exists():
                self.run("chroot", self.root, "service", package, verb)
            else:
                raise KeyError(f"Unit {name} not found.")

    def enable(self, name: str, now: str = "") -> None:
        assert self.units[name]["Install"]["WantedBy"]
        if now:
            self.start(name)

    def start(self, name: str) -> None:
        if name.endswith(".socket"):
            port = self.units[name]["Socket"]["ListenStream"].removeprefix("127.0.0.1:")
            self.sockets[name] = listening_socket(self.folder, int(port))
            return
        service = self.units[name]["Service"]
        if service.get("Type") == "oneshot":
            for line in self.lines(name, "ExecStart"):
                self.run(*self.command(name, line))
            return
        for required in self.units[name]["Unit"].get("Requires", "").split():
            assert required in self.sockets, f"{name} requires {required}"
        [line] = self.lines(name, "ExecStart")
        inherited = [each.fileno() for each in self.sockets.values()]
        with (self.root / f"var/log/{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.command(name, line, *inherited), stdout=log, stderr=log, pass_fds=inherited
            )

    def stop(self, name: str) -> None:
        process = self.running.pop(name)
        process.terminate()
        process.wait(int(self.units[name]["Service"].get("TimeoutStopSec", 90)))

    def restart(self, name: str) -> None:
        self.stop(name)
        self.start(name)

    def reload(self, name: str) -> None:
        [line] = self.lines(name, "ExecReload")
        self.run(*self.command(name, line.replace("$MAINPID", str(self.running[name].pid))))

    def lines(self, name: str, key: str) -> list[str]:
        """A unit may have several of a key, of which a parser of INI files keeps the last."""
        text = (self.folder / name).read_text().replace("\\\n", " ")
        return re.findall(rf"^{key}=(.+)$", text, re.MULTILINE)

    def command(self, name: str, line: str, descriptor: int | str = "") -> list[object]:
        service = self.units[name]["Service"]
        assert service["ProtectSystem"] == "strict"
        user, group, state = service["User"], service["Group"], f"/var/lib/{service['StateDirectory']}"
        self.run("chroot", self.root, "install", "-d", f"--owner={user}", f"--group={group}", state)
        settings = (self.root / service["EnvironmentFile"].lstrip("/")).read_text().splitlines()
        environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", f"HOME={state}"]
        environment += [each for each in settings if each.strip() and each[0] not in "#;"]
        sandbox = ["unshare", "--mount", "bash", "-c", SANDBOX, self.root, state, str(descriptor)]
        workdir = f"--chdir={service['WorkingDirectory']}"
        inside = ["chroot", f"--userspec={user}:{group}", self.root, "env", "-i", workdir, *environment]
        umask = ["sh", "-c", f'umask {service["UMask"]} && exec "$@"', "-"]
        return [*sandbox, *inside, *umask, *shlex.split(line.replace("$$", "$"))]

    @staticmethod
    def run(*command: object) -> None:
        # No pipe: a daemon would keep it open.
        with tempfile.TemporaryFile("w+") as log:
            status = subprocess.run(
                list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            ).returncode
            log.seek(0)
            assert status == 0, f"{command} ended with {status}\n{log.read()[-3000:]}"


class Request(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        try:
            self.server.systemd.systemctl(*json.loads(self.rfile.readline()))
        except Exception as error:
            self.wfile.write(f"{type(error).__name__}: {error}".encode())


if __name__ == "__main__":
    root = Path(sys.argv[1])
    client = root / "usr/local/sbin/systemctl"
    client.write_text(CLIENT)
    client.chmod(0o755)
    with socketserver.UnixStreamServer(str(root / "run/systemctl"), Request) as server:
        server.systemd = Systemd(root)
        server.serve_forever()
