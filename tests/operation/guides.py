"""The commands of the documents. A block without a language is for a shell, as one of `sh` is."""

import re
import subprocess
from typing import NamedTuple

from tests.server import ROOT

FENCED = re.compile(
    r"^(?P<margin> *)(?P<fence>```+)(?P<language>\w*)[^\n`]*\n(?P<text>.*?)^ *(?P=fence)$", re.MULTILINE | re.DOTALL
)
INLINE = re.compile(
    r"`((?:[A-Z_]+=\S+ )*(?:manage\.py|frodo|make|sudo|(?:\.venv/bin/)?python3?|docker|npm|npx|gh|sed|curl|remark42"
    r"|mariadb-dump|systemd-analyze) [^`\n]+)`"
)
NOT_GUIDES = (":!blog/demo", ":!templates", ":!docs/decisions.md", ":!CHANGELOG.md", ":!benchmarks", ":!.github")


class Block(NamedTuple):
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """Without comments. A pipe, a continuation or a quotation may go on over several lines."""
        if self.language not in ("", "sh"):
            return []
        commands, unfinished = [], ""
        for line in self.text.splitlines():
            unfinished += re.sub(r"(^|\s+)# .*", "", line) + "\n"
            if not re.search(r"[|\\]\s*$", unfinished) and unfinished.count("'") % 2 == 0:
                commands.append(unfinished.strip())
                unfinished = ""
        assert not unfinished, f"This does not end: {unfinished}"
        return [command for command in commands if command]


def guides() -> list[str]:
    listed = ["git", "ls-files", "-z", "*.md", *NOT_GUIDES]
    return subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.rstrip("\0").split("\0")


def guide(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, start: str, end: str) -> str:
    """From one heading to another."""
    return guide(name).partition(f"\n{start}\n")[2].partition(f"\n{end}\n")[0]


def blocks(text: str) -> list[Block]:
    """Of Markdown, without the margin that they have in a list."""

    def block(found: re.Match) -> Block:
        return Block(found["language"], re.sub(rf"^{found['margin']}", "", found["text"], flags=re.MULTILINE))

    return [block(found) for found in FENCED.finditer(text)]


def block_commands(text: str) -> list[str]:
    return [command for block in blocks(text) for command in block.commands]


def commands(name: str) -> list[str]:
    """Those in blocks, then those in sentences and tables."""
    text = guide(name)
    return [*block_commands(text), *INLINE.findall(FENCED.sub("", text))]
