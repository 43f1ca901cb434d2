"""People as they were on the day of a trip, and the step that brought it to an older ledger."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler import attendance, clock, database, ledger, migrations, people, places
from scheduler.audit import SYSTEM
from scheduler.database import IntegrityError, insert, one, rows, run, update, value
from scheduler.errors import Invalid
from tests.builders import assigned, held, shift

MONDAY = date(2026, 3, 2)
AT = "2026-02-28T01:00:00Z"


@pytest.fixture
def friday(db):
    return clock.midnight(MONDAY + timedelta(days=4), db.zone)


def moved(db, town, now, **more):
    """吕莉 goes from the office to the branch as a deputy."""
    version = people.person(db, town.party)["version"]
    given = {"unit_id": town.branch, "role": "deputy"} | more
    people.change(db, town.party, version=version, **given, by=SYSTEM, now=now)


def stood(db):
    return [(entry["day"], entry["unit"], entry["role"]) for entry in ledger.dump(db)]


def test_a_trip_counts_for_the_unit_of_its_day_however_late_it_is_confirmed(db, town, friday):
    monday = shift(db, town, MONDAY, [town.party])
    thursday = shift(db, town, MONDAY + timedelta(days=3), [town.party])
    moved(db, town, friday, since=MONDAY + timedelta(days=2))

    for shift_id in (monday, thursday):
        attendance.confirm(db, shift_id, absent={}, by=SYSTEM, now=friday)

    assert stood(db) == [("2026-03-02", "办公室", "staff"), ("2026-03-05", "巴中市分行", "deputy")]
    assert ledger.verify(db) is None


def test_a_change_without_a_day_holds_from_today(db, town, friday):
    thursday = shift(db, town, MONDAY + timedelta(days=3), [town.party])
    moved(db, town, friday)

    attendance.confirm(db, thursday, absent={}, by=SYSTEM, now=friday)

    assert stood(db) == [("2026-03-05", "办公室", "staff")]
    assert value(db, "SELECT since FROM person WHERE id = :id", id=town.party) == "2026-03-06"


@pytest.mark.parametrize(("day", "code"), [(MONDAY, "changed_later_already"), (date(2026, 3, 7), "holds_from_later")])
def test_a_change_holds_neither_from_before_the_last_one_nor_from_tomorrow(db, town, friday, day, code):
    moved(db, town, friday, since=MONDAY + timedelta(days=2))

    with pytest.raises(Invalid) as refused:
        moved(db, town, friday, role="head", since=day)

    assert refused.value.code == code
    assert people.person(db, town.party)["role"] == "deputy"


def test_what_says_nothing_of_a_trip_is_no_change_of_days(db, town, friday):
    moved(db, town, friday, unit_id=town.office, role="staff", mobile="13800000000")

    assert rows(db, "SELECT since FROM person_was WHERE person_id = :id", id=town.party) == [{"since": "0001-01-01"}]


def test_the_schema_remembers_whoever_writes_and_refuses_a_day_gone_by(db, town):
    update(db, "person", town.party, party=0, since="2026-03-04")

    assert rows(db, "SELECT since, party FROM person_was WHERE person_id = :id ORDER BY since", id=town.party) == [
        {"since": "0001-01-01", "party": 1}, {"since": "2026-03-04", "party": 0},
    ]  # fmt: skip
    with pytest.raises(IntegrityError, match="changed_later_already"):
        update(db, "person", town.party, party=1, since="2026-03-01")


def test_trips_entered_before_a_change_became_known_are_told_of(db, town, friday):
    held(db, town, MONDAY + timedelta(days=3), [town.party])
    assert ledger.otherwise(db, town.party) == 0

    moved(db, town, friday, since=MONDAY + timedelta(days=2))

    assert ledger.otherwise(db, town.party) == 1


def test_an_entry_bears_the_tasks_the_sponsor_and_the_check_in_of_its_shift(db, town, now, friday):
    places.sponsor(db, town.community, unit_id=town.office, starts_on=date(2026, 1, 1), by=SYSTEM, now=now)
    shift_id = shift(db, town, MONDAY, [town.party, town.lan], place_id=town.community, activity="community")
    update(db, "shift", shift_id, tasks="入户宣传\n\n捡拾垃圾\n入户宣传")
    insert(
        db, "check_in", assignment_id=assigned(db, shift_id, town.party), way="code", late=0,
        at="2026-03-02T00:30:00Z", received_at="2026-03-02T00:30:00Z",
    )  # fmt: skip

    attendance.confirm(db, shift_id, absent={}, by=SYSTEM, now=friday)

    first, second = ledger.dump(db)
    assert (first["tasks"], first["sponsor"]) == (["入户宣传", "捡拾垃圾"], "办公室")
    assert (first["source"], first["evidence"]) == ("check_in", {"at": "2026-03-02T00:30:00Z", "way": "code"})
    assert (second["source"], second["evidence"]) == ("roll_call", {})


@pytest.mark.parametrize(("column", "held"), [("tasks", "'[\"别的\"]'"), ("evidence", "'{\"a\":1}'"), ("form", "1")])
def test_verify_covers_what_the_second_form_added(db, town, column, held):
    one_shift = shift(db, town, MONDAY, [town.party])
    attendance.confirm(db, one_shift, absent={}, by=SYSTEM, now=clock.midnight(date(2026, 3, 9), db.zone))
    run(db, "DROP TRIGGER ledger_is_never_altered")

    run(db, f"UPDATE ledger SET {column} = {held}")

    assert ledger.verify(db) == 1


@pytest.fixture
def yesterday():
    """A ledger of the release before: an entry and its correction, and a person who changed unit in February."""
    db = database.connect(":memory:", ZoneInfo("Asia/Shanghai"))
    steps = [step.name for step in migrations.STEPS._migrations]
    migrations.STEPS.apply(db, stop_before=steps[steps.index("as_they_were") :])
    insert(db, "unit", id=1, name="巴中市分行", kind="branch")
    insert(db, "unit", id=2, name="办公室", kind="department", parent_id=1)
    insert(db, "person", id=5, key="k", staff_no="0005", name="闵行", unit_id=2, role="deputy", joined_on="2020-01-01")
    insert(db, "place", id=3, key="p", name="江北支行", kind="outlet", unit_id=1)
    for at, changed in (
        ("2025-06-03T01:00:00Z", {"unit_id": [1, 2]}),
        ("2026-02-10T01:00:00Z", {"role": ["staff", "deputy"]}),
    ):
        facts = json.dumps({"changed": changed})
        insert(db, "audit", at=at, actor="x", act="change", subject="person", subject_id=5, facts=facts)
    previous = "0" * 64
    for trips in (1, -1, 1):
        previous = _entered(db, previous, trips)
    yield db
    db.close()


def _entered(db, previous, trips):
    """An entry as the first release wrote it, hash and all."""
    entry = {
        "id": value(db, "SELECT COUNT(*) + 1 FROM ledger"), "shift_id": None, "assignment_id": None, "person_id": 5,
        "staff_no": "0005", "person": "闵行", "unit_id": 2, "unit": "办公室", "place_id": 3, "place": "江北支行",
        "place_kind": "outlet", "activity": "lobby", "day": "2025-12-31", "minutes": 480, "role": "staff", "party": 0,
        "source": "carried_forward", "trips": trips, "reverses": 1 if trips < 0 else None,
        "reason": "2025 年结转", "actor": "system", "at": AT,
    }  # fmt: skip
    own = json.dumps(entry, separators=(",", ":"))
    insert(db, "ledger", **entry, hash=hashlib.sha256(f"{previous}{own}".encode()).hexdigest())
    return value(db, "SELECT hash FROM ledger ORDER BY id DESC LIMIT 1")


def test_a_ledger_of_yesterday_keeps_its_hashes_its_guards_and_goes_on(yesterday, now):
    before = rows(yesterday, "SELECT * FROM ledger ORDER BY id")
    assert ledger.verify(yesterday) is None

    database.migrate(yesterday)

    assert [
        {name: row[name] for name in before[0]} for row in rows(yesterday, "SELECT * FROM ledger ORDER BY id")
    ] == before
    assert {row["form"] for row in ledger.dump(yesterday)} == {1}
    replaced = "INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE id = 3"
    for sql in ("UPDATE ledger SET minutes = 1", "DELETE FROM ledger", replaced):
        with pytest.raises(IntegrityError, match="ledger_is_append_only"):
            run(yesterday, sql)
    ledger.correct(yesterday, 3, reason="记错了", by=SYSTEM, now=now)
    assert [row["form"] for row in ledger.dump(yesterday)] == [1, 1, 1, 2]
    assert ledger.verify(yesterday) is None
    run(yesterday, "DROP TRIGGER ledger_is_never_altered")
    run(yesterday, "UPDATE ledger SET place_kind = 'school' WHERE id = 2")
    assert ledger.verify(yesterday) == 2


def test_people_of_yesterday_are_walked_back_through_the_audit(yesterday):
    database.migrate(yesterday)

    assert rows(yesterday, "SELECT since, unit_id, role FROM person_was ORDER BY since") == [
        {"since": "0001-01-01", "unit_id": 1, "role": "staff"},
        {"since": "2025-06-03", "unit_id": 2, "role": "staff"},
        {"since": "2026-02-10", "unit_id": 2, "role": "deputy"},
    ]
    assert one(yesterday, "SELECT since FROM person") == {"since": "2026-02-10"}
