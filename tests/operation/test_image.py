"""The steps of deploy/Containerfile in a plain Debian root, without a container engine; needs root and debootstrap."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.operation.debian_root import DEBIAN, copy_debian_root, make_debian_root, pip_environment
from tests.server import ROOT, free_port, until


class Image:
    """One stage: a folder, and what ENV, USER and WORKDIR have said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.workdir, self.user, self.command = "/", "0:0", []
        copy_debian_root(folder)

    def chroot(self, *command: str, user: str = "0:0") -> list[str]:
        inside = f'cd {self.workdir} && exec "$@"'
        environment = [f"{name}={value}" for name, value in self.environment.items()]
        return [
            "chroot",
            f"--userspec={user}",
            str(self.folder),
            "env",
            "-i",
            *environment,
            "sh",
            "-c",
            inside,
            "-",
            *command,
        ]

    def run(self, *command: str) -> None:
        """A build step; pip reaches its index as on this machine."""
        done = subprocess.run(
            self.chroot("env", *pip_environment(self.folder), *command), capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"

    def copy(self, source: Path, patterns: list[str], target: str) -> None:
        into = self.folder / target.lstrip("/")
        for pattern in patterns:
            for path in [source] if pattern == "." else sorted(source.glob(pattern)):
                if path.is_dir():
                    shutil.copytree(
                        path, into, dirs_exist_ok=True, symlinks=True, ignore=ignored if path == ROOT else None
                    )
                else:
                    into.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, into)


def ignored(folder: str, names: list[str]) -> set[str]:
    """As .containerignore says."""
    lines = [line for line in (ROOT / ".containerignore").read_text().splitlines() if line and line[0] != "#"]
    anywhere = [line.rpartition("/")[2] for line in lines if line.startswith("**/")]
    here = [line.strip("/") for line in lines if not line.startswith("**/")] if Path(folder) == ROOT else []
    return {name for name in names if any(fnmatch(name, pattern) for pattern in [*anywhere, *here])}


def instructions() -> Iterator[tuple[str, str]]:
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "deploy/Containerfile").read_text(), flags=re.MULTILINE)
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name, rest.strip()


def build(folder: Path) -> Image:
    stages: dict[str, Image] = {}
    image = None
    for name, rest in instructions():
        if name == "FROM":
            stage = rest.partition(" AS ")[2] or "final"
            (folder / stage).mkdir()
            image = stages[stage] = Image(folder / stage)
        elif name == "RUN":
            image.run("sh", "-c", rest)
        elif name == "COPY":
            *sources, target = re.sub(r"--from=\S+ ", "", rest).split()
            origin = re.match(r"--from=(\S+)", rest)
            base = stages[origin[1]].folder if origin else ROOT
            image.copy(base, [source.lstrip("/") for source in sources], target)
        elif name in ("ENV", "ARG"):
            for key, value in re.findall(r"(\w+)=(\S+)", rest):
                image.environment[key] = value.replace("$PATH", image.environment["PATH"])
        elif name == "WORKDIR":
            image.workdir = rest
        elif name == "USER":
            image.user = rest
        elif name == "CMD":
            image.command = json.loads(rest)
    return image


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    make_debian_root()
    folder = tmp_path_factory.mktemp("image")
    folder.chmod(0o755)
    yield build(folder)
    shutil.rmtree(folder)


@pytest.mark.quality
def test_the_image_serves_as_its_user_on_a_read_only_root(image, tmp_path, record_property):
    root, port = image.folder, free_port()
    data = root / "data"
    image.environment |= {"SECRET_KEY": "s" * 50, "ALLOWED_HOSTS": "127.0.0.1"}
    script = f"mount --bind {root} {root} && mount -t proc proc {root}/proc && mount -t tmpfs tmpfs {root}/tmp && "
    script += f'mount --bind {data} {data} && mount -o remount,ro,bind {root} && exec "$@"'

    def start(*command: str) -> subprocess.Popen:
        inside = image.chroot(*command, user=image.user)
        with (tmp_path / "log").open("ab") as log:
            return subprocess.Popen(["unshare", "--mount", "sh", "-c", script, "-", *inside], stdout=log, stderr=log)

    for arguments in (["migrate", "--noinput", "--verbosity", "0"], ["createauthor", "ann"], ["check"]):
        assert start("python", "manage.py", *arguments).wait(300) == 0, (tmp_path / "log").read_text()[-3000:]
    command = [part if part != "0.0.0.0" else "127.0.0.1" for part in image.command]
    server = start(*command, "--port", str(port))
    try:
        check = (
            f"from urllib.request import urlopen; print(urlopen('http://127.0.0.1:{port}/healthz', timeout=4).status)"
        )

        def answers() -> bool:
            assert server.poll() is None, (tmp_path / "log").read_text()[-3000:]
            return (
                subprocess.run(image.chroot("python", "-c", check, user=image.user), capture_output=True).returncode
                == 0
            )

        until(answers, "the server in the image", 120)
        written = subprocess.run(
            ["find", root, "-xdev", "-newer", tmp_path / "log", "-type", "f", "-not", "-path", f"{data}/*"],
            capture_output=True,
            text=True,
        ).stdout
        assert [line for line in written.splitlines() if "/srv/" in line] == []
        assert {path.stat().st_uid for path in data.glob("*.sqlite3")} == {10001}
    finally:
        server.terminate()
        server.wait(60)
    size = sum(path.lstat().st_size for path in root.rglob("*") if path.is_file() and not path.is_relative_to(data))
    base = sum(path.lstat().st_size for path in DEBIAN.rglob("*") if path.is_file())
    record_property(
        "figure", f"image: {size // 1_000_000} MB, of which the Debian root of debootstrap {base // 1_000_000}"
    )
