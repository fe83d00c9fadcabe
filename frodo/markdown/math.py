"""TeX drawn as MathML.

MathML needs no script and no other host. The sanitizer would take it apart, so a formula travels as
a token nobody can guess and is put in afterwards, rebuilt here from known elements alone.
"""

import html
import re
from functools import lru_cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from latex2mathml import exceptions
from latex2mathml.converter import convert_to_element

from frodo.markdown.formulas import LONGEST

DEEPEST = 40

MACROS = re.compile(r"\\(?:(?:re)?new|provide)(?:command|environment)|\\(?:def|let)(?![A-Za-z])")
"""Definitions, which may double what they are made of over and over."""
MATHML = "http://www.w3.org/1998/Math/MathML"
ELEMENTS = frozenset(
    (
        "math semantics mrow mi mn mo ms mtext mspace msub msup msubsup munder mover munderover mfrac "
        "msqrt mroot mtable mtr mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts none"
    ).split()
)
ATTRIBUTES = frozenset(
    (
        "mathvariant mathsize mathcolor display displaystyle scriptlevel stretchy fence separator form "
        "lspace rspace minsize maxsize symmetric movablelimits accent accentunder linethickness width "
        "height depth voffset columnalign rowspacing columnspacing columnlines rowlines frame notation "
        "columnspan rowspan side"
    ).split()
)


ENVIRONMENT = re.compile(r"\\(begin|end)\{([a-z]+)\*?\}(?:(?<=at\})\{\d+\}|(?<=at\*\})\{\d+\})?")
ENVIRONMENTS = {
    "aligned": ("align*", ""),
    "alignat": ("align*", ""),
    "alignedat": ("align*", ""),
    "flalign": ("align*", ""),
    "eqnarray": ("array", "{rcl}"),
    "gather": ("array", "{c}"),
    "gathered": ("array", "{c}"),
    "multline": ("array", "{c}"),
}
"""Environments that the converter does not know, by what draws the same."""


def known_environment(match: re.Match[str]) -> str:
    if match[2] not in ENVIRONMENTS:
        return match[0]
    name, columns = ENVIRONMENTS[match[2]]
    return f"\\{match[1]}{{{name}}}" + (columns if match[1] == "begin" else "")


class Formula(Element):
    """Its place in the tree: the text is the token, the source goes into plain text."""

    tex = ""


def formula(tex: str, token: str, display: bool, block: bool = False) -> Formula:
    element = Formula("div" if block else "span")
    element.set("class", "math display" if display else "math")
    element.text = token
    element.tex = tex
    return element


def draw(tex: str, display: bool) -> str:
    """Safe HTML: MathML, or the source as code when it cannot be drawn."""
    return mathml(tex, display) or f'<code class="math">{html.escape(tex)}</code>'


@lru_cache(maxsize=2048)
def mathml(tex: str, display: bool) -> str:
    if len(tex) > LONGEST or MACROS.search(tex) or tex.count("{") > 400 or depth(tex) > DEEPEST:
        return ""
    try:
        drawn = convert_to_element(ENVIRONMENT.sub(known_environment, tex), display="block" if display else "inline")
    except FAILURES:
        return ""
    content = Element("mrow")
    if not all(copy(child, content) for child in drawn):
        return ""
    math = Element("math", {"display": "block"} if display else {})
    semantics = ElementTree.SubElement(math, "semantics")
    semantics.append(content[0] if len(content) == 1 else content)
    source = ElementTree.SubElement(semantics, "annotation", encoding="application/x-tex")
    source.text = tex
    return ElementTree.tostring(math, encoding="unicode", short_empty_elements=False)


# What the converter raises on TeX it does not know or that is cut short.
FAILURES: tuple[type[Exception], ...] = (
    *(kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)),
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)


def depth(tex: str) -> int:
    """How deep groups may nest, commands that nest without braces included."""
    deepest = level = 0
    for match in re.finditer(r"\\[{}]|\\left|\\right|\\begin|\\end|[{}]", tex):
        if match[0] in ("{", "\\left", "\\begin"):
            level += 1
            deepest = max(deepest, level)
        elif match[0] in ("}", "\\right", "\\end"):
            level -= 1
    bare = max((len(run[0]) // 5 for run in re.finditer(r"(?:\\[a-zA-Z]+\s*|[\^_]\s*){30,}", tex)), default=0)
    return max(deepest, bare)


def copy(source: Element, parent: Element) -> bool:
    """Rebuild a drawn element below the parent; False when it holds something we do not know."""
    tag = source.tag.removeprefix("{" + MATHML + "}")
    if tag not in ELEMENTS:
        return False
    kept = {name: value for name, value in source.attrib.items() if name in ATTRIBUTES}
    if tag == "mtext" and not source.attrib.get("mathvariant"):
        kept.pop("mathsize", None)
    element = ElementTree.SubElement(parent, tag, kept)
    element.text = html.unescape(source.text) if source.text else None
    return all(copy(child, element) for child in source)
