"""The ledger: credited once, corrected by new entries, chained by hash."""

from __future__ import annotations

import hashlib
import json
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import database, ledger
from scheduler.audit import SYSTEM, history
from scheduler.database import insert, rows, run, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.ledger import chain
from tests.builders import assigned, carried, held, shift

MONDAY = date(2026, 3, 2)


def first_entry(db):
    return value(db, "SELECT MIN(id) FROM ledger")


def unguarded(db):
    """What somebody with the file in their hands can do: the triggers are gone."""
    for name in (
        "ledger_is_never_altered",
        "ledger_is_never_removed",
        "ledger_is_never_replaced",
        "a_trip_is_credited_once",
    ):
        run(db, f"DROP TRIGGER {name}")


def test_an_entry_holds_who_where_and_what_as_they_are_that_day(db, town):
    held(db, town, MONDAY, [town.party], starts=time(8, 30), ends=time(17, 0))

    (entry,) = ledger.dump(db)

    assert {name: entry[name] for name in ("person", "staff_no", "unit", "place", "place_kind", "activity")} == {
        "person": "吕莉", "staff_no": "0003", "unit": "办公室",
        "place": "江北支行", "place_kind": "outlet", "activity": "lobby",
    }  # fmt: skip
    assert (entry["day"], entry["minutes"], entry["trips"]) == ("2026-03-02", 510, 1)
    assert (entry["role"], entry["party"], entry["source"], entry["reverses"]) == ("staff", True, "roll_call", None)


def test_an_entry_keeps_the_unit_that_the_person_had_left_since(db, town):
    held(db, town, MONDAY, [town.party])
    update(db, "person", town.party, unit_id=town.branch, role="deputy")
    held(db, town, MONDAY + timedelta(days=1), [town.party])

    assert [(entry["unit"], entry["role"]) for entry in ledger.dump(db)] == [
        ("办公室", "staff"), ("巴中市分行", "deputy"),
    ]  # fmt: skip


def test_a_night_shift_counts_for_the_day_it_begins_on(db, town):
    held(db, town, MONDAY, [town.party], starts=time(20, 0), ends=time(8, 0))

    (entry,) = ledger.dump(db)

    assert (entry["day"], entry["minutes"]) == ("2026-03-02", 720)


def test_a_person_is_credited_with_a_shift_once(db, town, now):
    shift_id = held(db, town, MONDAY, [town.party])

    with pytest.raises(Conflict) as refused, write(db):
        ledger.credit(db, {assigned(db, shift_id, town.party): "roll_call"}, by=SYSTEM, now=now)

    assert refused.value.code == "trip_already_credited"
    assert len(list(ledger.dump(db))) == 1


def test_the_schema_itself_refuses_a_second_credit(db, town):
    held(db, town, MONDAY, [town.party])
    (entry,) = rows(db, "SELECT * FROM ledger")

    with pytest.raises(database.IntegrityError, match="trip_already_credited"):
        insert(db, "ledger", **(entry | {"id": 2, "hash": "other"}))


def test_several_shifts_are_credited_at_once_in_the_order_given(db, town, now):
    first, second = shift(db, town, MONDAY, [town.party]), shift(db, town, MONDAY + timedelta(days=1), [town.lan])
    sources = {assigned(db, second, town.lan): "check_in", assigned(db, first, town.party): "default"}

    with write(db):
        assert ledger.credit(db, sources, by=SYSTEM, now=now) == [1, 2]

    assert [(entry["shift"], entry["staff_no"], entry["source"]) for entry in ledger.dump(db)] == [
        (second, "0004", "check_in"), (first, "0003", "default"),
    ]  # fmt: skip
    assert ledger.verify(db) is None


def test_an_assignment_that_does_not_exist_is_not_credited_nor_are_those_beside_it(db, town, now):
    shift_id = shift(db, town, MONDAY, [town.party])

    with pytest.raises(NotFound), write(db):
        ledger.credit(db, {assigned(db, shift_id, town.party): "default", 999: "default"}, by=SYSTEM, now=now)

    assert list(ledger.dump(db)) == []


def test_a_correction_is_a_new_entry_that_takes_the_trip_back(db, town, now):
    held(db, town, MONDAY, [town.party])

    ledger.correct(db, first_entry(db), reason=" 当天在开会 ", by=SYSTEM, now=now)

    entry, correction = ledger.dump(db)
    assert (entry["trips"], correction["trips"], correction["reverses"]) == (1, -1, entry["entry"])
    assert correction["reason"] == "当天在开会"
    own = {"entry", "trips", "reverses", "reason", "actor", "at", "hash"}
    assert {name: correction[name] for name in correction if name not in own} == {
        name: entry[name] for name in entry if name not in own
    }
    assert [row["act"] for row in history(db, "ledger", entry["entry"])] == ["correct"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\x00b", "\u202eabc"])
def test_a_correction_without_a_readable_reason_is_refused(db, town, now, reason):
    held(db, town, MONDAY, [town.party])

    with pytest.raises(Invalid):
        ledger.correct(db, first_entry(db), reason=reason, by=SYSTEM, now=now)

    assert len(list(ledger.dump(db))) == 1


def test_an_entry_is_corrected_once_and_a_correction_never(db, town, now):
    held(db, town, MONDAY, [town.party])
    correction = ledger.correct(db, first_entry(db), reason="当天在开会", by=SYSTEM, now=now)

    for entry_id in (first_entry(db), correction):
        with pytest.raises(Conflict) as refused:
            ledger.correct(db, entry_id, reason="再来一次", by=SYSTEM, now=now)
        assert refused.value.code == "trip_already_corrected"


def test_an_entry_that_does_not_exist_is_not_corrected(db, town, now):
    with pytest.raises(NotFound):
        ledger.correct(db, 99, reason="没有", by=SYSTEM, now=now)


def test_after_a_correction_the_person_may_be_credited_again(db, town, now):
    shift_id = held(db, town, MONDAY, [town.party])
    ledger.correct(db, first_entry(db), reason="记错了", by=SYSTEM, now=now)

    again = {assigned(db, shift_id, town.party): "supplemented"}
    with write(db):
        ledger.credit(db, again, reason="没记错", by=SYSTEM, now=now)

    assert [entry["trips"] for entry in ledger.dump(db)] == [1, -1, 1]
    assert ledger.verify(db) is None


def test_the_schema_refuses_a_correction_of_something_else(db, town):
    held(db, town, MONDAY, [town.party])
    (entry,) = rows(db, "SELECT * FROM ledger")
    reversal = entry | {"id": 2, "hash": "other", "trips": -1, "reverses": 1, "reason": "理由"}

    with pytest.raises(database.IntegrityError, match="correction_does_not_fit"):
        insert(db, "ledger", **(reversal | {"minutes": 1}))


@pytest.mark.parametrize("sql", ["UPDATE ledger SET minutes = 1", "DELETE FROM ledger"])
def test_the_ledger_is_neither_altered_nor_removed(db, town, sql):
    held(db, town, MONDAY, [town.party])

    with pytest.raises(database.IntegrityError, match="ledger_is_append_only"):
        run(db, sql)


@pytest.mark.parametrize("taken", ["id", "hash"])
def test_no_entry_is_put_in_the_place_of_another(db, town, now, taken):
    held(db, town, MONDAY, [town.party])
    ledger.correct(db, first_entry(db), reason="记错了", by=SYSTEM, now=now)  # so that a new credit would be due
    (entry, _) = rows(db, "SELECT * FROM ledger ORDER BY id")
    forged = entry | {"id": 9, "hash": "other", "minutes": 1} | {taken: entry[taken]}
    columns, gaps = ", ".join(forged), ", ".join(f":{name}" for name in forged)

    with pytest.raises(database.IntegrityError, match="ledger_is_append_only"):
        run(db, f"REPLACE INTO ledger ({columns}) VALUES ({gaps})", **forged)


def test_a_correction_is_not_put_in_the_place_of_another(db, town, now):
    held(db, town, MONDAY, [town.party])
    ledger.correct(db, first_entry(db), reason="记错了", by=SYSTEM, now=now)
    (_, correction) = rows(db, "SELECT * FROM ledger ORDER BY id")
    forged = correction | {"id": 9, "hash": "other", "reason": "另一个理由"}
    columns, gaps = ", ".join(forged), ", ".join(f":{name}" for name in forged)

    with pytest.raises(database.IntegrityError, match="ledger_is_append_only"):
        run(db, f"REPLACE INTO ledger ({columns}) VALUES ({gaps})", **forged)


def test_an_untouched_ledger_verifies(db, town, now):
    assert ledger.verify(db) is None
    assert ledger.head(db) == "0" * 64

    held(db, town, MONDAY, [town.party, town.lan])
    ledger.correct(db, first_entry(db), reason="记错了", by=SYSTEM, now=now)

    assert ledger.verify(db) is None
    assert ledger.head(db) == value(db, "SELECT hash FROM ledger WHERE id = 3")


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE ledger SET minutes = 9999 WHERE id = 2", 2),
        ("UPDATE ledger SET person = '别人' WHERE id = 3", 3),
        ("UPDATE ledger SET hash = 'ff' WHERE id = 1", 1),
        ("DELETE FROM ledger WHERE id = 2", 3),
        ("DELETE FROM ledger WHERE id = 1", 2),
    ],
)
def test_verify_names_the_first_entry_that_was_tampered_with(db, town, sql, named):
    held(db, town, MONDAY, [town.party, town.lan, town.min, town.bo])
    unguarded(db)

    run(db, sql)

    assert ledger.verify(db) == named


def test_verify_names_a_trip_credited_twice_even_if_the_chain_is_whole(db, town, now):
    held(db, town, MONDAY, [town.party, town.lan])
    unguarded(db)
    (entry, _) = rows(db, "SELECT * FROM ledger ORDER BY id")

    with write(db):
        ledger.append(db, [entry], by=SYSTEM, now=now)

    assert ledger.verify(db) == 3


@given(
    held=st.lists(
        st.one_of(st.text(), st.integers(), st.none(), st.booleans(), st.floats(allow_nan=False)),
        min_size=len(chain.COLUMNS), max_size=len(chain.COLUMNS),
    )
)  # fmt: skip
@pytest.mark.parametrize(("form", "names"), [(1, chain.FIRST_FORM), (2, chain.COLUMNS)])
def test_what_is_hashed_is_the_entry_as_json_behind_the_hash_before_it(held, form, names):
    entry = dict(zip(names, held, strict=False))

    made = chain.hashed("ab", list(entry.values()), form)

    said = json.dumps(entry, ensure_ascii=True, separators=(",", ":"))
    assert made == hashlib.sha256(f"ab{said}".encode()).hexdigest()


def test_an_opening_balance_is_so_many_trips_of_no_shift(db, town, now):
    carried(db, town, town.party, now, trips=3)

    assert [(entry["shift"], entry["trips"], entry["source"]) for entry in ledger.dump(db)] == [
        (None, 1, "carried_forward")
    ] * 3
    assert ledger.verify(db) is None


def test_an_opening_balance_for_nobody_is_refused(db, town, now):
    with pytest.raises(NotFound):
        carried(db, town, 99, now)
