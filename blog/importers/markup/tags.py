"""Tags with a name and arguments, alone or around a text: known ones are replaced, the rest stay and are counted."""

import re
import shlex
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Inline = Callable[[str], str | None]
Block = Callable[[str, str], str | None]
"""A tag's replacement from its arguments (and its content); None leaves it as it is."""


@dataclass
class TagSyntax:
    """How tags look and what is known of them."""

    pattern: re.Pattern
    """Groups: `end` (truthy for a closing tag), `name`, `args`, and maybe `alone` for a tag closed in itself."""
    inline: Mapping[str, Inline] = field(default_factory=dict)
    block: Mapping[str, Block] = field(default_factory=dict)
    verbatim: frozenset[str] = frozenset()
    """Blocks in which other tags mean nothing."""
    continuations: frozenset[str] = frozenset()
    """Names that belong to another tag (`else`) and are not counted by themselves."""


@dataclass
class OpenTag:
    name: str
    args: str
    source: str
    out: list[str] = field(default_factory=list)


def convert(text: str, syntax: TagSyntax, left: Counter, restore: Callable[[str], str] = str) -> str:
    """The text with what is known replaced; `left` counts by name what stays.

    A block gets its content after `restore`, so that it may indent or quote what was sheltered.
    """
    tags = list(syntax.pattern.finditer(text))
    last_end = {tag["name"].lower(): tag.start() for tag in tags if tag["end"]}
    stack = [OpenTag("", "", "")]
    done = 0
    for tag in tags:
        name = tag["name"].lower()
        top = stack[-1]
        if top.name in syntax.verbatim and not (tag["end"] and name == top.name):
            continue
        top.out.append(text[done : tag.start()])
        done = tag.end()
        if tag["end"]:
            close(stack, name, tag[0], syntax, left, restore)
            done = trim_newlines(stack[-1].out, text, done)
        elif name in syntax.block and not tag.groupdict().get("alone") and last_end.get(name, -1) > tag.start():
            stack.append(OpenTag(name, tag["args"], tag[0]))
        else:
            top.out.append(render_inline(name, tag["args"], tag[0], syntax, left))
            done = trim_newlines(top.out, text, done)
    stack[-1].out.append(text[done:])
    while len(stack) > 1:
        close_unclosed(stack, syntax, left)
    return "".join(stack[0].out)


def trim_newlines(out: list[str], text: str, done: int) -> int:
    """Let no replacement add a second empty line before or after itself."""
    before = next((out[n] for n in range(len(out) - 2, -1, -1) if out[n]), "\n")
    if before.endswith("\n"):
        out[-1] = out[-1].removeprefix("\n")
    return done + (out[-1].endswith("\n") and text.startswith("\n", done))


def render_inline(name: str, args: str, source: str, syntax: TagSyntax, left: Counter) -> str:
    render = syntax.inline.get(name)
    result = render(args.strip()) if render else None
    if result is None:
        if name not in syntax.continuations:
            left[name] += 1
        return source
    return result


def close(
    stack: list[OpenTag], name: str, source: str, syntax: TagSyntax, left: Counter, restore: Callable[[str], str]
) -> None:
    if not any(entry.name == name for entry in stack[1:]):
        stack[-1].out.append(source)
        return
    while stack[-1].name != name:
        close_unclosed(stack, syntax, left)
    entry = stack.pop()
    content = restore("".join(entry.out))
    result = syntax.block[name](entry.args.strip(), content)
    if result is None:
        left[name] += 1
        result = entry.source + content + source
    stack[-1].out.append(result)


def close_unclosed(stack: list[OpenTag], syntax: TagSyntax, left: Counter) -> None:
    entry = stack.pop()
    stack[-1].out += [render_inline(entry.name, entry.args, entry.source, syntax, left), *entry.out]


def words(args: str) -> list[str]:
    """Arguments apart, quotes respected where they close."""
    lexer = shlex.shlex(args, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    try:
        return list(lexer)
    except ValueError:
        return args.split()
