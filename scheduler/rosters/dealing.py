"""From the engine's proposal to assignments: who goes, who comes, and what the page tells of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scheduler import clock, rotation
from scheduler.assignments import pending
from scheduler.database import Database, Row, run
from scheduler.rosters.reading import number
from scheduler.rosters.staff import as_json
from scheduler.rotation.fixed import fixed_seats


def around(asked: rotation.Problem) -> tuple[rotation.Problem, tuple[rotation.PinConflict, ...]]:
    """The problem with pins that break a rule taken as they are: the coordinator's word stands; and these pins.

    The engine would drop such a pin, fill its seat anew and send the person elsewhere at the same time.
    So the seat is taken out of the duty, and the person's time and turn are brought in instead. That may leave
    no room for another pin of theirs in the same week, so it is asked again until all fit.
    """
    _, broken = fixed_seats(rotation.indexed(asked))
    conflicts = broken
    while conflicts:
        asked = _without(asked, conflicts)
        _, conflicts = fixed_seats(rotation.indexed(asked))
    return asked, tuple(broken)


def _without(asked: rotation.Problem, conflicts: Sequence[rotation.PinConflict]) -> rotation.Problem:
    kept = {(conflict.duty, conflict.staff) for conflict in conflicts}
    taken, trips = Counter(duty for duty, _ in kept), Counter(staff for _, staff in kept)
    times = {duty.id: (duty.start, duty.end) for duty in asked.duties}
    kinds = {duty.id: duty.kind for duty in asked.duties}
    return replace(
        asked,
        duties=tuple(
            replace(duty, positions=tuple(replace(p, count=p.count - taken[duty.id]) for p in duty.positions))
            for duty in asked.duties
        ),
        staff=tuple(
            replace(person, history=replace(person.history, trips=person.history.trips + trips[person.id]))
            for person in asked.staff
        ),
        carry_in=(*asked.carry_in, *(rotation.Interval(staff, *times[duty]) for duty, staff in sorted(kept))),
        quotas=tuple(
            replace(
                quota,
                credits=(
                    *quota.credits,
                    *(
                        (staff, clock.monday(times[duty][0].date()))
                        for duty, staff in sorted(kept)
                        if kinds[duty] == quota.kind
                    ),
                ),
            )
            for quota in asked.quotas
        ),
        pinned=tuple(pin for pin in asked.pinned if (pin.duty, pin.staff) not in kept),
    )


def seats_of(
    proposal: rotation.Proposal, shifts: dict[int, Row], stay: Sequence[Row], *, before: Sequence[Row], now: datetime
) -> list[Row]:
    """The assignments that the proposal adds to who stays, each in the slot they had before, or else the first free."""
    taken: dict[int, set[int]] = defaultdict(set)
    for row in stay:
        taken[row["shift_id"]].add(row["slot"])
    there = {(row["shift_id"], row["person_id"]) for row in stay}
    had = {(row["shift_id"], row["person_id"]): row["slot"] for row in before}
    pairs = [(number(seat.duty), number(seat.staff)) for seat in proposal.seats]
    new = []
    for shift_id, person_id in sorted(pairs, key=lambda pair: pair not in had):  # a stable sort: these choose first
        if (shift_id, person_id) not in there:
            shift = shifts[shift_id]
            wished = (had.get((shift_id, person_id), 1), *range(1, shift["headcount"] + 1))
            slot = next(at for at in wished if at not in taken[shift_id])
            taken[shift_id].add(slot)
            new.append(
                {
                    "shift_id": shift_id,
                    "slot": slot,
                    "person_id": person_id,
                    "starts_at": shift["starts_at"],
                    "ends_at": shift["ends_at"],
                    "source": "engine",
                    "made_at": clock.to_text(now),
                }
            )
    return new


def replace_seats(db: Database, leave: Sequence[Row], come: Sequence[Row]) -> None:
    """Write a draft's new seats over the old ones, in two statements. IntegrityError if one is possible no more."""
    run(
        db,
        "DELETE FROM assignment WHERE id IN (SELECT value FROM json_each(:ids))",
        ids=as_json(row["assignment_id"] for row in leave),
    )
    db.table("assignment").insert_all(come)


def replace_published(db: Database, leave: Sequence[Row], come: Sequence[Row], *, now: datetime) -> None:
    """The same in a published roster, seat by seat: nobody is told before the next publication."""
    for row in leave:
        pending.take_out(db, row["assignment_id"], now=now)
    for row in come:
        kept = {"source": row["source"], "why": row["why"]}
        shift = {"id": row["shift_id"], "roster": "published", "starts_at": row["starts_at"], "ends_at": row["ends_at"]}
        pending.put_in(db, shift, row["person_id"], row["slot"], now=now, **kept)


def facts_of(
    asked: rotation.Problem, proposal: rotation.Proposal, conflicts: Sequence[rotation.PinConflict], seated: int
) -> dict[str, object]:
    """What the page tells of the fill: the price and its bound, why seats are empty, fixed ones that break a rule."""
    return {
        "people": len(asked.staff),
        "seats": seated,
        "unfilled": sum(gap.missing for gap in proposal.uncovered),
        "objective": round(proposal.objective, 2),
        "bound": round(proposal.bound, 2),
        "gap": proposal.gap,
        "proven": proposal.proven,
        "uncovered": [
            {"shift_id": number(gap.duty), "missing": gap.missing, "reasons": dict(gap.reasons)}
            for gap in proposal.uncovered
        ],
        "conflicts": [
            {"shift_id": number(pin.duty), "person_id": number(pin.staff), "reason": pin.reason} for pin in conflicts
        ],
    }
