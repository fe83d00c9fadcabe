"""Each command of the documents is run: here, by another test, or not at all for a reason that is given here."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.databases import ROOT, create_tables, database, mariadb, query
from tests.operation.guides import block_commands, commands, guide, guides
from tests.operation.test_installing_from_documents import SERVER, UPGRADING
from tests.server import Server

ON_A_BLOG = """\
manage.py check
manage.py createauthor NAME
manage.py changepassword author
manage.py makemigrations
manage.py search_index
manage.py search_index --rebuild
manage.py purge_pages
manage.py make_variants
manage.py render_posts
manage.py run_jobs --batch
manage.py run_jobs delete_old_events
manage.py run_jobs erase_personal_data
manage.py backup
manage.py backup --to /var/backups/frodo
manage.py export_blog blog.zip
manage.py export_blog blog.xml --format wxr
manage.py export_blog site --format hugo
manage.py sendtestemail you@mail.example
manage.py demo_content --remove
""".splitlines()
"""One after the other, on a blog with the demo posts."""

ON_A_NEW_SITE = [
    ["manage.py restore latest", "manage.py migrate"],
    ["manage.py restore latest --from /var/backups/frodo"],
    ["manage.py restore /mnt/backups/frodo-2026-11-29T030000Z.tar"],
    [
        "DATA_DIR=/tmp/copy DATABASE_URL=sqlite:////tmp/copy/frodo.sqlite3 MEDIA_ROOT=/tmp/copy/media "
        "manage.py restore latest"
    ],
    ["manage.py import_blog blog.zip --dry-run", "manage.py import_blog blog.zip"],
]
"""With what the blog has saved; each list on a site of its own."""

OPERATION = "tests/operation/test_"
INSTALLING = f"{OPERATION}installing_from_documents.py::test_a_site_is_installed_and_upgraded_by_the_guide"
MAKE_RUN = f"{OPERATION}make_run.py::test_the_first_start_makes_a_blog_and_an_author"
CLONE = f"{OPERATION}commands_of_documents.py::test_a_clone_is_all_that_make_run_needs"
RECIPES = "tests/backup/test_recipes.py::test_"
POSTED = "tests/api/test_command_line.py::test_a_file_is_posted_and_brought_up_to_date"

RUN_BY = {
    **dict.fromkeys([*block_commands(SERVER), *block_commands(UPGRADING)], INSTALLING),
    "manage.py doctor": INSTALLING,
    "sudo systemctl daemon-reload": INSTALLING,
    "sudo systemctl reload frodo": INSTALLING,
    "git clone <this repository> frodo": CLONE,
    "cd frodo": CLONE,
    "git clone <this repository> frodo && cd frodo": CLONE,
    "make run": MAKE_RUN,
    "PORT=8001 make run": MAKE_RUN,
    "HOST=0.0.0.0 ALLOWED_HOSTS=localhost,192.168.1.20 make run": (
        f"{OPERATION}make_run.py::test_an_open_host_is_told_which_names_to_allow"
    ),
    "PIP_INDEX_URL=... make run": f"{OPERATION}installing.py::test_the_whole_road_with_real_packages",
    "PYTHON=python3.12 make run": f"{OPERATION}installing.py::test_no_python_is_one_line",
    "make docs": (
        f"{OPERATION}documents.py::test_the_site_of_the_documents_is_built_without_a_warning_and_asks_no_other_host"
    ),
    "make vendor": f"{OPERATION}vendor.py::test_a_build_gives_the_same_bytes",
    "make messages": f"{OPERATION}translations.py::test_each_string_of_the_interface_is_translated_into_chinese",
    "python docs/plots.py": f"{OPERATION}documents.py::test_plots_are_those_of_the_last_measurement",
    "systemd-analyze verify": f"{OPERATION}behind_nginx.py::test_systemd_finds_no_fault_in_the_units",
    "export FRODO_URL=https://blog.example FRODO_TOKEN=frodo_…": POSTED,
    "python3 post.py tea.md --publish": POSTED,
    "python3 -c 'import json, sys; …": "tests/api/test_command_line.py::test_curl_posts_a_file",
    "manage.py check --deploy": "tests/site/test_security_settings.py::test_check_deploy_says_nothing",
    "manage.py remove_totp NAME": "tests/accounts/test_two_factor.py::test_the_operator_can_turn_it_off",
    "manage.py runserver": (
        f"{OPERATION}make_run.py::test_runserver_and_bare_uvicorn_serve_pages_static_files_and_websockets"
    ),
    "manage.py run_jobs": f"{OPERATION}whole_site.py::test_each_part_is_restarted_under_load",
    "manage.py run_jobs check_links": (
        "tests/link_check/test_broken_links.py::test_a_link_is_broken_when_it_failed_twice"
    ),
    "manage.py restore latest --identity key.txt": "tests/backup/test_backup_and_restore.py::test_encrypted_by_age",
    "manage.py copy_database …": f"{OPERATION}commands_of_documents.py::test_a_blog_moves_to_mariadb_and_back",
    "manage.py import_blog PATH --dry-run": (
        "tests/importers/test_import_folders.py::test_a_dry_run_changes_nothing_and_says_the_same"
    ),
    "manage.py import_comments PATH --dry-run": (
        "tests/importers/test_import_comments.py::test_a_dry_run_says_what_would_be_done"
    ),
    "manage.py export_blog site --format static": (
        "tests/exporters/test_static_site.py::test_the_site_is_whole_and_every_link_leads_to_a_file"
    ),
    "npm install && npx hexo generate": (
        "tests/exporters/test_generators.py::test_it_builds_with_its_urls_and_comments"
    ),
    "tar -xf …": f"{RECIPES}a_backup_is_unpacked_by_common_programs",
    "gunzip -c …": f"{RECIPES}a_backup_is_unpacked_by_common_programs",
    "sqlite3 /var/lib/frodo/frodo.sqlite3 …": f"{RECIPES}sqlite3_makes_a_backup",
    "mariadb-dump --single-transaction…": f"{RECIPES}mariadb_dump_makes_a_backup",
}
"""A command, or how it begins, and the test that runs it."""

NOT_HERE = {
    "docker compose …": "needs a container engine; test_image.py runs the steps of the Containerfile",
    "kubectl …": "needs a cluster; test_deploy_files.py checks the objects by their schemas",
    "gh …": "needs an account at GitHub; test_import_comments.py reads what it writes",
    "remark42 backup": "a command of another program; test_import_comments.py reads what it writes",
    "litestream …": "a program that Debian does not have; test_recipes.py runs it where it is installed",
    "sudo systemctl edit frodo": "opens an editor for a unit of systemd",
    "sudo apt install caddy": "test_proxies.py runs Caddy with deploy/Caddyfile",
    "sudo systemctl reload caddy": "test_proxies.py runs Caddy with deploy/Caddyfile",
    "make test": "runs this test",
    'make test ARGS="-k comment"': "runs tests",
    "SLOW=1 make test": "runs this test",
    "make test-all": "a step of .ci/run",
    "make lint": "a step of .ci/run",
    "make types": "a step of .ci/run",
    "make quality": "runs the slow tests",
    "make lock…": "asks a package index for versions; test_deploy_files.py compares the result with the ranges",
    "make audit": "asks another host for known vulnerabilities",
    "make sbom": "installs a program for itself",
    "make bench…": "a measurement, of which test_benchmarks.py runs a part",
    "python -m benchmarks…": "a measurement, of which test_benchmarks.py runs a part",
    "python benchmarks/async_model.py": "a measurement",
    "npm install": "a part of `make vendor`, which test_vendor.py runs",
}
"""A command, or how it begins, and why no test runs it."""

HERE = {*ON_A_BLOG, *(command for commands in ON_A_NEW_SITE for command in commands)}


def normal(command: str) -> str:
    """`frodo`, of docs/installing.md, is manage.py with the settings of the server."""
    return re.sub(r"^(?:\.venv/bin/python manage\.py|frodo) ", "manage.py ", command)


def is_it(command: str, known: str) -> bool:
    """The name of a management command alone is a mention of it, whatever its arguments."""
    if command.startswith("manage.py") and known.startswith(f"{command} "):
        return True
    return command == known or (known.endswith("…") and command.startswith(known[:-1]))


@pytest.mark.parametrize("name", guides())
def test_each_command_is_run_or_there_is_a_reason(name):
    known = [*HERE, *map(normal, RUN_BY), *NOT_HERE]

    assert [each for each in map(normal, commands(name)) if not any(is_it(each, one) for one in known)] == []


def test_what_is_said_of_commands_is_still_true():
    documented = [normal(command) for name in guides() for command in commands(name)]
    known = [*HERE, *map(normal, RUN_BY), *NOT_HERE]

    assert [one for one in known if not any(is_it(command, one) for command in documented)] == []
    for test in RUN_BY.values():
        path, _, function = test.partition("::")
        assert re.search(rf"^(async )?def {function}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), test


class Site:
    """A site of the laptop's kind, and the folder in which its commands are typed."""

    PATHS = {
        "/var/backups/frodo": "{shared}/backups",
        "/mnt/backups/frodo-2026-11-29T030000Z.tar": "{backup}",
        "/var/lib/frodo/frodo.sqlite3": "{shared}/copied.sqlite3",
        "blog.zip": "{shared}/blog.zip",
        "/tmp/copy": "{own}/copy",
    }

    def __init__(self, folder: Path, shared: Path, **environment: str) -> None:
        folder.mkdir()
        self.own, self.shared = folder, shared
        settings = {"DEBUG": "true", "DATA_DIR": str(folder), "BACKUP_TO": str(shared / "backups")}
        settings["DATABASE_URL"] = f"sqlite:///{folder / 'frodo.sqlite3'}"
        self.server = Server(folder, **(settings | environment), ENV_FILE=os.devnull)

    def close(self) -> None:
        self.server.end_shell()

    def type(self, command: str) -> None:
        backup = max((self.shared / "backups").glob("*.tar"), default="")
        for theirs, ours in self.PATHS.items():
            command = command.replace(theirs, ours.format(shared=self.shared, own=self.own, backup=backup))
        variables, _, arguments = command.partition("manage.py ")
        self.server.environment |= dict(each.split("=", 1) for each in variables.split())
        self.server.run(
            "import getpass, os; from django.core.management import execute_from_command_line\n"
            f"getpass.getpass = lambda *_, **__: 'a long walk by the river'; os.chdir({str(self.own)!r})\n"
            f"execute_from_command_line({['manage.py', *shlex.split(arguments)]!r})"
        )


@pytest.fixture
def blog(tmp_path) -> Iterator[Site]:
    """With the demo posts."""
    with closing(Site(tmp_path / "blog", tmp_path)) as site:
        create_tables(site.server.environment)
        site.type("manage.py createauthor author")
        site.type("manage.py demo_content")
        yield site


@pytest.mark.quality
def test_commands_work_on_a_blog(blog):
    for command in ON_A_BLOG:
        blog.type(command)


@pytest.mark.quality
def test_commands_bring_a_saved_blog_to_a_new_site(blog, tmp_path):
    blog.type("manage.py backup")
    blog.type("manage.py export_blog blog.zip")
    for n, group in enumerate(ON_A_NEW_SITE):
        with closing(Site(tmp_path / f"{n}", blog.shared)) as site:
            if "import_blog" in group[0]:
                create_tables(site.server.environment)
            for command in group:
                site.type(command)
            assert site.server.run("from blog.models import Post; print(Post.threads.count() > 3)") == "True", group


@pytest.mark.quality
def test_a_blog_moves_to_mariadb_and_back(blog, tmp_path):
    there, back = [each for each in commands("docs/exporting.md") if each.startswith("manage.py copy_database")]
    with ExitStack() as opened:
        url = opened.enter_context(database(tmp_path, mariadb()))
        moved = opened.enter_context(closing(Site(tmp_path / "moved", blog.shared, DATABASE_URL=url)))
        blog.type(re.sub(r"mysql://\S+", url, there))
        moved.type(back)
        assert query(url, "SELECT count(*) FROM blog_post") == blog.server.query("SELECT count(*) FROM blog_post")
    assert query(f"sqlite:///{blog.shared}/copied.sqlite3", "SELECT count(*) FROM accounts_user")[0][0] >= 1


def test_a_clone_is_all_that_make_run_needs(tmp_path):
    [clone, enter, _run] = block_commands(guide("docs/start.md"))
    script = f"{clone.replace('<this repository>', str(ROOT))} && {enter} && make --dry-run run"
    subprocess.run(["sh", "-ec", script], cwd=tmp_path, check=True, capture_output=True)
