"""The whole site by the commands of docs/installing.md and the units of deploy/, without systemd.

nginx, two workers, the job runner, MariaDB and Redis; people read, write and listen while each is restarted in turn.
"""

import getpass
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.live.test_through_nginx import Nginx
from tests.operation.test_proxies import need
from tests.operation.test_rolling_restart import Pages, workers
from tests.redis import Redis
from tests.server import ROOT, until
from tests.systemd import DEPLOY, listening_socket

GUIDE = (ROOT / "docs/installing.md").read_text(encoding="utf-8")
PAGES, READERS = 100, 4
FOR_TESTS = """
HTTP_CLIENT_ALLOW=127.0.0.1/32
WEB_CONCURRENCY=2
JOBS_IN_SERVER=false
JOBS_POLL_SECONDS=1
JOBS_LEASE_SECONDS=5
API_WRITE_RATE=10000/s
COMMENT_RATE=10000/s
COMMENT_RATE_NETWORK=10000/s
COMMENT_RATE_ALL=10000/s
SPAM_WAVE_RATE=
"""


class Part:
    """A program of the site."""

    def __init__(self, command: list[str], log: Path, **options) -> None:
        self.command, self.log, self.options = command, log, options
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Part":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, **self.options)
        return self

    def __exit__(self, *exception) -> None:
        self.process.terminate()
        self.process.wait(60)

    def restart(self) -> None:
        self.__exit__()
        self.__enter__()


class MariaDB(Part):
    def __init__(self, folder: Path) -> None:
        self.socket, data = folder / "s", folder / "mariadb"
        user = f"--user={getpass.getuser()}"
        install = ["mariadb-install-db", "--no-defaults", user, f"--datadir={data}", "--skip-test-db"]
        install.append("--auth-root-authentication-method=normal")
        subprocess.run(install, check=True, capture_output=True)
        mariadbd = shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin")
        places = [f"--datadir={data}", f"--socket={self.socket}", f"--pid-file={folder / 'pid'}", "--skip-networking"]
        super().__init__([mariadbd, "--no-defaults", user, *places], folder / "mariadb.log")

    def __enter__(self) -> "MariaDB":
        super().__enter__()
        until(self.answers, "MariaDB to start", 60)
        return self

    def answers(self) -> bool:
        return self.client("SELECT 1", check=False).returncode == 0

    def client(self, sql: str, *options: str, check: bool = True) -> subprocess.CompletedProcess:
        """As `sudo mariadb`."""
        command = ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", "--batch", "-N", *options]
        return subprocess.run(command, input=sql, capture_output=True, text=True, check=check)

    def column(self, sql: str) -> list[str]:
        return self.client(sql, "frodo").stdout.splitlines()


class Receiver(ThreadingHTTPServer):
    """Of webhooks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.ids: Counter[str] = Counter()
        self.comments: set[int] = set()

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exception) -> None:
        self.shutdown()
        self.server_close()


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]
        self.server.ids[self.headers["webhook-id"]] += 1
        self.server.comments.add(data["comment"]["id"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments) -> None:
        pass


class Site:
    """What the guide makes, in a folder instead of /etc, /var/lib and /srv."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.folder = folder
        self.port = opened.enter_context(listening_socket())
        self.nginx = Nginx(folder, SimpleNamespace(port=self.port.getsockname()[1]))
        self.mariadb = opened.enter_context(MariaDB(folder))
        self.redis = opened.enter_context(Redis(folder))
        self.mariadb.client(re.search(r"```sql\n(.*?)```", GUIDE, re.DOTALL)[1])
        self.env_file = folder / "frodo.env"
        self.env_file.write_text(self.settings())
        lines = (line.partition("=") for line in self.env_file.read_text().splitlines() if line.strip("# "))
        self.environment = {name: value for name, _, value in lines} | {"PATH": os.environ["PATH"]}
        self.run_unit("frodo-upgrade.service")
        self.server = opened.enter_context(self.part("frodo.service", pass_fds=(self.port.fileno(),)))
        self.jobs = opened.enter_context(self.part("frodo-jobs.service"))
        until(self.answers, "the server to start", 120)
        opened.enter_context(self.nginx)

    def answers(self) -> bool:
        assert self.server.process.poll() is None, self.server.log.read_text()[-3000:]
        with closing(HTTPConnection(*self.port.getsockname(), timeout=60)) as connection:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200

    def settings(self) -> str:
        """The guide's block for /etc/frodo.env, with MariaDB and Redis, and what it leaves to the reader."""
        block = re.search(r"^ *DEBUG=false\n.*?(?=^ *```)", GUIDE, re.MULTILINE | re.DOTALL)[0]
        text = re.sub(r"^ *(# (?=DATABASE_URL|REDIS_URL|BACKUP_TO))?", "", block, flags=re.MULTILINE)
        mine = {
            "SECRET_KEY=...": f"SECRET_KEY={'s' * 50}",
            "https://blog.example": f"http://{self.nginx.host}",
            "blog.example": "127.0.0.1",
            "/var/lib/frodo": str(self.folder / "data"),
            "@localhost/frodo": f"@localhost/frodo?unix_socket={self.mariadb.socket}",
            "redis://127.0.0.1:6379/0": self.redis.url,
        }
        for theirs, ours in mine.items():
            assert theirs in text
            text = text.replace(theirs, ours)
        (self.folder / "data").mkdir()
        return text + FOR_TESTS

    def command(self, line: str) -> list[str]:
        """An ExecStart."""
        line = line.replace("/srv/frodo/.venv/bin/python", sys.executable)
        line = line.replace("/srv/frodo/.venv/bin", str(Path(sys.executable).parent))
        return shlex.split(line.replace("--fd 3", f"--fd {self.port.fileno()}"))

    def commands(self, unit: str) -> list[list[str]]:
        text = (DEPLOY / unit).read_text().replace("\\\n", " ")
        return [self.command(line) for line in re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)]

    def run_unit(self, unit: str) -> None:
        for command in self.commands(unit):
            subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True)

    def part(self, unit: str, **options) -> Part:
        [command] = self.commands(unit)
        return Part(command, self.folder / f"{unit}.log", cwd=ROOT, env=self.environment, **options)

    def frodo(self, command: str, status: int = 0) -> str:
        """The guide's shell function."""
        function = re.search(r"^ *(frodo\(\) .*)$", GUIDE, re.MULTILINE)[1]
        for theirs, ours in (
            ("/srv/frodo", str(ROOT)),
            ("sudo -u frodo ", ""),
            ("/etc/frodo.env", str(self.env_file)),
            (".venv/bin/python", sys.executable),
        ):
            function = function.replace(theirs, shlex.quote(ours) if ours else "")
        environment = {"PATH": os.environ["PATH"]}
        script = ["sh", "-c", f"{function}\nfrodo {command}"]
        done = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout


class Load:
    """Readers, a writer and open pages. `counts` has what became of each request, by what was done meanwhile."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.phase = "nothing"
        self.counts: dict[str, Counter] = defaultdict(Counter)
        self.accepted: list[str] = []
        self.asked: Counter[int] = Counter()
        """By thread."""
        self.done = threading.Event()

    def reader(self) -> None:
        connection = HTTPConnection(self.host, timeout=60)
        with closing(connection):
            for n in count():
                if self.done.wait(0.02):
                    return
                path = "/post/a-walk/" if n % 2 else f"/search/?q=word{n}"  # every other one past the cache
                self.ask(connection, "GET", path)

    def writer(self) -> None:
        """Tries again until a comment is accepted, as the page does, and as the API says one should."""
        connection = HTTPConnection(self.host, timeout=60)
        with closing(connection):
            for n in count():
                text = f"Number {n}"
                headers = {"Content-Type": "application/json", "Idempotency-Key": f"comment-{n}"}
                body = json.dumps({"text": text, "name": "Bob"})
                while self.ask(connection, "POST", "/api/posts/a-walk/comments/", body, headers) != 201:
                    if self.done.wait(0.1):
                        return
                self.accepted.append(text)
                if self.done.wait(0.05):
                    return

    def ask(self, connection: HTTPConnection, method: str, path: str, body=None, headers=None) -> int | None:
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, HTTPException):
            connection.close()
            status = None
        self.counts[self.phase][method, status] += 1
        self.asked[threading.get_ident()] += 1
        return status

    def during(self, phase: str, act: Callable[[], object], seconds: float = 120) -> None:
        self.phase = phase
        act()
        n, asked = len(self.accepted), dict(self.asked)
        until(lambda: len(self.accepted) > n + 20, f"comments after: {phase}", seconds)
        until(lambda: all(self.asked[who] > before + 1 for who, before in asked.items()), "all to be answered", seconds)
        self.phase = "nothing"

    def failures(self, phase: str) -> dict[str, int]:
        found = self.counts[phase]
        return {
            f"{method} {status or 'no answer'}": n for (method, status), n in found.items() if status not in (200, 201)
        }


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    need("nginx", "mariadbd", "mariadb-install-db", "redis-server")
    with ExitStack() as opened:
        yield Site(tmp_path, opened)


def make_blog(folder: Path) -> Path:
    """A folder for Hugo."""
    posts = folder / "hugo/content/posts"
    posts.mkdir(parents=True)
    (folder / "hugo/hugo.toml").write_text('baseURL = "https://old.example/"\ntitle = "Walks"\n')
    for n, slug in enumerate(("a-walk", "a-second-walk", "a-third-walk"), 1):
        title = slug.replace("-", " ").capitalize()
        text = f"+++\ntitle = '{title}'\ndate = 2026-01-0{n}T10:00:00Z\ntags = ['walks']\n+++\n\nAlong the river.\n"
        (posts / f"{slug}.md").write_text(text)
    return folder / "hugo"


@pytest.mark.quality
def test_each_part_is_restarted_under_load(site: Site, tmp_path, record_property):
    site.frodo("createauthor ann")
    site.frodo(f"import_blog {make_blog(tmp_path)} --author ann")
    problems = re.findall(r"^!!  .*", site.frodo("doctor", status=1), re.MULTILINE)
    assert problems == ["!!  Settings         SITE_URL is not an https:// address: passwords travel in the open."]
    assert site.mariadb.column("SELECT slug FROM blog_post ORDER BY published_at") == [
        "a-walk",
        "a-second-walk",
        "a-third-walk",
    ]
    [post] = map(int, site.mariadb.column("SELECT id FROM blog_post WHERE slug = 'a-walk'"))
    load = Load(site.nginx.host)

    with Receiver() as receiver, ExitStack() as opened:
        endpoint = f"url='http://127.0.0.1:{receiver.server_port}/', events=['comment.created']"
        code = f"from blog.models import WebhookEndpoint; WebhookEndpoint.objects.create({endpoint})"
        site.frodo(f"shell --command {shlex.quote(code)}")
        open_pages = opened.enter_context(Pages(site.nginx.host, post, PAGES))
        people = opened.enter_context(ThreadPoolExecutor(READERS + 1))
        work = [*(people.submit(load.reader) for _ in range(READERS)), people.submit(load.writer)]
        try:
            until(lambda: len(load.accepted) > 20, "comments")
            load.during("reload of the workers", lambda: reload(site.server))
            load.during("restart of the service", site.server.restart)
            load.during("restart of the job runner", site.jobs.restart)
            load.during("reload of nginx", lambda: site.nginx.process.send_signal(signal.SIGHUP))
            load.during("restart of Redis", lambda: (site.redis.stop(), site.redis.start()))
            load.during("kill of a worker", lambda: kill_one(site.server))
            load.during("kill of the job runner", lambda: (site.jobs.process.kill(), site.jobs.restart()))
            load.during("restart of nginx", lambda: (site.nginx.__exit__(), site.nginx.__enter__()))
            load.during("restart of MariaDB", site.mariadb.restart)
            until(open_pages.all_open, "all pages to be back", 120)
        finally:
            load.done.set()
        for each in work:
            each.result()
        last = len(load.accepted)
        until(lambda: all(page.n == last for page in open_pages.pages), "the last event everywhere", 60)
        until(lambda: len(receiver.comments) == last, "all webhooks", 120)

    failures = {phase: load.failures(phase) for phase in load.counts}
    print(json.dumps(failures, indent=1))
    written = site.mariadb.column("SELECT text FROM blog_comment ORDER BY id")
    assert Counter(written) == Counter(load.accepted)  # none lost, none doubled
    assert [page.numbers for page in open_pages.pages if page.numbers != list(range(1, last + 1))] == []
    for phase in (
        "nothing",
        "reload of the workers",
        "restart of the service",
        "restart of the job runner",
        "restart of Redis",
        "kill of the job runner",
    ):
        assert failures[phase] == {}, phase
    # The former processes of nginx close idle connections, at worst when one is being used again; browsers ask anew.
    assert set(failures["reload of nginx"]) <= {"GET no answer", "POST no answer"}
    assert sum(failures["reload of nginx"].values()) <= READERS + 1
    assert set(failures["kill of a worker"]) <= {"GET 502", "POST 502"}
    assert sum(failures["kill of a worker"].values()) <= READERS + 1  # those that it was answering
    assert set(failures["restart of nginx"]) <= {"GET no answer", "POST no answer"}
    assert set(failures["restart of MariaDB"]) <= {"GET 503", "POST 503"}
    doubled = sum(receiver.ids.values()) - len(receiver.ids)
    read = sum(n for counts in load.counts.values() for (method, _status), n in counts.items() if method == "GET")
    failed = "; ".join(f"{phase}: {counts}" for phase, counts in failures.items() if counts) or "none"
    record_property(
        "figure",
        f"each part restarted: {read} pages read, {last} comments written, {PAGES} open pages; failed: {failed}. "
        f"Writes lost 0, doubled 0; events lost 0, doubled 0; webhooks lost 0, sent twice {doubled}",
    )


def reload(server: Part) -> None:
    """As `systemctl reload frodo`."""
    former = workers(server)
    server.process.send_signal(signal.SIGHUP)
    until(lambda: len(workers(server)) == 2 and not former & workers(server), "new workers", 150)


def kill_one(server: Part) -> None:
    former = workers(server)
    os.kill(min(former), signal.SIGKILL)
    until(lambda: len(workers(server) - former) == 1, "another worker", 150)
