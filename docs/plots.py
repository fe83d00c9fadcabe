"""Draws docs/plots/*.svg from benchmarks/RESULTS.md: `python docs/plots.py`. Needs nothing but the standard library."""

import re
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "plots"
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#334}.bar{fill:#3a6ea5}.other{fill:#a9b8c9}"
    "@media(prefers-color-scheme:dark){text{fill:#cdd}.bar{fill:#7fb2e5}.other{fill:#5d6b7c}}"
)
LINES = "polyline{fill:none;stroke-width:1.5}.axis{stroke:#a9b8c9;stroke-width:1}"
WIDTH, LABEL, BAR, HEIGHT = 720, 300, 300, 26


def bars(title: str, unit: str, rows: list[tuple[str, float, bool]]) -> str:
    """A chart of horizontal bars; `rows` are name, value and whether it is Frodo's."""
    most = max(value for _, value, _ in rows)
    lines = [f'<text x="0" y="18" font-weight="600">{escape(title)}</text>']
    for n, (name, value, ours) in enumerate(rows):
        y = 34 + n * (HEIGHT + 8)
        width, kind = max(2, round(BAR * value / most)), "bar" if ours else "other"
        lines += [
            f'<text x="{LABEL - 10}" y="{y + 18}" text-anchor="end">{escape(name)}</text>',
            f'<rect class="{kind}" x="{LABEL}" y="{y}" width="{width}" height="{HEIGHT}" rx="3"/>',
            f'<text x="{LABEL + width + 8}" y="{y + 18}">{value:,.{0 if value >= 20 else 2}f} {escape(unit)}</text>',
        ]
    height = 42 + len(rows) * (HEIGHT + 8)
    summary = escape("; ".join(f"{name}: {value:g} {unit}" for name, value, _ in rows))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    return f"{head}<title>{escape(title)}. {summary}</title><style>{STYLE}</style>{''.join(lines)}</svg>\n"


Points = list[tuple[float, float]]


def curves(title: str, unit: str, panels: list[tuple[str, dict[str, Points]]], columns: int = 1) -> str:
    """Charts of curves over one axis, each from 0; `panels` are their titles and curves by label."""
    parts = [f'<text x="0" y="18" font-weight="600">{escape(title)}</text>']
    last = max(x for _, curves in panels for points in curves.values() for x, _ in points)
    left, right, high, gap = 60, 10, 110, 64
    width = WIDTH / columns - left - right
    for n, (name, curves) in enumerate(panels):
        x0, top = n % columns * WIDTH / columns + left, 56 + n // columns * (high + gap)
        bottom, most = top + high, max([y for points in curves.values() for _, y in points] or [0]) or 1
        parts += [
            f'<text x="{x0:g}" y="{top - 8}">{escape(name)}</text>',
            f'<text x="{x0 - 8:g}" y="{top + 10}" text-anchor="end">{short(most)}</text>',
            f'<text x="{x0 - 8:g}" y="{bottom}" text-anchor="end">0</text>',
            f'<polyline class="axis" points="{x0:g},{top} {x0:g},{bottom} {x0 + width:g},{bottom}"/>',
            f'<text x="{x0 + width:g}" y="{bottom + 16}" text-anchor="end">{last:.0f} {escape(unit)}</text>',
        ]
        for k, (label, points) in enumerate(curves.items()):
            path = " ".join(f"{x0 + width * x / last:.1f},{bottom - high * y / most:.1f}" for x, y in points)
            color = f"hsl({(210 + 77 * k) % 360} 55% 55%)"
            parts.append(f'<polyline class="line" style="stroke:{color}" points="{path}"/>')
            if label:
                place = f'x="{x0 + 8:g}" y="{top + 12 + 13 * k}" style="fill:{color};font-size:11px"'
                parts.append(f"<text {place}>{escape(label)}</text>")
    height = 56 + -(-len(panels) // columns) * (high + gap) - 30
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    return f"{head}<title>{escape(title)}</title><style>{STYLE}{LINES}</style>{''.join(parts)}</svg>\n"


def short(value: float) -> str:
    return f"{value / 1e6:,.0f} M" if value >= 1e6 else f"{value:,.{0 if value >= 20 else 2}f}"


def number(text: str, pattern: str) -> float:
    return float(re.search(pattern, text)[1].replace(",", ""))


def plots(results: str) -> dict[str, str]:
    table = {
        cells[0].split(",")[0]: cells
        for cells in ([cell.strip() for cell in line.split("|")[1:-1]] for line in results.splitlines() if "|" in line)
        if cells
    }
    details = dict(re.findall(r"^- \*\*(.+?)\*\*: (.+)$", results, re.MULTILINE))
    detail = {name.split(",")[0]: text for name, text in details.items()}

    def ours(name: str) -> float:
        return number(table[name][1], r"([\d,.]+)")

    def baseline(name: str) -> float:
        return number(table[name][2], r": (?:p50 )?([\d,.]+)")

    waits, uncached, posts = (
        "four ORM waits of 0.1 s gathered in one view",
        "uncached post page with 20 comments",
        "list of 50 posts with author",
    )
    cached, event, memory = "cached post page", "one comment to 5", "memory per open page"
    return {
        "waits.svg": bars(
            "Four database waits of 0.1 s in one view",
            "ms",
            [
                ("Django's own handler, gather", number(detail[waits], r"own handler: ([\d.]+) ms"), False),
                ("Frodo, gather", ours(waits), True),
                ("one of them alone", baseline(waits), False),
            ],
        ),
        "pages.svg": bars(
            "A post page, requests per second of processor time",
            "",
            [
                ("raw uvicorn, same bytes", baseline(cached), False),
                ("Frodo, from memory", ours(cached), True),
                ("gunicorn, sync view", baseline(uncached), False),
                ("Frodo, rendered", ours(uncached), True),
                ("the same view on stock Django", number(detail[uncached], r"on stock Django ([\d.]+)"), False),
            ],
        ),
        "posts.svg": bars(
            "50 posts with author, tags and counts to JSON",
            "ms",
            [
                ("async properties, one by one", number(detail[posts], r"naive async properties ([\d.]+) ms"), False),
                ("DRF, prefetched", baseline(posts), False),
                ("Frodo, batched properties", ours(posts), True),
            ],
        ),
        "live.svg": bars(
            "One comment to 5,000 open pages, until the last one has it",
            "ms",
            [("raw uvicorn websockets", baseline(event), False), ("Frodo", ours(event), True)],
        ),
        "memory.svg": bars(
            "Memory of an open page",
            "KB",
            [("raw uvicorn websocket", baseline(memory), False), ("Frodo", ours(memory), True)],
        ),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, svg in plots((ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")).items():
        (FOLDER / name).write_text(svg, encoding="utf-8")
        print(FOLDER / name)
