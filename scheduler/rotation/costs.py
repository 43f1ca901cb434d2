"""The price of a roster and of one assignment in it, in points: lower is better."""

import math
from collections import Counter
from collections.abc import Iterable

from scheduler.rotation.index import Index, Person, Slot
from scheduler.rotation.problem import Match, Seat

MOST_TURNS = 5  # who is further ahead or behind is priced no dearer: a turn must not outweigh a trip's fairness


def travel_minutes(index: Index, person: Person, slot: Slot) -> float:
    """Minutes one way; a place out of reach counts none, because nobody is sent there."""
    return index.problem.travel.get((person.staff.unit, slot.place), 0.0)


def is_match(match: Match, slot: Slot) -> bool:
    """Whether a preference speaks of a slot: every field that it gives must hold."""
    return (
        match.place in (None, slot.place)
        and match.kind in (None, slot.kind)
        and match.date in (None, slot.date)
        and match.weekday in (None, slot.date.weekday())
    )


def wish_cost(index: Index, person: Person, slot: Slot) -> float:
    """What the person's own preferences add for standing the slot."""
    weights = index.problem.weights
    return sum(
        (weights.avoid if wish.kind == "avoid" else -weights.want) * wish.weight
        for wish in person.wishes
        if is_match(wish.match, slot)
    )


def turns(person: Person) -> int:
    """Whole off-day trips that a person is ahead of their share (behind: negative).

    Whole, so that among those who are equally far nothing is priced, and the period's own off days can be evened out.
    """
    whole = min(MOST_TURNS, math.floor(abs(person.staff.offday_turn) + 0.5))
    return whole if person.staff.offday_turn > 0 else -whole


def offday_cost(index: Index, person: Person, slot: Slot) -> float:
    """What an off day costs more for whoever has stood many; less, for those who have stood few."""
    return index.problem.weights.offday * turns(person) if slot.date in index.off_days else 0.0


def assignment_cost(index: Index, person: Person, slot: Slot) -> float:
    """Travel, preferences and the off-day turn of one assignment: the part that depends on nothing else."""
    minutes = travel_minutes(index, person, slot)
    travel = index.problem.weights.travel_minute * minutes
    return travel + wish_cost(index, person, slot) + offday_cost(index, person, slot)


def deviation(person: Person, trips: int) -> float:
    """Trips above (or below, negative) the fair count, with `trips` stood in the period."""
    return person.staff.history.trips + trips - person.staff.target_trips


def next_trip_cost(index: Index, person: Person, trips: int) -> float:
    """What fairness adds for one trip more than `trips` in the period."""
    return index.problem.weights.fairness * (2 * deviation(person, trips) + 1)


def missed_visits(index: Index, held: dict[int, list[Slot]]) -> dict[tuple[int, str, int], int]:
    """Visits still owed by (person, kind, week), where any are."""
    visits = Counter((person, slot.kind, slot.week) for person, slots in held.items() for slot in slots)
    missed = {key: sum(max(0, need - visits[key]) for need in needs) for key, needs in index.dues.items()}
    return {key: count for key, count in missed.items() if count}


def objective(index: Index, seats: Iterable[Seat]) -> float:
    """The price of a roster that keeps the hard rules (headcounts above all)."""
    seats = tuple(seats)
    weights = index.problem.weights
    held: dict[int, list[Slot]] = {}
    filled: Counter[int] = Counter()
    total = 0.0
    for seat in seats:
        person, slot = index.person_of[seat.staff], index.slot_of[seat.duty, seat.position]
        held.setdefault(person.at, []).append(slot)
        filled[slot.at] += 1
        total += assignment_cost(index, person, slot)
    for slot in index.slots:
        total += weights.uncovered * slot.weight * max(0, slot.count - filled[slot.at])
    for person in index.people:
        trips = len(held.get(person.at, ()))
        total += weights.fairness * deviation(person, trips) ** 2
    total += weights.quota * sum(missed_visits(index, held).values())
    return total + weights.change * _changes(index, seats)


def _changes(index: Index, seats: tuple[Seat, ...]) -> int:
    """Assignments removed from, or added to, the previous roster."""
    if index.problem.previous is None:
        return 0
    return len(set(index.problem.previous.assignments) ^ set(seats))
