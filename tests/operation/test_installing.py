import ast
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.operation.checkout import ROOT, Checkout, free_port, install

START = ROOT / "deploy" / "start.py"
NOBODY = 65534
ASKED_FOR = "django channels daphne uvicorn mysqlclient asgiref django-redis markdown djangorestframework pytest-django"


def run_start_on(version: tuple[int, int], path: str, **variables: str) -> subprocess.CompletedProcess:
    """`deploy/start.py` as a Python of that version would run it."""
    pretend = (
        f"import runpy, sys; sys.version_info = {(*version, 0)}; runpy.run_path({str(START)!r}, run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-c", pretend],
        env={"PATH": path, **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_an_old_python_can_read_the_door_and_is_told_so():
    ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 4))

    old = run_start_on((3, 8), path="/nowhere")
    old_chinese = run_start_on((2, 7), path="/nowhere", LANG="zh_CN.UTF-8")

    assert old.returncode == 1
    assert old.stderr.startswith("Frodo needs Python 3.11 or newer; this is Python 3.8.")
    assert old_chinese.stderr.startswith("Frodo 需要 Python 3.11 或更新的版本，而这是 Python 2.7。")


def test_an_old_python_looks_for_a_newer_one(tmp_path: Path):
    newer = tmp_path / "python3.12"
    newer.write_text("#!/bin/sh\necho took over\n")
    newer.chmod(0o755)

    assert run_start_on((3, 9), path=str(tmp_path)).stdout == "took over\n"


def test_no_python_is_one_line(fresh: Checkout):
    assert fresh.make(PYTHON="python-nowhere").stderr.startswith(
        "python-nowhere is not to be found. Install Python 3.11"
    )
    assert fresh.make(PYTHON="python-nowhere", LANG="zh_CN.UTF-8").stderr.startswith("找不到 python-nowhere。")


def test_a_python_without_venv_names_the_package(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else True)

    with pytest.raises(install.Stop, match=r"no module “ensurepip”.*apt install python3\.\d+-venv"):
        install.check_modules()


def python_for_everybody() -> str:
    """A Python outside root's own folders, new enough for us."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    for python in (sys._base_executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            if subprocess.run([python, "-c", check], user=NOBODY, group=NOBODY, check=False).returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip("no Python here that another user may run")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_cannot_be_written_to_is_one_line():
    python = python_for_everybody()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        made = Checkout(Path(folder)).make(as_user=NOBODY, PORT=free_port(), PYTHON=python)

    assert made.returncode != 0
    assert "frodo: Permission denied. Frodo needs a folder it can write to." in made.stderr
    assert "Traceback" not in made.stderr


@pytest.mark.quality
def test_no_network_is_one_line(fresh: Checkout):
    fresh.add_venv()
    fresh.add_pip(says="... NewConnectionError ...", fails_on="django")

    made = fresh.make(PORT=free_port())

    assert made.returncode != 0
    assert "no connection. Type the same command again when you are online" in made.stderr
    assert (fresh.folder / "data" / "install.log").read_text() == "... NewConnectionError ...\n"


def test_a_full_disk_is_one_line(fresh: Checkout):
    fresh.add_venv()
    fresh.add_pip(says="OSError: [Errno 28] No space left on device", fails_on="django")

    assert "The disk is full." in fresh.make(PORT=free_port()).stderr


def test_any_other_failure_names_the_log(fresh: Checkout):
    fresh.add_venv()
    fresh.add_pip(says="a mystery", fails_on="django")

    assert "what happened is in data/install.log" in fresh.make(PORT=free_port()).stderr


@pytest.mark.quality
def test_without_mysql_headers_the_rest_is_installed(fresh: Checkout):
    fresh.add_venv()
    fresh.borrow(str(next(Path(path) for path in sys.path if (Path(path) / "django").is_dir())))
    fresh.add_pip(says="Can not find valid pkg-config name.", fails_on="mysqlclient")

    with fresh.running() as running:
        pass

    [line] = [line for line in running.said.splitlines() if "MySQL" in line]
    assert "&& .venv/bin/pip install -r requirements.lock" in line
    with fresh.running() as second:
        pass
    assert "MySQL" not in second.said


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """install.py at work in an empty folder, its steps written down instead of done."""
    for name in (install.SITE, install.TOOLS):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    venv = tmp_path / ".venv"
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", venv)
    monkeypatch.setattr(install, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(install, "LOG", tmp_path / "data" / "install.log")

    def make_venv() -> None:
        venv.mkdir(exist_ok=True)
        (venv / "bin").mkdir(exist_ok=True)
        install.PYTHON.unlink(missing_ok=True)
        install.PYTHON.symlink_to(sys.executable)
        note("venv ")

    def note(step: str) -> None:
        with (tmp_path / "steps").open("a") as steps:
            steps.write(step)

    monkeypatch.setattr(install, "make_venv", make_venv)
    monkeypatch.setattr(install, "install_packages", lambda name: note(f"{name} "))
    return tmp_path


def test_what_is_installed_is_not_installed_again(elsewhere: Path):
    install.install(install.SITE)
    install.install(install.SITE)

    assert (elsewhere / "steps").read_text() == "venv requirements.lock "


def test_the_tools_bring_the_site_with_them(elsewhere: Path):
    install.install(install.TOOLS)
    install.install(install.SITE)

    assert (elsewhere / "steps").read_text() == "venv requirements-dev.lock "


def test_a_changed_list_is_installed_into_the_same_place(elsewhere: Path):
    install.install(install.SITE)
    with (elsewhere / install.SITE).open("a") as requirements:
        requirements.write("one-more==1.0\n")
    install.install(install.SITE)

    assert (elsewhere / "steps").read_text() == "venv requirements.lock requirements.lock "


def test_an_interrupted_installation_begins_afresh(elsewhere: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupt(name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(install, "install_packages", interrupt)
        with pytest.raises(KeyboardInterrupt):
            install.install(install.SITE)
    install.install(install.SITE)

    assert (elsewhere / "steps").read_text() == "venv venv requirements.lock "


def test_the_named_packages_are_all_required():
    required = {re.match(r"[a-z-]+", line)[0] for line in install.required(install.SITE)}

    assert required >= set(ASKED_FOR.split())


def test_an_env_file_is_made_once_and_never_overwritten(tmp_path: Path):
    env = tmp_path / ".env"

    install.write_secret(env)
    first = env.read_text()
    install.write_secret(env)

    assert env.read_text() == first


def test_an_env_file_without_a_secret_gets_one(tmp_path: Path):
    env = tmp_path / ".env"
    env.write_text("DEBUG=true\n# SECRET_KEY=not this one\nSITE_NAME=Ann")

    install.write_secret(env)

    lines = env.read_text().splitlines()
    assert lines[:3] == ["DEBUG=true", "# SECRET_KEY=not this one", "SITE_NAME=Ann"]
    assert lines[3].startswith("SECRET_KEY=")
    assert len(lines) == 4


def test_an_exported_secret_counts(tmp_path: Path):
    env = tmp_path / ".env"
    env.write_text("export SECRET_KEY = mine\n")

    install.write_secret(env)

    assert env.read_text() == "export SECRET_KEY = mine\n"


@pytest.mark.quality
def test_the_whole_road_with_real_packages(fresh: Checkout):
    with fresh.running(patience=900, **pip_settings()) as running:
        pass

    print(f"first page {running.seconds:.0f} s after `make run` in a fresh clone")
    assert "password" in running.said


def pip_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
