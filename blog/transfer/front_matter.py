"""The fields at the top of a post: YAML, TOML or JSON, fenced or, as old Hexo wrote it, open at the top."""

import json
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from blog.transfer import yaml
from blog.transfer.encodings import clean
from blog.transfer.refusals import BrokenFrontMatter

MOST_CHARACTERS = 200_000
MOST_VALUES = 5_000

OPENING = re.compile(r"\A\s*?^(-{3,}|\+{3}|;{3})[ \t]*\n", re.MULTILINE)
CLOSINGS = {
    "-": re.compile(r"^(?:-{3,}|\.{3})[ \t]*$\n?", re.MULTILINE),
    "+": re.compile(r"^\+{3}[ \t]*$\n?", re.MULTILINE),
    ";": re.compile(r"^;{3}[ \t]*$\n?", re.MULTILINE),
}
OPEN_TOP = re.compile(r"\A\s*(?=(?:title|date|layout|tags|categories|permalink|id|comments|author)[ \t]*:)")
LOOKS_LIKE_FIELDS = re.compile(r"\A\s*[A-Za-z][\w-]*[ \t]*:(?:\s|$)")


@dataclass
class FrontMatter:
    data: dict = field(default_factory=dict)
    body: str = ""
    kind: str = ""
    """yaml, toml, json; "open" for YAML without an opening line; empty where there is none."""
    mended: list[int] = field(default_factory=list)
    """Lines that could only be read after mending."""


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
    mark = opening[1][0]
    closing = CLOSINGS[mark].search(text, opening.end())
    if closing is None:
        if mark == "-" and not LOOKS_LIKE_FIELDS.match(text[opening.end() :]):
            return FrontMatter(body=text)  # a line across the page
        raise BrokenFrontMatter(line_of(text, opening.start(1)), _("opened here and never closed"))
    source = text[opening.end() : closing.start()]
    first_line = line_of(text, opening.end())
    if mark == "-" and prose(source):
        return FrontMatter(body=text)
    read = {"-": read_yaml, "+": read_toml, ";": read_json}[mark]
    data, mended = read(source, first_line)
    kind = {"-": "yaml", "+": "toml", ";": "json"}[mark]
    return FrontMatter(data, text[closing.end() :], kind, mended)


def prose(source: str) -> bool:
    """Text between two lines across the page, and no fields."""
    first = next((line for line in source.split("\n") if line.strip() and not line.startswith("#")), "")
    return bool(first) and ":" not in first and not first.lstrip().startswith(("{", "?", "<<"))


def open_at_top(text: str) -> FrontMatter:
    closing = CLOSINGS["-"].search(text)
    blank = re.search(r"\n[ \t]*\n\s*\S", text)
    if closing is None or (blank and blank.start() < closing.start() and not fields_only(text[: closing.start()])):
        return FrontMatter(body=text)
    start = len(text) - len(text.lstrip())
    data, mended = read_yaml(text[start : closing.start()], line_of(text, start))
    return FrontMatter(data, text[closing.end() :], "open", mended)


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


def bounded(source: str, first_line: int) -> str:
    if len(source) > MOST_CHARACTERS:
        raise BrokenFrontMatter(first_line, _("it is too long"))
    return source


def read_yaml(source: str, first_line: int) -> tuple[dict, list[int]]:
    data, mended = yaml.load(bounded(source, first_line), first_line=first_line)
    return as_fields(data, first_line), mended


def read_toml(source: str, first_line: int) -> tuple[dict, list[int]]:
    try:
        data = tomllib.loads(bounded(source, first_line))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = re.search(r"(.*?) \(at line (\d+)", str(error))
        line = int(said[2]) if said else 1
        raise BrokenFrontMatter(line - 1 + first_line, said[1] if said else str(error)) from error
    return as_fields(data, first_line), []


def read_json(source: str, first_line: int) -> tuple[dict, list[int]]:
    body = bounded(source, first_line).strip()
    try:
        data = json.loads(body if body.startswith("{") else "{" + body + "}")
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise BrokenFrontMatter(line - 1 + first_line, getattr(error, "msg", str(error))) from error
    return as_fields(data, first_line), []


def as_fields(data: object, first_line: int) -> dict:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise BrokenFrontMatter(first_line, _("these are no lines of the form “name: value”"))
    try:
        return plain(data)
    except ValueError as error:
        raise BrokenFrontMatter(first_line, str(error)) from error


def plain(data: dict) -> dict:
    """The same in what JSON can hold; dates as ISO text. Refuses what grows or turns in circles."""
    left = MOST_VALUES

    def value(item: object, depth: int):
        nonlocal left
        left -= 1
        if left < 0 or depth > yaml.DEEPEST:
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
