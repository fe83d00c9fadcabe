"""From a fresh clone to an installed site: what `make run` and `make test` do before Django can be imported.

Needs only the standard library. `manage.py serve` goes on inside .venv.
"""

import errno
import fcntl
import gettext
import hashlib
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "data" / "install.log"
SITE, TOOLS = "requirements.lock", "requirements-dev.lock"

NO_NETWORK = ("NewConnectionError", "ConnectTimeout", "ReadTimeout", "ProxyError", "(from versions: none)")
"""What pip's log shows when it cannot reach an index."""

locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
languages = ["zh_Hans"] if locale.startswith("zh") else ["en"]
_ = gettext.translation("django", ROOT / "locale", languages, fallback=True).gettext


class Stop(Exception):
    """Ends the command with one line for a person to read."""

    def __init__(self, line: str, **values: object) -> None:
        super().__init__(line.format(**values))


def main(arguments: list[str]) -> int:
    """`run` installs and serves; `tools` installs what tests and checks need besides."""
    os.chdir(ROOT)
    return ended(lambda: install(TOOLS) if arguments == ["tools"] else run())


def ended(work: Callable[[], object]) -> int:
    """Do it; return the exit code. What went wrong is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # where a terminal cannot show Chinese
    try:
        work()
    except KeyboardInterrupt:
        print(_("Stopped."), flush=True)
    except (Stop, OSError) as error:
        sys.stderr.write(f"{explained(error)}\n")
        return 1
    return 0


def explained(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return _("The disk is full. Make some room, then type the same command again.")
    if number in (errno.EROFS, errno.EACCES, errno.EPERM):
        line = _("Cannot write to {path}: {reason}. Frodo needs a folder it can write to.")
        return line.format(path=getattr(error, "filename", None) or ROOT, reason=os.strerror(number))
    return str(error) if isinstance(error, Stop) else _("Could not go on: {reason}").format(reason=error)


def run() -> None:
    host, port = (os.environ.get("HOST") or "127.0.0.1").strip("[]"), os.environ.get("PORT") or "8000"
    if not (port.isdecimal() and 1 <= int(port) <= 65535):
        raise Stop(_("PORT must be a number from 1 to 65535, not “{port}”. For example: PORT=8001 make run"), port=port)
    open_socket(host, int(port)).close()  # before minutes are spent on installing
    install(SITE)
    write_secret(ROOT / ".env")
    os.execv(PYTHON, [str(PYTHON), "manage.py", "serve", host, port])  # noqa: S606


def open_socket(host: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(1024)
    except OSError as error:
        opened.close()
        if error.errno == errno.EADDRINUSE:
            line = _("Port {port} is in use by another program. Choose another one: PORT={free} make run")
        elif error.errno in (errno.EACCES, errno.EPERM):
            line = _("Port {port} may not be opened by this user. Choose another one: PORT={free} make run")
        else:
            line = _("HOST “{host}” is not an address of this machine. For example: HOST=127.0.0.1 make run")
        free = port + 1 if 1024 <= port < 65535 else 8001
        raise Stop(line, host=host, port=port, free=free) from error
    return opened


def install(wanted: str) -> None:
    """Bring .venv up to a lock file. Costs nothing when that was done before."""
    if is_installed(wanted):
        return
    if not os.access(ROOT, os.W_OK):
        raise PermissionError(errno.EACCES, "", str(ROOT))
    with (ROOT / SITE).open(encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(_("Another installation is running in this folder; waiting for it ..."), flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        if is_installed(wanted):
            return
        LOG.parent.mkdir(exist_ok=True)
        LOG.write_text("", encoding="utf-8")
        usable = is_usable()
        if not usable:
            check_modules()
        line = _("Installing what Frodo needs into {path} (only the first time; a minute or two) ...")
        print(line.format(path=VENV.name), flush=True)
        if not usable:
            make_venv()
        for name in (SITE, TOOLS):
            stamp(name).unlink(missing_ok=True)  # an interrupted installation leaves none, and begins afresh
        install_packages(wanted)
        for name in {wanted, SITE}:
            stamp(name).write_text(fingerprint(name), encoding="utf-8")


def stamp(wanted: str) -> Path:
    return VENV / f"installed-{wanted}"


def fingerprint(wanted: str) -> str:
    """Changes with what is required, and with the Python that it was installed for."""
    return hashlib.sha256("\n".join([*required(wanted), str(sys.version_info[:2])]).encode()).hexdigest()


def required(wanted: str) -> list[str]:
    """A lock file's requirements, each with the hashes of its packages in one line."""
    lines = (ROOT / wanted).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def is_installed(wanted: str) -> bool:
    return stamp(wanted).exists() and stamp(wanted).read_text() == fingerprint(wanted) and PYTHON.exists()


def is_usable() -> bool:
    """Whether packages can be added to the .venv that is there."""
    if not PYTHON.exists() or not any(VENV.glob("installed-*")):
        return False
    check = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return subprocess.run([PYTHON, "-c", check], stderr=subprocess.DEVNULL, check=False).returncode == 0


def check_modules() -> None:
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            line = _(
                "This Python has no module “{module}”. On Debian and Ubuntu: sudo apt install python{version}-venv"
            )
            raise Stop(line, module=module, version="{}.{}".format(*sys.version_info))


def make_venv() -> None:
    if not logged([sys.executable, "-m", "venv", "--clear", VENV]):
        raise install_problem(_("Could not make a Python environment in {path}. What happened is in {log}"))


def install_packages(wanted: str) -> None:
    # Built from source, against headers that a laptop seldom has: the rest must not wait for it.
    optional = [requirement for requirement in required(wanted) if requirement.startswith("mysqlclient")]
    pip = [PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-user"]
    pip += ["--require-hashes", "-r", "/dev/stdin"]
    if not logged(pip, "\n".join(line for line in required(wanted) if line not in optional)):
        line = _("Installing did not work; what happened is in {log} . The same command takes it up again.")
        raise install_problem(line)
    if optional and not logged(pip, "\n".join(optional)):
        line = _("Installed without MySQL support, which SQLite does not need. To add it: {packages} && {pip}")
        print(add_mysql(line), flush=True)


def logged(command: list, given: str = "") -> bool:
    with LOG.open("ab") as log:
        done = subprocess.run(command, input=given.encode(), stdout=log, stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0


def install_problem(otherwise: str) -> Exception:
    log = LOG.read_text(encoding="utf-8", errors="replace")
    if "No space left on device" in log or "Disk quota exceeded" in log:
        return OSError(errno.ENOSPC, "")
    if any(sign in log for sign in NO_NETWORK):
        otherwise = _(
            "Could not download packages: no connection. Type the same command again when you are online "
            "(a mirror nearby: PIP_INDEX_URL=...). Details: {log}"
        )
    return Stop(otherwise, path=VENV.name, log=LOG.relative_to(ROOT))


def add_mysql(line: str) -> str:
    packages = "sudo apt-get install build-essential pkg-config python3-dev default-libmysqlclient-dev"
    packages = "brew install mysql-client pkgconf" if shutil.which("brew") else packages
    return line.format(packages=packages, pip=f".venv/bin/pip install -r {SITE}")


def write_secret(path: Path) -> None:
    """Put a secret key into .env, once. What is in the file stays; DEBUG goes off with a new file only."""
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if "SECRET_KEY" in {line.removeprefix("export ").partition("=")[0].strip() for line in (before or "").splitlines()}:
        return
    text = f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
    if before is None:
        text = f"# Written once by `make run`. docs/settings.md lists what may stand here.\n{text}DEBUG=false\n"
    elif before and not before.endswith("\n"):
        text = "\n" + text
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
