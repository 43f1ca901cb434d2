"""Somebody picked up on the board: where they cannot go, who could take over from them, which slots are free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from scheduler import rotation, rules
from scheduler.assignments import Slot
from scheduler.config import Duty
from scheduler.database import Database, Row
from scheduler.rosters.refusals import Asked, Refused, read

ELSEWHERE = 240  # slots of a list to choose from: what is further away is chosen on the grid


@dataclass(frozen=True, slots=True)
class Carried:
    """Of who is picked up: `slots` that refuse them; by person, what speaks against `people` taking over; `free` slots,
    each a shift's row with its slot, by day.
    """

    slots: Sequence[Refused]
    people: Mapping[int, Refused] = field(default_factory=dict)
    free: Sequence[Row] = ()


def carried(
    db: Database,
    roster_id: int,
    *,
    person_id: int | None = None,
    source: Slot | None = None,
    duty: Duty | None = None,
) -> Carried:
    """All that a drag needs to know before a person, or a slot's person, is let go. NotFound as in `refusals`."""
    asked = read(db, roster_id, duty=duty)
    slots = list(asked.refused(asked.who(person_id, source), source, asked.shifts.values()))
    if source is None:
        return Carried(slots)
    free = [
        shift | {"slot": at}
        for shift in asked.shifts.values()
        if shift["state"] == "planned"
        for at in range(1, shift["headcount"] + 1)
        if Slot(shift["id"], at) not in asked.taken
    ]
    return Carried(
        slots, asked.taking(source), sorted(free, key=lambda row: (row["starts_at"], row["id"], row["slot"]))
    )


def elsewhere(
    db: Database,
    index: rotation.Index,
    standing: Sequence[rotation.Seat],
    levels: rules.Levels,
    source: Slot,
    shifts: Sequence[Row],
    taken: Mapping[int, Mapping[int, Row]],
    among: Sequence[Row],
) -> list[Row]:
    """Where whoever stands the slot might go among these of the roster's shifts, nearest days first: slots that
    are free, and others' to swap.

    A shift's row with slot, person_id and person (None where it is free) and level: "warn" where a reason is needed.
    """
    by_id = {shift["id"]: shift for shift in shifts}
    held = {Slot(shift_id, at): row for shift_id, slots in taken.items() for at, row in slots.items()}
    if source not in held or source.shift_id not in by_id:
        return []
    asked = Asked(db, index, standing, by_id, held, levels)
    day = date.fromisoformat(by_id[source.shift_id]["day"])
    near = sorted(among, key=lambda shift: (abs((date.fromisoformat(shift["day"]) - day).days), shift["day"]))
    refused = {one.slot: one.level for one in asked.refused(held[source]["person_id"], source, near)}
    found = [
        shift
        | {
            "slot": at,
            "person_id": there["person_id"] if (there := held.get(Slot(shift["id"], at))) else None,
            "person": there["person"] if there else None,
            "level": refused.get(Slot(shift["id"], at)),
        }
        for shift in near
        if shift["state"] == "planned"
        for at in range(1, shift["headcount"] + 1)
        if refused.get(Slot(shift["id"], at)) != "block" and shift["id"] != source.shift_id
    ]
    return found[:ELSEWHERE]
