"""What of a roster is looked at: a unit's part, an activity, a place, a person, only what asks for an act; by pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scheduler.database import Database, Row, rows

Item = TypeVar("Item")
Units = Collection[int] | None  # None where every unit is let through


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrows the board to. `place` and `person` are parts of a name, or of a staff number."""

    unit_id: int | None = None
    activity: str = ""
    place: str = ""
    person: str = ""
    problems: bool = False
    page: int = 1

    @property
    def is_on(self) -> bool:
        """Whether anything is held back, pages aside."""
        return bool(self.unit_id or self.activity or self.place or self.person or self.problems)

    def takes_shift(self, shift: Row, taken: Mapping[int, Row], below: Units) -> bool:
        """Whether a shift with these people in it is let through: by its place's unit, its activity, place, people."""
        return (
            (below is None or shift["unit_id"] in below)
            and self.activity in ("", shift["activity"])
            and self.place in shift["place"]
            and (not self.person or self.names_any(taken.values()))
        )

    def names_any(self, people: Iterable[Row]) -> bool:
        """Whether one of the people is meant by name or staff number."""
        return any(self.person in row["person"] or self.person in row["staff_no"] for row in people)


EVERYTHING = Filters()


def units_below(db: Database, filters: Filters) -> Units:
    """The units of the subtree that is asked for; None where none is."""
    if filters.unit_id is None:
        return None
    found = rows(
        db, "SELECT unit_id FROM unit_above WHERE above_id = :unit_id ORDER BY unit_id", unit_id=filters.unit_id
    )
    return {row["unit_id"] for row in found}


def page_of(items: Sequence[Item], page: int, size: int) -> Sequence[Item]:
    """One page, the last one where a later one is asked for."""
    first = min(max(page, 1) - 1, max(len(items) - 1, 0) // size) * size
    return items[first : first + size]
