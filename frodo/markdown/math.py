"""TeX in the text: found on one side, drawn as MathML on the other.

MathML needs no script and no other host. The sanitizer would take it apart, so a formula travels as
a token nobody can guess and is put in afterwards, rebuilt here from known elements alone.
"""

import html
import re
from functools import lru_cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from latex2mathml import exceptions
from latex2mathml.converter import convert
from markdown.util import AtomicString

LONGEST = 4000
DEEPEST = 40

# `$` opens before a visible character and closes after one. Letters and digits outside say that
# it is money or a shell variable; so does another `$` or a code span inside.
DOLLARS = re.compile(r"\$\$((?:[^$\\]|\\.|\$(?!\$))+?)\$\$", re.DOTALL)
DOLLAR = re.compile(r"\$(?=[^\s$])((?:[^$\\`]|\\.)+)(?<=[^\s])\$(?![0-9A-Za-z$])", re.DOTALL)
ROUND = re.compile(r"\\\(((?:[^\\]|\\(?![()]).)+?)\\\)", re.DOTALL)
SQUARE = re.compile(r"\\\[((?:[^\\]|\\(?![\[\]]).)+?)\\\]", re.DOTALL)
# `\[` is also how a bracket is escaped: in a line of text it takes one of these to be a formula.
TEX_SIGN = re.compile(r"[\\^_={}+]")
BLANK_LINE = re.compile(r"\n[ \t]*\n")

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


class Formula(Element):
    """Its place in the tree: the text is the token, the source goes into plain text."""

    tex = ""


def formula(tex: str, token: str, display: bool, block: bool = False) -> Formula:
    element = Formula("div" if block else "span")
    element.set("class", "math display" if display else "math")
    element.text = AtomicString(token)
    element.tex = tex
    return element


def inline_math(text: str, at: int) -> tuple[str, bool, int] | None:
    """The formula that begins at `at`: its TeX, whether it is displayed, where it ends."""
    if text[at] == "\\":
        display = text[at + 1] == "["
        match = (SQUARE if display else ROUND).match(text, at, at + LONGEST)
        if match and display and not TEX_SIGN.search(match[1]):
            return None
    elif text.startswith("$$", at):
        display = True
        match = DOLLARS.match(text, at, at + LONGEST)
    else:
        display = False
        if at and text[at - 1].isascii() and (text[at - 1].isalnum() or text[at - 1] == "$"):
            return None
        match = DOLLAR.match(text, at, at + LONGEST)
    if not match or not match[1].strip() or BLANK_LINE.search(match[1]):
        return None
    return match[1].strip(), display, match.end()


def draw(tex: str, display: bool) -> str:
    """Safe HTML: MathML, or the source as code when it cannot be drawn."""
    return mathml(tex, display) or f'<code class="math">{html.escape(tex)}</code>'


@lru_cache(maxsize=2048)
def mathml(tex: str, display: bool) -> str:
    if len(tex) > LONGEST or tex.count("{") > 400 or depth(tex) > DEEPEST:
        return ""
    try:
        drawn = ElementTree.fromstring(convert(tex, display="block" if display else "inline"))  # noqa: S314 - no DTD
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
    ElementTree.ParseError,
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
    element.text = source.text
    return all(copy(child, element) for child in source)
