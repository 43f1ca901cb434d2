"""Bars as SVG attributes: the strict CSP knows no style attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 400, 180
LEFT, TOP, BOTTOM = 34, 18, 22  # room for the axis, the number on a bar, the label below it
WIDEST = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, its middle for the texts, and its value."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over an axis of round numbers; every length is ready to be written as an attribute."""

    bars: Sequence[Bar]
    ticks: Sequence[tuple[int, float]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def bars(values: Sequence[int]) -> Chart:
    """The chart of values that are not negative, from left to right."""
    step = _step(max(values, default=0))
    top = max(step, -(-max(values, default=0) // step) * step)
    tall = HEIGHT - TOP - BOTTOM
    pitch = (WIDTH - LEFT) / max(len(values), 1)
    width = min(WIDEST, pitch * 0.66)
    drawn = []
    for number, value in enumerate(values):
        middle = LEFT + pitch * (number + 0.5)
        height = tall * value / top
        lengths = (middle - width / 2, TOP + tall - height, width, height, middle)
        x, y, wide, high, centre = (round(length, 1) for length in lengths)
        drawn.append(Bar(x, y, wide, high, centre, value))
    ticks = [(tick, round(TOP + tall - tall * tick / top, 1)) for tick in range(0, top + 1, step)]
    return Chart(drawn, ticks)


def _step(most: int) -> int:
    """A round distance that gives at most four lines above the base."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most <= 4 * step:
                return step
        size *= 10
