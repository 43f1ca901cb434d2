"""Briefings: sentences whose numbers are those of the ledger, in both languages, of anything and of nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler import attendance, briefings, clock, ledger, people, quotas, tallies
from scheduler.audit import SYSTEM, Actor
from scheduler.briefings.report import note_text
from scheduler.tallies import Question
from tests.builders import assigned, carried, held, person, shift
from tests.builders import unit as builders_unit

MONDAY = date(2026, 3, 2)
SPRING = Question(*tallies.period("2026Q1"))


@pytest.fixture
def now(db):
    """The evening of 8 April 2026."""
    return clock.midnight(date(2026, 4, 8), db.zone) + timedelta(hours=19)


def told(db, now, lang="zh", **asked):
    return briefings.briefing(db, replace(SPRING, **asked), lang=lang, now=now).text


@pytest.fixture
def spring(db, town, now):
    """Three person-trips of two people in two sessions, one of them absent; one more corrected away."""
    first = held(db, town, MONDAY, [town.party, town.lan, town.min, town.bo], absent=[town.bo])
    held(db, town, date(2026, 3, 4), [town.party], place_id=town.community, activity="community")
    attendance.mark_absent(db, assigned(db, first, town.min), reason="当天在开会", by=SYSTEM, now=now)


def test_a_quarter_is_told_in_chinese(db, town, now, spring):
    assert told(db, now, within=town.branch) == (
        "2026年一季度，巴中市分行累计派遣员工 3 人次开展值班服务，参与员工 2 名，共 2 场、25.5 小时。"
        "其中：厅堂服务 2 人次（2 名），社区值班 1 人次（1 名）。"
        "到岗率 60%，缺勤 2 人次。已更正 1 条。上季度没有人次。去年同期没有人次。"
    )


def test_a_quarter_is_told_in_english_one_and_many(db, town, now, spring):
    assert told(db, now, "en", within=town.branch) == (
        "In Q1 2026, 巴中市分行 sent staff on 3 person-trips of duty and service: 2 people took part, in 2 sessions, "
        "for 25.5 hours in all. By activity: Lobby service 2 person-trips (2 people); Community duty 1 person-trip "
        "(1 person). Attendance was 60%, with 2 absences. Corrected: 1 entry. There were none in the quarter before. "
        "There were none a year earlier."
    )


def test_one_activity_is_told_as_the_organisations_publish_it(db, town, now, spring):
    assert told(db, now, within=town.branch, activity="community").startswith(
        "2026年一季度，巴中市分行累计派遣员工 1 人次轮班到社区值班，参与员工 1 名，共 1 场、8.5 小时。"
    )


def test_what_it_is_narrowed_to_stands_behind_the_unit(db, town, now, spring):
    assert told(db, now, within=town.branch, place_id=town.community, party=True).startswith(
        "2026年一季度，巴中市分行（东风路社区）累计派遣党员 1 人次"
    )


def test_a_period_of_nothing_is_one_sentence(db, town, now):
    assert told(db, now, within=town.branch) == "2026年一季度，巴中市分行台账上没有人次。"
    assert told(db, now, "en") == "In Q1 2026, 巴中市分行: no person-trips in the ledger."


def test_a_house_without_units_is_told_too(db, now):
    assert told(db, now) == "2026年一季度，台账上没有人次。"


def test_of_several_trees_none_is_taken_for_all(db, town, now):
    other = builders_unit(db, now, "巴中市分公司")
    held(db, town, MONDAY, [person(db, now, other, "T001", "白露"), town.lan])

    assert "，全部单位累计派遣员工 2 人次" in told(db, now)
    assert "，巴中市分公司累计派遣员工 1 人次" in told(db, now, within=other)


def test_of_a_running_period_only_the_same_days_are_compared(db, town, now):
    held(db, town, date(2026, 1, 5), [town.party, town.lan])
    held(db, town, date(2026, 3, 30), [town.party])  # after the same days of the quarter before
    held(db, town, date(2026, 4, 1), [town.party])

    assert "2026年二季度（截至4月8日）" in told(db, now, first=date(2026, 4, 1), last=date(2026, 6, 30))
    assert "较上季度同期（2 人次）减少 1 人次（50.0%）。" in told(
        db, now, first=date(2026, 4, 1), last=date(2026, 6, 30)
    )


def test_a_change_opens_into_the_trips_of_both_periods(db, town, now):
    held(db, town, date(2026, 1, 5), [town.party, town.lan])
    held(db, town, date(2026, 4, 1), [town.party])
    running = replace(SPRING, first=date(2026, 4, 1), last=date(2026, 6, 30))

    found = briefings.briefing(db, running, lang="zh", now=now).figures

    spans = {figure.text: (figure.question.first, figure.question.last) for figure in found}
    assert spans["1 人次"] == spans["50.0%"] == (date(2026, 4, 1), date(2026, 4, 8))
    assert spans["2 人次"] == (date(2026, 1, 1), date(2026, 1, 8))


def test_own_dates_are_compared_with_as_many_days_before(db, town, now):
    held(db, town, MONDAY, [town.party])
    held(db, town, date(2026, 3, 9), [town.party])

    found = told(db, now, first=date(2026, 3, 9), last=date(2026, 3, 15))

    assert "较此前同样天数（1 人次）持平。" in found


def test_balances_and_what_was_supplemented_are_told_apart(db, town, now):
    carried(db, town, town.party, now, trips=3)
    shift_id = held(db, town, date(2025, 12, 30), [town.party])
    attendance.supplement(db, shift_id, town.lan, reason="临时来帮忙", by=SYSTEM, now=now)

    found = told(db, now, first=date(2025, 1, 1), last=date(2025, 12, 31))

    assert "其中期初结转 3 人次，不知场次。" in found
    assert "已补录 1 人次。" in found


def test_corrections_after_the_close_are_counted_apart(db, town, now, spring):
    ledger.close_month(db, town.branch, "2026-03", by=SYSTEM, now=now)
    attendance.mark_absent(db, value_of(db, town.lan), reason="关账后才发现", by=SYSTEM, now=now)

    assert "已更正 2 条，其中关账后更正 1 条。" in told(db, now, within=town.branch)


def value_of(db, person_id):
    return db.execute("SELECT id FROM assignment WHERE person_id = ?", [person_id]).fetchone()[0]


def test_leaders_weeks_and_shifts_that_wait_are_told(db, town, now):
    quotas.add(db, unit_id=town.branch, role="head", activity="visit", least=1, starts_on=MONDAY, by=SYSTEM, now=now)
    held(db, town, MONDAY, [town.head], activity="visit", place_id=town.community)
    shift(db, town, date(2026, 3, 20), [town.party])

    found = told(db, now, within=town.branch)

    assert "一把手走访达标 1/5 周。" in found
    assert "另有 1 班已结束、未确认到岗，不在上述数字里。" in found
    assert "走访达标" not in told(db, now, within=town.branch, place_id=town.community)


def test_every_number_of_trips_is_what_its_question_counts(db, town, now, spring):
    found = briefings.briefing(db, replace(SPRING, within=town.branch), lang="en", now=now)

    counted = [figure for figure in found.figures if figure.opens in ("trips", "people", "sessions")]
    words = {"trips": "trip", "people": "pe", "sessions": "session"}
    hours = next(figure for figure in counted if figure.text == "25.5")
    assert tallies.total(db, **hours.question.cut)["minutes"] == 25.5 * 60
    checked = [figure for figure in counted if "entr" not in figure.text and figure is not hours]
    assert len(checked) == 7
    for figure in checked:
        assert words[figure.opens] in figure.text
        assert int(figure.text.split()[0]) == tallies.total(db, **figure.question.cut)[figure.opens]


def test_each_number_has_a_footnote_and_the_same_trips_share_one(db, town, now, spring):
    report = briefings.report(db, replace(SPRING, within=town.branch), lang="zh", now=now)

    numbers = [report.number(figure) for figure in report.briefing.figures]
    assert numbers == [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 1]
    assert note_text(report.notes[0], "zh") == "台账 2026-01-01 – 2026-03-31 的 5 条（第 1–5 条之间）"
    assert (report.head, report.entries) == (ledger.head(db), 5)


def test_the_report_as_text_ends_with_the_head_of_the_chain(db, town, now, spring):
    found = briefings.report_text(db, SPRING, lang="en", by=Actor(town.party, "吕莉"), now=now).splitlines()

    assert found[0] == "巴中市分行, Q1 2026 · 吕莉 · 2026-04-08 19:00"
    assert found[-1] == f"Ledger: 5 entries; hash of the newest: {ledger.head(db)}"


def test_a_name_full_of_braces_and_formulas_is_told_as_it_is(db, town, now):
    unit = people.add_unit(db, name="=1+{unit}", kind="department", parent_id=town.branch, by=SYSTEM, now=now)
    held(db, town, MONDAY, [person(db, now, unit, "0009", "白露")])

    assert "，=1+{unit}累计派遣员工 1 人次" in told(db, now, within=unit)
