"""Bars and falling stairs as SVG attributes: the strict CSP knows no style attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 560, 180
LEFT, TOP, BOTTOM = 34, 18, 22  # room for the axis, the number on a bar, the label below it
WIDEST = 40
LEVEL = 0.05  # of the price: a smaller way between the lines is not blown up to the whole height
MARGIN = 96  # for the words at a line's end


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


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a heat map: where it stands, how full it is (0 nothing, 1 to 5), and what it counts."""

    x: int
    y: int
    day: date
    level: int
    value: int


PITCH, SIDE = 13, 11  # of a day's square, with and without its gap
HEAT_LEFT, HEAT_TOP = 24, 18


@dataclass(frozen=True, slots=True)
class Heat:
    """A year's days, a column for each ISO week; the first of each month is labelled above its week."""

    cells: Sequence[Cell]
    months: Sequence[tuple[int, int]]  # number, x
    width: int
    height: int = HEAT_TOP + 7 * PITCH
    side: int = SIDE


def heat(year: int, counts: Mapping[date, int]) -> Heat:
    """The map of a year from its counts by day; what is not counted is nothing."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    most = max((counts.get(day, 0) for day in days), default=0)
    cells = []
    for day in days:
        value = max(counts.get(day, 0), 0)
        week = ((day - first).days + first.weekday()) // 7
        level = -(-5 * value // most) if most else 0
        cells.append(Cell(HEAT_LEFT + week * PITCH, HEAT_TOP + day.weekday() * PITCH, day, level, value))
    months = [(cell.day.month, cell.x) for cell in cells if cell.day.day == 1]
    return Heat(cells, months, cells[-1].x + PITCH)


@dataclass(frozen=True, slots=True)
class Strip:
    """One horizontal bar with its row's place."""

    y: int
    width: float
    value: float


STRIP = 24  # a row's height
STRIPS_LEFT, STRIPS_WIDE = 132, 400


@dataclass(frozen=True, slots=True)
class Strips:
    """Bars that lie, the names before them."""

    bars: Sequence[Strip]
    height: int
    width: int = STRIPS_WIDE
    left: int = STRIPS_LEFT
    row: int = STRIP


def strips(values: Sequence[float]) -> Strips:
    """The chart of values that are not negative, from above."""
    most = max(values, default=0) or 1
    room = STRIPS_WIDE - STRIPS_LEFT - 48
    drawn = [Strip(number * STRIP, round(room * value / most, 1), value) for number, value in enumerate(values)]
    return Strips(drawn, STRIP * len(drawn))


def spread(counts: Sequence[int], most: int = 12) -> list[tuple[int, int, int]]:
    """How counts are spread: (least, most, how many) for at most so many spans of equal width from 0 on."""
    if not counts:
        return []
    width = -(-(max(counts) + 1) // most)
    spans = [(low, low + width - 1) for low in range(0, max(counts) + 1, width)]
    return [(low, high, sum(low <= count <= high for count in counts)) for low, high in spans]


@dataclass(frozen=True, slots=True)
class Stairs:
    """Two lines that near each other: what the best roster so far costs, and what none can be below."""

    price: str
    bound: str
    price_y: float
    bound_y: float
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM


def stairs(points: Sequence[tuple[float, float, float]]) -> Stairs | None:
    """The chart of (seconds, price, bound), or None before there are two of them."""
    if len(points) < 2 or points[-1][0] <= points[0][0]:
        return None
    top = max(price for _, price, _ in points)
    bottom = min(bound for _, _, bound in points)
    tall = max(top - bottom, LEVEL * abs(top), 1e-9)
    began, ended = points[0][0], points[-1][0]

    def x(seconds: float) -> float:
        return round((WIDTH - MARGIN) * (seconds - began) / (ended - began), 1)

    def y(cost: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (top - cost) / tall, 1)

    def line(which: int) -> str:
        first = points[0]
        steps = "".join(f" H{x(point[0])} V{y(point[which])}" for point in points[1:])
        return f"M{x(first[0])} {y(first[which])}{steps}"

    return Stairs(line(1), line(2), y(points[-1][1]), y(points[-1][2]))


def _step(most: int) -> int:
    """A round distance that gives at most four lines above the base."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most <= 4 * step:
                return step
        size *= 10
