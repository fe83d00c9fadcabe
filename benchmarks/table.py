"""One line of the table, and the table."""

from dataclasses import dataclass


@dataclass
class Row:
    what: str
    ours: str
    against: str = ""
    baseline: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | str | None = None
    """None: not measured, or nothing to reach. Words: it could not be told, and why."""
    note: str = ""
    """How it was measured, or why it was not."""

    def cells(self) -> list[str]:
        met = {True: "yes", False: "**no**", None: ""}.get(self.met, self.met)
        return [self.what, self.ours, f"{self.against}: {self.baseline}".strip(": "), self.ratio, self.goal, met]


HEAD = ["what", "ours", "baseline", "ratio", "goal", "met"]


def markdown(head: list[str], lines: list[list[str]]) -> str:
    """A table that reads well in a terminal, too."""
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    ruled = [head, ["-" * width for width in widths], *lines]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in ruled)
