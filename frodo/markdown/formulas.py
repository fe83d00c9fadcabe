r"""Where a text has formulas: `$...$`, `$$...$$`, `\(...\)`, `\[...\]`, and environments such as `\begin{align}`.

The plugins of mdit-py-plugins take money and shell variables for formulas, and a formula inside a sentence is not drawn
by its plugin for environments. These rules are stricter.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

LONGEST = 4000
# `$` opens before a visible character and closes after one. Letters and digits outside say that
# it is money or a shell variable; so does another `$` or a code span inside.
DOLLARS = re.compile(r"\$\$((?:[^$\\]|\\.|\$(?!\$))+?)\$\$", re.DOTALL)
DOLLAR = re.compile(r"\$(?=[^\s$])((?:[^$\\`]|\\.)+)(?<=[^\s])\$(?![0-9A-Za-z$])", re.DOTALL)
ROUND = re.compile(r"\\\(((?:[^\\]|\\(?![()]).)+?)\\\)", re.DOTALL)
SQUARE = re.compile(r"\\\[((?:[^\\]|\\(?![\[\]]).)+?)\\\]", re.DOTALL)
ENVIRONMENT = re.compile(
    r"\\begin\{((?:equation|align|aligned|alignat|alignedat|flalign|gather|gathered|multline|eqnarray|split|cases|"
    r"[pbBvV]?matrix)\*?)\}"
)
BLANK_LINE = re.compile(r"\n[ \t]*\n")
TEX_SIGN = re.compile(r"[\\^_={}+]")
GROUP = re.compile(r"\{[^{}]*\}")
CJK = re.compile(r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
WORDS = re.compile(r"[a-z]{4}|[A-Za-z]{2} +[A-Za-z]{2}")


def is_formula(opening: str, tex: str) -> bool:
    """Tell a formula from what else the marks are used for in a line of text."""
    if not tex.strip() or BLANK_LINE.search(tex):
        return False
    if opening == "$":  # not the shell's `$*` and `$PATH` in a Chinese sentence
        return not ((tex[0] in "*@#?!" or not TEX_SIGN.search(tex)) and CJK.search(GROUP.sub("", tex)))
    if opening == "\\(":  # not escaped parentheses around words
        return bool(TEX_SIGN.search(tex)) or not (WORDS.search(tex) or CJK.search(tex))
    if opening == "\\[":  # not escaped brackets, with or without a link inside
        return bool(TEX_SIGN.search(tex)) and "](" not in tex
    return True


def math(md: MarkdownIt) -> None:
    """Plugin for markdown-it-py: tokens `math_inline` and `math_block`, whose `meta["display"]` tells how to draw."""
    md.inline.ruler.before("escape", "math_inline", math_inline)
    md.block.ruler.before(
        "fence", "math_block", math_block, {"alt": ["paragraph", "reference", "blockquote", "list", "footnote_def"]}
    )


def math_inline(state: StateInline, silent: bool) -> bool:
    source, at = state.src, state.pos
    char, following = source[at], source[at + 1 : at + 2]
    before = source[at - 1] if at else ""
    if char == "$":
        opening, pattern = ("$$", DOLLARS) if following == "$" else ("$", DOLLAR)
    elif char == "\\" and following in ("(", "["):
        opening, pattern = (char + following, ROUND if following == "(" else SQUARE)
    elif char == "\\" and following == "b":
        return environment_inline(state, silent)
    else:
        return False
    if opening in ("$", "\\(") and before.isascii() and (before.isalnum() or before == "$"):
        return False
    match = pattern.match(source, at, min(at + LONGEST, state.posMax))
    if not match or not is_formula(opening, match[1]):
        return False
    return push_inline(state, silent, match[1], opening in ("$$", "\\["), match.end())


def environment_inline(state: StateInline, silent: bool) -> bool:
    match = ENVIRONMENT.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    closing = f"\\end{{{match[1]}}}"
    end = state.src.find(closing, match.end(), min(state.pos + LONGEST, state.posMax))
    return end > 0 and push_inline(state, silent, state.src[state.pos : end + len(closing)], True, end + len(closing))


def push_inline(state: StateInline, silent: bool, tex: str, display: bool, end: int) -> bool:
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content, token.meta = tex.strip(), {"display": display}
    state.pos = end
    return True


def math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A formula that begins its line and ends one, without a blank line in between."""
    at = state.bMarks[start] + state.tShift[start]
    if at >= state.eMarks[start] or state.src[at] not in "$\\" or state.is_code_block(start):
        return False
    first = line_of(state, start)
    if first.startswith("$$"):
        opening = closing = "$$"
    elif first.startswith("\\["):
        opening, closing = "\\[", "\\]"
    elif environment := ENVIRONMENT.match(first):
        opening, closing = environment[0], f"\\end{{{environment[1]}}}"
    else:
        return False
    rest = first[len(opening) :]
    if closing in rest:
        tex = rest.removesuffix(closing)
        if closing in tex or tex == rest or not is_formula(opening, tex):
            return False
        last = start
    else:
        found = closing_line(state, start, end, closing)
        if found is None:
            return False
        last = found
    if not silent:
        content = state.getLines(start, last + 1, state.sCount[start], False).strip()
        token = state.push("math_block", "", 0)
        token.content = content if opening[0:6] == "\\begin" else content[len(opening) : -len(closing)].strip()
        token.meta, token.map = {"display": True}, [start, last + 1]
        state.line = last + 1
    return True


def closing_line(state: StateBlock, start: int, end: int, closing: str) -> int | None:
    """Where the paragraph has a line that ends with the mark. What was searched in vain is not searched again."""
    searched = state.env.setdefault("no_formula_before", {})
    if start < searched.get(closing, 0):
        return None
    line = start
    for line in range(start + 1, end):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            break
        if line_of(state, line).endswith(closing):
            return line
    searched[closing] = line
    return None


def line_of(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
