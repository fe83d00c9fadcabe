"""Texts made to hurt end soon. Each batch runs in a process of its own, which a hang cannot outlive."""

import subprocess
import sys
from pathlib import Path

import pytest

LIMIT = 5  # seconds of CPU time for 50 KB: the goal is one, and other machines are slower and busy
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds for a batch: many times what it takes, and far less than a quadratic one would

UNITS = [
    "*",
    "**a ",
    "_a",
    "*a_ ",
    "a**b",
    "~~",
    "~~a",
    "[",
    "![",
    "[a](",
    "[a](<b",
    '[a](b "',
    "[a](b (",
    "[a][",
    "[a]",
    "](",
    "]",
    "[[]",
    "`",
    "``a`",
    "`a``",
    "<",
    "<a ",
    "<!--",
    "<?",
    "<![CDATA[",
    "<!A",
    "<a x='",
    "</",
    "&",
    "&a",
    "\\",
    "$",
    "$a",
    "$a$",
    "$$",
    "$$\n",
    "$$a\n",
    "\\(",
    "\\[a\n",
    "- ",
    "> ",
    ">",
    "1. ",
    "- a\n",
    "  - a\n",
    "> a\n",
    "#",
    "# a\n",
    "|",
    "| a ",
    "a|b\n-|-\n",
    "|-",
    "```\n",
    "```a\n",
    "    a\n",
    "a\n",
    "\t- ",
    " ",
    "\n",
    "http://",
    "http://a.b/(",
    "www.",
    "a@",
    "a@b.c",
    "[^1]",
    "[^a]: b\n",
    "[a]: b\n",
    "[a]: <b\n",
    '[a]: b "\n',
    "===\n",
    "a\n===\n",
    "* * ",
    "<div>\n",
    "<div>\n\n",
    "<b>",
    "中**文。**",
    "<!--more-->",
    "<math>",
    "a  \n",
    "$\\frac",
    "x[^1]\n\n[^1]: y\n\n",
    "~",
    "~a ",
    "a\n: b\n\n",
    ": a\n",
    "# a {#b}\n",
    "{",
    "![](",
    "![[",
    "[![a](b)](c) ",
    "\\begin{align}\n",
    "\\begin{align}",
    "<iframe '",
    "<svg>",
    "<script>",
    "\n<style>",
    "<noscript>",
    "<x>",
    "<section>",
    "<b></i>",
    "<dt>a<dd>b",
    '<b title="</b>">',
    "http://a.b/)",
    "http://a.b/?&a;",
    "&amp;",
    "\u3000",
]
SHAPES = {
    "ten thousand stars": "'*' * 10_000",
    "twenty thousand brackets": "'[' * 20_000",
    "brackets in pairs": "'[' * 20_000 + ']' * 20_000",
    "five thousand quotes": "'>' * 5_000 + ' a'",
    "ten thousand backticks": "'`' * 10_000",
    "backtick runs of every length": "''.join('`' * n + ' ' for n in range(440))",
    "a deep list": "''.join('  ' * n + '- a\\n' for n in range(400))",
    "quotes in lists": "'> - ' * 20_000",
    "deep emphasis": "'*a ' * 20_000 + '*' * 20_000",
    "a long table": "'|a|b|\\n|-|-|\\n' + '|1|2|\\n' * 5_000",
    "a wide table of short rows": "'|a' * 3_000 + '|\\n' + '|-' * 3_000 + '|\\n' + '|\\n' * 9_000",
    "many references": "'[a]: /u\\n\\n' + '[a] ' * 20_000",
    "deep groups in a formula": "'$' + '{' * 2_000 + '}' * 2_000 + '$'",
    "spaces inside a line": "'a' + ' ' * 50_000 + 'b'",
    "spaces in a heading": "'# a' + ' ' * 50_000 + 'b'",
    "spaces in a cell": "'|a' + ' ' * 50_000 + 'b|\\n|-|\\n'",
    "lines of spaces": "'a\\n' + (' ' * 99 + '\\n') * 500 + 'b'",
    "beginnings of notes": "'[^a]: b\\n\\n' + '[^' * 25_000",
    "pictures in pictures": "'![' * 12_000 + '](a)' * 6_000",
    "links in links": "'[' * 8_000 + '](a)' * 8_000",
    "lazy lines": "('> ' * 60 + 'a\\n' + 'b\\n' * 100) * 150",
    "code blocks": "'```java\\na b\\n```\\n' * 3_000",
    "macros": r"'$' + ''.join(rf'\newcommand{{\{a}}}{{{chr(92) + b}' * 9 + '}' for a, b in zip('abc', 'bcd')) + r'\a$'",
    "formulas": "''.join(f'$x_{{{n}}}^2$ ' for n in range(4_000))",
    "roots in roots": "'$' + '\\\\sqrt' * 600 + ' x$'",
}
PROGRAM = """
from time import thread_time
from frodo.markdown import render_comment, render_post
for text in [{texts}]:
    for render in (lambda text: render_post(text).html, render_comment):
        start = thread_time()
        html = render(text)
        assert len(html) < 60 * len(text) + 10_000, (text[:20], len(html))
        assert len(text) > 51_000 or thread_time() - start < {limit}, (text[:20], thread_time() - start)
    print(repr(text[:20]))
"""


def run(texts: list[str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(texts=", ".join(texts), limit=LIMIT)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-200:] + done.stderr[-2000:]
    return done.stdout.splitlines()


@pytest.mark.parametrize("size", [20_000, pytest.param(50_000, marks=pytest.mark.quality)])
@pytest.mark.parametrize("first", range(0, len(UNITS), 30))
def test_much_of_one_thing_is_rendered(first, size):
    units = UNITS[first : first + 30]

    assert len(run([f"({unit!r} * {size})[:{size}]" for unit in units])) == len(units)


def test_known_bad_shapes_are_rendered():
    assert len(run(list(SHAPES.values()))) == len(SHAPES)
