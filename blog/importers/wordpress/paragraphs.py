"""Paragraphs of WordPress's classic editor, which keeps them as empty lines and line breaks as newlines."""

import re

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b(?:[^\"'<>]|\"[^\"]*\"|'[^']*')*>|<!--(?:(?!<!--|-->).)*-->", re.DOTALL)
CONTAINERS = frozenset(
    "article aside blockquote center div fieldset footer form header main nav section details".split()
)
"""Blocks whose text is paragraphs, too."""
LEAVES = frozenset(
    "address audio canvas dl figure h1 h2 h3 h4 h5 h6 hr iframe ol p pre script style summary table textarea ul video "
    "noscript object".split()
)
NEWLINE = re.compile(r"(?:<br ?/?>)?[ \t]*\n")
VOID = frozenset({"hr"})


def add_paragraphs(text: str) -> str:
    """The same in HTML with `<p>` and `<br>`, as WordPress's wpautop does before a post is shown."""
    out: list[str] = []
    loose: list[str] = []
    inside: list[str] = []
    at = 0

    def flush() -> None:
        out.append(paragraphs("".join(loose)))
        loose.clear()

    for tag in TAG.finditer(text):
        name, piece, before = (tag[2] or "").lower(), tag[0], text[at : tag.start()]
        at = tag.end()
        (out if inside else loose).append(before)
        if inside:
            out.append(piece)
            if name == inside[-1]:
                inside.append(name) if not tag[1] else inside.pop()
        elif name in CONTAINERS or (name in LEAVES and (tag[1] or name in VOID)) or piece.startswith("<!--more"):
            flush()
            out.append(piece)
        elif name in LEAVES:
            flush()
            out.append(piece)
            inside.append(name)
        else:
            loose.append(piece)
    (out if inside else loose).append(text[at:])
    flush()
    return "".join(out)


def paragraphs(text: str) -> str:
    parts = (part.strip() for part in re.split(r"\n[ \t]*\n", text))
    return "".join(f"<p>{NEWLINE.sub('<br>', part)}</p>\n" for part in parts if part)
