"""One leader's week or month that a coordinator waives, with a reason; and takes back."""

from __future__ import annotations

from datetime import date, datetime

from scheduler import audit, clock, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, update, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.quotas.owing import OWN_COMMUNITY, months, weeks
from scheduler.quotas.setting import quota

NOTE_MOST = 200


def cell(db: Database, quota_id: int, person_id: int, first: date, *, now: datetime) -> Row:
    """One row of `weeks` or `months`. NotFound where the person does not owe it in the period that begins then."""
    held = quota(db, quota_id)
    person = one(db, "SELECT unit_id FROM person WHERE id = :person_id", person_id=person_id)
    if person is None:
        raise NotFound("not_found")
    read = weeks if held["period"] == "week" else months
    for row in read(db, person["unit_id"], first, first, now=now):
        if (row["quota_id"], row["person_id"]) == (quota_id, person_id):
            return row
    raise NotFound("not_found")


def waive(db: Database, quota_id: int, person_id: int, first: date, *, note: str, by: Actor, now: datetime) -> int:
    """Let the person owe nothing by a quota in the week or month that begins on a day, and say why; once."""
    note = note.strip()
    problems = fields.text("note", note, most=NOTE_MOST, required=True)
    if problems:
        raise Invalid.of(problems)
    with write(db):
        row = cell(db, quota_id, person_id, first, now=now)
        held = waiver(db, quota_id, person_id, first)
        if held is not None:
            raise Conflict("already_waived", person=row["name"], who=held["made_by"])
        waiver_id = insert(
            db, "waiver", quota_id=quota_id, person_id=person_id, starts_on=first.isoformat(), note=note,
            made_at=clock.to_text(now), made_by=by.name,
        )  # fmt: skip
        facts = {"person": row["name"], "first": first, "note": note}
        audit.record(db, "waive", "quota", quota_id, by=by, now=now, unit_id=row["unit_id"], **facts)
        return waiver_id


def take_back(db: Database, quota_id: int, person_id: int, first: date, *, by: Actor, now: datetime) -> None:
    """Let the person owe it again; the waiver stays on record. Refused (Conflict) where nothing is waived."""
    with write(db):
        row = cell(db, quota_id, person_id, first, now=now)
        held = waiver(db, quota_id, person_id, first)
        if held is None:
            raise Conflict("not_waived", person=row["name"])
        update(db, "waiver", held["id"], ended_at=clock.to_text(now), ended_by=by.name)
        facts = {"person": row["name"], "first": first, "note": held["note"]}
        audit.record(db, "take_back", "quota", quota_id, by=by, now=now, unit_id=row["unit_id"], **facts)


def waiver(db: Database, quota_id: int, person_id: int, first: date) -> Row | None:
    """The waiver that holds, or None: id, note, made_at, made_by."""
    held = [row for row in waivers(db, quota_id, person_id, first) if row["ended_at"] is None]
    return held[0] if held else None


def waivers(db: Database, quota_id: int, person_id: int, first: date) -> list[Row]:
    """Every waiver of the period, the newest first, also those that were taken back."""
    return rows(
        db,
        """
        SELECT id, note, made_at, made_by, ended_at, ended_by
        FROM waiver
        WHERE quota_id = :quota_id AND person_id = :person_id AND starts_on = :first
        ORDER BY id DESC
        """,
        quota_id=quota_id,
        person_id=person_id,
        first=first.isoformat(),
    )


def planned_of(db: Database, row: Row) -> list[Row]:
    """The seats that a cell counts as planned, by start: shift_id, day, starts_at, ends_at, place, roster_id, state."""
    return rows(
        db,
        f"""
        SELECT visit.* FROM (
            SELECT shift.id AS shift_id, shift.day, shift.starts_at, shift.ends_at, place.name AS place, shift.place_id,
                   person.unit_id, shift.roster_id, roster.state
            FROM assignment
            JOIN person ON person.id = assignment.person_id
            JOIN shift ON shift.id = assignment.shift_id AND shift.state = 'planned'
            JOIN activity ON activity.id = shift.activity_id AND activity.code = :activity
            JOIN place ON place.id = shift.place_id
            LEFT JOIN roster ON roster.id = shift.roster_id
            WHERE assignment.person_id = :person_id AND assignment.state = 'planned'
              AND shift.day BETWEEN :first AND :last
        ) AS visit
        WHERE (:place_id IS NULL OR visit.place_id = :place_id) AND (NOT :sponsored OR {OWN_COMMUNITY})
        ORDER BY visit.starts_at, visit.shift_id
        """,
        activity=row["activity"],
        person_id=row["person_id"],
        first=row["first"].isoformat(),
        last=row["last"].isoformat(),
        place_id=row["place_id"],
        sponsored=row["sponsored"],
    )
