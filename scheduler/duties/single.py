"""Single shifts that no template asks for: an event at a school, an urgent call-up."""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime
from typing import Unpack

from scheduler import audit, clock, steps
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, value, write
from scheduler.duties.checks import Work, WorkGiven, activity_id, problems_of
from scheduler.errors import Conflict, Invalid, NotFound, Problem


def add_shifts(
    db: Database,
    roster_id: int,
    *,
    day: date,
    is_call_up: bool = False,
    by: Actor,
    now: datetime,
    **given: Unpack[WorkGiven],
) -> list[int]:
    """Add a single shift to a draft at each of the places; their ids in the order of the places' ids.

    An urgent call-up is added to a published roster instead: people sign up for it at once, so no undo takes it out.
    Refused: a roster that is no draft (Conflict), a day outside of it, a place that is closed on the day (Invalid).
    """
    with write(db):
        roster = _published(db, roster_id) if is_call_up else _draft(db, roster_id)
        made = _put_in(db, roster, day, given)
        if not is_call_up:
            steps.keep(db, roster_id, "add_shifts", shifts=([], _whole(db, made)), by=by, now=now)
        audit.record(
            db, "add_shifts", "roster", roster_id, by=by, now=now, unit_id=roster["unit_id"], day=day, shifts=made
        )  # fmt: skip
    return made


def put_in_shift(db: Database, roster_id: int, *, day: date, **given: Unpack[WorkGiven]) -> int:
    """Add one shift to a published roster as a call-up is, for an act that has an audit row of its own. Inside of
    `write`. Refused as `add_shifts`.
    """
    (shift_id,) = _put_in(db, _published(db, roster_id), day, given)
    return shift_id


def remove_shift(db: Database, shift_id: int, *, by: Actor, now: datetime) -> None:
    """Take a single shift out of its draft again. Refused (Conflict) while somebody stands in it."""
    with write(db):
        shift = one(db, "SELECT roster_id, template_id, unit_id, day FROM shift WHERE id = :id", id=shift_id)
        if shift is None:
            raise NotFound("not_found")
        if shift["template_id"] is not None or shift["roster_id"] is None:
            raise Conflict("shift_is_asked_for")
        _draft(db, shift["roster_id"])
        if value(db, "SELECT 1 FROM assignment WHERE shift_id = :id", id=shift_id):
            raise Conflict("shift_has_people")
        steps.keep(db, shift["roster_id"], "remove_shift", shifts=(_whole(db, [shift_id]), []), by=by, now=now)
        run(db, "DELETE FROM shift WHERE id = :id", id=shift_id)
        _raise_version(db, shift["roster_id"])
        audit.record(
            db, "remove_shift", "roster", shift["roster_id"], by=by, now=now, unit_id=shift["unit_id"],
            day=shift["day"], shift=shift_id,
        )  # fmt: skip


def _put_in(db: Database, roster: Row, day: date, given: WorkGiven) -> list[int]:
    work = Work.of(given)
    problems = _day_problems(roster, day) + problems_of(db, roster["unit_id"], work) + _closed(db, work.places, day)
    if problems:
        raise Invalid.of(problems)
    made = [_insert(db, roster, day, work, place_id) for place_id in work.places]
    _raise_version(db, roster["id"])
    return made


def _whole(db: Database, ids: list[int]) -> list[Row]:
    """These shifts as they stand, with every column: what an undo puts back."""
    sql = "SELECT * FROM shift WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id"
    return rows(db, sql, ids=json.dumps(ids))


def _published(db: Database, roster_id: int) -> Row:
    roster = _roster(db, roster_id)
    if roster["state"] != "published":
        raise Conflict("roster_is_not_published" if roster["state"] == "draft" else "roster_is_closed")
    return roster


def _roster(db: Database, roster_id: int) -> Row:
    roster = one(db, "SELECT id, unit_id, starts_on, ends_on, state FROM roster WHERE id = :id", id=roster_id)
    if roster is None:
        raise NotFound("not_found")
    return roster


def _draft(db: Database, roster_id: int) -> Row:
    roster = _roster(db, roster_id)
    if roster["state"] != "draft":
        raise Conflict("roster_is_not_a_draft", roster=roster["state"])
    return roster


def _day_problems(roster: Row, day: date) -> list[Problem]:
    if roster["starts_on"] <= day.isoformat() <= roster["ends_on"]:
        return []
    first, last = date.fromisoformat(roster["starts_on"]), date.fromisoformat(roster["ends_on"])
    return [Problem("day_outside_roster", "day", facts={"first": first, "last": last})]


def _closed(db: Database, place_ids: list[int], day: date) -> list[Problem]:
    closed = rows(
        db,
        """
        SELECT name
        FROM place
        WHERE id IN (SELECT value FROM json_each(:place_ids)) AND closed_on <= :day
        ORDER BY id
        """,
        place_ids=json.dumps(place_ids),
        day=day.isoformat(),
    )
    return [Problem("place_is_closed", "places", facts={"place": row["name"]}) for row in closed]


def _insert(db: Database, roster: Row, day: date, work: Work, place_id: int) -> int:
    starts_at, ends_at = clock.span(day, work.starts, work.ends, db.zone)
    return insert(
        db,
        "shift",
        key=secrets.token_hex(8),
        unit_id=roster["unit_id"],
        roster_id=roster["id"],
        place_id=place_id,
        activity_id=activity_id(db, work.activity),
        day=day.isoformat(),
        starts_at=clock.to_text(starts_at),
        ends_at=clock.to_text(ends_at),
        headcount=work.headcount,
        requires=work.requires(),
        tasks=work.tasks,
        weight=work.weight,
    )


def _raise_version(db: Database, roster_id: int) -> None:
    # a fill that runs meanwhile has read the old shifts: the version tells it that they changed
    run(db, "UPDATE roster SET version = version + 1 WHERE id = :id", id=roster_id)
