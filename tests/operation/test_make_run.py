import http.cookiejar
import re
import socket
import stat
import subprocess
import urllib.parse
import urllib.request

import pytest

from tests.operation.checkout import Checkout, free_port, get


def sign_in(url: str, username: str, password: str) -> str:
    """The page that the admin shows after its sign-in form was sent."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = opener.open(f"{url}admin/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    fields = {"csrfmiddlewaretoken": token, "login": username, "password": password, "next": "/admin/"}
    return opener.open(f"{url}accounts/sign-in/", urllib.parse.urlencode(fields).encode()).read().decode()


def test_the_first_start_makes_a_blog_and_an_author(begun: Checkout):
    password = re.search(r"password +(\S+)", begun.first.said)[1]

    with begun.running() as again:
        home = get(again.url).decode()
        assert "Three kinds of waiting" in home
        assert "一壶茶的时间" in home
        assert 'id="user-tools"' in sign_in(again.url, "author", password)

    assert f"{begun.first.url}admin/" in begun.first.said


def test_the_second_start_leaves_all_as_it_is(begun: Checkout):
    secret = (begun.folder / ".env").read_text()

    with begun.running() as second:
        pass

    assert second.said.startswith(f"Your blog: {second.url}")
    assert "password" not in second.said
    assert (begun.folder / ".env").read_text() == secret
    print(f"first page after {begun.first.seconds:.2f} s; of a second start after {second.seconds:.2f} s")


def test_ctrl_c_stops_it_without_a_traceback(begun: Checkout):
    assert begun.first.said.endswith("Stopped.\n")
    assert "Traceback" not in begun.first.said
    assert "make: ***" not in begun.first.said


def test_sigterm_stops_it_without_a_traceback(begun: Checkout):
    with begun.running() as running:
        subprocess.run(["pkill", "-TERM", "-P", str(running.process.pid)], check=True)
        running.process.wait(timeout=30)

    assert "Traceback" not in running.said


@pytest.mark.quality
def test_static_files_have_names_that_may_be_kept_for_ever(begun: Checkout):
    with begun.running() as running:
        page = get(running.url).decode()
        [style] = re.findall(r'href="/(static/css/site\.[0-9a-f]{12}\.css)"', page)
        with urllib.request.urlopen(running.url + style) as response:
            assert "immutable" in response.headers["Cache-Control"]
        assert b"--body-bg" in get(f"{running.url}static/admin/css/base.css")


@pytest.mark.quality
def test_a_changed_static_file_is_collected_again(begun: Checkout):
    (begun.folder / "static" / "css" / "added.css").write_text("p { margin: 0 }")

    with begun.running():
        pass

    assert list((begun.folder / "data" / "static" / "css").glob("added.*.css"))


def test_the_secret_is_for_its_owner_only(begun: Checkout):
    env = begun.folder / ".env"

    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert re.search(r"^SECRET_KEY=\S{50,}$", env.read_text(), re.MULTILINE)
    assert "\nDEBUG=false\n" in env.read_text()


def test_an_open_host_is_told_which_names_to_allow(begun: Checkout):
    with begun.running(HOST="0.0.0.0") as running:
        pass

    names = re.search(r"ALLOWED_HOSTS=(\S+)", running.said)[1].split(",")
    assert names[:3] == ["localhost", "127.0.0.1", "[::1]"]
    assert socket.gethostname().lower() in names


def test_a_used_port_is_told_before_anything_is_installed(fresh: Checkout):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        made = fresh.make(PORT=port)

    assert made.returncode != 0
    assert re.match(rf"Port {port} is in use by another program. Choose another one: PORT=\d+ make run\n", made.stderr)
    assert "Traceback" not in made.stderr
    assert not (fresh.folder / ".venv").exists()


def test_a_port_taken_while_installing_is_told_before_the_database_is_prepared(installed: Checkout):
    """As by another `make run` in the same minute."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        served = subprocess.run(
            [".venv/bin/python", "manage.py", "serve", "127.0.0.1", port],
            cwd=installed.folder,
            env=installed.environment({}),
            capture_output=True,
            text=True,
        )

    assert served.returncode != 0
    assert f"Port {port} is in use by another program." in served.stderr
    assert "password" not in served.stdout
    assert not list((installed.folder / "data").glob("*.sqlite3"))


@pytest.mark.quality
def test_a_data_folder_that_does_not_exist_is_made(installed: Checkout, tmp_path):
    with installed.running(DATA_DIR=tmp_path / "not" / "yet"):
        pass

    assert (tmp_path / "not" / "yet" / "frodo.sqlite3").exists()


@pytest.mark.quality
def test_a_command_says_that_the_data_folder_does_not_exist_and_migrate_makes_it(installed: Checkout, tmp_path):
    folder = tmp_path / "not" / "yet"

    made = installed.manage("createauthor", "ann", DATA_DIR=folder)
    assert made.returncode != 0
    assert f"The folder of the database, {folder}, does not exist." in made.stderr
    assert "Traceback" not in made.stderr

    assert installed.manage("migrate", "-v0", DATA_DIR=folder).returncode == 0
    assert installed.manage("createauthor", "ann", DATA_DIR=folder).returncode == 0


def test_a_port_must_be_a_number(fresh: Checkout):
    for port in ("http", "0", "65536", "-1"):
        assert "PORT must be a number" in fresh.make(PORT=port).stderr


def test_a_host_must_be_an_address_of_this_machine(fresh: Checkout):
    made = fresh.make(HOST="192.0.2.1", PORT=free_port())

    assert "“192.0.2.1” is not an address of this machine" in made.stderr


def test_it_speaks_the_language_of_the_terminal(fresh: Checkout):
    assert "PORT 必须是 1 到 65535 之间的数字" in fresh.make(PORT="x", LANG="zh_CN.UTF-8").stderr
    assert "PORT must be a number" in fresh.make(PORT="x", LANG="zh_CN.UTF-8", LC_ALL="en_GB.UTF-8").stderr


def test_a_setting_that_cannot_be_read_is_named(installed: Checkout):
    made = installed.make(PORT=free_port(), COMMENT_APPROVAL="perhaps")

    assert made.returncode != 0
    assert "COMMENT_APPROVAL" in made.stderr
    assert "Traceback" not in made.stderr


def test_a_database_that_is_away_is_one_line(installed: Checkout):
    made = installed.make(PORT=free_port(), DATABASE_URL="sqlite:////nowhere/at/all.sqlite3")

    assert "The database cannot be used: unable to open database file" in made.stderr
    assert "Traceback" not in made.stderr


@pytest.mark.quality
def test_runserver_and_bare_uvicorn_serve_pages_static_files_and_websockets(installed: Checkout):
    assert installed.manage("migrate", "-v0").returncode == 0
    for command in (
        [".venv/bin/python", "manage.py", "runserver", "--noreload"],
        [".venv/bin/python", "-m", "uvicorn", "frodo.asgi:application", "--port"],
    ):
        with installed.running(*command) as running:
            assert b"--body-bg" in get(f"{running.url}static/admin/css/base.css")
            assert handshake(int(running.url.split(":")[2].strip("/"))) in (101, 403)


def handshake(port: int) -> int:
    """The status with which the server answers a websocket's opening; 403: it understood, and has no such post."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            b"GET /ws/posts/1/ HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
            b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        return int(connection.recv(1000).split()[1])
