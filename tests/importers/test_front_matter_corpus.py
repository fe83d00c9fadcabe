"""Real sites, read by other readers of front matter: Hexo's own for YAML, Python's tomllib for TOML."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from blog.models import Page, Post
from tests.importers.test_corpus import CORPUS, FOLDERS
from tests.npm import package

SCRIPT = """
const { parse } = require(process.argv[1]), fs = require("fs");
const found = {};
for (const path of JSON.parse(fs.readFileSync(0))) {
    try { found[path] = parse(fs.readFileSync(path, "utf8")); } catch (error) { found[path] = null; }
}
process.stdout.write(JSON.stringify(found));
"""


def read_by_others(paths: list[Path]) -> dict[str, dict | None]:
    """Fields and `_content` of each file; None for what their reader refuses."""
    module = package("hexo-front-matter", "package.json").parent
    names = json.dumps([str(path) for path in paths])
    done = subprocess.run(["node", "-e", SCRIPT, str(module)], input=names, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    for path in paths:
        _start, mark, rest = path.read_text(errors="replace").partition("+++\n")
        if mark and not _start.strip():
            fields, _mark, content = rest.partition("\n+++")
            found[str(path)] = tomllib.loads(fields) | {"_content": content}
    return found


def flat(value: object) -> set[str]:
    if isinstance(value, (list, dict)):
        return {name for item in value for name in flat(item)}
    return {str(value).casefold()} if value else set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_titles_and_tags_are_those_that_another_reader_finds(run, folder):
    base = CORPUS / folder
    run(base)
    entries = {entry.origin.partition(":")[2]: entry for entry in (*Page.objects.all(), *Post.objects.all())}
    files = {
        origin: next(path for path in (base / origin, base.parent / origin) if path.exists()) for origin in entries
    }
    others = read_by_others(list(files.values()))
    n_titles = n_tags = 0

    for origin, entry in entries.items():
        fields = others[str(files[origin])] or {}
        if title := fields.get("title"):
            n_titles += 1
            assert entry.title == re.sub(r"<[^>]*>", "", " ".join(str(title).split())), origin
        if isinstance(entry, Post) and isinstance(fields.get("tags"), list):
            n_tags += 1
            assert flat(fields["tags"]) <= {tag.name.casefold() for tag in entry.tags.all()}, origin
        words = set(
            re.findall(
                r"\w{5,}", re.sub(r"(?s)```.*?```|{%.*?%}|{{.*?}}|\(.*?\)|<.*?>", "", fields.get("_content", ""))
            )
        )
        assert len(words - set(re.findall(r"\w{5,}", entry.text))) <= max(2, len(words) // 5), origin
    assert n_titles >= len(entries) / 2
    assert n_tags or not any("tags" in (fields or {}) for fields in others.values())
