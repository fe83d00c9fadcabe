"""The documentation as a site, in English and Chinese: `make docs` runs this; Sphinx reads it as its configuration."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
BUILD = DOCS.parent / "build"
USERS = """start editor markdown media activities moderation notifications accounts importing exporting archive-format
redirects site-search statistics link-check theme privacy"""
OPERATORS = "installing settings scaling cdn backup jobs monitoring webhooks doctor page-cache"
PROGRAMS = "api tokens live"
DEVELOPERS = """architecture decisions async-django async-models orm-threads http-client benchmarks terms contributing
changelog"""
CHAPTERS = {"Users": USERS, "Operators": OPERATORS, "Programs": PROGRAMS, "Developers": DEVELOPERS, "More": ""}
CHINESE = {"Users": "使用", "Operators": "运维", "Programs": "接口", "Developers": "开发", "More": "其他"}
RENAMED = {"search": "site-search"}
"""Sphinx has a page of its own named search."""
FROM_ABOVE = {"contributing": "CONTRIBUTING.md", "changelog": "CHANGELOG.md"}
WRAPPED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n\s*(?=[\u3000-\u9fff\uff00-\uffef])")
LINK = re.compile(r"(?ms)^```.*?^```|`[^`\n]+`|(?<!!)\[([^\]]+)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")

# Sphinx

project = "Frodo"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "Frodo"
html_favicon = str(DOCS.parent / "static/img/favicon.svg")
html_show_copyright = html_show_sphinx = html_copy_source = False
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]


def sources(language: str) -> dict[str, str]:
    """The pages of a language by name. Links to files of the code become text."""
    suffix = ".zh.md" if language == "zh" else ".md"
    names = {path: path.name.removesuffix(suffix) for path in DOCS.glob(f"*{suffix}")}
    files = {RENAMED.get(name, name): path for path, name in names.items()}
    if language == "en":
        files = {name: path for name, path in files.items() if not name.endswith(".zh") and name != "README"}
        files |= {name: DOCS.parent / source for name, source in FROM_ABOVE.items()}

    def linked(link: re.Match) -> str:
        if link[1] is None:
            return link[0]  # code
        text, target, anchor = link[1], Path(link[2]), link[3] or ""
        name = {source: name for name, source in FROM_ABOVE.items()}.get(target.name, target.name.removesuffix(".md"))
        name = RENAMED.get(name, name)
        if name in files:
            return f"[{'' if text.endswith('.md') else text}]({name}.md{anchor})"
        if language == "zh" and (DOCS / target).exists() and target.suffix == ".md":
            return f'<a href="../{RENAMED.get(target.stem, target.stem)}.html{anchor}">{text}</a>'
        return text

    texts = {name: LINK.sub(linked, path.read_text(encoding="utf-8")) for name, path in files.items()}
    # A line break between Chinese characters would show as a space.
    return {name: WRAPPED.sub("", text) for name, text in texts.items()}


def index(language: str, pages: dict[str, str]) -> str:
    title = "# Frodo 文档" if language == "zh" else "# Frodo"
    parts = [
        title,
        "一个自托管的博客，基于 Django 的异步特性。"
        if language == "zh"
        else "A self-hosted blog on Django's async stack.",
    ]
    listed = " ".join(CHAPTERS.values()).split()
    for chapter, names in CHAPTERS.items():
        here = [name for name in names.split() if name in pages]
        if chapter == "More":
            here = sorted(pages.keys() - set(listed))
        if here:
            caption = CHINESE[chapter] if language == "zh" else chapter
            parts.append("\n".join([f"```{{toctree}}\n:caption: {caption}\n:maxdepth: 1\n", *here, "```"]))
    return "\n\n".join(parts) + "\n"


def main() -> int:
    shutil.rmtree(BUILD / "docs", ignore_errors=True)
    for language in ("en", "zh"):
        staged = BUILD / "docs-source" / language
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        for picture in [*DOCS.glob("*.png"), *DOCS.glob("plots/*.svg")]:
            copy = staged / picture.relative_to(DOCS)
            copy.parent.mkdir(exist_ok=True)
            shutil.copy(picture, copy)
        pages = sources(language)
        for name, text in {**pages, "index": index(language, pages)}.items():
            (staged / f"{name}.md").write_text(text, encoding="utf-8")
        target = BUILD / "docs" / ("zh" if language == "zh" else "")
        other = '<a href="../index.html">English</a>' if language == "zh" else '<a href="zh/index.html">简体中文</a>'
        options = [
            "-D",
            f"html_theme_options.announcement={other}",
            *(["-D", "language=zh_CN"] if language == "zh" else []),
        ]
        command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--quiet", "-c", DOCS, "-d", f"{staged}.cache"]
        if code := subprocess.run([*command, *options, staged, target]).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
