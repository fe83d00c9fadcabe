"""Attack strings, and what to look for in HTML that must not run anything."""

import re
from functools import cache

from lxml import html

from frodo.markdown import render_comment, render_post
from tests.markdown.shared import corpus

NEVER = {
    "applet",
    "base",
    "button",
    "embed",
    "form",
    "frame",
    "frameset",
    "link",
    "meta",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
}
ADDRESSES = {"action", "background", "cite", "data", "formaction", "href", "poster", "src", "xlink:href"}
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
SAFE = {"http", "https", "mailto", "tel"}
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp)[;,]")


def attacks() -> list[str]:
    """Every file of attack strings as a whole, and every line of it."""
    found: dict[str, None] = {}
    for path in sorted(corpus("xss").rglob("*")):
        if path.is_file():
            text = path.read_text("utf-8", "replace")
            found[text] = None
            found.update(dict.fromkeys(line for line in text.splitlines() if line.strip()))
    return list(found)


def dressed(attack: str) -> list[str]:
    """The attack where Markdown could carry it."""
    return [
        attack,
        f"[a]({attack})",
        f"![a](<{attack}>)",
        f'![{attack}](/b "{attack}")',
        f"[a]: {attack}\n\n[a]",
        f'<a href="{attack}">b</a>',
        f"<img title='{attack}' src=/a>",
        f"```{attack}\n{attack}\n```",
        f"${attack}$",
        f"$$\n\\text{{{attack}}}\n$$",
        f"# {attack}",
        f"a[^{attack}]\n\n[^{attack}]: {attack}",
        f"|{attack}|\n|-|\n|{attack}|",
        f'<iframe src="{attack}">',
        f"<{attack}>",
    ]


@cache
def rendered() -> list[tuple[str, str, str]]:
    """Each attack in each dress, as a post and as a comment."""
    texts = (text for attack in attacks() for text in dressed(attack))
    return [(text, render_post(text).html, render_comment(text)) for text in texts]


def faults(made: str) -> list[str]:
    """What in this HTML could run, by the tree a parser makes of it."""
    if not made.strip():
        return []
    tree = html.fragment_fromstring(made, create_parent="div")
    found = []
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in NEVER:
            found.append(str(element.tag))
            continue
        for name, value in element.attrib.items():
            if name.lower().startswith("on") or name.lower() in ("srcdoc", "style"):
                found.append(f"{element.tag} {name}")
            if name.lower() in ADDRESSES and not is_safe(element.tag, value):
                found.append(f"{element.tag} {name}={value}")
    return found


def is_safe(tag: str, url: str) -> bool:
    """A browser leaves out leading control characters, and tabs and line ends anywhere, before it reads the scheme."""
    url = re.sub(r"^[\x00-\x20]+|[\t\n\r]", "", url).lower()
    scheme = SCHEME.match(url)
    return not scheme or scheme[1] in SAFE or (tag == "img" and bool(PICTURE.match(url)))
