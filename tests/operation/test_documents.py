"""What the documents name exists: links, files, commands and options, settings."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import get_args

import pytest
from django.core.management import get_commands, load_command_class
from django.utils.translation import override

from blog.comments.reader_api import KINDS
from blog.reactions.models import Kind
from blog.webhooks.models import EventType
from frodo.jobs.registry import job_types
from frodo.site_settings import DEFAULTS, Site
from frodo.site_settings.models import SETTING_OF, SiteSettings

ROOT = Path(__file__).resolve().parent.parent.parent
LINK = re.compile(r"\]\((?!https?:|mailto:|#|/)([^)#\s]+)")
DOCUMENTS = subprocess.run(
    ["git", "ls-files", "*.md", ":!blog/demo", ":!templates"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files_that_exist(name):
    document = ROOT / name
    links = LINK.findall(document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


ANCHOR = re.compile(r"\]\((?!https?:|/)([^)#\s]*)#([^)\s]+)\)")


def anchors(document: Path) -> set[str]:
    """Of its headings, as GitHub and Sphinx make them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_headings_that_exist(name):
    document = ROOT / name
    links = ANCHOR.findall(document.read_text(encoding="utf-8"))

    assert [link for link in links if link[1] not in anchors(document.parent / link[0] if link[0] else document)] == []


def test_the_index_names_every_page():
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    examples = [f"examples/{path.name}" for path in (ROOT / "docs/examples").glob("*.py")]

    assert [page for page in (*pages, *examples) if page != "README.md" and f"({page}" not in index] == []


def test_the_path_for_newcomers_is_as_long_as_it_says():
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    section = text.partition("## Read these files first")[2].partition("\n## ")[0]
    n_files, n_lines = re.search(r"(\d+) files with ([\d,]+) lines", section).groups()
    files = re.findall(r"`((?:frodo|blog|static)/[\w/]+\.\w+)`", section)

    assert len(set(files)) == len(files) == int(n_files) <= 30
    lines = [line.strip() for file in files for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    n_code = sum(bool(line) and not line.startswith(("#", "//")) for line in lines)
    assert n_code == pytest.approx(int(n_lines.replace(",", "")), rel=0.01)
    assert n_code <= 3500


def test_each_site_setting_is_documented():
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    fields = [field for field in SiteSettings._meta.concrete_fields if not field.primary_key]

    with override("en"):
        assert [field.name for field in fields if str(field.verbose_name) not in text.partition("## Security")[0]] == []
    assert set(re.findall(r"^\| `(\w+)` \*", text, re.MULTILINE)) == set(SETTING_OF.values())


def test_lists_that_two_layers_keep_are_alike():
    assert get_args(KINDS) == tuple(Kind.values)
    assert sorted(Site.__annotations__) == sorted({*SETTING_OF.values(), *DEFAULTS})


def test_each_job_and_each_webhook_event_is_documented():
    jobs, webhooks = ((ROOT / f"docs/{name}.md").read_text(encoding="utf-8") for name in ("jobs", "webhooks"))

    assert [name for name in job_types if f"`{name}`" not in jobs] == []
    assert [name for name in EventType.values if f"`{name}`" not in webhooks] == []


GUIDES = [name for name in DOCUMENTS if not name.startswith(("docs/decisions", "CHANGELOG", "benchmarks/", ".github"))]
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
NOT_SETTINGS = re.compile(
    r"[A-Z]+_CLIENT_(ID|SECRET)|OIDC_\w+|WEB_CONCURRENCY|PROMETHEUS_MULTIPROC_DIR|PIP_\w+|MARIADB_PASSWORD|SITE_HOST|CI|ARGS|SLOW|PYTHON|CONN_MAX_AGE|LOCK|NAME|FRODO_(URL|TOKEN)"
)


def code(name: str) -> list[str]:
    return CODE.findall((ROOT / name).read_text(encoding="utf-8"))


def commands(name: str) -> set[tuple[str, str]]:
    """Management commands that a document names, with what follows on the line."""
    found = re.findall(r"(?:manage\.py|^frodo) ([a-z_]+)([^`\n|&;#]*)", "\n".join(code(name)), re.MULTILINE)
    return {(command, rest) for command, rest in found}


@pytest.mark.parametrize("name", GUIDES)
def test_management_commands_and_their_options_exist(name):
    known = get_commands()
    for command, rest in commands(name):
        assert command in known, f"{name}: manage.py {command}"
        parser = load_command_class(known[command], command).create_parser("manage.py", command)
        options = {option for action in parser._actions for option in action.option_strings}
        assert set(re.findall(r"(?<!\S)--[a-z][a-z-]*", rest)) <= options, f"{name}: manage.py {command}{rest}"


@pytest.mark.parametrize("name", GUIDES)
def test_make_targets_exist(name):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"(?:^|[`=\s])make ([a-z][a-z -]*)", "\n".join(code(name)))
    assert {target for several in named for target in several.split()} <= targets


@pytest.mark.parametrize("name", GUIDES)
def test_files_of_the_project_that_are_named_exist(name):
    text = "\n".join(code(name))
    paths = re.findall(r"(?<![\w/.-])((?:deploy|tests|frodo|blog|accounts|docs|benchmarks)/[\w./-]+\.\w+)", text)
    missing = [path for path in paths if not (ROOT / path).exists() and path != "deploy/frodo.env"]
    assert missing == []


@pytest.mark.parametrize("name", [name for name in GUIDES if name != "docs/settings.md"])
def test_settings_that_are_named_are_in_the_table(name):
    table = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE))
    assigned = re.findall(r"(?<![\w$.-])([A-Z][A-Z0-9_]{2,})=", "\n".join(code(name)))
    assert {each for each in assigned if not NOT_SETTINGS.fullmatch(each)} <= table


def test_the_one_liners_of_the_installation_print_what_they_say():
    text = (ROOT / "docs/installing.md").read_text()
    quote, secret = re.findall(r"python3 -c '(.+?)'(?=`|\n)", text)

    run = {"capture_output": True, "text": True, "check": True}
    quoted = subprocess.run([sys.executable, "-c", quote], input="p@ss/word#1\n", **run).stdout
    assert quoted.endswith("p%40ss%2Fword%231\n")
    assert len(subprocess.run([sys.executable, "-c", secret], **run).stdout) > 50


def test_plots_are_those_of_the_last_measurement():
    """`python docs/plots.py` after `make bench`."""
    drawn = {}
    exec((ROOT / "docs/plots.py").read_text().replace("__file__", repr(str(ROOT / "docs/plots.py"))), drawn)
    for name, svg in drawn["plots"]((ROOT / "benchmarks/RESULTS.md").read_text()).items():
        assert (ROOT / "docs/plots" / name).read_text() == svg, "python docs/plots.py"
        assert len(ET.fromstring(svg).findall(".//{*}rect")) >= 2


@pytest.mark.quality
def test_the_site_of_the_documents_is_built_without_a_warning_and_asks_no_other_host():
    subprocess.run([sys.executable, "docs/conf.py"], cwd=ROOT, check=True)

    pages = list((ROOT / "build/docs").rglob("*.html"))
    assert {"index.html", "start.html", "async-django.html", "contributing.html"} <= {page.name for page in pages}
    loaded = re.compile(
        r"<(?:script|img|iframe)[^>]+src=[\"'](?:https?:)?//|<link[^>]+rel=[\"']stylesheet[\"'][^>]+href=[\"'](?:https?:)?//"
    )
    assert [page.name for page in pages if loaded.search(page.read_text(encoding="utf-8"))] == []
    styles = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "build/docs").rglob("*.css"))
    assert not re.search(r"url\([\"']?(?:https?:)?//", styles)
