"""Month close: after it only corrections come into the month, and they show as such."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from scheduler import accounts, attendance, clock, database, ledger
from scheduler.audit import SYSTEM, Actor, history
from scheduler.database import IntegrityError, insert, rows, run, value
from scheduler.errors import Conflict, Invalid
from tests.builders import assigned, carried, held, person, shift, unit
from tests.conftest import SHANGHAI, signed_in

MONDAY = date(2026, 3, 2)
CHEN = Actor(None, "陈静")


@pytest.fixture
def april(db):
    return clock.midnight(date(2026, 4, 3), db.zone)


@pytest.fixture
def closed(db, town, april):
    """March, closed for the branch with one trip of 吕莉's in it."""
    shift_id = held(db, town, MONDAY, [town.party])
    ledger.close_month(db, town.branch, "2026-03", by=CHEN, now=april)
    return shift_id


def marks(db):
    return [(entry["staff_no"], entry["trips"], entry["source"], entry["after_close"]) for entry in ledger.dump(db)]


def close_of(db):
    return value(db, "SELECT MAX(id) FROM month_close")


def test_a_close_keeps_what_was_reported_and_the_head_of_the_chain(db, town, closed):
    found = ledger.closing(db, close_of(db))

    assert {name: found[name] for name in ("unit", "month", "closed_by", "trips", "people", "unconfirmed")} == {
        "unit": "巴中市分行", "month": "2026-03", "closed_by": "陈静", "trips": 1, "people": 1, "unconfirmed": 0,
    }  # fmt: skip
    assert found["head"] == ledger.head(db)
    assert history(db, "unit", town.branch)[0]["act"] == "close_month"


def test_a_month_is_not_closed_before_it_is_over_nor_twice_nor_below_a_close(db, town, closed, april):
    for unit_id, month, code in (
        (town.branch, "2026-04", "month_not_over"),
        (town.branch, "2026-03", "month_is_closed_already"),
        (town.office, "2026-03", "month_is_closed_already"),
    ):
        with pytest.raises(Conflict) as refused:
            ledger.close_month(db, unit_id, month, by=CHEN, now=april)
        assert refused.value.code == code
    with pytest.raises(Invalid):
        ledger.close_month(db, town.branch, "2026-13", by=CHEN, now=april)
    assert value(db, "SELECT COUNT(*) FROM month_close") == 1


def test_what_is_unconfirmed_must_have_been_seen(db, town, april):
    shift_id = shift(db, town, MONDAY, [town.party])

    with pytest.raises(Conflict) as refused:
        ledger.close_month(db, town.branch, "2026-03", by=CHEN, now=april)
    assert refused.value.problems[0].facts == {"n": 1}
    assert [row["id"] for row in ledger.unconfirmed(db, town.branch, "2026-03")] == [shift_id]

    ledger.close_month(db, town.branch, "2026-03", unconfirmed_seen=1, by=CHEN, now=april)
    assert attendance.close_overdue(db, after=timedelta(hours=48), now=april) == 1

    assert marks(db) == [("0003", 1, "default", True)]


def test_after_a_close_corrections_and_supplements_say_so_and_are_reported_next(db, town, closed, april):
    first = close_of(db)
    attendance.mark_absent(db, assigned(db, closed, town.party), reason="在开会", by=CHEN, now=april)
    attendance.mark_present(db, assigned(db, closed, town.party), reason="其实在", by=CHEN, now=april)
    held(db, town, date(2026, 4, 1), [town.lan])

    assert [mark[3] for mark in marks(db)] == [False, True, True, False]
    assert [row["trips"] for row in ledger.afterwards(db, town.office)] == [-1, 1]
    assert ledger.reported(db, first) == []
    may = clock.midnight(date(2026, 5, 2), db.zone)
    second = ledger.close_month(db, town.branch, "2026-04", by=CHEN, now=may)
    assert [(row["month"], row["reason"]) for row in ledger.reported(db, second)] == [
        ("2026-03", "在开会"), ("2026-03", "其实在"),
    ]  # fmt: skip
    assert ledger.verify(db) is None


def test_an_opening_balance_does_not_come_into_a_closed_month(db, town, now):
    ledger.close_month(db, town.office, "2025-12", by=CHEN, now=now)

    with pytest.raises(Conflict) as refused:
        carried(db, town, town.party, now)

    assert refused.value.problems[0].facts == {"unit": "办公室", "month": "2025-12", "who": "陈静"}
    assert marks(db) == []
    carried(db, town, town.head, now)  # of the branch above, which is open
    assert marks(db) == [("0001", 1, "carried_forward", False)]


def test_the_schema_itself_keeps_a_closed_month(db, town, closed):
    (entry,) = rows(db, "SELECT * FROM ledger")
    forged = entry | {"id": 2, "hash": "other", "person_id": town.lan, "shift_id": None, "assignment_id": None}

    with pytest.raises(IntegrityError, match="month_is_closed"):
        insert(db, "ledger", **forged)
    with pytest.raises(IntegrityError, match="month_is_closed"):
        insert(db, "ledger", **(forged | {"source": "carried_forward", "close_id": close_of(db)}))
    with pytest.raises(IntegrityError, match="month_is_not_closed"):
        insert(db, "ledger", **(forged | {"day": "2026-04-02", "close_id": close_of(db)}))
    for sql in ("UPDATE month_close SET trips = 9", "DELETE FROM month_close"):
        with pytest.raises(IntegrityError, match="month_close_is_kept"):
            run(db, sql)


def test_people_of_other_units_on_a_shift_of_the_unit_are_held_too_and_others_are_not(db, town, now, closed, april):
    elsewhere = unit(db, now, "市公司")
    guest = person(db, now, elsewhere, "9001", "钟离")

    assert ledger.closed(db, elsewhere, "2026-03") is None
    assert ledger.closed(db, elsewhere, "2026-03", closed) == close_of(db)
    ledger.supplement(db, closed, guest, reason="替班", by=CHEN, now=april)
    assert marks(db)[-1] == ("9001", 1, "supplemented", True)


def test_reopening_needs_a_reason_is_done_once_and_lets_entries_be_plain_again(db, town, closed, april):
    close_id = close_of(db)
    with pytest.raises(Invalid):
        ledger.reopen_month(db, close_id, reason=" ", by=CHEN, now=april)

    ledger.reopen_month(db, close_id, reason="漏了一批", by=CHEN, now=april)
    held(db, town, MONDAY + timedelta(days=1), [town.lan])

    with pytest.raises(Conflict) as refused:
        ledger.reopen_month(db, close_id, reason="再来", by=CHEN, now=april)
    assert refused.value.code == "month_is_reopened"
    assert marks(db)[-1] == ("0004", 1, "roll_call", False)
    again = ledger.close_month(db, town.branch, "2026-03", by=CHEN, now=april)
    assert (again != close_id, ledger.closing(db, again)["trips"]) == (True, 2)


def test_of_two_who_close_at_once_one_does(app, db, town, settings, april):
    def close(who):
        own = database.connect(settings.database, SHANGHAI)
        try:
            return ledger.close_month(own, town.branch, "2026-03", by=Actor(None, who), now=april)
        except Conflict as refusal:
            return refusal.code
        finally:
            own.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(close, ("甲", "乙")))

    assert sorted(map(str, done)) == ["1", "month_is_closed_already"]


# pages


@pytest.fixture
def in_april(as_coordinator, db, town, watch, april):
    """吕莉, who coordinates the branch, in April."""
    watch.now = april
    return signed_in(as_coordinator, db, town.party, april)


def test_a_coordinator_closes_a_month_on_its_page_having_seen_what_waits(in_april, db, town):
    shift(db, town, MONDAY, [town.party])
    data = {"unit_id": town.branch, "month": "2026-03", "unconfirmed": 0}

    page = in_april.get("/months")
    refused = in_april.post("/months", data=data)
    done = in_april.post("/months", data=data | {"unconfirmed": 1}, follow_redirects=True)

    assert "还有 1 班未确认到岗。" in page.text
    assert (refused.status_code, "现在有 1 班已结束" in refused.text) == (409, True)
    assert "已关账。以后这个月只能更正" in done.text
    assert "没有更正。" in done.text


def test_only_an_administrator_reopens_and_nobody_closes_elsewhere(in_april, db, town, now, closed, april):
    elsewhere = unit(db, now, "市公司")
    close_id = close_of(db)

    assert in_april.post(f"/months/{close_id}/reopen", data={"reason": "漏"}).status_code in (403, 404)
    strange = in_april.post("/months", data={"unit_id": elsewhere, "month": "2026-03", "unconfirmed": 0})
    assert strange.status_code == 404
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    administrator = signed_in(in_april, db, town.head, april)
    without = administrator.post(f"/months/{close_id}/reopen", data={"reason": ""})
    assert (without.status_code, "必填" in without.text) == (422, True)
    page = administrator.post(f"/months/{close_id}/reopen", data={"reason": "漏了一批"}, follow_redirects=True)
    assert "已重新打开" in page.text
    assert "漏了一批" in page.text


def test_the_page_of_a_close_lists_what_was_corrected_since(in_april, db, town, closed, april):
    attendance.mark_absent(db, assigned(db, closed, town.party), reason="在开会", by=CHEN, now=april)

    page = in_april.get(f"/months/{close_of(db)}").text

    assert "本次关账以后的更正" in page
    assert "在开会" in page
    assert "−1" in page
