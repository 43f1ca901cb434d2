"""The report of a shift: tasks done, problems found, each followed up until it is closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta

import pytest

from scheduler import accounts, clock, database, exports, reports, wording
from scheduler.audit import SYSTEM, Actor
from scheduler.database import rows, update
from scheduler.errors import Conflict, Invalid, NotFound
from tests.builders import person, shift
from tests.test_exports import read_csv, sheets

MONDAY = date(2026, 3, 2)


@pytest.fixture
def shift_id(db, town):
    """Monday's duty, which 兰草 and 闵行 stand, with two tasks."""
    made = shift(db, town, MONDAY, [town.lan, town.min])
    update(db, "shift", made, tasks="入户宣传\n\n走访\n")
    return made


@pytest.fixture
def lan(town):
    return Actor(town.lan, "兰草")


@pytest.fixture
def noon(db):
    return clock.instant(MONDAY, time(12), db.zone)


def save(db, shift_id, by, now, version=0, done=("走访",), remarks=""):
    reports.save(db, shift_id, done=done, remarks=remarks, version=version, by=by, now=now)


def find(db, shift_id, town, by, now, text="路灯坏了"):
    return reports.add_problem(
        db, shift_id, text=text, follow_up_id=town.min, base_url="http://t.example", by=by, now=now
    )


def test_a_report_says_which_of_the_tasks_were_done(db, shift_id, lan, noon):
    assert reports.report(db, shift_id)["version"] == 0

    save(db, shift_id, lan, noon, remarks=" 一切正常 ")

    found = reports.report(db, shift_id)
    assert found["tasks"] == [{"task": "入户宣传", "is_done": False}, {"task": "走访", "is_done": True}]
    assert (found["remarks"], found["version"], found["by"]) == ("一切正常", 1, "兰草")


def test_a_task_that_left_the_list_stays_in_a_report(db, shift_id, lan, noon):
    save(db, shift_id, lan, noon)
    update(db, "shift", shift_id, tasks="入户宣传")

    save(db, shift_id, lan, noon, version=1, done=["走访", "入户宣传"])

    assert [row["task"] for row in reports.report(db, shift_id)["tasks"]] == ["入户宣传", "走访"]


def test_a_task_that_nobody_asked_for_is_refused(db, shift_id, lan, noon):
    with pytest.raises(Invalid) as refused:
        save(db, shift_id, lan, noon, done=["走访", "喝茶"])

    assert (refused.value.code, refused.value.problems[0].facts) == ("bad_choice", {"text": "喝茶"})
    assert reports.report(db, shift_id)["version"] == 0


def test_before_the_shift_there_is_nothing_to_report(db, town, shift_id, lan):
    early = clock.instant(MONDAY, time(8, 29), db.zone)
    for act in (lambda: save(db, shift_id, lan, early), lambda: find(db, shift_id, town, lan, early)):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "nothing_to_report"


def test_drafts_and_cancelled_shifts_have_no_report(db, town, shift_id, lan, noon):
    draft = shift(db, town, MONDAY + timedelta(days=1), roster="draft")
    with pytest.raises(NotFound):
        save(db, draft, lan, noon + timedelta(days=2), done=[])
    update(db, "shift", shift_id, state="cancelled")
    with pytest.raises(Conflict):
        save(db, shift_id, lan, noon)


def test_of_two_who_write_at_once_one_is_told_of_the_other(app, settings, db, town, shift_id, noon):
    def write(name: str) -> str:
        own = database.connect(settings.database, db.zone)
        try:
            save(own, shift_id, Actor(None, name), noon)
        except Conflict as refusal:
            return f"{refusal.code}: {refusal.problems[0].facts['who']}"
        finally:
            own.close()
        return name

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(write, ("兰草", "闵行")))

    first = reports.report(db, shift_id)["by"]
    assert sorted(told) == sorted([first, f"stale: {first}"])


def test_a_problem_is_open_until_it_is_closed_once(db, town, shift_id, lan, noon):
    problem_id = find(db, shift_id, town, lan, noon)
    assert reports.following(db, town.min) == 1

    reports.close(db, problem_id, outcome=" 已报修 ", base_url="http://t.example", by=Actor(town.min, "闵行"), now=noon)

    (row,) = reports.report(db, shift_id)["problems"]
    assert (row["state"], row["outcome"], row["closed_by"], row["found_by"]) == ("closed", "已报修", "闵行", "兰草")
    assert reports.following(db, town.min) == 0
    with pytest.raises(Conflict) as refused:
        reports.close(db, problem_id, outcome="又报了一次", base_url="http://t.example", by=lan, now=noon)
    assert wording.sentences(refused.value, "zh") == ["闵行 已在 2026-03-02 12:00 办结。"]


def test_closing_says_what_became_of_it(db, town, shift_id, lan, noon):
    problem_id = find(db, shift_id, town, lan, noon)

    with pytest.raises(Invalid):
        reports.close(db, problem_id, outcome="  ", base_url="http://t.example", by=lan, now=noon)
    with pytest.raises(NotFound):
        reports.close(db, 99, outcome="好了", base_url="http://t.example", by=lan, now=noon)

    assert reports.problem(db, problem_id)["state"] == "open"


def test_it_is_followed_up_by_somebody_who_has_to_do_with_the_shift(db, town, now, shift_id, lan, noon):
    accounts.grant(db, town.deputy, "coordinator", town.branch, by=SYSTEM, now=now)
    stranger = person(db, now, town.office, "0099", "生人")

    assert {row["id"] for row in reports.followers(db, shift_id, now=now)} == {town.lan, town.min, town.deputy}
    with pytest.raises(Invalid) as refused:
        reports.add_problem(
            db, shift_id, text="路灯坏了", follow_up_id=stranger, base_url="http://t.example", by=lan, now=noon
        )
    assert (refused.value.code, refused.value.problems[0].field) == ("unknown_person", "follow_up_id")


def test_problems_are_listed_by_unit_by_follower_and_by_state_oldest_first(db, town, shift_id, lan, noon):
    first = find(db, shift_id, town, lan, noon)
    second = find(db, shift_id, town, lan, noon + timedelta(hours=1), text="墙上有小广告")
    reports.close(db, first, outcome="已修", base_url="http://t.example", by=lan, now=noon + timedelta(hours=2))

    def listed(**asked):
        return [row["id"] for row in reports.problems(db, **asked)]

    assert listed(unit_ids=[town.branch]) == [second, first]
    assert listed(unit_ids=[town.branch], state="open") == [second]
    assert listed(unit_ids=[town.branch], state="closed") == [first]
    assert listed(unit_ids=[town.office]) == []
    assert listed(person_id=town.min) == [second, first]
    assert listed(person_id=town.lan) == []
    assert listed(unit_ids=[town.branch], follow_up_id=town.lan) == []
    (row,) = reports.problems(db, unit_ids=[town.branch], limit=1)
    assert row["found"] == 2


def test_problems_are_exported_harmless_in_both_forms(db, town, shift_id, lan, noon):
    find(db, shift_id, town, lan, noon, text="=HYPERLINK(1)")
    asked = {"unit_ids": [town.branch]}

    table = read_csv(exports.problems_csv(db, lang="en", **asked))
    assert table[0][:5] == ["Day", "Place", "Activity", "Unit", "Problem"]
    assert table[1][:8] == [
        "2026-03-02", "江北支行", "Lobby service", "巴中市分行", "'=HYPERLINK(1)", "兰草", "闵行", "Open",
    ]  # fmt: skip

    sheet = sheets(exports.problems_workbook(db, lang="zh", **asked))["问题"]
    assert sheet[1][4:8] == ["=HYPERLINK(1)", "兰草", "闵行", "待办"]


def outbox(db, kind):
    return rows(db, "SELECT person_id, subject, body FROM outbox WHERE kind = :kind ORDER BY person_id", kind=kind)


def test_who_follows_a_problem_up_is_told_once_and_who_found_it_once_it_is_closed(db, shift_id, town, lan, noon):
    problem_id = find(db, shift_id, town, lan, noon)

    (told,) = outbox(db, "problem_found")
    assert told["person_id"] == town.min
    assert "路灯坏了" in told["body"]
    assert "http://t.example/problems?mine=1" in told["body"]
    assert reports.following(db, town.min) == 1

    reports.close(db, problem_id, outcome="已报修", base_url="http://t.example", by=Actor(town.min, "闵行"), now=noon)
    (settled,) = outbox(db, "problem_closed")
    assert settled["person_id"] == town.lan
    assert "闵行已办结" in settled["body"]
    assert "已报修" in settled["body"]
    assert f"http://t.example/shifts/{shift_id}/report" in settled["body"]


def test_nobody_is_told_of_what_they_did_themselves(db, shift_id, town, noon):
    min_ = Actor(town.min, "闵行")
    problem_id = find(db, shift_id, town, min_, noon)
    reports.close(db, problem_id, outcome="已修", base_url="http://t.example", by=min_, now=noon)

    assert outbox(db, "problem_found") == outbox(db, "problem_closed") == []


def test_the_reports_of_a_period_are_listed_by_what_became_of_their_problems(db, shift_id, town, lan, noon):
    asked = {"unit_ids": [town.branch], "first": MONDAY, "last": MONDAY}
    assert reports.listing(db, **asked) == []

    save(db, shift_id, lan, noon, remarks="一切正常")
    assert [row["shift_id"] for row in reports.listing(db, state="none", **asked)] == [shift_id]
    problem_id = find(db, shift_id, town, lan, noon)

    (row,) = reports.listing(db, state="open", **asked)
    assert (row["tasks"], row["done"], row["found"], row["follow_up"]) == (2, "走访", "路灯坏了", "闵行")
    assert (row["people"], row["problems"], row["open_problems"]) == ("兰草、闵行", 1, 1)
    reports.close(db, problem_id, outcome="已修", base_url="http://t.example", by=lan, now=noon)
    assert reports.listing(db, state="open", **asked) == []
    assert [row["state"] for row in reports.listing(db, state="closed", **asked)] == ["closed"]
    assert reports.listing(db, **{**asked, "first": MONDAY + timedelta(days=1), "last": noon.date()}) == []
    assert reports.listing(db, **{**asked, "unit_ids": [town.office]}) == []


def test_reports_leave_as_csv_and_workbook_with_the_same_rows(db, shift_id, town, lan, noon):
    save(db, shift_id, lan, noon, done=("走访", "入户宣传"), remarks="=1+1")
    find(db, shift_id, town, lan, noon)
    asked = {"unit_ids": [town.branch], "first": MONDAY, "last": MONDAY}

    head, row = read_csv(exports.reports_csv(db, lang="zh", **asked))
    (sheet,) = sheets(exports.reports_workbook(db, lang="en", **asked)).values()

    told = dict(zip(head, row, strict=True))
    assert (told["完成的任务"], told["发现的问题"], told["跟进人"]) == ("走访；入户宣传", "路灯坏了", "闵行")
    assert (told["状态"], told["任务数"], told["情况说明"]) == ("有待办", "2", "'=1+1")
    assert sheet[0][:3] == ["Day", "Hours", "Place"]
    assert "Open" in sheet[1]
