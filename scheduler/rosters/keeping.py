"""Customs that a house has switched on, kept by what the engine deals out.

They are about pairs of seats, of which the engine's flow knows nothing: two off days running, two of one unit. So they
are kept afterwards, seat by seat: whoever would break one hands over to the cheapest who does not. A custom that blocks
is kept whatever it costs, if need be by an empty slot, since a roster that breaks it is not published; one that warns
is kept where that costs no more than going against a wish.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace
from math import inf

from scheduler import rotation, rules
from scheduler.assignments.customs import Broken, Customs, customs
from scheduler.database import Database
from scheduler.rosters.checking import levels_of
from scheduler.rosters.reading import number
from scheduler.rotation.candidates import marginal_cost
from scheduler.rotation.costs import objective
from scheduler.rotation.eligibility import refusal
from scheduler.rotation.fixed import frozen_slots
from scheduler.rotation.index import Index, Person, Slot, holding
from scheduler.rotation.reasons import uncovered

Pairs = Set[tuple[int, int]]  # shift and person

STRICT = ("block", "warn")  # what is only noted is left as it is


def kept(
    db: Database, roster_id: int, index: Index, proposal: rotation.Proposal, stay: Pairs = frozenset()
) -> rotation.Proposal:
    """The proposal with the customs of the roster's unit kept; the same one where none is broken.

    Whoever is of `stay` or of the fixed keeps their seat. What its price rises by is told as distance from the bound,
    which holds for every roster, whether it keeps customs or not.
    """
    keeper = _keeper(db, roster_id, index, proposal.seats, stay)
    seats = keeper.kept()
    if set(seats) == set(proposal.seats):
        return proposal
    price = round(objective(index, seats), 6)
    gap = max(0.0, price - proposal.bound) / max(1.0, abs(proposal.bound))
    empty = tuple(
        replace(one, reasons=keeper.reasons(one)) if one.reasons.get("free") and not one.frozen else one
        for one in uncovered(index, seats)
    )
    return replace(
        proposal, seats=seats, uncovered=empty, objective=price, gap=gap, proven=proposal.proven and gap == 0
    )


def kept_seats(
    db: Database, roster_id: int, index: Index, seats: Sequence[rotation.Seat], stay: Pairs = frozenset()
) -> tuple[rotation.Seat, ...]:
    """The same for seats alone."""
    return _keeper(db, roster_id, index, seats, stay).kept()


def _keeper(db: Database, roster_id: int, index: Index, seats: Sequence[rotation.Seat], stay: Pairs) -> _Keeper:
    shifts = {number(slot.duty) for slot in index.slots}
    levels = levels_of(db, roster_id)
    asked = customs(db, levels, [number(person.staff.id) for person in index.people], shifts)
    return _Keeper(index, seats, stay, asked.supposing(shifts, stay | {_pair(seat) for seat in seats}), levels)


def _pair(seat: rotation.Seat) -> tuple[int, int]:
    return number(seat.duty), number(seat.staff)


class _Keeper:
    """Who stands what while seats change hands."""

    def __init__(
        self, index: Index, seats: Sequence[rotation.Seat], stay: Pairs, asked: Customs, levels: rules.Levels
    ) -> None:
        self.index, self.seats, self.customs, self.levels = index, list(seats), asked, levels
        self.held = {at: list(slots) for at, slots in holding(index, seats).items()}
        frozen = frozen_slots(index)
        pinned = {(pin.duty, pin.position, pin.staff) for pin in index.problem.pinned}
        self.free = [
            seat
            for seat in seats
            if (seat.duty, seat.position, seat.staff) not in pinned
            and _pair(seat) not in stay
            and self._slot(seat).at not in frozen
        ]

    def kept(self) -> tuple[rotation.Seat, ...]:
        """The seats with every custom kept that can be, in the order that they came in."""
        if not self.customs.on:
            return tuple(self.seats)
        left: list[Slot] = []
        for seat in list(self.free):
            slot = self._slot(seat)
            level = self._level(self.index.person_of[seat.staff], slot)
            if level in STRICT and not self._handed_over(seat, level) and level == "block":
                self._leaves(seat)
                left.append(slot)
        for slot in left:  # who has handed over elsewhere since may have room
            self._taken(slot)
        order = {(slot.duty, slot.position): slot.at for slot in self.index.slots}
        return tuple(sorted(self.seats, key=lambda seat: (order[seat.duty, seat.position], seat.staff)))

    def reasons(self, gap: rotation.Uncovered) -> dict[str, int]:
        """Why a slot is empty, those whom nothing but a custom keeps out told by it."""
        slot = self.index.slot_of[gap.duty, gap.position]
        found = Counter(
            next(broken.rule for broken in self._broken(person, slot) if self.levels[broken.rule] == "block")
            for _, person in self._able(slot)
            if self._level(person, slot) == "block"
        )
        rest = {rule: count for rule, count in gap.reasons.items() if rule != "free"}
        return rest | dict(found)

    def _handed_over(self, seat: rotation.Seat, level: rules.Level) -> bool:
        """Whether somebody else has the seat now: who keeps more, and costs least."""
        slot, person = self._slot(seat), self.index.person_of[seat.staff]
        self._leaves(seat)
        most = marginal_cost(self.index, person, slot, self.held[person.at]) + self.index.problem.weights.avoid
        found = self._best(slot) if level == "block" else self._best(slot, most=most, worst=None)
        self._comes(replace(seat, staff=found.staff.id) if found else seat)
        return found is not None

    def _taken(self, slot: Slot) -> None:
        found = self._best(slot)
        if found is not None:
            self._comes(rotation.Seat(slot.duty, slot.position, found.staff.id))

    def _best(self, slot: Slot, *, most: float = inf, worst: rules.Level | None = "warn") -> Person | None:
        """The cheapest who breaks no custom there; else the cheapest who breaks none that is stricter than `worst`."""
        second = None
        for cost, person in self._able(slot):
            level = self._level(person, slot)
            if cost <= most and level not in STRICT:
                return person
            if level == worst and second is None:
                second = person
        return second

    def _able(self, slot: Slot) -> list[tuple[float, Person]]:
        """Whom no rule of the engine keeps out, the cheapest first."""
        found = []
        for person in self.index.people:
            held = self.held.get(person.at, [])
            if slot not in held and refusal(self.index, person, slot, held)[0] is None:
                found.append((marginal_cost(self.index, person, slot, held), person))
        return sorted(found, key=lambda one: (round(one[0], 6), one[1].at))

    def _broken(self, person: Person, slot: Slot) -> list[Broken]:
        return self.customs.about(number(person.staff.id), number(slot.duty))

    def _level(self, person: Person, slot: Slot) -> rules.Level | None:
        """How strictly the strictest custom is taken that the person's standing the slot does not keep."""
        found = {self.levels[broken.rule] for broken in self._broken(person, slot)}
        return next((level for level in rules.LEVELS if level in found), None)

    def _slot(self, seat: rotation.Seat) -> Slot:
        return self.index.slot_of[seat.duty, seat.position]

    def _leaves(self, seat: rotation.Seat) -> None:
        self.seats.remove(seat)
        self.held[self.index.person_of[seat.staff].at].remove(self._slot(seat))
        self.customs.leaves(*_pair(seat))

    def _comes(self, seat: rotation.Seat) -> None:
        self.seats.append(seat)
        self.held.setdefault(self.index.person_of[seat.staff].at, []).append(self._slot(seat))
        self.customs.comes(*_pair(seat))
