"""Fill a draft with the engine: asked for on a page, done in the background, written only if nothing changed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from scheduler import accounts, audit, clock, rotation
from scheduler.audit import SYSTEM, Actor
from scheduler.config import Duty
from scheduler.database import Database, IntegrityError, Row, one, rows, run, update, write
from scheduler.errors import Conflict, Refusal
from scheduler.rosters.drafting import draft_to_change
from scheduler.rosters.reading import number, problem
from scheduler.rotation.fixed import fixed_seats

Progress = Callable[[str, float | None, float | None], None]

GIVEN_UP_AFTER = timedelta(minutes=15)  # a fill takes seconds: one that runs this long died with its process
WAITING = """
SELECT id, fill_asked_by
FROM roster
WHERE fill_state = 'asked' OR (fill_state = 'running' AND fill_started_at <= :given_up)
ORDER BY fill_asked_at, id
"""


def ask_fill(db: Database, roster_id: int, *, by: Actor, now: datetime) -> None:
    """Ask the background process to fill the draft. Refused if it is no draft, or asked or running already."""
    with write(db):
        found = draft_to_change(db, roster_id)
        if found["fill_state"] in ("asked", "running") and not _is_given_up(found, now):
            raise Conflict("fill_is_asked_already")
        update(
            db,
            "roster",
            roster_id,
            fill_state="asked",
            fill_asked_at=clock.to_text(now),
            fill_asked_by=by.person_id,
            fill_started_at=None,
            fill_facts="{}",
        )
        audit.record(db, "ask_fill", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"])


def fill(
    db: Database,
    roster_id: int,
    *,
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
    progress: Progress | None = None,
) -> None:
    """Fill the draft with the engine: solved with no lock held, written only if nothing changed meanwhile.

    Fixed assignments stay, all others are replaced. Conflict, and nothing is written, if anybody changed the roster,
    or filed leave, while the engine was at work. `progress` is told the stage, the price so far and the bound.
    """
    found = draft_to_change(db, roster_id)
    asked = problem(db, roster_id, duty=duty)
    _, conflicts = fixed_seats(rotation.indexed(asked))
    proposal = rotation.solve(_around(asked, conflicts), progress=progress)
    with write(db):
        if draft_to_change(db, roster_id)["version"] != found["version"]:
            raise Conflict("changed_while_filling")
        try:
            seated = _replace_seats(db, roster_id, proposal, now=now)
        except IntegrityError as error:  # leave filed, or a duty in another roster taken, since it was read
            raise Conflict("changed_while_filling") from error
        _finish(db, roster_id, _facts(asked, proposal, conflicts, seated), now=now)
        audit.record(
            db, "fill", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"], seats=seated,
            objective=proposal.objective, bound=proposal.bound,
        )  # fmt: skip


def fill_asked(db: Database, *, now: datetime, duty: Duty | None = None) -> int:
    """Fill every draft that was asked for; gives how many. A refusal is kept for the page, a crash is tried again."""
    filled = 0
    while (claimed := _claim(db, now)) is not None:
        try:
            fill(db, claimed["id"], by=_asker(db, claimed), now=now, duty=duty)
            filled += 1
        except Refusal as refusal:
            _give_up(db, claimed["id"], refusal)
    return filled


def _give_up(db: Database, roster_id: int, refusal: Refusal) -> None:
    """Say on the page why nothing was written, unless somebody asked again or published meanwhile."""
    with write(db):
        run(
            db,
            """
            UPDATE roster SET fill_state = 'failed', fill_facts = :facts
            WHERE id = :roster_id AND fill_state = 'running'
            """,
            roster_id=roster_id,
            facts=json.dumps({"refusal": refusal.code}),
        )


def is_fill_due(db: Database, *, now: datetime) -> bool:
    """Whether a draft waits to be filled, or the fill of one died with its process."""
    return one(db, WAITING, given_up=clock.to_text(now - GIVEN_UP_AFTER)) is not None


def give_back(db: Database) -> int:
    """Ask again for the fills that were running: for a process that knows itself to be the only one; gives how many."""
    with write(db):
        return run(db, "UPDATE roster SET fill_state = 'asked', fill_started_at = NULL WHERE fill_state = 'running'")


def is_filling(roster: Row) -> bool:
    """Whether a fill of the roster is asked for or running."""
    return roster["fill_state"] in ("asked", "running")


def _claim(db: Database, now: datetime) -> Row | None:
    """Mark the fill that waits longest as running; another process then leaves it alone."""
    with write(db):
        found = one(db, WAITING, given_up=clock.to_text(now - GIVEN_UP_AFTER))
        if found is not None:
            update(db, "roster", found["id"], fill_state="running", fill_started_at=clock.to_text(now))
        return found


def _is_given_up(roster: Row, now: datetime) -> bool:
    return roster["fill_state"] == "running" and clock.from_text(roster["fill_started_at"]) <= now - GIVEN_UP_AFTER


def _asker(db: Database, roster: Row) -> Actor:
    return SYSTEM if roster["fill_asked_by"] is None else accounts.actor(db, roster["fill_asked_by"])


def _around(asked: rotation.Problem, conflicts: Sequence[rotation.PinConflict]) -> rotation.Problem:
    """The problem with fixed assignments that break a rule taken as they are: the coordinator's word stands.

    The engine would drop such a pin, fill its seat anew and send the person elsewhere at the same time.
    So the seat is taken out of the duty, and the person's time and turn are brought in instead.
    """
    kept = {(conflict.duty, conflict.staff) for conflict in conflicts}
    taken, trips = Counter(duty for duty, _ in kept), Counter(staff for _, staff in kept)
    times = {duty.id: (duty.start, duty.end) for duty in asked.duties}
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
        pinned=tuple(pin for pin in asked.pinned if (pin.duty, pin.staff) not in kept),
    )


def _replace_seats(db: Database, roster_id: int, proposal: rotation.Proposal, *, now: datetime) -> int:
    """Write the proposal over what the engine may move; gives how many seats are taken now."""
    run(
        db,
        "DELETE FROM assignment WHERE fixed = 0 AND shift_id IN (SELECT id FROM shift WHERE roster_id = :roster_id)",
        roster_id=roster_id,
    )
    shifts, taken, standing = _fixed(db, roster_id)
    new = []
    for seat in proposal.seats:
        shift_id, person_id = number(seat.duty), number(seat.staff)
        if (shift_id, person_id) not in standing:
            shift = shifts[shift_id]
            slot = next(at for at in range(1, shift["headcount"] + 1) if at not in taken[shift_id])
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
    db.table("assignment").insert_all(new)
    return len(standing) + len(new)


def _fixed(db: Database, roster_id: int) -> tuple[dict[int, Row], dict[int, set[int]], set[tuple[int, int]]]:
    """The roster's shifts; by shift the slots that fixed assignments hold; and who holds them."""
    shifts = rows(
        db,
        "SELECT id, headcount, starts_at, ends_at FROM shift WHERE roster_id = :roster_id ORDER BY id",
        roster_id=roster_id,
    )
    fixed = rows(
        db,
        """
        SELECT assignment.shift_id, slot, person_id
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id
        WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
        ORDER BY assignment.id
        """,
        roster_id=roster_id,
    )
    taken: dict[int, set[int]] = defaultdict(set)
    for row in fixed:
        taken[row["shift_id"]].add(row["slot"])
    return {row["id"]: row for row in shifts}, taken, {(row["shift_id"], row["person_id"]) for row in fixed}


def _facts(
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


def _finish(db: Database, roster_id: int, facts: dict[str, object], *, now: datetime) -> None:
    run(
        db,
        """
        UPDATE roster
        SET version = version + 1, fill_version = version + 1, fill_state = 'done', fill_facts = :facts
        WHERE id = :roster_id
        """,
        roster_id=roster_id,
        facts=json.dumps(facts | {"at": clock.to_text(now)}),
    )
