"""Duty on off days and holidays, evened out on its own count: of equally good rosters, the one that is fairest in it.

The engine prices an off day by how far ahead or behind whoever stands it was before the period, since its flow knows no
count by kind of day. What falls into the period is evened out afterwards: two people change places, one on an off day
and one on a workday, wherever that brings both nearer to their fair count of off-day duty and costs nothing else.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, timedelta

from scheduler import rotation, workdays
from scheduler.database import Database, Row, one, rows
from scheduler.rosters.staff import HISTORY, days_there, load_of, people_of, times_away
from scheduler.rosters.targets import fair_targets, shares_of
from scheduler.rotation.costs import assignment_cost, objective
from scheduler.rotation.eligibility import refusal
from scheduler.rotation.index import Index, Slot, holding
from scheduler.rotation.reasons import uncovered

MOST_CHECKS = 20_000  # of whether somebody may take a slot: a third of a second; counted, so that a fill stays the same
FREE = 1e-9  # what a change may cost


def apart_on_restdays(db: Database, roster_id: int, asked: rotation.Problem) -> dict[str, float]:
    """By person: off-day trips above (below: negative) what would be fair at the period's end, with none in it yet."""
    roster = one(db, "SELECT id, unit_id, starts_on, ends_on FROM roster WHERE id = :id", id=roster_id) or {}
    first, last = asked.start - HISTORY, date.fromisoformat(roster["ends_on"])
    off = {day.day for day in workdays.days(db, first, last) if not day.is_workday}
    people = people_of(db, roster)
    away = times_away(db, roster, people)
    days = {f"P{row['id']}": days_there(db, row, away.get(row["id"], []), first, last) for row in people}
    load = load_of(db, roster_id, people, first, last)
    demand: Counter[rotation.Requirement] = Counter()
    for duty in asked.duties:
        for position in duty.positions:
            day = duty.start.date().toordinal()
            load[day] = load.get(day, 0.0) + position.count
            demand[position.requires] += position.count if duty.start.date() in off else 0
    stood = _trips_on(db, roster_id, off)
    staff = [replace(one, history=rotation.History(trips=stood.get(one.id, 0))) for one in asked.staff]
    on_off_days = {day: trips for day, trips in load.items() if date.fromordinal(day) in off}
    targets = fair_targets(staff, +demand, shares_of(days, on_off_days))
    return {one.id: one.history.trips - targets[one.id] for one in staff}


def turns(
    db: Database,
    roster_id: int,
    staff: Sequence[rotation.Staff],
    kinds: Iterable[rotation.Requirement],
    days: Mapping[str, Set[int]],
    load: Mapping[int, float],
    before: date,
) -> dict[str, float]:
    """By person: off-day trips above (below: negative) their share of all that were stood in the year before a day.

    `days` and `load` are those that the fair count of all trips goes by; people are held against those who may stand
    the same `kinds` of seats.
    """
    off = {day.day for day in workdays.days(db, before - HISTORY, before - timedelta(days=1)) if not day.is_workday}
    stood = _trips_on(db, roster_id, off)
    past = [replace(one, history=rotation.History(trips=stood.get(one.id, 0))) for one in staff]
    on_off_days = {day: trips for day, trips in load.items() if date.fromordinal(day) in off}
    targets = fair_targets(past, dict.fromkeys(kinds, 0), shares_of(days, on_off_days))
    return {one.id: round(one.history.trips - targets[one.id], 2) for one in past}


def _trips_on(db: Database, roster_id: int, days: Set[date]) -> dict[str, int]:
    """By person: trips outside of the roster on these days, entered, published and to come, or let off."""
    found: list[Row] = rows(
        db,
        """
        SELECT person_id, SUM(trips) AS trips
        FROM (
            SELECT person_id, trips
            FROM ledger
            WHERE day IN (SELECT value FROM json_each(:days)) AND source <> 'carried_forward'
              AND (shift_id IS NULL OR shift_id NOT IN (SELECT id FROM shift WHERE roster_id = :id))
            UNION ALL
            SELECT assignment.person_id, 1 AS trips
            FROM shift
            JOIN roster ON roster.id = shift.roster_id AND roster.state = 'published'
            JOIN assignment ON assignment.shift_id = shift.id AND assignment.state IN ('planned', 'present')
            WHERE shift.day IN (SELECT value FROM json_each(:days)) AND shift.state = 'planned'
              AND shift.roster_id <> :id
            UNION ALL
            SELECT person_id, 1 FROM forgiven_turn WHERE day IN (SELECT value FROM json_each(:days))
        )
        GROUP BY person_id
        ORDER BY person_id
        """,
        days=json.dumps(sorted(day.isoformat() for day in days)),
        id=roster_id,
    )
    return {f"P{row['person_id']}": row["trips"] for row in found}


def evened(index: Index, proposal: rotation.Proposal, apart: Mapping[str, float]) -> rotation.Proposal:
    """The proposal with off-day duty evened out; its price, bound and empty slots stay what they are.

    Fixed seats stay. So does everything where the changes would let a free person pass an empty slot by.
    """
    swaps = _Swaps(index, proposal.seats, apart)
    seats = swaps.made()
    if set(seats) == set(proposal.seats):
        return proposal
    empty = uncovered(index, seats)
    if any("free" in gap.reasons for gap in empty):
        return proposal
    price = round(objective(index, seats), 6)  # lower only where the engine had not found the best
    gap = max(0.0, price - proposal.bound) / max(1.0, abs(proposal.bound))
    return replace(proposal, seats=seats, uncovered=empty, objective=price, gap=gap)


class _Swaps:
    """Who stands what while people change places, and how far each is from their fair count of off-day duty."""

    def __init__(self, index: Index, seats: Sequence[rotation.Seat], apart: Mapping[str, float]) -> None:
        self.index, self.checks = index, 0
        self.off = {day.date for day in index.problem.calendar if not day.is_workday}
        pinned = {(pin.duty, pin.position, pin.staff) for pin in index.problem.pinned}
        self.fixed = {seat for seat in seats if (seat.duty, seat.position, seat.staff) in pinned}
        self.held = {at: list(slots) for at, slots in holding(index, seats).items()}
        self.apart = {
            person.at: apart.get(person.staff.id, 0.0) + sum(self._is_off(s) for s in self.held.get(person.at, ()))
            for person in index.people
        }

    def made(self) -> tuple[rotation.Seat, ...]:
        """All changes that pay, those first who have most; the seats after them."""
        while self.checks < MOST_CHECKS and (found := next(self._paying(), None)):
            giver, taker, off_day, workday = found
            self.held[giver].remove(off_day)
            self.held[taker].remove(workday)
            self.held[giver].append(workday)
            self.held[taker].append(off_day)
            self.apart[giver] -= 1
            self.apart[taker] += 1
        seats = [
            (slot.at, rotation.Seat(slot.duty, slot.position, self.index.people[at].staff.id))
            for at, slots in self.held.items()
            for slot in slots
        ]
        return tuple(seat for _, seat in sorted(seats, key=lambda one: (one[0], one[1].staff)))

    def _paying(self) -> Iterator[tuple[int, int, Slot, Slot]]:
        order = sorted(self.held, key=lambda at: (self.apart[at], at))
        for giver in reversed(order):
            for off_day in self._movable(giver, is_off=True):
                for taker in order:
                    if self.apart[giver] - self.apart[taker] <= 1 + FREE or self.checks >= MOST_CHECKS:
                        break
                    if not self._may(taker, off_day, without=None):
                        continue
                    for workday in self._movable(taker, is_off=False):
                        if self._pays(giver, taker, off_day, workday):
                            yield giver, taker, off_day, workday

    def _movable(self, at: int, *, is_off: bool) -> list[Slot]:
        """The person's slots of such days that are not fixed and meet no quota."""
        person = self.index.people[at]
        return [
            slot
            for slot in self.held[at]
            if self._is_off(slot) == is_off
            and rotation.Seat(slot.duty, slot.position, person.staff.id) not in self.fixed
            and (at, slot.kind, slot.week) not in self.index.dues
        ]

    def _is_off(self, slot: Slot) -> bool:
        return slot.date in self.off

    def _pays(self, giver: int, taker: int, off_day: Slot, workday: Slot) -> bool:
        one, two = self.index.people[giver], self.index.people[taker]
        cost = assignment_cost(self.index, one, workday) + assignment_cost(self.index, two, off_day)
        cost -= assignment_cost(self.index, one, off_day) + assignment_cost(self.index, two, workday)
        return (
            cost <= FREE
            and (giver, workday.kind, workday.week) not in self.index.dues
            and (taker, off_day.kind, off_day.week) not in self.index.dues
            and self._may(giver, workday, without=off_day)
            and self._may(taker, off_day, without=workday)
        )

    def _may(self, at: int, slot: Slot, *, without: Slot | None) -> bool:
        """Whether the person may stand the slot, having given up another; or, without one, whether ever."""
        self.checks += 1
        held = [] if without is None else [other for other in self.held[at] if other.at != without.at]
        return refusal(self.index, self.index.people[at], slot, held)[0] is None
