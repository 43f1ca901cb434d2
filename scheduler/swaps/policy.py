"""How an organisation's swaps go: who approves, when others are asked, whose turn a cover is. One answer for a tree."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta

from scheduler import audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, run, write
from scheduler.errors import Conflict, Invalid, Problem

# Least and most of what is a number; as in the schema.
BOUNDS = {"people": (0, 20), "step_hours": (1, 168), "near_hours": (0, 336), "near_step_hours": (1, 168)}
NIGHT = time(22), time(7)  # nobody is asked at such hours, unless the duty begins before they are over


@dataclass(frozen=True, slots=True)
class Policy:
    """`people` more are asked every `step_hours`, every `near_step_hours` once the duty is `near_hours` away; 0: none.

    `keeps_turn`: who is covered stays as far behind as they were; otherwise the turn counts as stood.
    """

    needs_approval: bool = False
    keeps_turn: bool = True
    people: int = 3
    step_hours: int = 24
    near_hours: int = 48
    near_step_hours: int = 4

    def next_step(self, starts_at: str, *, db: Database, now: datetime) -> str | None:
        """When others are asked after now: sooner as the start nears; None where that would be too late."""
        starts = clock.from_text(starts_at)
        near, soon = starts - timedelta(hours=self.near_hours), now + timedelta(hours=self.near_step_hours)
        at = min(now + timedelta(hours=self.step_hours), max(near, soon))
        at = _by_day(db, at) if _by_day(db, at) < starts else at
        return clock.to_text(at) if at < starts else None


def policy(db: Database, unit_id: int) -> Policy:
    """The policy of the tree that a unit is in; what is built in where nobody has set it."""
    found = one(
        db,
        """
        SELECT needs_approval, keeps_turn, people, step_hours, near_hours, near_step_hours
        FROM swap_policy
        JOIN unit_above ON unit_above.above_id = swap_policy.unit_id
        WHERE unit_above.unit_id = :unit_id
        """,
        unit_id=unit_id,
    )
    if found is None:
        return Policy()
    return Policy(**found | {name: bool(found[name]) for name in ("needs_approval", "keeps_turn")})


def needs_approval(db: Database, unit_id: int) -> bool:
    """Whether swaps and cover in the unit wait for a coordinator; not where nobody has set it."""
    return policy(db, unit_id).needs_approval


def organisations(db: Database, tops: Iterable[int]) -> list[Row]:
    """Which of these units are whole organisations: id, name, policy."""
    found = rows(
        db,
        "SELECT id, name FROM unit WHERE parent_id IS NULL AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        ids=json.dumps(list(tops)),
    )
    return [row | {"policy": policy(db, row["id"])} for row in found]


def set_approval(db: Database, unit_id: int, needed: bool, *, by: Actor, now: datetime) -> bool:
    """Let an organisation's swaps wait for a coordinator, or not; gives whether that is new. Conflict: not its top."""
    return set_policy(db, unit_id, replace(policy(db, unit_id), needs_approval=needed), by=by, now=now)


def set_policy(db: Database, unit_id: int, wanted: Policy, *, by: Actor, now: datetime) -> bool:
    """Set how the swaps of an organisation go from now on; gives whether anything is new.

    Invalid: a number out of its bounds. Conflict: not its top.
    """
    problems = [
        Problem("out_of_range", name, None, {"low": str(low), "high": str(high)})
        for name, (low, high) in BOUNDS.items()
        if not low <= getattr(wanted, name) <= high
    ]
    if problems:
        raise Invalid.of(problems)
    with write(db):
        unit = one(db, "SELECT name, parent_id FROM unit WHERE id = :id", id=unit_id)
        if unit is None or unit["parent_id"] is not None:
            raise Conflict("policy_is_of_the_top", unit=unit["name"] if unit else "")
        before = policy(db, unit_id)
        if before == wanted:
            return False
        given = {name: int(held) for name, held in asdict(wanted).items()}
        run(
            db,
            """
            INSERT INTO swap_policy
                (unit_id, needs_approval, keeps_turn, people, step_hours, near_hours, near_step_hours)
            VALUES (:unit_id, :needs_approval, :keeps_turn, :people, :step_hours, :near_hours, :near_step_hours)
            ON CONFLICT (unit_id) DO UPDATE
            SET needs_approval = excluded.needs_approval, keeps_turn = excluded.keeps_turn, people = excluded.people,
                step_hours = excluded.step_hours, near_hours = excluded.near_hours,
                near_step_hours = excluded.near_step_hours
            """,
            unit_id=unit_id,
            **given,
        )
        changed = audit.differences(asdict(before), asdict(wanted))
        audit.record(db, "set_swaps", "unit", unit_id, by=by, now=now, unit_id=unit_id, changed=changed)
        return True


def _by_day(db: Database, at: datetime) -> datetime:
    """The moment, or the end of the night that it falls into."""
    local, (evening, morning) = at.astimezone(db.zone), NIGHT
    if morning <= local.time() < evening:
        return at
    day = local.date() + timedelta(days=local.time() >= evening)
    return clock.instant(day, morning, db.zone)
