"""Pipe tables, as GitHub draws them."""

import re

DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
PIPE = re.compile(r"\\\||\|")

# A short row is filled up with empty cells; a wide head over many short rows must not fill the memory.
MOST_MISSING = 20_000

ALIGN = {(True, False): "left", (False, True): "right", (True, True): "center"}


def cells(line: str) -> list[str]:
    """The cells of a row. A pipe after a backslash belongs to the text, in code too."""
    line = line.strip()
    parts, start = [], 0
    for match in PIPE.finditer(line):
        if match[0] == "|":
            parts.append(line[start : match.start()])
            start = match.end()
    parts.append(line[start:])
    if parts and not parts[0].strip() and line.startswith("|"):
        del parts[0]
    if parts and not parts[-1].strip() and line.endswith("|") and start == len(line):
        del parts[-1]
    return [part.strip().replace("\\|", "|") for part in parts]


def alignments(line: str, header: str) -> list[str] | None:
    """How columns align when this line and the one above begin a table, else None."""
    if "-" not in line or not ("|" in line or ":" in line) or not DELIMITER.fullmatch(line.strip()):
        return None
    columns = cells(line)
    if "|" not in header or len(cells(header)) != len(columns):
        return None
    return [ALIGN.get((column.startswith(":"), column.endswith(":")), "") for column in columns]
