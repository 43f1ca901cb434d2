"""Who could take one seat, given the rest of the roster: the list behind every hand edit."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from scheduler.rotation.costs import next_trip_cost, offday_cost, travel_minutes, wish_cost
from scheduler.rotation.eligibility import refusal
from scheduler.rotation.index import Index, Person, Slot, holding, indexed
from scheduler.rotation.problem import Problem, Seat
from scheduler.rotation.proposal import REFUSALS, Candidate


def candidates(problem: Problem | Index, seats: Iterable[Seat], duty: str, position: str) -> list[Candidate]:
    """All the staff for one more seat of a position: the cheapest of those who may stand first.

    `seats` is the rest of the roster, without the seat that is being filled. After those who
    may stand come the refused, in the order of the rules, then cheapest first.
    """
    index = indexed(problem)
    held = holding(index, seats)
    slot = index.slot_of[duty, position]
    found = [_candidate(index, person, slot, held.get(person.at, ())) for person in index.people]
    return sorted(found, key=_rank)


def candidate(problem: Problem | Index, seats: Iterable[Seat], duty: str, position: str, staff: str) -> Candidate:
    """The same for one person: the check of a hand edit. An index makes it a matter of microseconds."""
    index = indexed(problem)
    person = index.person_of[staff]
    own = holding(index, (seat for seat in seats if seat.staff == staff))
    return _candidate(index, person, index.slot_of[duty, position], own.get(person.at, ()))


def _rank(candidate: Candidate) -> tuple[int, float, str]:
    order = -1 if candidate.refusal is None else REFUSALS.index(candidate.refusal)
    return order, candidate.cost, candidate.staff


def _candidate(index: Index, person: Person, slot: Slot, held: Sequence[Slot]) -> Candidate:
    rule, other = refusal(index, person, slot, held)
    return Candidate(
        staff=person.staff.id,
        refusal=rule,
        other=other,
        trips=person.staff.history.trips + len(held),
        target=person.staff.target_trips,
        travel=travel_minutes(index, person, slot),
        last=_last_before(index, person, slot, held),
        cost=round(marginal_cost(index, person, slot, held), 6),
    )


def marginal_cost(index: Index, person: Person, slot: Slot, held: Sequence[Slot]) -> float:
    """What the person's taking one seat of the slot adds to the roster's price, the seat's own aside."""
    return sum(cost_parts(index, person, slot, held).values())


def cost_parts(index: Index, person: Person, slot: Slot, held: Sequence[Slot]) -> dict[str, float]:
    """The marginal cost by what it is for: fairness, travel, preference, offday, quota, change."""
    weights = index.problem.weights
    return {
        "fairness": next_trip_cost(index, person, len(held)),
        "travel": weights.travel_minute * travel_minutes(index, person, slot),
        "preference": wish_cost(index, person, slot),
        "offday": offday_cost(index, person, slot),
        "quota": 0.0 - weights.quota * _visits_met(index, person, slot, held),
        "change": _change_cost(index, person, slot),
    }


def _visits_met(index: Index, person: Person, slot: Slot, held: Sequence[Slot]) -> int:
    """How many quotas the next visit of this kind and week counts for."""
    done = Counter((other.kind, other.week) for other in held)[slot.kind, slot.week]
    return sum(need > done for need in index.dues.get((person.at, slot.kind, slot.week), ()))


def _change_cost(index: Index, person: Person, slot: Slot) -> float:
    previous = index.problem.previous
    if previous is None:
        return 0.0
    kept = Seat(slot.duty, slot.position, person.staff.id) in previous.assignments
    return -index.problem.weights.change if kept else index.problem.weights.change


def _last_before(index: Index, person: Person, slot: Slot, held: Sequence[Slot]) -> date | None:
    """The day of the person's latest duty before the slot, brought-in ones included."""
    days = [other.date for other in held if other.start < slot.start]
    days += [interval.start.date() for interval in index.problem.carry_in if interval.staff == person.staff.id]
    return max(days, default=None)
