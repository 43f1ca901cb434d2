"""Dangerous acts where the organisation asks for a second person: nobody alone, nothing twice, nothing too late."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta

import pytest

from scheduler import accounts, approvals, audit, backups, clock, database, ledger, upkeep
from scheduler.audit import SYSTEM, Actor
from scheduler.database import IntegrityError, insert, one, rows, run, value
from scheduler.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.builders import held, person, unit
from tests.conftest import SHANGHAI, signed_in

MARCH = date(2026, 3, 2)
BASE = "https://duty.example"
LATER = timedelta(hours=1)


@pytest.fixture
def april(db, watch):
    watch.now = clock.midnight(date(2026, 4, 3), db.zone)
    return watch.now


@pytest.fixture
def two(db, town, april):
    """何远山 and 杜明月 administer the branch; from now on it asks for both."""
    for who in (town.head, town.deputy):
        accounts.grant(db, who, "administrator", town.branch, by=SYSTEM, now=april)
    approvals.turn_on(db, town.branch, by=one_of(db, town.head), now=april)
    return one_of(db, town.head), one_of(db, town.deputy)


@pytest.fixture
def close_id(db, town, april):
    held(db, town, MARCH, [town.party])
    return ledger.close_month(db, town.branch, "2026-03", by=SYSTEM, now=april)


def one_of(db, person_id) -> Actor:
    return accounts.actor(db, person_id)


def asked(db, close_id, by, now, **more) -> int:
    given = {"reason": "漏了一批", "base_url": BASE} | more
    return approvals.ask(db, "reopen_month", close_id, by=by, now=now, **given)


def refused(does, *given, **more) -> str:
    with pytest.raises((Conflict, Invalid)) as refusal:
        does(*given, **more)
    return refusal.value.code


def states(db):
    return [row["state"] for row in rows(db, "SELECT state FROM approval ORDER BY id")]


def reopened(db, close_id):
    return ledger.closing(db, close_id)["reopened_by"] or None


def test_with_the_policy_off_one_person_is_enough_as_before(client, db, town, close_id, april):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=april)
    answer = signed_in(client, db, town.head, april).post(f"/months/{close_id}/reopen", data={"reason": "漏了一批"})

    assert (answer.status_code, reopened(db, close_id), states(db)) == (303, "何远山", [])


def test_with_the_policy_on_nobody_reopens_alone_by_no_door(client, db, town, two, close_id, april):
    first, _ = two
    assert refused(ledger.reopen_month, db, close_id, reason="漏了", by=first, now=april) == "needs_second_person"
    with pytest.raises(IntegrityError, match="needs_second_person"):
        run(db, "UPDATE month_close SET reopened_at = 'x', reopened_by = 'x', reason = 'x'")

    page = signed_in(client, db, town.head, april)
    answer = page.post(f"/months/{close_id}/reopen", data={"reason": "漏了一批"})
    assert (answer.status_code, reopened(db, close_id), states(db)) == (303, None, ["asked"])
    assert "等第二位管理员" in page.get("/months").text
    assert "等第二位管理员" in page.get(f"/months/{close_id}").text
    assert page.post(f"/months/{close_id}/reopen", data={"reason": "再来"}).status_code == 409


def test_the_second_one_is_told_agrees_and_it_is_done_with_both_names(client, db, town, two, close_id, april):
    approval_id = asked(db, close_id, two[0], april)
    page = signed_in(client, db, town.deputy, april)
    assert "重新打开巴中市分行 2026-03（关账时 1 人次）" in page.get("/approvals").text
    assert "1 项等您作为第二位管理员决定" in page.get("/rosters").text

    answer = page.post(f"/approvals/{approval_id}/approve", data={"note": "属实"})

    assert (answer.status_code, reopened(db, close_id), states(db)) == (303, "杜明月", ["approved"])
    row = audit.history(db, "unit", town.branch)[0]
    assert (row["act"], row["actor"], row["facts"]["asked_by"]) == ("reopen_month", "杜明月", "何远山")
    noted = audit.history(db, "approval", approval_id)
    assert [(row["act"], row["actor"]) for row in noted] == [("approve_second", "杜明月"), ("ask_second", "何远山")]
    told = rows(db, "SELECT kind, person_id FROM outbox WHERE kind LIKE 'second%' ORDER BY id")
    assert told == [
        {"kind": "second_asked", "person_id": town.deputy},
        {"kind": "second_decided", "person_id": town.head},
    ]
    assert "项等您" not in page.get("/rosters").text


def test_nobody_decides_on_their_own_not_even_by_sql(client, db, town, two, close_id, april):
    first, second = two
    approval_id = asked(db, close_id, first, april)
    given = {"base_url": BASE, "now": april}

    assert refused(approvals.approve, db, approval_id, by=first, **given) == "approval_is_your_own"
    assert refused(approvals.refuse, db, approval_id, note="不", by=first, **given) == "approval_is_your_own"
    assert signed_in(client, db, town.head, april).post(f"/approvals/{approval_id}/approve").status_code == 409
    at = clock.to_text(april)
    for sql, code in (
        (f"UPDATE approval SET state = 'approved', decided_by = asked_by, decided_at = '{at}'", "approval_is_your_own"),
        (f"UPDATE approval SET asked_by = {town.deputy}", "approval_is_kept"),
        ("DELETE FROM approval", "approval_is_kept"),
    ):
        with pytest.raises(IntegrityError, match=code):
            run(db, sql)
    assert states(db) == ["asked"]

    approvals.refuse(db, approval_id, note="不属实", by=second, **given)
    with pytest.raises(IntegrityError, match="approval_is_over"):
        run(db, "UPDATE approval SET state = 'approved'")
    with pytest.raises(IntegrityError, match="approval_is_kept"):
        insert(db, "approval", **(one(db, "SELECT * FROM approval") | {"id": 9}))
    assert reopened(db, close_id) is None


def test_what_was_refused_withdrawn_or_lapsed_is_not_done_and_may_be_asked_for_again(db, town, two, close_id, april):
    first, second = two
    approvals.withdraw(db, asked(db, close_id, first, april), by=first, now=april)
    approvals.refuse(db, asked(db, close_id, first, april), note="不", base_url=BASE, by=second, now=april)
    third = asked(db, close_id, first, april)
    with pytest.raises(NotFound):
        approvals.withdraw(db, third, by=second, now=april)
    late = april + timedelta(hours=72)

    given = {"base_url": BASE, "by": second}
    assert refused(approvals.approve, db, third, now=late, **given) == "approval_has_lapsed"
    with pytest.raises(IntegrityError, match="approval_has_lapsed"):
        run(
            db,
            "UPDATE approval SET state = 'approved', decided_by = :who, decided_at = :at WHERE id = :id",
            who=town.deputy,
            at=clock.to_text(late),
            id=third,
        )
    assert approvals.counts_for(db, second, now=late) == 0
    again = asked(db, close_id, first, late)
    assert states(db) == ["withdrawn", "refused", "lapsed", "asked"]
    approvals.approve(db, again, now=late + LATER, **given)
    assert reopened(db, close_id) == "杜明月"


def test_of_two_who_agree_at_once_one_does_and_it_is_done_once(app, db, town, two, close_id, april, settings):
    approval_id = asked(db, close_id, two[0], april)
    third = person(db, april, town.branch, "0009", "钟离")
    accounts.grant(db, third, "administrator", town.branch, by=SYSTEM, now=april)

    def agree(who):
        with closing(database.connect(settings.database, SHANGHAI)) as own:
            try:
                approvals.approve(own, approval_id, base_url=BASE, by=who, now=april)
            except Conflict as refusal:
                return refusal.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(agree, (two[1], one_of(db, third))))

    assert told == ["approval_is_over_by", "done"]
    assert value(db, "SELECT COUNT(*) FROM audit WHERE act = 'reopen_month'") == 1


def test_an_administrator_of_another_tree_or_a_coordinator_cannot_agree(client, db, town, two, close_id, april):
    approval_id = asked(db, close_id, two[0], april)
    elsewhere = unit(db, april, "市公司")
    stranger = person(db, april, elsewhere, "9001", "钟离")
    accounts.grant(db, stranger, "administrator", elsewhere, by=SYSTEM, now=april)
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=april)

    page = signed_in(client, db, stranger, april)
    assert page.post(f"/approvals/{approval_id}/approve").status_code == 404
    assert "漏了一批" not in page.get("/approvals").text
    for who, refused in ((stranger, NotFound), (town.party, NotAllowed)):
        with pytest.raises(refused):
            approvals.approve(db, approval_id, base_url=BASE, by=one_of(db, who), now=april)
    assert states(db) == ["asked"]


def test_a_batch_of_balances_is_taken_back_by_two(client, db, town, two, april):
    given = {
        "person_id": town.party,
        "place_id": town.outlet,
        "activity": "lobby",
        "day": date(2026, 1, 31),
        "minutes": 60,
    }
    balance = given | {"trips": 2, "row": 1, "reason": "结转"}
    batch_id = ledger.store_batch(db, [balance], file="a.csv", digest="x", unit_id=town.branch, by=SYSTEM, now=april)
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=april)
    page = signed_in(client, db, town.party, april)

    assert page.post(f"/people/balances/{batch_id}/reverse", data={"reason": "重复"}).status_code == 303
    assert (ledger.batch(db, batch_id)["reversed_at"], states(db)) == (None, ["asked"])
    assert "等第二位管理员" in page.get("/people/balances").text
    assert refused(ledger.reverse_batch, db, batch_id, reason="x", by=SYSTEM, now=april) == "needs_second_person"
    approvals.approve(db, value(db, "SELECT id FROM approval"), base_url=BASE, by=two[1], now=april)
    assert ledger.batch(db, batch_id)["reversed_by"] == "杜明月"


def test_the_policy_needs_another_administrator_and_is_let_go_only_by_two(client, db, town, april):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=april)
    page, head = signed_in(client, db, town.head, april), one_of(db, town.head)
    assert page.post("/approvals/policy", data={"unit_id": town.branch}).status_code == 409
    accounts.grant(db, town.deputy, "administrator", town.branch, by=SYSTEM, now=april)
    assert refused(approvals.turn_on, db, town.office, by=head, now=april) == "second_person_is_of_the_top"
    assert page.post("/approvals/policy", data={"unit_id": town.branch}).status_code == 303
    with pytest.raises(IntegrityError, match="needs_second_person"):
        run(db, "UPDATE second_person SET is_on = 0")

    later = april + LATER
    assert (
        page.post("/approvals/policy", data={"unit_id": town.branch, "off": "1", "reason": "不再需要"}).status_code
        == 303
    )
    assert approvals.policy_units(db) == [town.branch]
    approvals.approve(db, value(db, "SELECT id FROM approval"), base_url=BASE, by=one_of(db, town.deputy), now=april)
    assert approvals.policy_units(db) == []
    approvals.turn_on(db, town.branch, by=head, now=later)
    with pytest.raises(IntegrityError, match="needs_second_person"):  # what was agreed once is not agreed for good
        run(db, "UPDATE second_person SET is_on = 0")


# restoring


@pytest.fixture
def house(app, db, settings, town, two, april, monkeypatch):
    """A backup of when nobody asked for a second person yet is not at hand: this one is of now."""
    (settings.folder / database.MARK).touch()
    monkeypatch.setattr("scheduler.terminal.settings", lambda: settings)
    return backups.write(db, settings.folder / "kept.db", settings, now=april)


def restored(monkeypatch, house, code="", **more):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{code}\n"))
    return upkeep.restore(str(house), **more)


def test_a_restore_needs_the_code_of_an_administrator_once(db, settings, town, two, house, april, monkeypatch, capsys):
    code = approvals.make_code(db, by=two[1], now=april)
    kept = value(db, "SELECT code_hash FROM restore_code")
    late = april + timedelta(minutes=15)
    db.close()

    def tried(given="", **more):
        return refused(restored, monkeypatch, house, given, **({"now": april} | more))

    assert tried() == "restore_needs_second_person"
    assert tried("AAAA-AAAA-AAAA-AAAA", approved_by="0002") == "restore_code_is_wrong"
    assert tried(code, approved_by="0001") == "restore_code_is_wrong"
    assert tried(code, approved_by="0002", now=late) == "restore_code_is_wrong"
    assert code.replace("-", "") not in kept

    assert restored(monkeypatch, house, code.lower(), approved_by="0002", now=april) == 0
    assert tried(code, approved_by="0002") == "restore_code_is_wrong"
    with closing(database.opened(settings)) as back:
        row = next(row for row in audit.history(back, "organisation", 1) if row["act"] == "approve_restore")
        assert row["facts"]["approved_by"] == "杜明月"


def test_a_backup_of_before_does_not_turn_the_policy_off(app, db, settings, town, april, monkeypatch, capsys):
    (settings.folder / database.MARK).touch()
    monkeypatch.setattr("scheduler.terminal.settings", lambda: settings)
    for who in (town.head, town.deputy):
        accounts.grant(db, who, "administrator", town.branch, by=SYSTEM, now=april)
    old = backups.write(db, settings.folder / "kept.db", settings, now=april)
    approvals.turn_on(db, town.branch, by=one_of(db, town.head), now=april)
    code = approvals.make_code(db, by=one_of(db, town.deputy), now=april)
    db.close()

    assert restored(monkeypatch, old, code, approved_by="0002", now=april) == 0
    with closing(database.opened(settings)) as back:
        assert approvals.policy_units(back) == [town.branch]


def test_where_the_database_cannot_be_read_or_nobody_asks_a_restore_goes_on(
    app, db, settings, town, april, monkeypatch, capsys
):
    (settings.folder / database.MARK).touch()
    monkeypatch.setattr("scheduler.terminal.settings", lambda: settings)
    old = backups.write(db, settings.folder / "kept.db", settings, now=april)
    db.close()
    assert restored(monkeypatch, old, now=april) == 0

    settings.database.write_bytes(b"no database at all" * 400)
    assert restored(monkeypatch, old, now=april) == 0


def test_only_who_administers_all_that_ask_makes_a_code(db, town, two, april):
    accounts.grant(db, town.min, "administrator", town.office, by=SYSTEM, now=april)
    with pytest.raises(NotAllowed):
        approvals.make_code(db, by=one_of(db, town.min), now=april)
    first = approvals.make_code(db, by=two[0], now=april)
    approvals.make_code(db, by=two[0], now=april)
    assert refused(approvals.restore_approver, db, "0001", first, now=april) == "restore_code_is_wrong"
