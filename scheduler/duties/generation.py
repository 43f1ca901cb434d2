"""From templates to dated shifts: what is asked for, what stands, and the difference."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler import audit, clock, fields, workdays
from scheduler.audit import Actor
from scheduler.database import Database, Row, rows, write
from scheduler.errors import Invalid, Problem
from scheduler.workdays import Day

LONGEST_PERIOD_DAYS = 366  # a year of shifts at once; a roster is a month or a quarter

PREVIEW = timedelta(days=183)  # holidays are announced a year ahead at most; a rarer duty is not a template

# what a template decides about its shifts, in the order of _Asked
COLUMNS = ("activity_id", "starts_at", "ends_at", "headcount", "requires", "tasks", "weight")

_Slot = tuple[int, int, str]  # template, place, day: at most one shift each
_Asked = tuple[int, str, str, int, str, str, int]


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
class Rule:
    """The days that a template asks for."""

    days: str
    weekdays: tuple[int, ...]
    valid_from: date
    valid_to: date | None

    def asks_for(self, day: Day) -> bool:
        """Whether the template asks for shifts on the day."""
        if day.day < self.valid_from or (self.valid_to is not None and day.day > self.valid_to):
            return False
        if self.days == "weekdays":
            return day.day.weekday() in self.weekdays
        return self.days == "every" or (self.days == "workday") == day.is_workday


@dataclass(frozen=True, slots=True)
class _Difference:
    """What has to be done so that the shifts are what the templates ask for."""

    missing: list[_Slot]
    changed: list[tuple[int, _Asked]]
    removed: list[int]
    kept: int
    drafts: set[int]


def generate(db: Database, unit_id: int, first: date, last: date, *, by: Actor, now: datetime) -> Generated:
    """Make the unit's shifts of a period what its templates ask for; doing it again changes nothing.

    New shifts join the draft that their day lies in. Shifts that have begun, are published, or hold people
    stay as they are, and a published roster gets no new ones.
    """
    problems = fields.dates("last", first, last)
    if not problems and (last - first).days >= LONGEST_PERIOD_DAYS:
        problems = [Problem("period_too_long", "last", facts={"most": LONGEST_PERIOD_DAYS})]
    if problems:
        raise Invalid.of(problems)
    with write(db):
        asked = _asked(db, _templates(db, unit_id), first, last)
        standing = _standing(db, unit_id, first, last)
        done = _bring_in_line(db, unit_id, asked, _difference(asked, standing, drafts=True, now=now))
        if done.added or done.changed or done.removed:
            audit.record(
                db, "generate", "unit", unit_id, by=by, now=now, unit_id=unit_id, first=first, last=last,
                added=done.added, changed=done.changed, removed=done.removed, kept=done.kept,
            )  # fmt: skip
    return done


def follow_template(db: Database, unit_id: int, template_id: int, *, now: datetime) -> Generated:
    """After a template was changed: its shifts that have not begun and are in no roster yet follow it at once.

    Goes as far as such shifts had been made; later ones come with their roster.
    """
    first = clock.today(now, db.zone)
    standing = _standing(db, unit_id, first, date.max, template_id)
    horizon = max((row["day"] for row in standing), default="")
    free_until = max((row["day"] for row in standing if row["roster_id"] is None), default="")
    if not horizon:
        return Generated(0, 0, 0, 0)
    begun = clock.to_text(now)
    found = _asked(db, _templates(db, unit_id, template_id), first, date.fromisoformat(horizon))
    asked = {slot: held for slot, held in found.items() if held[1] >= begun}
    difference = _difference(asked, standing, drafts=False, now=now)
    ahead = [slot for slot in difference.missing if slot[2] <= free_until]
    return _bring_in_line(db, unit_id, asked, dataclasses.replace(difference, missing=ahead), drafts=False)


def _difference(asked: dict[_Slot, _Asked], standing: list[Row], *, drafts: bool, now: datetime) -> _Difference:
    """Compares slot by slot. Shifts that have begun or are no longer planned are left out of it altogether."""
    begun = clock.to_text(now)
    found = _Difference(missing=[], changed=[], removed=[], kept=0, drafts=set())
    kept = 0
    for row in standing:
        wanted = asked.get((row["template_id"], row["place_id"], row["day"]))
        if row["state"] != "planned" or row["starts_at"] < begun or wanted == tuple(row[name] for name in COLUMNS):
            continue
        is_free = row["roster_id"] is None or (drafts and row["roster_state"] == "draft" and not row["is_drafted"])
        if not is_free:
            kept += 1
            continue
        if row["roster_id"] is not None:
            found.drafts.add(row["roster_id"])
        if wanted is None:
            found.removed.append(row["id"])
        else:
            found.changed.append((row["id"], wanted))
    there = {(row["template_id"], row["place_id"], row["day"]) for row in standing}
    found.missing.extend(slot for slot in asked if slot not in there)
    return dataclasses.replace(found, kept=kept)


def _bring_in_line(
    db: Database, unit_id: int, asked: dict[_Slot, _Asked], todo: _Difference, *, drafts: bool = True
) -> Generated:
    """Write the difference, in a fixed number of statements."""
    new, refused = _new_rows(db, unit_id, asked, todo.missing, drafts=drafts)
    db.conn.executemany("DELETE FROM shift WHERE id = ?", [(shift_id,) for shift_id in todo.removed])
    pairs = ", ".join(f"{name} = ?" for name in COLUMNS)
    db.conn.executemany(f"UPDATE shift SET {pairs} WHERE id = ?", [(*wanted, held) for held, wanted in todo.changed])
    db.table("shift").insert_all(new, batch_size=1000)
    touched = todo.drafts | {row["roster_id"] for row in new if row["roster_id"] is not None}
    # a fill that runs meanwhile has read the old shifts: the version tells it that they changed
    db.conn.executemany("UPDATE roster SET version = version + 1 WHERE id = ?", [(roster,) for roster in touched])
    return Generated(len(new), len(todo.changed), len(todo.removed), todo.kept + refused)


def _new_rows(
    db: Database, unit_id: int, asked: dict[_Slot, _Asked], missing: Iterable[_Slot], *, drafts: bool
) -> tuple[list[Row], int]:
    """The rows to add, and how many may not be added because their day's roster is not open to it."""
    slots = list(missing)
    covered = _roster_by_day(db, unit_id, {day for _, _, day in slots})
    new = []
    for slot in slots:
        template_id, place_id, day = slot
        roster_id, state = covered.get(day, (None, "draft"))
        if state != "draft" or (roster_id is not None and not drafts):
            continue
        new.append(
            {"key": secrets.token_hex(8), "unit_id": unit_id, "roster_id": roster_id}
            | {"template_id": template_id, "place_id": place_id, "day": day}
            | dict(zip(COLUMNS, asked[slot], strict=True))
        )
    return new, len(slots) - len(new)


def _roster_by_day(db: Database, unit_id: int, days: set[str]) -> dict[str, tuple[int, str]]:
    found = rows(
        db,
        """
        SELECT id, starts_on, ends_on, state
        FROM roster
        WHERE unit_id = :unit_id AND starts_on <= :last AND ends_on >= :first
        """,
        unit_id=unit_id,
        first=min(days, default=""),
        last=max(days, default=""),
    )
    return {
        day: (roster["id"], roster["state"])
        for roster in found
        for day in days
        if roster["starts_on"] <= day <= roster["ends_on"]
    }


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


def _templates(db: Database, unit_id: int, template_id: int | None = None) -> list[Row]:
    """The unit's templates with their places: `places` is a list of (place, closed on)."""
    found = rows(
        db,
        """
        SELECT template.id, activity_id, days, weekdays, starts, ends, headcount, requires, tasks, weight,
               valid_from, valid_to, place.id AS place_id, place.closed_on
        FROM template
        JOIN template_place ON template_place.template_id = template.id
        JOIN place ON place.id = template_place.place_id
        WHERE template.unit_id = :unit_id AND (:template_id IS NULL OR template.id = :template_id)
        ORDER BY template.id, place.id
        """,
        unit_id=unit_id,
        template_id=template_id,
    )
    grouped: dict[int, Row] = {}
    for row in found:
        grouped.setdefault(row["id"], row | {"places": []})["places"].append((row["place_id"], row["closed_on"]))
    return list(grouped.values())


def rule_of(row: Row) -> Rule:
    """The days that a stored template asks for."""
    return Rule(
        days=row["days"],
        weekdays=tuple(json.loads(row["weekdays"])),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )


def next_days(db: Database, rule: Rule, first: date, *, most: int = 12) -> list[Day]:
    """The next days that a rule asks for, from `first` on, as far as half a year ahead."""
    start = max(first, rule.valid_from)
    calendar = workdays.days(db, start, start + PREVIEW)
    return [day for day in calendar if rule.asks_for(day)][:most]


def _asked(db: Database, templates: list[Row], first: date, last: date) -> dict[_Slot, _Asked]:
    """Every shift that the templates ask for in a period."""
    calendar = workdays.days(db, first, last)
    asked: dict[_Slot, _Asked] = {}
    for template in templates:
        rule = rule_of(template)
        for day in calendar:
            if rule.asks_for(day):
                asked |= _asked_on(db, template, day.day)
    return asked


def _asked_on(db: Database, template: Row, day: date) -> dict[_Slot, _Asked]:
    starts, ends = time.fromisoformat(template["starts"]), time.fromisoformat(template["ends"])
    starts_at, ends_at = clock.span(day, starts, ends, db.zone)
    text = day.isoformat()
    wanted = (
        template["activity_id"], clock.to_text(starts_at), clock.to_text(ends_at), template["headcount"],
        template["requires"], template["tasks"], template["weight"],
    )  # fmt: skip
    return {
        (template["id"], place_id, text): wanted
        for place_id, closed_on in template["places"]
        if closed_on is None or text < closed_on
    }
