"""How good a roster is, in the few numbers by which two of them are compared: arithmetic, no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scheduler import rotation


@dataclass(frozen=True, slots=True)
class Measures:
    """Slots and those filled; the most and the least trips above (below: negative) the fair count; visits of leaders
    that are kept and owed; soft rules set aside; minutes of road for a seat; people who stand.
    """

    slots: int
    filled: int
    most: float
    least: float
    kept: int
    owed: int
    warnings: int
    minutes: float
    people: int

    @property
    def unfilled(self) -> int:
        """Slots that nobody stands."""
        return self.slots - self.filled

    @property
    def spread(self) -> float:
        """From the one who is most above their fair count to the one who is most below."""
        return self.most - self.least


def measured(index: rotation.Index, seats: Sequence[rotation.Seat]) -> Measures:
    """The measures of these seats, in the problem that they stand in."""
    stood = Counter(seat.staff for seat in seats)
    apart = [
        person.staff.history.trips + stood[person.staff.id] - person.staff.target_trips
        for person in index.people
        if person.staff.target_trips or stood[person.staff.id]
    ]
    found = Counter(breach.rule for breach in rotation.breaches(index, seats))
    owed = sum(sum(needs) for needs in index.dues.values())
    return Measures(
        slots=sum(slot.count for slot in index.slots),
        filled=len(seats),
        most=round(max(apart, default=0.0), 1),
        least=round(min(apart, default=0.0), 1),
        kept=owed - found["quota"],
        owed=owed,
        warnings=found["rest_gap"] + found["max_per_week"] + found["max_per_period"],
        minutes=round(_minutes(index, seats), 1),
        people=len(stood),
    )


def _minutes(index: rotation.Index, seats: Sequence[rotation.Seat]) -> float:
    """The mean way to a seat."""
    travel = index.problem.travel
    ways = [
        travel.get((index.person_of[seat.staff].staff.unit, index.slot_of[seat.duty, seat.position].place), 0.0)
        for seat in seats
    ]
    return sum(ways) / len(ways) if ways else 0.0
