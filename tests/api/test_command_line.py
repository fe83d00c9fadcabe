"""What docs/api.md shows is run, against a real server."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEA = """---
title: 一壶茶
slug: a-pot-of-tea
tags: [tea, 茶]
---

今天煮了**茶**。Today I made *tea*.
"""


@pytest.fixture(scope="module")
def token(callers):
    answer = callers["editor"].post(
        f"{callers.server.url}/api/me/tokens/", json={"name": "script", "scopes": ["posts"]}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["token"]


@pytest.fixture
def run(callers, token, tmp_path):
    def run(*command: str) -> subprocess.CompletedProcess:
        environment = {"PATH": os.environ["PATH"], "FRODO_URL": callers.server.url, "FRODO_TOKEN": token}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    (tmp_path / "tea.md").write_text(TEA, encoding="utf-8")
    return run


def post(callers, slug: str) -> dict:
    answer = callers["author"].get(f"{callers.server.url}/api/posts/{slug}/")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_file_is_posted_and_brought_up_to_date(callers, run, tmp_path):
    script = (sys.executable, str(DOCS / "examples/post.py"), "tea.md")

    made = run(*script)
    draft = post(callers, "a-pot-of-tea")
    (tmp_path / "tea.md").write_text(TEA + "\nMore.\n", encoding="utf-8")
    changed = run(*script, "--publish")

    assert made.stdout.startswith("Made "), made.stderr
    assert (draft["title"], draft["status"]) == ("一壶茶", "draft")
    assert {tag["name"] for tag in draft["tags"]} == {"tea", "茶"}
    assert changed.stdout.startswith("Changed "), changed.stderr
    assert "More." in post(callers, "a-pot-of-tea")["text"]
    assert post(callers, "a-pot-of-tea")["status"] == "published"


def test_what_the_blog_refuses_is_said(run, tmp_path):
    (tmp_path / "bad.md").write_text("---\nslug: a/b\n---\nText", encoding="utf-8")

    said = run(sys.executable, str(DOCS / "examples/post.py"), "bad.md")

    assert said.returncode != 0
    assert "invalid" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.skipif(not shutil.which("curl"), reason="There is no curl here.")
def test_curl_posts_a_file(callers, run):
    shown = re.search(r"```sh\n(.*?)```", (DOCS / "api.md").read_text(), re.S)[1]

    said = run("sh", "-c", shown)

    assert said.returncode == 0, said.stderr
    assert post(callers, json.loads(said.stdout)["slug"])["title"] == "Tea"
