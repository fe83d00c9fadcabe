"""A reader on a new Debian server types the commands of docs/installing.md, one after the other.

The server is a Debian root made by debootstrap, with a network of its own, to which only apt and pip are an exception.
The reader is an ordinary user with the real sudo and answers what is asked: the statements for MariaDB, the password,
the settings. `systemctl` is that of small_systemd.py, which starts the units as they were copied. `certbot` asks nobody
for a certificate, which needs a public domain; one that nobody signed is put where the real one would be.
"""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operation.checkout import NOT_COPIED
from tests.operation.debian_root import copy_debian_root, make_debian_root, pip_environment
from tests.operation.guides import Block, block_commands, blocks, section
from tests.server import ROOT, until

GUIDE = "docs/installing.md"
SERVER = section(GUIDE, "## On a server with systemd", "### Upgrading")
UPGRADING = section(GUIDE, "### Upgrading", "### One process or several")
DOMAIN = "walks.example"
PATH = "/usr/local/bin:/usr/bin:/bin"

FILES = {
    # Services that packages bring are started after their installation, as Debian does.
    "usr/local/bin/sudo": """\
#!/bin/sh
case "$*" in *pip\\ install*|*apt\\ install*) outside="nsenter --net=/run/outside" ;; esac
/usr/bin/sudo $outside "$@" || exit
[ "$1 $2" = "apt install" ] || exit 0
for name in mariadb redis-server nginx; do
    case " $* " in *" $name "*|*" $name-server "*) /usr/bin/sudo systemctl start $name ;; esac
done
""",
    "usr/local/sbin/certbot": """\
#!/bin/sh -e
[ "$1 $2 $3 $5" = "certonly --nginx --deploy-hook -d" ]
/usr/bin/certbot plugins 2>&1 | grep -q '^\\* nginx'
folder=/etc/letsencrypt/live/$6
mkdir -p $folder
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=$6 -addext subjectAltName=DNS:$6 \\
    -keyout $folder/privkey.pem -out $folder/fullchain.pem 2>&1
sh -c "$4"
""",
    "usr/local/bin/editor": '#!/bin/sh\ncat > "$1"\n',
    "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
    "etc/dpkg/dpkg.cfg.d/quick": "force-unsafe-io\n",
    "etc/apt/apt.conf.d/99yes": 'APT::Get::Assume-Yes "true";\n',
    "etc/sudoers.d/reader": 'Defaults env_keep += "DEBIAN_FRONTEND"\nreader ALL=(ALL) NOPASSWD: ALL\n',
    "etc/hosts": f"127.0.0.1 localhost {socket.gethostname()} {DOMAIN}\n::1 localhost\n",
}


class Debian:
    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.root.mkdir()
        copy_debian_root(self.root)
        for name, text in FILES.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o755 if text.startswith("#!") else 0o440 if "sudoers" in name else 0o644)
        script = (
            'mount --bind "$0" "$0" && mount -t tmpfs tmpfs "$0/run" && mount -t tmpfs tmpfs "$0/tmp" && '
            'mount --rbind /dev "$0/dev" && chmod 1777 "$0/tmp" && '
            'touch "$0/run/outside" && mount --bind /proc/self/ns/net "$0/run/outside" && '
            'exec unshare --net --pid --fork --kill-child --mount-proc="$0/proc" bash -c "$1; :" "$0"'
        )
        # bash reaps what daemons leave.
        inside = f'ip link set lo up; {sys.executable} -m tests.operation.small_systemd "$0"'
        self.log = folder / "systemd.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "bash", "-c", script, self.root, inside], cwd=ROOT, stdout=log, stderr=log
            )
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")

        def first() -> str:
            assert self.process.poll() is None, self.log.read_text()
            child = children.read_text().split()
            return child[0] if child and (Path(f"/proc/{child[0]}/root{self.root}/run/systemctl")).exists() else ""

        self.first_process = until(first, "the namespaces", 30)

    def prepare(self) -> None:
        """What a server comes with: a user who may use sudo, and certificates of others."""
        packages = "ca-certificates curl openssl sudo"
        install = f"apt-get update && apt-get install --no-install-recommends {packages}"
        self.run(f"useradd --create-home --shell /bin/bash reader && {install}", outside=True)
        pip = [each.removeprefix("PIP_").replace("_", "-").partition("=") for each in pip_environment(self.root)]
        lines = "".join(f"{name.lower()} = {value}\n" for name, _, value in pip)
        (self.root / "etc/pip.conf").write_text(f"[global]\n{lines}")

    def close(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def run(
        self, script: str, *, user: str = "root", asked: str = "", outside: bool = False, check: bool = True
    ) -> str:
        enter = ["nsenter", "--target", self.first_process, "--mount", "--pid", *([] if outside else ["--net"])]
        environment = [f"PATH={PATH}" if user != "root" else f"PATH=/usr/local/sbin:/usr/sbin:/sbin:{PATH}"]
        environment += ["DEBIAN_FRONTEND=noninteractive", "EDITOR=/usr/local/bin/editor", "LANG=C.UTF-8"]
        chroot = ["chroot", f"--userspec={user}:{user}", self.root, "env", "-i", *environment, "bash", "-c", script]
        done = subprocess.run(
            [*enter, *chroot], input=asked, capture_output=True, text=True, errors="replace", timeout=900
        )
        assert done.returncode == 0 or not check, (
            f"{script}\nended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        )
        return done.stdout


class Reader:
    """A shell that keeps its folder and functions."""

    STATE = "touch ~/state; . ~/state; trap '{ echo cd $PWD; declare -f; } > ~/state' EXIT; set -e -o pipefail\n"

    def __init__(self, debian: Debian, repository: str) -> None:
        self.debian, self.repository = debian, repository

    def type(self, command: str, answer: str = "") -> str:
        for theirs, ours in {
            "<this repository>": self.repository,
            "blog.example": DOMAIN,
            "your.domain": DOMAIN,
        }.items():
            command = command.replace(theirs, ours)
        script = f"export HOME=/home/reader\n{self.STATE}{command}"
        started = time.monotonic()
        shown = self.debian.run(script, user="reader", asked=answer)
        print(f"{time.monotonic() - started:5.1f} s  {command}")
        return shown

    def follow(self, text: str) -> None:
        """Type all commands, and answer with the block that follows what asks for it."""
        found = blocks(text)
        for n, block in enumerate(found):
            for command in block.commands:
                self.type(command, self.answer(command, found[n + 1 :]))

    def answer(self, command: str, following: list[Block]) -> str:
        if command == "sudo mariadb":
            return next(each.text for each in following if each.language == "sql")
        if command.startswith("sudoedit"):
            return self.settings(next(each.text for each in following if each.language == "ini"))
        return "p@ss/word#1\n" if "Password" in command else ""

    @staticmethod
    def settings(text: str) -> str:
        """With MariaDB, Redis, backups and several workers."""
        text = re.sub(r"^# (?=DATABASE_URL|REDIS_URL|BACKUP_TO)", "", text, flags=re.MULTILINE)
        text = text.replace("blog.example", DOMAIN).replace("SECRET_KEY=...", f"SECRET_KEY={'s' * 50}")
        return f"{text}WEB_CONCURRENCY=2\n"


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Debian]:
    make_debian_root()
    tmp_path.chmod(0o755)
    debian = Debian(tmp_path)
    try:
        debian.prepare()
        yield debian
    finally:
        debian.close()
        shutil.rmtree(debian.root)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@blog.example", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def publish(folder: Path) -> None:
    """This checkout as a repository, with what is not committed yet."""
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    git(folder, "init")
    git(folder, "add", "--all")
    git(folder, "commit", "--message=First")


def publish_change(folder: Path) -> None:
    with (folder / "static/css/site.css").open("a") as style:
        style.write(".of-a-new-version { color: red }\n")
    git(folder, "commit", "--all", "--message=Second")


@pytest.mark.quality
def test_a_site_is_installed_and_upgraded_by_the_guide(debian):
    repository = debian.root / "opt/frodo"
    publish(repository)
    reader = Reader(debian, "file:///opt/frodo")

    reader.follow(SERVER)

    wait_until_it_serves(debian)
    reader.type("frodo demo_content")
    assert "<h1" in get(debian, "/")
    assert redirect(debian) == f"https://{DOMAIN}/"
    [post, *_] = json.loads(get(debian, "/api/posts/"))["results"]
    comment(debian, post, "Lovely")
    assert "101 Switching Protocols" in open_socket(debian, post)
    assert "\n!!" not in reader.type("frodo doctor")
    before = style(debian)
    assert ".of-a-new-version" not in get(debian, before)

    publish_change(repository)
    reader.follow(UPGRADING)

    until(lambda: style(debian) != before, "the new version", 60)
    assert ".of-a-new-version" in get(debian, style(debian))
    assert ".of-a-new-version" not in get(debian, before)  # for pages that are still open
    reader.type("sudo systemctl reload frodo")
    comment(debian, post, "Lovely still")
    comments = get(debian, f"/api/posts/{post['slug']}/comments/")
    assert '"Lovely"' in comments
    assert '"Lovely still"' in comments

    reader.type("frodo backup")
    reader.type("sudo systemctl stop frodo")
    reader.type("sudo mariadb", "DROP DATABASE frodo; " + SERVER.partition("```sql")[2].partition(";")[0])
    reader.type("frodo restore latest")
    reader.type("frodo migrate")
    reader.type("sudo systemctl start frodo")
    wait_until_it_serves(debian)
    assert get(debian, f"/api/posts/{post['slug']}/comments/") == comments


def comment(debian: Debian, post: dict, text: str) -> None:
    body = json.dumps({"name": "Bob", "text": text})
    get(debian, f"/api/posts/{post['slug']}/comments/", f"--json '{body}'")


def style(debian: Debian) -> str:
    return re.search(r"/static/css/site\.\w+\.css", get(debian, "/"))[0]


def redirect(debian: Debian) -> str:
    return debian.run(f"curl --silent --output /dev/null --write-out '%{{redirect_url}}' http://{DOMAIN}/")


def open_socket(debian: Debian, post: dict) -> str:
    headers = [f"Origin: https://{DOMAIN}", "Connection: Upgrade", "Upgrade: websocket"]
    headers += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
    options = [f"--header '{header}'" for header in headers]
    return get(debian, f"/ws/posts/{post['id']}/", "--http1.1 --include --max-time 2", *options, check=False)


def wait_until_it_serves(debian: Debian) -> None:
    status = "--output /dev/null --write-out '%{http_code}'"
    until(lambda: get(debian, "/healthz", status, check=False) == "200", "the site", 60)


def get(debian: Debian, path: str, *options: str, check: bool = True) -> str:
    """By HTTPS through nginx."""
    trusted = f"--cacert /etc/letsencrypt/live/{DOMAIN}/fullchain.pem"
    curl = f"curl --silent --show-error --fail-with-body {trusted} {' '.join(options)}"
    return debian.run(f"{curl} https://{DOMAIN}{path}", check=check)


def test_the_chinese_guide_has_the_same_commands():
    chinese = "docs/installing.zh.md"
    assert block_commands(section(chinese, "## 用 systemd 部署在服务器上", "### 升级")) == block_commands(SERVER)
    assert block_commands(section(chinese, "### 升级", "### 一个进程还是多个")) == block_commands(UPGRADING)
