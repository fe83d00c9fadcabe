"""YAML as front matter uses it: values keep their spelling, common mistakes are repaired, nothing can grow or run."""

import re
from typing import IO, Any, cast

import yaml
from django.utils.translation import gettext_lazy as _

from blog.importers.errors import BrokenFrontMatter

MAX_DEPTH = 20
MAX_ALIASES = 20


class UnsafeYaml(yaml.MarkedYAMLError):
    """What would grow or recurse without end; nothing to repair."""


class Loader(yaml.SafeLoader):
    """`2019-07-25`, `1.10`, `yes` and `012` keep their spelling: what they mean is for the field to say."""

    def __init__(self, stream: IO[str]) -> None:
        super().__init__(stream)
        self.depth = self.aliases = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MAX_ALIASES:
                raise UnsafeYaml(problem="too many aliases", problem_mark=self.peek_event().start_mark)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnsafeYaml(problem="nested too deeply", problem_mark=self.peek_event().start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^-?(?:0|[1-9]\d{0,17})$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9]\d{0,9})\.(?:\d{0,9}[1-9]|0)$", "-0123456789"),
    ("merge", r"^<<$", "<"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def as_written(loader: Loader, node: yaml.Node) -> Any:
    """A value with a tag of someone's own (`!ruby/object`) is read as if it had none."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(cast(yaml.ScalarNode, node))


for name in ("timestamp", "binary", "set", "omap", "pairs"):
    Loader.add_constructor(f"tag:yaml.org,2002:{name}", as_written)
Loader.add_constructor(None, as_written)

LINE = re.compile(r"^(?P<key>[ \t]*(?:- +)?(?:[^\s:#\-\[{\"'][^:#\[{\"']*?:[ \t]+|- +))(?P<value>\S.*?)[ \t]*$")
NO_SPACE = re.compile(
    r"^(title|date|updated|tags?|categor(?:y|ies)|layout|author|description|permalink|slug):(?=\S)", re.I
)
EXPLANATIONS = (
    ("found character '\\t'", _("a tab where spaces belong")),
    ("mapping values are not allowed", _("a colon inside a value; put the value in quotes")),
    ("end of stream", _("a quote that is opened and never closed")),
    ("end>'", _("a bracket that is opened and never closed")),
    ("expected ',' or", _("a bracket that is opened and never closed")),
    ("block mapping", _("lines that are not indented alike")),
    ("block end", _("lines that are not indented alike")),
    ("expected ':'", _("a line without a colon")),
    ("undefined alias", _("a value that begins with *; put it in quotes")),
    ("cannot start any token", _("a value that begins with a sign of YAML's; put it in quotes")),
    ("unhashable key", _("a value in braces; put it in quotes")),
    ("too many aliases", _("too many aliases")),
    ("nested too deeply", _("nested too deeply")),
)
"""Parts of the parser's messages, and what the author can do."""
HALF_OPEN = {"[": "]", "{": "}", '"': '"', "'": "'"}


def load(source: str, *, first_line: int = 1) -> tuple[Any, list[int]]:
    """The value, and the lines (in the file) that had to be repaired to read it."""
    lines = source.split("\n")
    repaired: set[int] = set()
    first_error: yaml.YAMLError | None = None
    while True:
        try:
            return yaml.load("\n".join(lines), Loader), sorted(n + first_line for n in repaired)  # noqa: S506
        except yaml.YAMLError as error:
            n = None if isinstance(error, UnsafeYaml) else repair(lines, error, repaired)
            first_error = first_error or error
            if n is None:
                raise BrokenFrontMatter(*explain(first_error, first_line, len(source.rstrip().split("\n")))) from error
            repaired.add(n)
        except (ValueError, TypeError, RecursionError) as error:
            raise BrokenFrontMatter(first_line, str(error)) from error


def explain(error: yaml.YAMLError, first_line: int, n_lines: int) -> tuple[int, str]:
    mark = getattr(error, "problem_mark", None)
    if any(word in (getattr(error, "context", None) or "") for word in ("flow", "quoted")):
        mark = getattr(error, "context_mark", None) or mark  # where it was opened
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    explanation = next((str(text) for part, text in EXPLANATIONS if part in problem), problem)
    return min(mark.line if mark else 0, n_lines - 1) + first_line, explanation


def repair(lines: list[str], error: yaml.YAMLError, repaired: set[int]) -> int | None:
    """Repair one line of `lines` in place, where there is but one thing its writer can have meant."""
    for mark in (getattr(error, "problem_mark", None), getattr(error, "context_mark", None)):
        # A parser stumbles over a line, or over the end of the one before.
        for n in (mark.line, mark.line - 1) if mark else ():
            if 0 <= n < len(lines) and n not in repaired:
                better = repaired_line(lines[n])
                if better and better != lines[n]:
                    lines[n] = better
                    return n
    return None


def repaired_line(line: str) -> str | None:
    """Tabs become spaces, `title:x` gets its space, and a value YAML cannot read is put in quotes."""
    spaced = NO_SPACE.sub(r"\1: ", line.replace("\t", "  "))
    if spaced != line:
        return spaced
    match = LINE.match(line)
    if not match:
        return None
    value = match["value"]
    if value[0] in "|>#":
        return None
    closing = HALF_OPEN.get(value[0])
    if closing and closing not in value[1:]:
        return None
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    elif closing and value.endswith(closing):
        return None
    return match["key"] + "'" + value.replace("'", "''") + "'"
