"""A change refreshes the calendars that show it, and no other: persons', places', those of the units over it."""

from __future__ import annotations

from datetime import datetime

import pytest

from scheduler import accounts, assignments, feeds, people
from scheduler.audit import SYSTEM
from scheduler.database import Database, rows, run, value
from scheduler.feeds import Shown
from tests import builders
from tests.builders import Town
from tests.calendars import BASE, MINUTE, MONDAY, events, subscribed, unit_feed

SCHOOL = "学校宣传点"
BRANCH, COUNTY = "巴中市分行", "平昌县支行"


@pytest.fixture
def county(db: Database, town: Town, now: datetime) -> int:
    """A unit below the branch with a place of its own."""
    made = builders.unit(db, now, "平昌县支行", town.branch)
    builders.place(db, now, made, SCHOOL, "school")
    return made


def school(db: Database) -> int:
    return value(db, "SELECT id FROM place WHERE name = :name", name=SCHOOL)


def stale(db: Database) -> set[tuple[str, str]]:
    """Which calendars wait to be rendered: scope and whose."""
    found = rows(
        db,
        """
        SELECT scope, COALESCE(person.name, place.name, unit.name) AS name
        FROM calendar
        LEFT JOIN person ON person.id = calendar.person_id
        LEFT JOIN place ON place.id = calendar.place_id
        LEFT JOIN unit ON unit.id = calendar.unit_id
        WHERE stale > 0
        """,
    )
    return {(row["scope"], row["name"]) for row in found}


@pytest.fixture
def everybodys(db: Database, town: Town, now: datetime, county: int) -> None:
    """Addresses of five people, two places, three units and their visits; a lobby shift, a visit, one at the school."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    for shift in (
        {"people": [town.lan]},
        {"people": [town.head], "place_id": town.community, "activity": "visit"},
        {"people": [town.min], "place_id": school(db)},
    ):
        builders.shift(db, town, MONDAY, **shift)
    for person_id in (town.lan, town.min, town.bo, town.head, town.deputy):
        subscribed(db, person_id, now)
    for place_id in (town.outlet, town.community):
        of = Shown("place", place_id)
        feeds.subscribe(db, owner_id=town.party, of=of, lang="zh", base_url=BASE, by=SYSTEM, now=now)
    for unit_id in (town.branch, town.office, county):
        for scope in ("unit", "visits"):
            unit_feed(db, town, now, scope, unit_id)
    assert stale(db) == set()


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        (
            "UPDATE shift SET tasks = 'x' WHERE place_id = 1",
            {("person", "兰草"), ("place", "江北支行"), ("unit", BRANCH)},
        ),
        (
            "UPDATE shift SET tasks = 'x' WHERE place_id = 2",
            {("person", "何远山"), ("place", "东风路社区"), ("unit", BRANCH), ("visits", BRANCH)},
        ),
        (
            "UPDATE shift SET tasks = 'x' WHERE place_id = 3",
            {("person", "闵行"), ("unit", BRANCH), ("unit", COUNTY)},
        ),
        (
            "UPDATE shift SET place_id = 1 WHERE place_id = 3",
            {("person", "闵行"), ("place", "江北支行"), ("unit", BRANCH), ("unit", COUNTY)},
        ),
        (
            "UPDATE shift SET activity_id = 1 WHERE place_id = 2",
            {("person", "何远山"), ("place", "东风路社区"), ("unit", BRANCH), ("visits", BRANCH)},
        ),
        (
            "UPDATE person SET name = '闵行之' WHERE name = '闵行'",
            {("person", "闵行之"), ("unit", BRANCH), ("unit", COUNTY)},
        ),
        (
            "UPDATE place SET name = '中心小学' WHERE id = 3",
            {("person", "闵行"), ("unit", BRANCH), ("unit", COUNTY)},
        ),
        (
            "UPDATE place SET unit_id = 2 WHERE id = 3",
            {("person", "闵行"), ("unit", BRANCH), ("unit", COUNTY), ("unit", "办公室")},
        ),
        (
            "INSERT INTO sponsorship (place_id, unit_id, starts_on, procedure) VALUES (2, 2, '2026-01-01', '报到')",
            {("person", "何远山"), ("place", "东风路社区"), ("unit", BRANCH), ("visits", BRANCH)},
        ),
        ("UPDATE unit SET name = '平昌支行' WHERE name = '平昌县支行'", {("unit", "平昌支行"), ("visits", "平昌支行")}),
        ("UPDATE person SET mobile = '1' WHERE name = '闵行'", set()),
    ],
)  # fmt: skip
def test_a_change_marks_the_calendars_that_show_it_and_no_other(db, everybodys, change, touched):
    run(db, change)

    assert stale(db) == touched


def test_a_published_change_of_one_shift_refreshes_what_it_touches_and_no_other(db, town, now, everybodys):
    shift_id = value(db, "SELECT id FROM shift WHERE place_id = :id", id=school(db))
    before = {row["id"]: row["version"] for row in rows(db, "SELECT id, version FROM calendar")}
    assignments.seat(db, shift_id, town.bo, by=SYSTEM, now=now)
    assert stale(db) == set()  # not published yet
    builders.announced(db, now)

    assert stale(db) == {("person", "薄荷"), ("unit", BRANCH), ("unit", COUNTY)}
    assert feeds.refresh(db, base_url=BASE, now=now + MINUTE) == 3
    after = {row["id"]: row["version"] for row in rows(db, "SELECT id, version FROM calendar")}
    assert sum(after[calendar] - before[calendar] for calendar in after) == 3


def test_a_shift_added_to_a_published_roster_is_shown_although_nobody_stands_it(db, town, now, everybodys):
    builders.shift(db, town, MONDAY)

    assert stale(db) == {("place", "江北支行"), ("unit", BRANCH)}


def test_a_unit_that_moves_takes_its_shifts_to_the_calendars_above_it(db, town, now, county, everybodys):
    people.change_unit(
        db, county, version=1, parent_id=town.office, name=COUNTY, kind="county", district="", by=SYSTEM, now=now
    )
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)

    assert len(events(db, unit_feed(db, town, now, unit_id=town.office), now)) == 1
