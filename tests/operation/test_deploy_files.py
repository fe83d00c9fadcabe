"""The files in deploy/ as their own programs and schemas read them; what needs a container engine is read only."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tests.server import ROOT

DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent


def run(program: str, *arguments: object) -> None:
    path = shutil.which(program, path=f"{BIN}:{os.environ['PATH']}")
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"There is no {program}.")
    done = subprocess.run([path, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def objects() -> list[dict]:
    return yaml.safe_load((DEPLOY / "kubernetes.yaml").read_text())["items"]


def test_hadolint_finds_no_fault_in_the_containerfile():
    run("hadolint", DEPLOY / "Containerfile")


@pytest.mark.parametrize("name", ["compose.yaml", "compose.site.yaml"])
def test_compose_files_follow_the_specification(name):
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / name)


def test_kubernetes_objects_follow_their_schemas(tmp_path):
    for n, each in enumerate(objects()):
        (tmp_path / f"{n}.yaml").write_text(yaml.safe_dump(each))
    run("kubernetes-validate", "--strict", *sorted(tmp_path.iterdir()))


def test_pods_run_as_nobody_special_on_a_read_only_root():
    pods = [each["spec"]["template"]["spec"] for each in objects() if "template" in each.get("spec", {})]
    assert len(pods) == 3
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        [container] = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_workflows_and_issue_forms_follow_their_schemas():
    run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *(ROOT / ".github/workflows").iterdir())
    run("check-jsonschema", "--builtin-schema", "vendor.renovate", ROOT / "renovate.json")
    forms = [path for path in (ROOT / ".github/ISSUE_TEMPLATE").iterdir() if path.name != "config.yml"]
    assert all({"name", "description", "body"} <= yaml.safe_load(form.read_text()).keys() for form in forms)


def test_caddy_reads_its_file():
    run("caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile")


def test_hooks_before_a_commit_call_programs_that_exist():
    run("pre-commit", "validate-config", ROOT / ".pre-commit-config.yaml")
    [repo] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    programs = [hook["entry"].split()[0] for hook in repo["hooks"]]
    assert [program for program in programs if not shutil.which(program.replace(".venv/bin", str(BIN)))] == []


def test_every_server_is_started_with_the_same_options():
    """The unit, the image, `manage.py serve`."""
    unit = re.sub(r"\\\n", " ", (DEPLOY / "frodo.service").read_text())
    image = re.sub(r'[",\\\s]+', " ", (DEPLOY / "Containerfile").read_text().rpartition("CMD")[2])
    options = set(re.findall(r"--[a-z-]+(?: [^-\s]\S*)?", re.search(r"ExecStart=.*", unit)[0])) - {"--fd 3"}
    assert options <= set(re.findall(r"--[a-z-]+(?: [^-\s]\S*)?", image))


# Lock files


def locked(name: str) -> dict[str, list[str]]:
    text = (ROOT / name).read_text().replace("\\\n", " ")
    versions: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            assert "--hash=sha256:" in line, line
            package, version = re.match(r"([\w.-]+)==(\S+)", line).groups()
            versions.setdefault(package, []).append(version)
    return versions


def ranges(name: str) -> list[Requirement]:
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    own = [Requirement(line) for line in lines if line and not line.startswith("-r")]
    return [*own, *(each for line in lines if line.startswith("-r") for each in ranges(line[2:].strip()))]


@pytest.mark.parametrize(
    ("lock", "sources"),
    [
        ("requirements.lock", ["requirements.txt"]),
        (
            "requirements-extras.lock",
            ["requirements.txt", *(path.name for path in ROOT.glob("requirements-[!d]*.txt"))],
        ),
        ("requirements-dev.lock", ["requirements-dev.txt"]),
    ],
)
def test_a_lock_file_has_a_version_within_each_range(lock, sources):
    versions = locked(lock)
    for requirement in (each for source in sources for each in ranges(source)):
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        found = versions.get(name, [])
        assert any(requirement.specifier.contains(version) for version in found), f"{requirement}: run `make lock`"


def test_what_is_tested_is_what_is_installed():
    site, tools = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: tools.get(name) for name in site} == site


def test_lock_files_name_no_host():
    assert [path.name for path in ROOT.glob("*.lock") if "://" in path.read_text()] == []
