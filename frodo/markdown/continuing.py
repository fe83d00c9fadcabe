"""Does an open block go on in this line? Each answer eats the block's own mark.

True: it does. False: it does not. None: the line was its last, and belongs to it.
"""

from .block import Block, Line
from .tables import MOST_MISSING


def always(block: Block, line: Line, number: int) -> bool:
    return True


def quote(block: Block, line: Line, number: int) -> bool:
    if line.indent > 3 or line.char != ">":
        return False
    line.eat(1)
    line.skip(1)
    block.end = number
    return True


def item(block: Block, line: Line, number: int) -> bool:
    if line.blank:
        return bool(block.children)
    if line.indent < block.indent:
        return False
    line.skip(block.indent)
    return True


def paragraph(block: Block, line: Line, number: int) -> bool:
    return not line.blank


def table(block: Block, line: Line, number: int) -> bool:
    return not line.blank and block.missing < MOST_MISSING


def code(block: Block, line: Line, number: int) -> bool:
    if line.indent > 3 or line.blank:
        line.skip(4)
        return True
    return False


def fence(block: Block, line: Line, number: int) -> bool | None:
    if line.indent < 4 and line.char == block.fence[0]:
        mark = line.visible().rstrip(" \t")
        if len(mark) >= len(block.fence) and not mark.strip(block.fence[0]):
            block.end = number
            return None
    line.skip(min(block.indent, line.indent))
    return True


def math(block: Block, line: Line, number: int) -> bool | None:
    text = line.visible().rstrip()
    if text.endswith(block.close):
        block.lines.append(text.removesuffix(block.close))
        block.end = number
        return None
    return True


def html(block: Block, line: Line, number: int) -> bool:
    return block.close is not None or not line.blank


GOES_ON = {
    "quote": quote,
    "list": always,
    "item": item,
    "note": item,
    "paragraph": paragraph,
    "table": table,
    "code": code,
    "fence": fence,
    "math": math,
    "html": html,
}
