"""The fields at the top of a post: YAML, TOML or JSON, fenced or, as old Hexo wrote it, open at the top."""

import json
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from blog.importers import lenient_yaml
from blog.importers.errors import BrokenFrontMatter
from blog.importers.files import clean

MAX_CHARACTERS = 200_000
MAX_VALUES = 5_000

OPENING = re.compile(r"\A\s*?^(-{3,}|\+{3}|;{3})[ \t]*\n", re.MULTILINE)
CLOSINGS = {
    "yaml": re.compile(r"^(?:-{3,}|\.{3})[ \t]*$\n?", re.MULTILINE),
    "toml": re.compile(r"^\+{3}[ \t]*$\n?", re.MULTILINE),
    "json": re.compile(r"^;{3}[ \t]*$\n?", re.MULTILINE),
}
OPEN_TOP = re.compile(
    r"\A\s*(?=(?:title|date|layout|tags|categories|permalink|id|comments|author)[ \t]*:)", re.IGNORECASE
)
LOOKS_LIKE_FIELDS = re.compile(r"\A\s*[A-Za-z][\w-]*[ \t]*:(?:\s|$)")


@dataclass
class FrontMatter:
    data: dict = field(default_factory=dict)
    body: str = ""
    kind: str = ""
    """yaml, toml, json; "open" for YAML without an opening line; empty where there is none."""
    repaired: list[int] = field(default_factory=list)
    """Lines that could only be read after a repair."""


def split(text: str) -> FrontMatter:
    opening = OPENING.match(text)
    if opening:
        return fenced(text, opening)
    if text.lstrip().startswith("{"):
        return json_at_top(text)
    if OPEN_TOP.match(text):
        return open_at_top(text)
    return FrontMatter(body=text)


def fenced(text: str, opening: re.Match) -> FrontMatter:
    kind = {"-": "yaml", "+": "toml", ";": "json"}[opening[1][0]]
    closing = CLOSINGS[kind].search(text, opening.end())
    if closing is None:
        if kind == "yaml" and not LOOKS_LIKE_FIELDS.match(text[opening.end() :]):
            return FrontMatter(body=text)  # a line across the page
        raise BrokenFrontMatter(line_of(text, opening.start(1)), _("opened here and never closed"))
    source = text[opening.end() : closing.start()]
    if kind == "yaml" and is_prose(source):
        return FrontMatter(body=text)
    data, repaired = parse(kind, source, line_of(text, opening.end()))
    return FrontMatter(data, text[closing.end() :], kind, repaired)


def is_prose(source: str) -> bool:
    """Text between two lines across the page, and no fields."""
    first = next((line for line in source.split("\n") if line.strip() and not line.startswith("#")), "")
    return bool(first) and ":" not in first and not first.lstrip().startswith(("{", "?", "<<"))


def open_at_top(text: str) -> FrontMatter:
    closing = CLOSINGS["yaml"].search(text)
    blank = re.search(r"\n[ \t]*\n\s*\S", text)
    if closing is None or (blank and blank.start() < closing.start() and not fields_only(text[: closing.start()])):
        return FrontMatter(body=text)
    start = len(text) - len(text.lstrip())
    data, repaired = parse("yaml", text[start : closing.start()], line_of(text, start))
    return FrontMatter(data, text[closing.end() :], "open", repaired)


def fields_only(source: str) -> bool:
    return all(
        not line.strip() or line[0] in " \t-#" or LOOKS_LIKE_FIELDS.match(line + " ") for line in source.split("\n")
    )


def json_at_top(text: str) -> FrontMatter:
    start = len(text) - len(text.lstrip())
    try:
        data, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        if re.match(r"\s*\{\s*\"", text):
            line = getattr(error, "lineno", 1)
            raise BrokenFrontMatter(line, getattr(error, "msg", str(error))) from error
        return FrontMatter(body=text)  # a sentence that begins with a brace, or a template's tag
    if not isinstance(data, dict) or text[end : end + 1] not in ("\n", ""):
        return FrontMatter(body=text)
    return FrontMatter(plain(data), text[end:].removeprefix("\n"), "json")


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def parse(kind: str, source: str, first_line: int) -> tuple[dict, list[int]]:
    """The fields, and the lines that were repaired. `first_line` is where the source begins in the file."""
    if len(source) > MAX_CHARACTERS:
        raise BrokenFrontMatter(first_line, _("it is too long"))
    data: Any
    repaired: list[int] = []
    try:
        if kind == "yaml":
            data, repaired = lenient_yaml.load(source, first_line=first_line)
        elif kind == "toml":
            data = tomllib.loads(source)
        else:
            data = json.loads(source if source.lstrip().startswith("{") else "{" + source + "}")
    except (ValueError, RecursionError) as error:
        match = re.search(r"(.*?) \(at line (\d+)", str(error))  # of tomllib
        line, problem = (int(match[2]), match[1]) if match else (getattr(error, "lineno", 1), str(error))
        raise BrokenFrontMatter(line - 1 + first_line, getattr(error, "msg", problem)) from error
    if data is None:
        return {}, repaired
    if not isinstance(data, dict):
        raise BrokenFrontMatter(first_line, _("these are no lines of the form “name: value”"))
    try:
        return plain(data), repaired
    except ValueError as error:
        raise BrokenFrontMatter(first_line, str(error)) from error


def plain(data: dict) -> dict:
    """The same in what JSON can hold; dates as ISO text. Refuses what grows or turns in circles."""
    left = MAX_VALUES

    def value(item: object, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0 or depth > lenient_yaml.MAX_DEPTH:
            raise ValueError(_("too many values, or nested too deeply"))
        if isinstance(item, dict):
            return {clean(str(key)): value(inner, depth + 1) for key, inner in item.items()}
        if isinstance(item, (list, tuple)):
            return [value(inner, depth + 1) for inner in item]
        if isinstance(item, (datetime, date, time)):
            return item.isoformat()
        if item is None or isinstance(item, (bool, int)):
            return item
        if isinstance(item, float):
            return item if abs(item) < float("inf") else str(item)
        return clean(str(item))

    return value(data, 0)
