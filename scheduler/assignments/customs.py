"""Soft rules that differ from house to house: off days running, a night before work, far places, one unit twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from scheduler import clock, rules, workdays
from scheduler.database import Database, Row, one, rows
from scheduler.errors import Problem

LATE = time(22)  # whoever is on duty later than this is not fresh at their desk in the morning
DAY, WEEK = timedelta(days=1), timedelta(days=7)
AROUND = timedelta(days=13)  # from a Monday to the Sunday of the week after, and the other way round

Seats = Set[tuple[int, int]]  # shift and person
NONE: Seats = frozenset()


@dataclass(frozen=True, slots=True)
class Broken:
    """One custom that a seat does not keep: which, and the facts of its sentence."""

    rule: str
    facts: dict[str, Any]

    def told(self) -> Problem:
        """In words for whoever seats the person."""
        return Problem(f"custom_{self.rule}", facts=self.facts)

    def breach(self, person: str) -> Problem:
        """In words for whoever looks at the whole roster."""
        return Problem(f"breach_{self.rule}", facts={"person": person, **self.facts})


@dataclass(frozen=True, slots=True)
class Stand:
    """A shift as the customs look at it."""

    shift_id: int
    place: str
    district: str
    day: date
    ends: datetime

    @property
    def is_late(self) -> bool:
        """Whether it goes on into the night."""
        return self.ends > datetime.combine(self.day, LATE, self.ends.tzinfo)


@dataclass(frozen=True, slots=True)
class Customs:
    """What was read once to ask about many seats: the rules that are on, shifts, who stands them, homes, off days."""

    on: Set[str] = frozenset()
    stands: dict[int, Stand] = field(default_factory=dict)
    held: dict[int, set[int]] = field(default_factory=dict)
    standing: dict[int, dict[int, str]] = field(default_factory=dict)
    homes: dict[int, Row] = field(default_factory=dict)
    off: Set[date] = frozenset()

    def about(self, person_id: int, shift_id: int, without: Seats = NONE, *, earlier: bool = False) -> list[Broken]:
        """Each custom that the person's standing the shift does not keep; `without` are seats that they have left.

        `earlier`: of two duties that do not go together only the later one is told of.
        """
        if not self.on:
            return []
        stand = self.stands[shift_id]
        found = [
            *self._restdays(person_id, stand, without, earlier),
            *self._night(stand),
            *self._far(person_id, stand),
            *self._same_unit(person_id, stand, without),
        ]
        return [broken for broken in found if broken.rule in self.on]

    def supposing(self, shifts: Set[int], seats: Iterable[tuple[int, int]]) -> Customs:
        """The same, if these (shift and person) were all who stand these shifts; `leaves` and `comes` change it."""
        held = {person_id: there - shifts for person_id, there in self.held.items()}
        standing = {shift_id: dict(there) for shift_id, there in self.standing.items() if shift_id not in shifts}
        supposed = replace(self, held=held, standing=standing)
        for shift_id, person_id in seats:
            supposed.comes(shift_id, person_id)
        return supposed

    def leaves(self, shift_id: int, person_id: int) -> None:
        """Suppose that the person does not stand the shift."""
        self.held[person_id].discard(shift_id)
        self.standing[shift_id].pop(person_id)

    def comes(self, shift_id: int, person_id: int) -> None:
        """Suppose that they do; their name is not told."""
        self.held.setdefault(person_id, set()).add(shift_id)
        self.standing.setdefault(shift_id, {})[person_id] = ""

    def _restdays(self, person_id: int, stand: Stand, without: Seats, earlier: bool) -> Iterator[Broken]:
        if stand.day not in self.off:
            return
        monday = clock.monday(stand.day)
        others = [self.stands[id] for id in self.held.get(person_id, ()) if (id, person_id) not in without]
        for other in sorted(others, key=lambda other: other.day):
            apart = clock.monday(other.day) - monday
            if other.day in self.off and (apart == -WEEK or (apart == WEEK and not earlier)):
                yield Broken("restdays", _where(stand) | {"other": other.place, "other_day": other.day})
                return

    def _night(self, stand: Stand) -> Iterator[Broken]:
        after = stand.day + DAY
        if stand.is_late and after not in self.off:
            yield Broken("night", _where(stand) | {"after": after})

    def _far(self, person_id: int, stand: Stand) -> Iterator[Broken]:
        home = self.homes.get(person_id, {}).get("district")
        if home and stand.district and home != stand.district:
            yield Broken("far", _where(stand) | {"home": home, "there": stand.district})

    def _same_unit(self, person_id: int, stand: Stand, without: Seats) -> Iterator[Broken]:
        home = self.homes.get(person_id)
        for other, name in self.standing.get(stand.shift_id, {}).items():
            is_other = other != person_id and (stand.shift_id, other) not in without
            if home and is_other and self.homes.get(other, {}).get("unit_id") == home["unit_id"]:
                yield Broken("same_unit", _where(stand) | {"other": name, "unit": home["unit"]})
                return


def customs(db: Database, levels: rules.Levels, people: Iterable[int], shifts: Iterable[int]) -> Customs:
    """What is to be known to ask about these people and these shifts; as many statements for one as for all.

    Where no custom is on nothing is read.
    """
    on = {rule for rule in rules.CUSTOMS if levels[rule] != "off"}
    ids = json.dumps(sorted(shifts))
    span = one(db, SPAN, shifts=ids) if on else None
    if span is None or span["first"] is None:
        return Customs()
    first, last = date.fromisoformat(span["first"]) - AROUND, date.fromisoformat(span["last"]) + AROUND
    given = {"shifts": ids, "people": json.dumps(sorted(people)), "first": str(first), "last": str(last + DAY)}
    stands = {row["id"]: _stand(db, row) for row in rows(db, STANDS, **given)}
    held: dict[int, set[int]] = {}
    standing: dict[int, dict[int, str]] = {}
    for row in rows(db, STANDING, **given):
        held.setdefault(row["person_id"], set()).add(row["shift_id"])
        standing.setdefault(row["shift_id"], {})[row["person_id"]] = row["name"]
    everybody = {person_id for there in standing.values() for person_id in there} | set(people)
    homes = {row["person_id"]: row for row in rows(db, HOMES, people=json.dumps(sorted(everybody)))}
    off = {day.day for day in workdays.days(db, first, last) if not day.is_workday}
    return Customs(on, stands, held, standing, homes, off)


def _stand(db: Database, row: Row) -> Stand:
    day, ends = date.fromisoformat(row["day"]), clock.local(row["ends_at"], db.zone)
    return Stand(row["id"], row["place"], row["district"], day, ends)


def _where(stand: Stand) -> dict[str, Any]:
    return {"place": stand.place, "day": stand.day}


SPAN = """
SELECT MIN(day) AS first, MAX(day) AS last FROM shift WHERE id IN (SELECT value FROM json_each(:shifts))
"""
STANDING = """
SELECT assignment.shift_id, assignment.person_id, person.name, assignment.slot
FROM json_each(:people) AS asked
JOIN assignment ON assignment.person_id = asked.value AND assignment.state <> 'released'
    AND assignment.starts_at BETWEEN :first AND :last
JOIN person ON person.id = assignment.person_id
UNION
SELECT assignment.shift_id, assignment.person_id, person.name, assignment.slot
FROM json_each(:shifts) AS asked
JOIN assignment ON assignment.shift_id = asked.value AND assignment.state <> 'released'
JOIN person ON person.id = assignment.person_id
ORDER BY 1, 4
"""
STANDS = f"""
SELECT shift.id, shift.day, shift.ends_at, place.name AS place, place.district
FROM shift
JOIN place ON place.id = shift.place_id
WHERE shift.id IN (SELECT value FROM json_each(:shifts) UNION SELECT shift_id FROM ({STANDING}))
ORDER BY shift.id
"""
HOMES = """
SELECT person.id AS person_id, person.unit_id, unit.name AS unit,
       (
           SELECT above.district
           FROM unit_above
           JOIN unit AS above ON above.id = unit_above.above_id
           WHERE unit_above.unit_id = person.unit_id AND above.district <> ''
           ORDER BY unit_above.depth
           LIMIT 1
       ) AS district
FROM person
JOIN unit ON unit.id = person.unit_id
WHERE person.id IN (SELECT value FROM json_each(:people))
ORDER BY person.id
"""
