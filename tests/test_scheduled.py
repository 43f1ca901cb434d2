"""Tallies that are mailed on a schedule: once each period, to those who may read them that day."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, time, timedelta
from email import message_from_bytes

import pytest
from python_calamine import CalamineWorkbook

from scheduler import accounts, clock, database, jobs, mail, outbox, scheduled
from scheduler.audit import SYSTEM
from scheduler.database import Database, IntegrityError, one, rows, run, value
from scheduler.errors import Invalid, NotFound
from scheduler.tallies import Question
from tests import builders
from tests.builders import Town
from tests.conftest import SHANGHAI

BASE = "https://duty.example"
MONDAY = date(2026, 3, 2)  # the first workday of March
HE, LU = "0001@branch.example", "0003@branch.example"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.instant(day, time(hour, minute), SHANGHAI)


def due(db: Database, moment: datetime) -> int:
    return scheduled.queue_due(db, base_url=BASE, now=moment)


def told(db: Database) -> list[tuple[str, str]]:
    return [(row["kind"], row["address"]) for row in rows(db, "SELECT kind, address FROM outbox ORDER BY id")]


def asked(town: Town, **more: object) -> Question:
    return Question(date(2026, 1, 1), date(2026, 12, 31), within=town.branch, **more)


def add(db: Database, town: Town, now: datetime, **more: object) -> int:
    given = {"name": "各单位人次", "every": "month", "receivers": [town.head, town.party], "lang": "zh"} | more
    by = accounts.actor(db, town.party)
    question = given.pop("question", asked(town))
    return scheduled.add(db, question, by=by, now=now, **given)


@pytest.fixture
def grants(db: Database, town: Town, now: datetime) -> dict[str, int]:
    """吕莉 coordinates the branch; 何远山 heads it."""
    return {
        "lu": accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now),
        "he": accounts.grant(db, town.head, "unit_head", town.branch, by=SYSTEM, now=now),
    }


def test_a_month_is_mailed_once_on_the_first_workday_with_its_figures(db, town, now, grants):
    builders.held(db, town, date(2026, 2, 10), [town.lan, town.min])
    builders.held(db, town, date(2026, 3, 2), [town.lan])
    add(db, town, now)

    assert due(db, at(MONDAY, 7, 59)) == 0
    assert due(db, at(MONDAY, 8)) == 2
    assert due(db, at(MONDAY, 9)) == 0
    assert due(db, at(date(2026, 3, 20), 9)) == 0
    assert told(db) == [("mailed_tally", HE), ("mailed_tally", LU)]
    assert value(db, "SELECT COUNT(*) FROM attachment") == 1  # one file for both
    assert due(db, at(date(2026, 4, 1), 8)) == 2

    message = outbox.with_file(db, one(db, "SELECT * FROM outbox ORDER BY id LIMIT 1"))
    letter = message_from_bytes(mail.letters.letter(message, "duty@branch.example"))
    text, file = letter.get_payload()
    assert "2026年2月" in text.get_payload(decode=True).decode()
    assert file.get_filename() == "tallies-2026-02-01-2026-02-28.xlsx"
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.get_payload(decode=True))).get_sheet_by_name("明细")
    assert len(sheet.to_python()) == 1 + 2


@pytest.mark.parametrize(
    ("every", "first", "before", "opens", "begins"),
    [
        ("week", "2026-02-23", date(2026, 3, 1), MONDAY, date(2026, 2, 23)),
        ("month", "2026-02-01", date(2026, 3, 1), MONDAY, date(2026, 2, 1)),
        ("quarter", "2026-01-01", date(2026, 3, 31), date(2026, 4, 1), date(2026, 1, 1)),
        ("quarter", "2026-07-01", date(2026, 10, 7), date(2026, 10, 8), date(2026, 7, 1)),  # after the holidays
    ],
)
def test_each_kind_of_period_opens_on_its_first_workday(db, town, now, grants, every, first, before, opens, begins):
    made = now if opens.month < 7 else at(date(2026, 9, 1), 9)
    export_id = add(db, town, made, every=every)

    assert due(db, at(before, 23)) == 0
    assert scheduled.listed(db, [town.branch], now=made)[0]["next_at"] == at(opens, 8)
    assert due(db, at(opens, 8)) == 2
    assert value(db, "SELECT period FROM scheduled_export_run WHERE export_id = :id", id=export_id) == first
    assert scheduled.period_before(every, opens)[0] == begins


def test_what_ended_before_it_was_set_up_is_not_mailed_and_an_old_one_is_not_caught_up(db, town, now, grants):
    add(db, town, at(MONDAY, 7))

    assert due(db, at(MONDAY, 8)) == 0
    assert due(db, at(date(2026, 4, 15), 9)) == 0
    assert due(db, at(date(2026, 5, 6), 8)) == 2


def test_two_processes_at_once_mail_a_period_once(settings, now):
    with closing(database.of(settings)) as db:
        town = builders.town(db, now)
        accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
        add(db, town, now, receivers=[town.party])

    def turn(_: int) -> int:
        with closing(database.opened(settings)) as own:
            return due(own, at(MONDAY, 8))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(turn, range(4))) == 1
    with closing(database.opened(settings)) as db:
        assert told(db) == [("mailed_tally", LU)]
        assert value(db, "SELECT COUNT(*) FROM attachment") == 1


def test_the_workbook_arrives_by_mail_through_the_jobs(db, settings, town, now, grants, mailbox, mail_server):
    settings = settings.model_copy(update={"mail": mail_server})
    add(db, town, now, receivers=[town.head])

    assert jobs.run_once(db, settings, "reports_by_mail", now=at(MONDAY, 8)) == 1
    assert jobs.run_once(db, settings, "send", now=at(MONDAY, 8)) == 1
    (envelope,) = mailbox.letters
    assert envelope.rcpt_tos == [HE]
    _, file = message_from_bytes(envelope.content).get_payload()
    content = file.get_payload(decode=True)
    assert content == value(db, "SELECT content FROM attachment")
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == ["统计", "明细", "说明"]


def test_killed_between_the_mails_nothing_of_it_is_there_and_the_next_turn_mails_it(db, town, now, grants, monkeypatch):
    add(db, town, now)

    def killed(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(scheduled, "insert", killed)  # the run is written last
        with pytest.raises(KeyboardInterrupt):
            due(db, at(MONDAY, 8))
    assert told(db) == []
    assert value(db, "SELECT COUNT(*) FROM attachment") == 0

    assert due(db, at(MONDAY, 8)) == 2


def test_who_may_no_longer_read_the_unit_is_sent_nothing(db, town, now, grants):
    add(db, town, now)
    accounts.revoke(db, grants["he"], by=SYSTEM, now=now)

    assert due(db, at(MONDAY, 8)) == 1
    assert told(db) == [("mailed_tally", LU)]


def test_it_ends_when_whoever_set_it_up_coordinates_the_unit_no_more_and_they_are_told(db, town, now, grants):
    add(db, town, now)
    accounts.grant(db, town.deputy, "administrator", town.branch, by=SYSTEM, now=now)
    accounts.revoke(db, grants["lu"], by=SYSTEM, now=now)

    assert due(db, at(MONDAY, 8)) == 1
    assert due(db, at(MONDAY, 8)) == 0
    assert told(db) == [("mailed_tally_ended", LU)]
    assert scheduled.listed(db, [town.branch], now=now) == []
    assert value(db, "SELECT actor FROM audit WHERE subject = 'scheduled_export' AND act = 'end'") == "system"


def test_what_is_too_large_to_mail_is_linked_to(db, town, now, grants, monkeypatch):
    add(db, town, now, receivers=[town.head])
    monkeypatch.setattr(scheduled, "FILE_MOST", 1000)

    assert due(db, at(MONDAY, 8)) == 1
    held = one(db, "SELECT body, attachment_id FROM outbox")
    assert held["attachment_id"] is None
    assert "超过 5 MB" in held["body"]
    assert f"{BASE}/tallies?period=2026-02&unit={town.branch}" in held["body"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "人次\r\nBcc: x@example.com"}, "name"),
        ({"name": "人次\u202egpj.exe"}, "name"),
        ({"every": "day"}, "every"),
        ({"receivers": []}, "receivers"),
        ({"question": Question(date(2026, 1, 1), date(2026, 12, 31))}, "unit"),
    ],
)
def test_what_cannot_be_mailed_is_refused(db, town, now, grants, given, field):
    with pytest.raises(Invalid) as refusal:
        add(db, town, now, **given)

    assert [problem.field for problem in refusal.value.problems] == [field]
    assert value(db, "SELECT COUNT(*) FROM scheduled_export") == 0


def test_receivers_may_read_the_unit_have_an_address_and_are_of_the_own_units(db, town, now, grants):
    accounts.grant(db, town.min, "coordinator", town.office, by=SYSTEM, now=now)
    narrow = accounts.actor(db, town.min)

    def found(unit_id: int, by: accounts.Actor = narrow) -> set[int]:
        return {row["person_id"] for row in scheduled.candidates(db, unit_id, by=by, now=now)}

    whole = accounts.actor(db, town.party)
    assert found(town.branch, whole) == {town.head, town.party}  # not who reads the office alone
    assert {town.head, town.party, town.min} == found(town.office, whole)
    assert town.min in found(town.office)
    run(db, "UPDATE person SET email = '' WHERE id = :id", id=town.head)
    assert found(town.branch, whole) == {town.party}

    with pytest.raises(Invalid) as refusal:
        add(db, town, now, receivers=[town.lan])
    assert refusal.value.code == "unknown_person"
    with pytest.raises(NotFound):  # a unit above one's own
        scheduled.add(
            db, asked(town), name="x", every="week", receivers=[town.min], lang="zh",
            by=accounts.actor(db, town.min), now=now,
        )  # fmt: skip


def test_a_name_that_is_a_formula_or_a_gap_stays_text(db, town, now, grants):
    add(db, town, now, name='=HYPERLINK("http://x") {link} <b>', receivers=[town.head])

    assert due(db, at(MONDAY, 8)) == 1
    assert value(db, "SELECT subject FROM outbox") == '=HYPERLINK("http://x") {link} <b>：2026年2月'


def test_a_run_is_kept_and_its_file_is_forgotten_once_it_is_old(db, town, now, grants):
    add(db, town, now, receivers=[town.head])
    due(db, at(MONDAY, 8))
    for act in ("UPDATE scheduled_export_run SET period = 'x'", "DELETE FROM scheduled_export_run"):
        with pytest.raises(IntegrityError, match="mailed_run_is_kept"):
            run(db, act)
    later = at(MONDAY + timedelta(days=120), 8)

    outbox.prune(db, before=later)
    assert value(db, "SELECT COUNT(*) FROM attachment") == 1  # it still waits
    outbox.expire(db, now=later)
    outbox.prune(db, before=later)
    assert value(db, "SELECT COUNT(*) FROM attachment") == 0


# the page


def test_a_coordinator_sets_it_up_and_ends_it_on_the_page(as_coordinator, db, town):
    address = "/tallies/mailed?rows=person&measures=trips,people"
    assert "吕莉 · 0003" in as_coordinator.get(address).text
    refused = as_coordinator.post(address, data={"name": "月报<b>", "every": "month"})
    assert refused.status_code == 422
    assert "月报&lt;b&gt;" in refused.text

    sent = {"name": "月报<b>", "every": "month", "receivers": [town.party]}
    assert as_coordinator.post(address, data=sent).status_code == 303
    held = one(db, "SELECT id, args FROM scheduled_export")
    assert held["args"] == f'{{"unit": "{town.branch}", "rows": "person", "measures": "trips,people"}}'
    page = as_coordinator.get("/tallies/mailed").text
    assert "月报&lt;b&gt;" in page
    assert "3月2日 周一 08:00" in page
    assert "/tallies/mailed?" in as_coordinator.get("/tallies").text

    assert as_coordinator.post(f"/tallies/mailed/{held['id']}/end").status_code == 303
    assert as_coordinator.post(f"/tallies/mailed/{held['id']}/end").status_code == 404
    acts = rows(db, "SELECT act FROM audit WHERE subject = 'scheduled_export' ORDER BY id")
    assert [row["act"] for row in acts] == ["add", "end"]


def test_nobody_mails_the_tallies_of_a_unit_that_they_do_not_coordinate(as_coordinator, db, town, now):
    foreign = builders.unit(db, now, "别的单位")
    sent = {"name": "月报", "every": "month", "receivers": [town.party]}

    assert as_coordinator.post(f"/tallies/mailed?unit={foreign}", data=sent).status_code == 404
    assert value(db, "SELECT COUNT(*) FROM scheduled_export") == 0
    assert as_coordinator.post(f"/tallies/mailed?unit={town.office}", data=sent).status_code == 303
