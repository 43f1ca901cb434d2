"""A roster filled in another way, and nothing written: other weights, somebody away, or as few changes as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from scheduler import rotation
from scheduler.config import Duty
from scheduler.database import Database, Row
from scheduler.rosters.dealing import around, seats_of
from scheduler.rosters.keeping import kept
from scheduler.rosters.measures import measured
from scheduler.rosters.progress import Watch
from scheduler.rosters.reading import POSITION, problem
from scheduler.rosters.restdays import apart_on_restdays, evened
from scheduler.rosters.scope import ALL, from_now_on, narrowed, shifts_of, standing

# What is tried: the policy's weights, one of them so many times as dear. "calm" moves as few people as it can.
EMPHASES: Mapping[str, Mapping[str, float]] = {
    "none": {},
    "fairness": {"fairness": 4.0},
    "travel": {"travel_minute": 5.0},
    "quota": {"quota": 4.0},
    "calm": {},
}
SEAT = ("shift_id", "slot", "person_id", "fixed", "source")


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who is not there from the first to the last day, in this scenario only."""

    person_id: int
    first: date
    last: date

    def meets(self, row: Row) -> bool:
        """Whether an assignment (person_id, day) falls into it."""
        return bool(row["person_id"] == self.person_id and str(self.first) <= row["day"] <= str(self.last))

    def leave(self) -> rotation.Interval:
        """The same as the engine takes it."""
        until = datetime.combine(self.last, time()) + timedelta(days=1)
        return rotation.Interval(f"P{self.person_id}", datetime.combine(self.first, time()), until)


def tried(
    db: Database,
    roster: Row,
    emphasis: str,
    away: Sequence[Away],
    *,
    duty: Duty | None,
    now: datetime,
    watch: Watch | None = None,
) -> tuple[list[Row], dict[str, Any]]:
    """The seats of the roster filled in this way, and what to tell of it: measures, gap, changes, met.

    What is fixed stays, unless whoever stands there is away; what has begun in a published one stays in any case.
    """
    roster_id, scope = roster["id"], from_now_on(ALL, roster, now)
    shifts, stand = shifts_of(db, roster_id), standing(db, roster_id)
    met = [row for row in stand if scope.has(row) and any(span.meets(row) for span in away)]
    there = [row for row in stand if row not in met]
    base = problem(db, roster_id, duty=duty)
    asked = replace(base, leave=(*base.leave, *(span.leave() for span in away)))
    stay = [row for row in there if row["fixed"] or not scope.has(row)]
    free, _ = around(narrowed(_emphasised(asked, emphasis, there), scope, shifts, stay))
    told, cancelled = (watch.told, watch.is_cancelled) if watch else (None, None)
    proposal = rotation.solve(free, progress=told, cancelled=cancelled)
    index = rotation.indexed(free)
    proposal = evened(index, proposal, apart_on_restdays(db, roster_id, asked))
    proposal = kept(db, roster_id, index, proposal, {(row["shift_id"], row["person_id"]) for row in stay})
    come = seats_of(proposal, {shift["id"]: shift for shift in shifts}, stay, before=stand, now=now)
    seats = [{**dict.fromkeys(SEAT, 0), **{name: row[name] for name in SEAT if name in row}} for row in (*stay, *come)]
    held = {(row["shift_id"], row["slot"]): row["person_id"] for row in stand}
    then = {(row["shift_id"], row["slot"]): row["person_id"] for row in seats}
    facts = {
        "measures": asdict(measured(rotation.indexed(asked), [seat_of(row) for row in seats])),
        "gap": proposal.gap,
        "changes": sum(held.get(at) != then.get(at) for at in held.keys() | then.keys()),
        "met": len(met),
    }
    return seats, facts


def seat_of(row: Row) -> rotation.Seat:
    """An assignment as the engine knows it."""
    return rotation.Seat(f"S{row['shift_id']}", POSITION, f"P{row['person_id']}")


def _emphasised(asked: rotation.Problem, emphasis: str, there: Sequence[Row]) -> rotation.Problem:
    dearer = {name: getattr(asked.weights, name) * times for name, times in EMPHASES[emphasis].items()}
    previous = rotation.Previous(tuple(seat_of(row) for row in there)) if emphasis == "calm" else None
    return replace(asked, weights=replace(asked.weights, **dearer), previous=previous)
