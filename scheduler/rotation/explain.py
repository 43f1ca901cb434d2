"""Why the roster is as it is, in numbers: this person, this empty seat, and what would fill it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scheduler.rotation.candidates import candidates, cost_parts
from scheduler.rotation.eligibility import obstacles
from scheduler.rotation.index import Index, holding, indexed
from scheduler.rotation.problem import Problem, Seat


@dataclass(frozen=True, slots=True)
class Cost:
    """What one person's standing in a seat costs, split into what it is for."""

    staff: str
    cost: float
    parts: Mapping[str, float]  # fairness, travel, preference, offday, quota, change


@dataclass(frozen=True, slots=True)
class Choice:
    """Why this person: they, and the next best who could have stood instead.

    Somebody among the next may be cheaper here: they would have to be taken from, or kept
    from, a seat where they save more. `refused` counts all others by the first rule.
    """

    seat: Seat
    chosen: Cost
    others: tuple[Cost, ...]
    free: int  # how many others could stand, as the rest of the roster is
    refused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A rule that alone keeps some people out of an empty seat, and who they are, cheapest first."""

    rule: str
    staff: tuple[str, ...]


def why(problem: Problem | Index, seats: Iterable[Seat], seat: Seat, *, against: int = 3) -> Choice:
    """This seat's person against the next best, all other seats staying as they are."""
    index = indexed(problem)
    rest = [other for other in seats if other != seat]
    held = holding(index, rest)
    found = candidates(index, rest, seat.duty, seat.position)
    slot = index.slot_of[seat.duty, seat.position]

    def standing(staff: str) -> Cost:
        person = index.person_of[staff]
        parts = cost_parts(index, person, slot, held.get(person.at, ()))
        return Cost(staff, round(sum(parts.values()), 6), {name: round(part, 6) for name, part in parts.items()})

    free = [one.staff for one in found if one.refusal is None and one.staff != seat.staff]
    refusals = [one.refusal for one in found if one.refusal is not None and one.staff != seat.staff]
    return Choice(
        seat=seat,
        chosen=standing(seat.staff),
        others=tuple(standing(staff) for staff in free[:against]),
        free=len(free),
        refused={rule: refusals.count(rule) for rule in dict.fromkeys(refusals)},
    )


def remedies(problem: Problem | Index, seats: Iterable[Seat], duty: str, position: str) -> list[Remedy]:
    """Each rule lifted in turn: whom it would admit to one more seat of the position.

    Rules that admit nobody by themselves are left out. The first admits the most people.
    """
    index = indexed(problem)
    seats = list(seats)
    held = holding(index, seats)
    slot = index.slot_of[duty, position]
    admitted: dict[str, list[str]] = {}
    for one in candidates(index, seats, duty, position):
        person = index.person_of[one.staff]
        against = obstacles(index, person, slot, held.get(person.at, ()))
        if len(against) == 1:
            admitted.setdefault(against[0], []).append(one.staff)
    found = [Remedy(rule, tuple(staff)) for rule, staff in admitted.items()]
    return sorted(found, key=lambda remedy: -len(remedy.staff))
