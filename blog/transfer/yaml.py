"""YAML as front matter uses it: words stay words, and nothing in it can grow or run."""

import re

import yaml
from django.utils.translation import gettext_lazy as _

from blog.transfer.refusals import BrokenFrontMatter

DEEPEST = 20
MOST_ALIASES = 20


class Grows(yaml.MarkedYAMLError):
    """Not a slip of the pen."""


class Loader(yaml.SafeLoader):
    """`2019-07-25`, `1.10`, `yes` and `012` keep their spelling: what they mean is for the field to say."""

    def __init__(self, stream) -> None:
        super().__init__(stream)
        self.depth = self.aliases = 0

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MOST_ALIASES:
                raise Grows(problem="too many aliases", problem_mark=self.peek_event().start_mark)
        self.depth += 1
        if self.depth > DEEPEST:
            raise Grows(problem="nested too deeply", problem_mark=self.peek_event().start_mark)
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


def as_written(loader: Loader, node: yaml.Node):
    """A value with a tag of someone's own (`!ruby/object`) is read as if it had none."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


for name in ("timestamp", "binary", "set", "omap", "pairs"):
    Loader.add_constructor(f"tag:yaml.org,2002:{name}", as_written)
Loader.add_constructor(None, as_written)

LINE = re.compile(r"^(?P<key>[ \t]*(?:- +)?(?:[^\s:#\-\[{\"'][^:#\[{\"']*?:[ \t]+|- +))(?P<value>\S.*?)[ \t]*$")
NO_SPACE = re.compile(r"^(title|date|updated|tags?|categor(?:y|ies)|layout|author|description|permalink|slug):(?=\S)")
MEANING = (
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
"""What the parser says, and what a writer can do with it."""
HALF_OPEN = {"[": "]", "{": "}", '"': '"', "'": "'"}


def load(source: str, *, first_line: int = 1) -> tuple[object, list[int]]:
    """The value, and the lines (in the file) that had to be mended to read it."""
    lines = source.split("\n")
    mended: set[int] = set()
    complaint: yaml.YAMLError | None = None
    while True:
        try:
            return yaml.load("\n".join(lines), Loader), sorted(n + first_line for n in mended)  # noqa: S506
        except yaml.YAMLError as error:
            n = None if isinstance(error, Grows) else mend(lines, error, mended)
            complaint = complaint or error
            if n is None:
                raise BrokenFrontMatter(*explain(complaint, first_line, len(source.rstrip().split("\n")))) from error
            mended.add(n)
        except (ValueError, TypeError, RecursionError) as error:
            raise BrokenFrontMatter(first_line, str(error)) from error


def explain(error: yaml.YAMLError, first_line: int, n_lines: int) -> tuple[int, str]:
    mark = getattr(error, "problem_mark", None)
    if any(word in (getattr(error, "context", None) or "") for word in ("flow", "quoted")):
        mark = error.context_mark or mark  # where it was opened
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    meant = next((str(meaning) for said, meaning in MEANING if said in problem), problem)
    return min(mark.line if mark else 0, n_lines - 1) + first_line, meant


def mend(lines: list[str], error: yaml.YAMLError, mended: set[int]) -> int | None:
    """Mend one line of `lines` in place, where there is but one thing its writer can have meant."""
    for mark in (getattr(error, "problem_mark", None), getattr(error, "context_mark", None)):
        # A parser stumbles over a line, or over the end of the one before.
        for n in (mark.line, mark.line - 1) if mark else ():
            if 0 <= n < len(lines) and n not in mended:
                better = mended_line(lines[n])
                if better and better != lines[n]:
                    lines[n] = better
                    return n
    return None


def mended_line(line: str) -> str | None:
    """Tabs become spaces, `title:x` gets its space, and a value YAML cannot read is put in quotes."""
    spaced = NO_SPACE.sub(r"\1: ", line.replace("\t", "  "))
    if spaced != line:
        return spaced
    found = LINE.match(line)
    if not found:
        return None
    value = found["value"]
    if value[0] in "|>#":
        return None
    closing = HALF_OPEN.get(value[0])
    if closing and closing not in value[1:]:
        return None
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    elif closing and value.endswith(closing):
        return None
    return found["key"] + "'" + value.replace("'", "''") + "'"
