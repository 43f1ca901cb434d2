"""From templates to dated shifts: what is asked for, what stands, and the difference written."""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from scheduler import audit, clock, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, rows, write
from scheduler.duties.asking import Asked, Slot, asked_for
from scheduler.errors import Invalid, Problem

LONGEST_PERIOD_DAYS = 366  # a year of shifts at once; a roster is a month or a quarter


@dataclass(frozen=True, slots=True)
class Generated:
    """What generating did, in shifts.

    `kept` differ from what the templates ask for, but are drafted with people or published already.
    """

    added: int
    changed: int
    removed: int
    kept: int


@dataclass(frozen=True, slots=True)
class _Difference:
    """What has to be done so that the shifts are what the templates ask for; `drafts` are the rosters it touches."""

    added: dict[Slot, Asked]
    changed: dict[int, Asked]
    removed: list[int]
    drafts: set[int]
    kept: int


def generate(db: Database, unit_id: int, first: date, last: date, *, by: Actor, now: datetime) -> Generated:
    """Make the unit's shifts of a period what its templates ask for; doing it again changes nothing.

    Shifts that have begun, are published, or hold people stay as they are, and the days of a published roster get
    no new ones. New shifts are in no roster yet: a draft takes them.
    """
    problems = fields.dates("last", first, last)
    if not problems and (last - first).days >= LONGEST_PERIOD_DAYS:
        problems = [Problem("period_too_long", "last", facts={"most": LONGEST_PERIOD_DAYS})]
    if problems:
        raise Invalid.of(problems)
    with write(db):
        asked = asked_for(db, unit_id, first, last)
        todo = _difference(asked, _standing(db, unit_id, first, last), _days_taken(db, unit_id), drafts=True, now=now)
        done = _bring_in_line(db, unit_id, todo)
        if done.added or done.changed or done.removed:
            audit.record(
                db, "generate", "unit", unit_id, by=by, now=now, unit_id=unit_id,
                first=first, last=last, **dataclasses.asdict(done),
            )  # fmt: skip
    return done


def follow_template(db: Database, unit_id: int, template_id: int, *, now: datetime) -> Generated:
    """After a template was changed: its shifts that have not begun and are in no roster yet follow it at once.

    New ones are made where the unit has such shifts already; later ones come with their roster.
    """
    today = clock.today(now, db.zone)
    standing = _standing(db, unit_id, today, date.max, template_id)
    first, last = _days_ahead(db, unit_id, now)
    horizon = max([last, *(row["day"] for row in standing)])
    if not horizon:
        return Generated(added=0, changed=0, removed=0, kept=0)
    asked = {
        slot: wanted
        for slot, wanted in asked_for(db, unit_id, today, date.fromisoformat(horizon), template_id=template_id).items()
        if clock.from_text(wanted.starts_at) >= now
    }
    todo = _difference(asked, standing, _days_taken(db, unit_id), drafts=False, now=now)
    ahead = {slot: wanted for slot, wanted in todo.added.items() if first <= slot[2] <= last}
    return _bring_in_line(db, unit_id, dataclasses.replace(todo, added=ahead))


def _days_ahead(db: Database, unit_id: int, now: datetime) -> tuple[str, str]:
    """The first and last day on which the unit has shifts that have not begun and are in no roster, or two blanks."""
    found = rows(
        db,
        """
        SELECT COALESCE(MIN(day), '') AS first, COALESCE(MAX(day), '') AS last
        FROM shift
        WHERE unit_id = :unit_id AND day >= :today AND roster_id IS NULL
          AND template_id IS NOT NULL AND starts_at >= :now
        """,
        unit_id=unit_id,
        today=clock.today(now, db.zone).isoformat(),
        now=clock.to_text(now),
    )[0]
    return found["first"], found["last"]


def _difference(
    asked: dict[Slot, Asked], standing: list[Row], taken: dict[str, str], *, drafts: bool, now: datetime
) -> _Difference:
    """Compares slot by slot; shifts that have begun or are no longer planned are left out of it.

    With `drafts`, shifts of draft rosters are brought in line where nobody stands in them.
    """
    begun = clock.to_text(now)
    differing = [
        (row, asked.get(_slot(row)))
        for row in standing
        if row["state"] == "planned"
        and row["starts_at"] >= begun
        and asked.get(_slot(row)) != tuple(row[name] for name in Asked._fields)
    ]
    free = [(row, wanted) for row, wanted in differing if _is_free(row, drafts=drafts)]
    there = {_slot(row) for row in standing}
    missing = {slot: wanted for slot, wanted in asked.items() if slot not in there}
    closed_to_new = {day for day, state in taken.items() if state != "draft" or not drafts}
    added = {slot: wanted for slot, wanted in missing.items() if slot[2] not in closed_to_new}
    return _Difference(
        added=added,
        changed={row["id"]: wanted for row, wanted in free if wanted is not None},
        removed=[row["id"] for row, wanted in free if wanted is None],
        drafts={row["roster_id"] for row, _ in free if row["roster_id"] is not None},
        kept=len(differing) - len(free) + len(missing) - len(added),
    )


def _slot(row: Row) -> Slot:
    return row["template_id"], row["place_id"], row["day"]


def _is_free(row: Row, *, drafts: bool) -> bool:
    return row["roster_id"] is None or (drafts and row["roster_state"] == "draft" and not row["is_drafted"])


def _bring_in_line(db: Database, unit_id: int, todo: _Difference) -> Generated:
    """Write the difference, in a fixed number of statements."""
    db.conn.executemany("DELETE FROM shift WHERE id = ?", [(shift_id,) for shift_id in todo.removed])
    pairs = ", ".join(f"{name} = ?" for name in Asked._fields)
    db.conn.executemany(f"UPDATE shift SET {pairs} WHERE id = ?", [(*to, held) for held, to in todo.changed.items()])
    db.table("shift").insert_all((_new_row(unit_id, *new) for new in todo.added.items()), batch_size=1000)
    # a fill that runs meanwhile has read the old shifts: the version tells it that they changed
    touched = [(roster_id,) for roster_id in sorted(todo.drafts)]
    db.conn.executemany("UPDATE roster SET version = version + 1 WHERE id = ?", touched)
    return Generated(len(todo.added), len(todo.changed), len(todo.removed), todo.kept)


def _new_row(unit_id: int, slot: Slot, wanted: Asked) -> Row:
    template_id, place_id, day = slot
    own = {"key": secrets.token_hex(8), "unit_id": unit_id, "template_id": template_id, "place_id": place_id}
    return own | {"day": day} | wanted._asdict()


def _days_taken(db: Database, unit_id: int) -> dict[str, str]:
    """Every day that lies in a roster of the unit → that roster's state."""
    rosters = rows(db, "SELECT starts_on, ends_on, state FROM roster WHERE unit_id = :unit_id", unit_id=unit_id)
    taken: dict[str, str] = {}
    for roster in rosters:
        first, last = (date.fromisoformat(roster[name]).toordinal() for name in ("starts_on", "ends_on"))
        taken |= {date.fromordinal(day).isoformat(): roster["state"] for day in range(first, last + 1)}
    return taken


def _standing(db: Database, unit_id: int, first: date, last: date, template_id: int | None = None) -> list[Row]:
    """The shifts that templates made in a period, with where they stand."""
    return rows(
        db,
        """
        SELECT shift.id, shift.template_id, shift.place_id, shift.day, shift.state, shift.roster_id,
               roster.state AS roster_state,
               EXISTS (SELECT 1 FROM assignment WHERE assignment.shift_id = shift.id) AS is_drafted,
               shift.activity_id, shift.starts_at, shift.ends_at, shift.headcount,
               shift.requires, shift.tasks, shift.weight
        FROM shift
        LEFT JOIN roster ON roster.id = shift.roster_id
        WHERE shift.unit_id = :unit_id AND shift.day BETWEEN :first AND :last
          AND shift.template_id IS NOT NULL
          AND (:template_id IS NULL OR shift.template_id = :template_id)
        """,
        unit_id=unit_id,
        first=first.isoformat(),
        last=last.isoformat(),
        template_id=template_id,
    )
