"""Wishes: what a person would rather stand, or rather not; the rotation prices them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from scheduler import audit, clock, fields, rotation
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, value, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem
from scheduler.wording import STATES

KINDS = tuple(STATES["wish"])
STRENGTHS = (1, 2)  # a wish, and a strong one: twice the price that the policy gives to one
MOST = 12  # of one person: a wish for everything is none

ENGINE_KINDS = {"prefer": "want", "avoid": "avoid"}


def add(
    db: Database,
    person_id: int,
    *,
    kind: str,
    strength: int = 1,
    weekday: int | None = None,
    place_id: int | None = None,
    activity_id: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Keep a wish: of a weekday (0 is Monday), a place, an activity, or all that are given at once.

    Invalid: it speaks of nothing, of what is not there, or its dates are in the wrong order. Conflict: the person has
    one of the same already, for or against, at the same time.
    """
    given: Row = {
        "kind": kind,
        "strength": strength,
        "weekday": weekday,
        "place_id": place_id,
        "activity_id": activity_id,
        "starts_on": starts_on.isoformat() if starts_on else None,
        "ends_on": ends_on.isoformat() if ends_on else None,
    }
    with write(db):
        unit_id = value(db, "SELECT unit_id FROM person WHERE id = :id", id=person_id)
        if unit_id is None:
            raise NotFound("not_found")
        if problems := list(_problems(db, person_id, given)):
            raise Invalid.of(problems)
        _refuse_too_many(db, person_id, given)
        wish_id = insert(db, "wish", person_id=person_id, made_at=clock.to_text(now), **given)
        audit.record(db, "add_wish", "person", person_id, by=by, now=now, unit_id=unit_id, **given)
    return wish_id


def remove(db: Database, person_id: int, wish_id: int, *, by: Actor, now: datetime) -> None:
    """Take a person's wish back. NotFound, also where it is somebody else's."""
    with write(db):
        found = one(
            db,
            """
            SELECT wish.kind, wish.strength, wish.weekday, wish.place_id, wish.activity_id, person.unit_id
            FROM wish
            JOIN person ON person.id = wish.person_id
            WHERE wish.id = :wish_id AND wish.person_id = :person_id
            """,
            wish_id=wish_id,
            person_id=person_id,
        )
        if found is None:
            raise NotFound("not_found")
        run(db, "DELETE FROM wish WHERE id = :wish_id", wish_id=wish_id)
        audit.record(db, "remove_wish", "person", person_id, by=by, now=now, **found)


def of_person(db: Database, person_id: int) -> list[Row]:
    """A person's wishes, strong ones first: id, kind, strength, weekday, place, activity_zh, activity_en (each None
    where it does not matter), starts_on, ends_on."""
    return rows(
        db,
        """
        SELECT wish.id, wish.kind, wish.strength, wish.weekday, place.name AS place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en, wish.starts_on, wish.ends_on
        FROM wish
        LEFT JOIN place ON place.id = wish.place_id
        LEFT JOIN activity ON activity.id = wish.activity_id
        WHERE wish.person_id = :person_id
        ORDER BY wish.kind DESC, wish.strength DESC, wish.weekday, wish.id
        """,
        person_id=person_id,
    )


def choices(db: Database, person_id: int) -> tuple[list[Row], list[Row]]:
    """What a person may wish of: the places (id, name) of the shifts and templates of their organisation, and the
    activities (id, name_zh, name_en)."""
    places = rows(
        db,
        """
        SELECT place.id, place.name
        FROM place
        JOIN unit_above ON unit_above.unit_id = place.unit_id
        JOIN unit ON unit.id = unit_above.above_id AND unit.parent_id IS NULL
        WHERE unit.id IN (
            SELECT above_id FROM unit_above
            JOIN person ON person.unit_id = unit_above.unit_id
            WHERE person.id = :person_id
        )
          AND EXISTS (SELECT 1 FROM template_place WHERE template_place.place_id = place.id)
        ORDER BY place.name
        """,
        person_id=person_id,
    )
    return places, rows(db, "SELECT id, name_zh, name_en FROM activity ORDER BY sort, id")


def preferences(db: Database, person_ids: Iterable[int], first: date, last: date) -> list[rotation.Preference]:
    """The wishes as the engine takes them, for a period.

    One that holds for a part of the period only becomes one for each of its days; its weekday stays with it.
    """
    found = rows(
        db,
        """
        SELECT wish.person_id, wish.kind, wish.strength, wish.weekday, wish.place_id, activity.code,
               wish.starts_on, wish.ends_on
        FROM wish
        LEFT JOIN activity ON activity.id = wish.activity_id
        WHERE wish.person_id IN (SELECT value FROM json_each(:ids))
          AND COALESCE(wish.starts_on, :last) <= :last AND COALESCE(wish.ends_on, :first) >= :first
        ORDER BY wish.person_id, wish.id
        """,
        ids=json.dumps(sorted(person_ids)),
        first=first.isoformat(),
        last=last.isoformat(),
    )
    return [
        rotation.Preference(
            staff=f"P{row['person_id']}",
            kind=ENGINE_KINDS[row["kind"]],
            weight=float(row["strength"]),
            match=rotation.Match(
                place=f"L{row['place_id']}" if row["place_id"] else None,
                weekday=row["weekday"],
                date=day,
                kind=row["code"],
            ),
        )
        for row in found
        for day in _days(row, first, last)
    ]


def _days(row: Row, first: date, last: date) -> Iterator[date | None]:
    """None for a wish that holds throughout, else each of its days in the period."""
    opens = max(first, date.fromisoformat(row["starts_on"])) if row["starts_on"] else first
    closes = min(last, date.fromisoformat(row["ends_on"])) if row["ends_on"] else last
    if (opens, closes) == (first, last):
        yield None
        return
    for at in range((closes - opens).days + 1):
        day = opens + timedelta(days=at)
        if row["weekday"] in (None, day.weekday()):
            yield day


def _problems(db: Database, person_id: int, given: Row) -> Iterator[Problem]:
    yield from fields.choice("kind", given["kind"], KINDS)
    if given["strength"] not in STRENGTHS:
        yield Problem("bad_choice", "strength", None, {"text": str(given["strength"])})
    places, activities = choices(db, person_id)
    for name, known in (
        ("weekday", set(range(7))),
        ("place_id", {row["id"] for row in places}),
        ("activity_id", {row["id"] for row in activities}),
    ):
        if given[name] is not None and given[name] not in known:
            yield Problem("bad_choice", name, None, {"text": str(given[name])})
    if given["weekday"] is given["place_id"] is given["activity_id"] is None:
        yield Problem("wish_of_nothing", "weekday")
    if given["starts_on"] and given["ends_on"] and given["ends_on"] < given["starts_on"]:
        yield Problem("end_before_start", "ends_on")


def _refuse_too_many(db: Database, person_id: int, given: Row) -> None:
    held = rows(
        db,
        """
        SELECT weekday, place_id, activity_id, starts_on, ends_on
        FROM wish
        WHERE person_id = :person_id
        ORDER BY id
        """,
        person_id=person_id,
    )
    if len(held) >= MOST:
        raise Conflict("too_many_wishes", most=MOST)
    if any(_is_same(one, given) for one in held):
        raise Conflict("already_wished", field="weekday")


def _is_same(one: Row, other: Row) -> bool:
    """Whether two wishes speak of the same and at a common time: for and against would cancel out unseen."""
    alike = all(one[name] == other[name] for name in ("weekday", "place_id", "activity_id"))
    apart = (one["ends_on"] or "9999") < (other["starts_on"] or "") or (other["ends_on"] or "9999") < (
        one["starts_on"] or ""
    )
    return alike and not apart
