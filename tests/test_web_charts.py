"""Bars over round numbers, inside of their picture."""

from __future__ import annotations

import random

import pytest

from web.charts import HEIGHT, LEFT, TOP, WIDTH, bars, stairs


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (5, [0, 2, 4, 6]),
        (98, [0, 50, 100]),
        (384, [0, 100, 200, 300, 400]),
        (12345, [0, 5000, 10000, 15000]),
    ],
)
def test_the_axis_has_round_numbers_and_at_most_four_lines(most, ticks):
    assert [tick for tick, _ in bars([most]).ticks] == ticks


def test_no_values_make_an_empty_chart():
    assert list(bars([]).bars) == []


def test_a_bar_is_as_tall_as_its_share_of_the_axis():
    low, high = bars([50, 100]).bars

    assert high.height == 2 * low.height
    assert high.y + high.height == low.y + low.height
    assert low.middle < high.middle


def test_every_bar_stands_within_the_picture():
    dice = random.Random(3)
    for count in (1, 12, 36, 200):
        for bar in bars([dice.randrange(10**6) for _ in range(count)]).bars:
            assert bar.x >= LEFT
            assert bar.x + bar.width <= WIDTH
            assert bar.y >= TOP
            assert bar.y + bar.height <= HEIGHT


def test_stairs_go_down_to_the_bound_and_stay_inside_of_their_picture():
    drawn = stairs([(0.0, 200.0, 100.0), (1.0, 150.0, 110.0), (2.0, 120.0, 120.0)])

    assert drawn.price == "M0.0 18.0 H232.0 V88.0 H464.0 V130.0"
    assert drawn.bound == "M0.0 158.0 H232.0 V144.0 H464.0 V130.0"
    assert (drawn.price_y, drawn.bound_y) == (130.0, 130.0)


@pytest.mark.parametrize("points", [[], [(0.0, 2.0, 1.0)], [(0.5, 2.0, 1.0), (0.5, 2.0, 1.0)]])
def test_without_two_moments_there_are_no_stairs(points):
    assert stairs(points) is None


def test_stairs_may_be_level():
    assert stairs([(0.0, 5.0, 5.0), (1.0, 5.0, 5.0)]).price == "M0.0 18.0 H464.0 V18.0"
