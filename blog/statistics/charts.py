"""A bar chart as inline SVG. The Content-Security-Policy allows no `style`, so all is geometry and classes."""

from collections.abc import Sequence
from typing import NamedTuple

from blog.statistics.reports import Bar

WIDTH, HEIGHT = 720, 180
TOP, BOTTOM = 2, 2
"""Room for the lines above and below."""


class Rect(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    words: str


class Chart(NamedTuple):
    rects: list[Rect]
    peak: int
    first: str
    last: str
    width: int = WIDTH
    height: int = HEIGHT
    top: int = TOP
    base: int = HEIGHT - BOTTOM


def bar_chart(bars: Sequence[Bar]) -> Chart:
    peak = nice_peak(max(bar.n for bar in bars))
    step = WIDTH / len(bars)
    room = HEIGHT - TOP - BOTTOM
    rects = []
    for at, bar in enumerate(bars):
        height = max(round(room * bar.n / peak, 1), 1 if bar.n else 0)
        x, width = round(at * step + step * 0.1, 1), round(step * 0.8, 1)
        rects.append(Rect(x, round(HEIGHT - BOTTOM - height, 1), width, height, f"{bar.label}: {bar.n}"))
    return Chart(rects, peak, bars[0].label, bars[-1].label)


def nice_peak(n: int) -> int:
    """The next of 5, 10, 20, 50, 100, ..."""
    power = 1
    while True:
        for factor in (5, 10, 20):
            if n <= factor * power:
                return factor * power
        power *= 10
