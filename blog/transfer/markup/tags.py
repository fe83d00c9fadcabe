"""Tags with a name and arguments, alone or around a text: known ones are replaced, the rest stay and are counted."""

import re
import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

Inline = Callable[[str], str | None]
Block = Callable[[str, str], str | None]
"""A tag's replacement from its arguments (and its content); None leaves it as it is."""


@dataclass
class Language:
    """How tags look and what is known of them."""

    pattern: re.Pattern
    """Groups: `end` (truthy for a closing tag), `name`, `args`, and maybe `alone` for a tag closed in itself."""
    inline: dict[str, Inline] = field(default_factory=dict)
    block: dict[str, Block] = field(default_factory=dict)
    verbatim: frozenset[str] = frozenset()
    """Blocks in which other tags mean nothing."""
    parts: frozenset[str] = frozenset()
    """Names that belong to another tag (`else`) and are not counted by themselves."""


@dataclass
class Open:
    name: str
    args: str
    written: str
    out: list[str] = field(default_factory=list)


def convert(text: str, language: Language, left: Counter, restore: Callable[[str], str] = str) -> str:
    """The text with what is known replaced; `left` counts by name what stays.

    A block gets its content after `restore`, so that it may indent or quote what was sheltered.
    """
    tags = list(language.pattern.finditer(text))
    last_end = {tag["name"].lower(): tag.start() for tag in tags if tag["end"]}
    stack = [Open("", "", "")]
    done = 0
    for tag in tags:
        name = tag["name"].lower()
        top = stack[-1]
        if top.name in language.verbatim and not (tag["end"] and name == top.name):
            continue
        top.out.append(text[done : tag.start()])
        done = tag.end()
        if tag["end"]:
            close(stack, name, tag[0], language, left, restore)
            done = fit(stack[-1].out, text, done)
        elif name in language.block and not tag.groupdict().get("alone") and last_end.get(name, -1) > tag.start():
            stack.append(Open(name, tag["args"], tag[0]))
        else:
            top.out.append(alone(name, tag["args"], tag[0], language, left))
            done = fit(top.out, text, done)
    stack[-1].out.append(text[done:])
    while len(stack) > 1:
        unclosed(stack, language, left)
    return "".join(stack[0].out)


def fit(out: list[str], text: str, done: int) -> int:
    """Let no replacement add a second empty line before or after itself."""
    before = next((out[n] for n in range(len(out) - 2, -1, -1) if out[n]), "\n")
    if before.endswith("\n"):
        out[-1] = out[-1].removeprefix("\n")
    return done + (out[-1].endswith("\n") and text.startswith("\n", done))


def alone(name: str, args: str, written: str, language: Language, left: Counter) -> str:
    known = language.inline.get(name)
    answer = known(args.strip()) if known else None
    if answer is None:
        if name not in language.parts:
            left[name] += 1
        return written
    return answer


def close(stack: list[Open], name: str, written: str, language: Language, left: Counter, restore) -> None:
    if not any(entry.name == name for entry in stack[1:]):
        stack[-1].out.append(written)
        return
    while stack[-1].name != name:
        unclosed(stack, language, left)
    entry = stack.pop()
    content = restore("".join(entry.out))
    answer = language.block[name](entry.args.strip(), content)
    if answer is None:
        left[name] += 1
        answer = entry.written + content + written
    stack[-1].out.append(answer)


def unclosed(stack: list[Open], language: Language, left: Counter) -> None:
    entry = stack.pop()
    stack[-1].out += [alone(entry.name, entry.args, entry.written, language, left), *entry.out]


def words(args: str) -> list[str]:
    """Arguments apart, quotes respected where they close."""
    lexer = shlex.shlex(args, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    try:
        return list(lexer)
    except ValueError:
        return args.split()
