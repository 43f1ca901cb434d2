"""What a question may be asked by: dimensions and measures, their names, and what adds up."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.wording import STATES


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted. `additive`: its cells add up to its totals; distinct counts and rates do not.

    `kind` is count, hours, ratio (trips per head: 2.4) or share (0.0 to 1.0).
    """

    name: str
    zh: str
    en: str
    kind: str
    additive: bool


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing that trips are told apart by. `ordered`: its keys have an order of their own, and none is left out."""

    name: str
    zh: str
    en: str
    ordered: bool = False


_COUNTED = {
    "trips": ("count", True),
    "people": ("count", False),
    "sessions": ("count", False),
    "hours": ("hours", True),
    "per_head": ("ratio", False),
    "coverage": ("share", False),
    "attainment": ("share", False),
    "fill": ("share", False),
    "no_show": ("share", False),
}
MEASURES = {name: Measure(name, *words, *_COUNTED[name]) for name, words in STATES["measure"].items()}

TIMES = ("day", "week", "month", "quarter", "year")

_ORDERED = ("day_kind", "weekday", *TIMES)
DIMENSIONS = {name: Dimension(name, *words, ordered=name in _ORDERED) for name, words in STATES["dimension"].items()}

# What a rate can be asked by and narrowed to; trips, people, sessions, hours and what is made of them by everything.
FITS: dict[str, frozenset[str]] = {
    "attainment": frozenset({"person", "unit", "role", "activity", *TIMES} - {"day"}),
    "fill": frozenset(DIMENSIONS) - {"person", "role", "party"},
    "no_show": frozenset(DIMENSIONS),
}
NARROWED_BY = {
    "within": "unit",
    "unit_id": "unit",
    "person_id": "person",
    "place_id": "place",
    "community_id": "community",
    "source": "source",
}
