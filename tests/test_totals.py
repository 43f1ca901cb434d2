"""Totals that follow the ledger: whatever happens, totals = ledger = trips listed, at every level of the tree."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler import assignments, attendance, clock, ledger, tallies
from scheduler.audit import SYSTEM
from scheduler.database import rows, run, update, value
from scheduler.errors import Refusal
from scheduler.migrations import steps
from scheduler.migrations import totals as step
from scheduler.tallies import figures, proof, totals
from tests.builders import announced, assigned, carried, held, person, shift, unit

FIRST = date(2026, 5, 20)  # what happens crosses a month, a quarter and, with balances, a year
PERIODS = ["2025", "2026", "2026Q2", "2026-04", "2026-05", "2026-06", "2026-07"]

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("attend"), st.lists(st.integers(0, 5), min_size=1, max_size=3, unique=True), st.booleans()),
        st.tuples(st.just("correct"), st.integers(0, 99), st.none()),
        st.tuples(st.just("supplement"), st.integers(0, 99), st.none()),
        st.tuples(st.just("balance"), st.integers(0, 5), st.integers(1, 3)),
        st.tuples(st.just("moves"), st.integers(0, 5), st.integers(0, 4)),
        st.tuples(st.just("regroup"), st.integers(2, 4), st.integers(0, 4)),
        st.tuples(st.just("renew"), st.none(), st.none()),
        st.tuples(st.just("swap"), st.integers(0, 5), st.integers(1, 5)),
        st.tuples(st.just("close"), st.sampled_from(["2025-12", "2026-05", "2026-06"]), st.integers(0, 4)),
        st.tuples(st.just("reopen"), st.integers(0, 99), st.none()),
        st.tuples(st.just("import"), st.lists(st.integers(0, 5), min_size=1, max_size=3), st.integers(1, 2)),
        st.tuples(st.just("reverse"), st.integers(0, 99), st.none()),
    ),
    max_size=14,
)


@pytest.fixture
def grown(db, town, now):
    """The town with three more units on two levels, and somebody in each."""
    group = unit(db, now, "信贷组", town.office)
    other = unit(db, now, "科技部", town.branch)
    third = unit(db, now, "运维组", other)
    crew = [town.party, town.head, town.lan]
    crew += [
        person(db, now, home, f"01{number:02}", f"江{number}") for number, home in enumerate([group, other, third])
    ]
    return SimpleNamespace(town=town, units=[town.branch, town.office, group, other, third], crew=crew)


@pytest.fixture
def lived_in(db, grown, now):
    """Two sessions of everybody in April, so that whatever follows meets trips; two stand in two units, one above the
    other, by the second.
    """
    held(db, grown.town, date(2026, 4, 20), grown.crew)
    update(db, "person", grown.crew[0], unit_id=grown.units[0])
    update(db, "person", grown.crew[1], unit_id=grown.units[2])
    held(db, grown.town, date(2026, 4, 24), grown.crew)


def swaps(db, grown, now, day, one, other):
    """Two exchange their duties of a day; both are told, and both attend."""
    pair = [grown.crew[one], grown.crew[(one + other) % len(grown.crew)]]
    shifts = [shift(db, grown.town, day, [who], starts=time(8 + n), ends=time(11)) for n, who in enumerate(pair)]
    seats = [assigned(db, shift_id, who) for shift_id, who in zip(shifts, pair, strict=True)]
    before = clock.midnight(day, db.zone) - timedelta(days=1)
    assignments.swap(db, *seats, override="两人商定", by=SYSTEM, now=before)
    announced(db, before)
    for shift_id in shifts:
        attendance.confirm(db, shift_id, absent={}, by=SYSTEM, now=before + timedelta(days=9))


def closes(db, grown, now, day, month, at):
    waiting = len(ledger.unconfirmed(db, grown.units[at], month))
    ledger.close_month(db, grown.units[at], month, unconfirmed_seen=waiting, by=SYSTEM, now=now + timedelta(days=999))


def reopens(db, grown, now, day, number, _):
    closed = rows(db, "SELECT id FROM month_close WHERE reopened_at IS NULL ORDER BY id")
    if closed:
        close_id = closed[number % len(closed)]["id"]
        ledger.reopen_month(db, close_id, reason="漏了", by=SYSTEM, now=now + timedelta(days=999))


def imports_batch(db, grown, now, day, whom, trips):
    common = {"place_id": grown.town.outlet, "activity": "lobby", "day": date(2025, 12, 31), "reason": "结转"}
    found = [{"person_id": grown.crew[who], "minutes": 60, "trips": trips, "row": at, **common}
             for at, who in enumerate(whom, start=2)]  # fmt: skip
    ledger.store_batch(db, found, file="b.csv", digest=f"{whom}{trips}", unit_id=grown.town.branch, by=SYSTEM, now=now)


def reverses(db, grown, now, day, number, _):
    batches = rows(db, "SELECT id FROM balance_batch WHERE reversed_at IS NULL ORDER BY id")
    if batches:
        ledger.reverse_batch(db, batches[number % len(batches)]["id"], reason="表错了", by=SYSTEM, now=now)


OTHERS = {"swap": swaps, "close": closes, "reopen": reopens, "import": imports_batch, "reverse": reverses}


def carry_out(db, grown, now, acts):
    """Do one after the other; what is refused (a unit below itself, nothing left to correct) changes nothing."""
    day = FIRST
    for act, one, other in acts:
        if act in OTHERS:
            try:
                OTHERS[act](db, grown, now, day, one, other)
            except Refusal:  # a month that is closed or not, a file that counts already: nothing has happened
                continue
            day += timedelta(days=4)
        elif act == "attend":
            people = [grown.crew[number] for number in one]
            held(db, grown.town, day, people, absent=people[:1] if other else [])
            day += timedelta(days=4)
        elif act in ("correct", "supplement"):
            seats = rows(db, "SELECT id, state FROM assignment WHERE state IN ('present', 'absent') ORDER BY id")
            wanted = [seat for seat in seats if seat["state"] == ("present" if act == "correct" else "absent")]
            entries = rows(db, "SELECT id FROM ledger WHERE shift_id IS NULL AND trips = 1 AND id NOT IN "
                           "(SELECT reverses FROM ledger WHERE reverses IS NOT NULL) ORDER BY id")  # fmt: skip
            if wanted:
                change = attendance.mark_absent if act == "correct" else attendance.mark_present
                change(db, wanted[one % len(wanted)]["id"], reason="更正", by=SYSTEM, now=now)
            elif act == "correct" and entries:
                ledger.correct(db, entries[one % len(entries)]["id"], reason="更正", by=SYSTEM, now=now)
        elif act == "balance":
            with suppress(Refusal):  # of a month that is closed
                carried(db, grown.town, grown.crew[one], now, trips=other)
        elif act == "moves":
            update(db, "person", grown.crew[one], unit_id=grown.units[other])
        elif act == "regroup":
            below = value(
                db, "SELECT 1 FROM unit_above WHERE unit_id = :new AND above_id = :id",
                id=grown.units[one], new=grown.units[other],
            )  # fmt: skip
            if not below:
                update(db, "unit", grown.units[one], parent_id=grown.units[other])
        else:
            totals.renew(db)


def by_keys(found, count):
    return {tuple(row[f"k{number}"] for number in range(count)): {
        name: row[name] for name in totals.COUNTS
    } for row in found}  # fmt: skip


def agrees(db, units):
    """Totals, ledger and trips listed say the same of every unit, with and without those below it, and every period."""
    for unit_id in units:
        for field in ("within", "unit_id"):
            for text in PERIODS:
                first, last = tallies.period(text)
                cut = {"first": first, "last": last, field: unit_id}
                (counted,) = figures.counted(db, cut, ()) or [dict.fromkeys(totals.COUNTS, 0)]
                (scanned,) = figures.scanned(db, cut, ()) or [dict.fromkeys(totals.COUNTS, 0)]
                listed = tallies.trips(db, **cut)
                net = {}
                for trip in listed:
                    key = (trip["person_id"], trip["shift_id"])
                    net[key] = net.get(key, 0) + trip["trips"]
                stood = [key for key, trips in net.items() if trips > 0]
                assert counted == scanned
                assert counted["trips"] == sum(trip["trips"] for trip in listed)
                assert counted["people"] == len({person_id for person_id, _ in stood})
                assert counted["sessions"] == len({shift_id for _, shift_id in stood} - {None})
    year = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
    for by in [("unit",), ("month",), ("unit", "month"), ("quarter", "unit")]:
        for level in (None, 0, 1, 2):
            counted = figures.counted(db, year, by, level=level)
            assert by_keys(counted, len(by)) == by_keys(figures.scanned(db, year, by, level=level), len(by))
    assert proof.differing(db) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_happens_totals_are_the_ledger_and_the_trips_listed(db, grown, lived_in, now, acts):
    db.conn.execute("BEGIN")
    try:
        carry_out(db, grown, now, acts)
        agrees(db, grown.units)
    finally:
        db.conn.execute("ROLLBACK")


def test_each_of_those_acts_does_what_it_is_called(db, grown, now):
    """Refused acts change nothing, so that the property would hold of them too: here none is."""
    swaps(db, grown, now, FIRST, 2, 1)
    imports_batch(db, grown, now, FIRST, [0, 1], 2)
    assert value(db, "SELECT SUM(trips) FROM ledger") == 6
    swapped = rows(db, "SELECT person_id FROM ledger WHERE shift_id IS NOT NULL ORDER BY shift_id")
    assert [row["person_id"] for row in swapped] == [grown.crew[3], grown.crew[2]]

    closes(db, grown, now, FIRST, "2025-12", 0)
    with pytest.raises(Refusal):
        imports_batch(db, grown, now, FIRST, [2], 1)
    reopens(db, grown, now, FIRST, 0, None)
    reverses(db, grown, now, FIRST, 0, None)

    assert value(db, "SELECT SUM(trips) FROM ledger") == 2
    agrees(db, grown.units)


def test_a_total_that_is_not_the_ledgers_is_named(db, grown, now):
    held(db, grown.town, FIRST, [grown.town.party])
    assert proof.differing(db) == []

    run(db, "UPDATE total_of_unit SET people = 2 WHERE unit_id = :id AND alone = 0 AND period = '2026'",
        id=grown.town.branch)  # fmt: skip
    run(db, "DELETE FROM total_of_person")

    found = proof.differing(db)
    assert [(row["table"], row["key"][0]) for row in found] == [
        ("total_of_person", grown.town.party),
        ("total_of_unit", grown.town.branch),
    ]
    assert (found[1]["kept"][3], found[1]["counted"][3], found[0]["kept"]) == (2, 1, None)


def test_a_total_of_a_year_in_which_there_is_nothing_is_named(db, grown, now):
    held(db, grown.town, FIRST, [grown.town.party])
    run(db, "INSERT INTO total_of_unit VALUES (:id, 1, '1999Q2', 1, 60, 0, 1, 1)", id=grown.town.branch)
    run(db, "INSERT INTO total_of_person VALUES (:who, '2031-12', :id, 1, 60, 0)",
        who=grown.town.party, id=grown.town.branch)  # fmt: skip

    found = proof.differing(db)

    assert [(row["table"], row["key"], row["counted"]) for row in found] == [
        ("total_of_person", (grown.town.party, "2031-12", grown.town.branch), None),
        ("total_of_unit", (grown.town.branch, 1, "1999Q2"), None),
    ]


def test_a_moved_unit_is_counted_from_the_ledger_until_its_totals_are_renewed(db, grown):
    _, office, group, other, _ = grown.units
    held(db, grown.town, FIRST, grown.crew)
    cut = {"first": date(2026, 1, 1), "last": date(2026, 12, 31), "within": other}

    update(db, "unit", group, parent_id=other)

    assert totals.kept(db, cut, ()) is None
    assert totals.kept(db, cut | {"within": grown.town.branch}, ())[0]["people"] == 6  # lost nothing, gained nothing
    assert figures.counted(db, cut, ())[0]["people"] == 3
    assert totals.renew(db) == 2
    assert totals.kept(db, cut, ())[0]["people"] == 3
    assert totals.kept(db, cut | {"within": office}, ())[0]["people"] == 2
    assert totals.renew(db) == 0


def test_a_unit_with_nothing_in_the_ledger_may_be_moved_without_waiting(db, grown):
    held(db, grown.town, FIRST, [grown.town.party])

    update(db, "unit", grown.units[4], parent_id=grown.units[2])

    assert value(db, "SELECT COUNT(*) FROM moved_total") == 0


def test_what_was_entered_before_there_were_totals_is_summed_once(db, grown, now):
    held(db, grown.town, FIRST, grown.crew)
    update(db, "person", grown.crew[0], unit_id=grown.units[3])
    held(db, grown.town, FIRST + timedelta(days=9), grown.crew[:2])
    carry_out(db, grown, now, [("balance", 0, 3), ("correct", 2, None)])
    kept = [rows(db, f"SELECT * FROM {table} WHERE trips <> 0") for table in ("total_of_person", "total_of_unit")]
    for statement in ("DROP TRIGGER totals_follow_the_ledger", "DELETE FROM total_of_person",
                      "DELETE FROM total_of_unit"):  # fmt: skip
        db.conn.execute(statement)

    steps.apply(db, step.FILL)

    filled = [rows(db, f"SELECT * FROM {table} WHERE trips <> 0") for table in ("total_of_person", "total_of_unit")]
    assert filled == kept
    assert len(kept[1]) > 20


def test_only_whole_periods_are_answered_from_totals(db, grown):
    held(db, grown.town, FIRST, [grown.town.party])
    may = {"first": date(2026, 5, 1), "last": date(2026, 5, 31)}

    assert totals.kept(db, may, ())[0]["trips"] == 1
    assert totals.kept(db, may | {"last": date(2026, 5, 30)}, ()) is None
    assert totals.kept(db, may, ("quarter",)) is None
    assert totals.kept(db, may, ("place",)) is None
    assert totals.kept(db, may | {"role": "staff"}, ()) is None
    assert totals.kept(db, may | {"within": grown.units[3], "unit_id": grown.units[1]}, ()) == []
