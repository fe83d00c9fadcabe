"""From a fresh clone to an installed site: what `make run` and `make test` do before Django can be imported.

Needs only the standard library. deploy/serve.py goes on inside .venv.
"""

import errno
import fcntl
import hashlib
import importlib.util
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from messages import Stop, complain, say, speak_any_terminal, stop

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"
"""There while packages are being installed: a start that finds it begins with a new .venv."""
LOG = ROOT / "data" / "install.log"

SITE = "requirements.txt"
TOOLS = "requirements-dev.txt"

NO_NETWORK = ("NewConnectionError", "ConnectTimeout", "ReadTimeout", "ProxyError", "(from versions: none)")
"""What pip's log shows when it cannot reach an index."""


def main(arguments: list[str]) -> int:
    """`run` installs and serves; `tools` installs what tests and checks need besides."""
    speak_any_terminal()
    os.chdir(ROOT)
    try:
        if arguments == ["tools"]:
            install(TOOLS)
        else:
            run()
    except Stop as problem:
        return complain(problem)
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except OSError as error:
        return complain(explained(error))
    return 0


def run() -> None:
    host, port = address(os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000")
    check_port(host, port)
    install(SITE)
    write_secret(ROOT / ".env")
    os.execv(PYTHON, [str(PYTHON), "-m", "deploy.serve", host, str(port)])  # noqa: S606


# Where to serve


def address(host: str, port: str) -> tuple[str, int]:
    if not (port.isdecimal() and 1 <= int(port) <= 65535):
        raise stop("bad_port", port=port)
    return host.strip("[]"), int(port)


def check_port(host: str, port: int) -> None:
    """Asked before minutes are spent on installing."""
    try:
        open_socket(host, port).close()
    except OSError as error:
        raise port_problem(error, host, port) from error


def open_socket(host: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(1024)
    except OSError:
        opened.close()
        raise
    return opened


def port_problem(error: OSError, host: str, port: int) -> Stop:
    if error.errno == errno.EADDRINUSE:
        return stop("port_used", port=port, free=free_port(host, port))
    if error.errno in (errno.EACCES, errno.EPERM):
        return stop("port_refused", port=port, free=free_port(host, 8000))
    return stop("bad_host", host=host)


def free_port(host: str, port: int) -> int:
    for candidate in range(port + 1, min(port + 50, 65536)):
        try:
            open_socket(host, candidate).close()
        except OSError:
            continue
        return candidate
    return 8001


# Packages


def install(wanted: str) -> None:
    """Brings .venv up to a requirements file. Costs nothing when that was done before."""
    if is_installed(wanted):
        return
    check_writable()
    with one_at_a_time():
        if is_installed(wanted):
            return
        usable = is_usable()
        if not usable:
            check_modules()
        LOG.write_text("", encoding="utf-8")
        say("installing", path=VENV.name)
        if not usable:
            make_venv()
        UNFINISHED.touch()
        install_packages(wanted)
        for name in {wanted, SITE}:
            stamp(name).write_text(fingerprint(name), encoding="utf-8")
        UNFINISHED.unlink()


def stamp(wanted: str) -> Path:
    return VENV / f"installed-{wanted}"


def fingerprint(wanted: str) -> str:
    """Changes with what is required, and with the Python that it was installed for."""
    text = "\n".join([*required(wanted), f"{sys.version_info.major}.{sys.version_info.minor}"])
    return hashlib.sha256(text.encode()).hexdigest()


def required(wanted: str) -> list[str]:
    """A requirements file's lines, and those of the files that it includes."""
    requirements = []
    for line in (ROOT / wanted).read_text(encoding="utf-8").splitlines():
        requirement = line.partition("#")[0].strip()
        if requirement.startswith("-r"):
            requirements += required(requirement.removeprefix("-r").strip())
        elif requirement:
            requirements.append(requirement)
    return requirements


def is_installed(wanted: str) -> bool:
    try:
        return stamp(wanted).read_text(encoding="utf-8") == fingerprint(wanted) and PYTHON.exists()
    except FileNotFoundError:
        return False


def is_usable() -> bool:
    """Whether packages can be added to the .venv that is there."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    check = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return subprocess.run([PYTHON, "-c", check], stderr=subprocess.DEVNULL, check=False).returncode == 0


def check_modules() -> None:
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise stop("no_venv", module=module, version=f"{sys.version_info.major}.{sys.version_info.minor}")


def make_venv() -> None:
    # Renamed first: a folder that is half deleted must not pass for a whole one.
    old = VENV.with_name(".venv.old")
    shutil.rmtree(old, ignore_errors=True)
    if VENV.exists():
        VENV.rename(old)
        shutil.rmtree(old, ignore_errors=True)
    VENV.mkdir()
    UNFINISHED.touch()
    with LOG.open("ab") as log:
        made = subprocess.run([sys.executable, "-m", "venv", VENV], stdout=log, stderr=subprocess.STDOUT, check=False)
    if made.returncode:
        raise install_problem("venv_failed")


def install_packages(wanted: str) -> None:
    requirements = required(wanted)
    # Built from source, against headers that a laptop seldom has: the rest must not wait for it.
    optional = [requirement for requirement in requirements if requirement.startswith("mysqlclient")]
    if not pip_install([requirement for requirement in requirements if requirement not in optional]):
        raise install_problem("pip_failed")
    for requirement in optional:
        if not pip_install([requirement]):
            say("no_mysql", **how_to_add_mysql(requirement))


def pip_install(requirements: list[str]) -> bool:
    environment = {**os.environ, "PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [str(PYTHON), "-m", "pip", "install", *requirements]
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as pip,
    ):
        for line in pip.stdout:
            log.write(line)
            log.flush()
            show_progress(line)
    show_progress("")
    return pip.returncode == 0


def show_progress(line: str) -> None:
    """The package of the moment, on one line that is written over; nothing where nobody watches."""
    if not sys.stdout.isatty():
        return
    if line.startswith(("Collecting ", "Installing ", "Building ")):
        line = " ".join(line.split()[:2])
    elif line:
        return
    print(f"\r\033[K{line}", end="", flush=True)


def install_problem(otherwise: str) -> Stop:
    log = LOG.read_text(encoding="utf-8", errors="replace")
    if "No space left on device" in log or "Disk quota exceeded" in log:
        return stop("disk_full")
    if any(sign in log for sign in NO_NETWORK):
        return stop("no_network", log=LOG.relative_to(ROOT))
    return stop(otherwise, path=VENV.name, log=LOG.relative_to(ROOT))


def how_to_add_mysql(requirement: str) -> dict[str, str]:
    managers = {
        "apt-get": "sudo apt-get install build-essential pkg-config python3-dev default-libmysqlclient-dev",
        "dnf": "sudo dnf install gcc pkgconf python3-devel mariadb-connector-c-devel",
        "brew": "brew install mysql-client pkgconf",
    }
    packages = next((line for name, line in managers.items() if shutil.which(name)), managers["apt-get"])
    return {"packages": packages, "pip": f".venv/bin/pip install {shlex.quote(requirement)}"}


# The folder


def check_writable() -> None:
    LOG.parent.mkdir(exist_ok=True)
    for folder in (ROOT, LOG.parent):
        probe = folder / f".probe-{secrets.token_hex(4)}"
        try:
            probe.touch()
            probe.unlink()
        except OSError as error:
            error.filename = str(folder)
            raise


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two `make run` in one folder: the second waits, and finds the work done."""
    with (ROOT / SITE).open(encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def explained(error: OSError) -> Stop:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return stop("disk_full")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return stop("read_only", path=error.filename or ROOT, reason=os.strerror(error.errno))
    return stop("failed", reason=error)


def write_secret(path: Path) -> None:
    """A secret key in .env, made once. What is in the file stays; DEBUG goes off with a new file only."""
    secret = f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
    try:
        new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        before = path.read_text(encoding="utf-8")
        names = {line.removeprefix("export ").partition("=")[0].strip() for line in before.splitlines()}
        if "SECRET_KEY" not in names:
            with path.open("a", encoding="utf-8") as file:
                file.write(("\n" if before and not before.endswith("\n") else "") + secret)
    else:
        with open(new, "w", encoding="utf-8") as file:
            file.write(
                f"# Written once by `make run`. docs/settings.md lists what may stand here.\n{secret}DEBUG=false\n"
            )
