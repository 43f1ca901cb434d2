"""The board as a workbook, and read back: what it would change is shown, what is unclear is asked."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from scheduler import assignments, exports, imports, people, rosters, rules
from scheduler.audit import SYSTEM, Actor
from scheduler.database import rows, update, value
from scheduler.errors import Conflict, Invalid
from tests import builders

MONDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 7)
CHEN = Actor(None, "陈静")
OUTLET, COMMUNITY = 4, 5  # the rows of the two lines, as they are counted from 0
NAMES = """
    SELECT name
    FROM assignment
    JOIN person ON person.id = person_id
    WHERE assignment.state <> 'released'
    ORDER BY starts_at, slot
"""
DAYS = 3  # columns before the first day


@pytest.fixture
def roster_id(db, town, now):
    """兰草 stands Monday at the outlet."""
    roster_id = builders.drafted(db, town, now)
    assignments.seat(db, shift(db, town.outlet, MONDAY), town.lan, by=SYSTEM, now=now)
    return roster_id


def shift(db, place_id, day):
    sql = "SELECT id FROM shift WHERE place_id = :place_id AND day = :day"
    return value(db, sql, place_id=place_id, day=day.isoformat())


def cells(db, roster_id, now, lang="zh"):
    content = exports.roster_workbook(db, roster_id, lang=lang, by=CHEN, now=now)
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def changed(db, roster_id, now, changes, lang="zh"):
    """The exported workbook with some cells written over: {(row, column): text}."""
    content, found = io.BytesIO(), cells(db, roster_id, now, lang)
    book = xlsxwriter.Workbook(content)
    page = book.add_worksheet()
    dated = book.add_format({"num_format": "d"})
    for at, line in enumerate(found):
        for column, held in enumerate(line):
            if isinstance(held, date):
                page.write_datetime(at, column, datetime(held.year, held.month, held.day), dated)
            else:
                page.write(at, column, changes.get((at, column), held))
    book.close()
    return content.getvalue()


def read(db, roster_id, now, changes, lang="zh"):
    return imports.read_roster(db, roster_id, changed(db, roster_id, now, changes, lang), "表.xlsx", now=now)


def store(db, roster_id, now, changes, **more):
    content = changed(db, roster_id, now, changes)
    version = rosters.roster(db, roster_id)["version"]
    return imports.store_roster(db, roster_id, content, "表.xlsx", version=version, by=CHEN, now=now, **more)


def told(found):
    return [(row["person"], row["day"]) for row in found.removed], [(row["person"], row["day"]) for row in found.added]


def test_the_workbook_looks_like_the_sheet(db, roster_id, now):
    found = cells(db, roster_id, now)

    assert found[0][0] == "2026年3月2日–29日 值班表"
    assert found[1][0].startswith("单位：巴中市分行 编制：陈静 审核：")
    assert (found[3][:4], found[3][-1]) == (["地点", "活动", "时间", MONDAY], "负责人签字")
    assert found[OUTLET][:4] == ["江北支行", "厅堂服务", "08:30–17:00", "兰草"]
    assert found[COMMUNITY][DAYS + 5] == "空缺\n空缺"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_exported_changes_nothing(db, roster_id, now, lang):
    found = read(db, roster_id, now, {}, lang)

    assert (told(found), found.questions) == (([], []), [])


def test_names_that_were_changed_are_shown_and_then_planned(db, town, roster_id, now):
    changes = {(OUTLET, DAYS): "吕　莉", (COMMUNITY, DAYS + 5): "闵行、薄荷"}

    found = read(db, roster_id, now, changes)
    assert told(found) == (
        [("兰草", "2026-03-02")],
        [("吕莉", "2026-03-02"), ("闵行", "2026-03-07"), ("薄荷", "2026-03-07")],
    )
    assert value(db, "SELECT COUNT(*) FROM assignment") == 1

    store(db, roster_id, now, changes)
    standing = rows(db, "SELECT name FROM assignment JOIN person ON person.id = person_id ORDER BY starts_at, slot")
    assert [row["name"] for row in standing] == ["吕莉", "闵行", "薄荷"]


def test_what_is_unclear_is_asked_and_never_guessed(db, town, roster_id, now):
    update(db, "person", town.bo, name="闵行")
    changes = {
        (OUTLET, DAYS): "兰花",
        (OUTLET, DAYS + 5): "吕莉",
        (COMMUNITY, DAYS + 5): "闵行",
        (COMMUNITY, DAYS + 12): "兰草、吕莉、闵行 0005",
        (COMMUNITY, 0): "东风路社区",
    }

    found = read(db, roster_id, now, changes)

    assert [(problem.code, problem.row) for problem in found.questions] == [
        ("sheet_unknown_name", OUTLET + 1),
        ("sheet_no_shift", OUTLET + 1),
        ("sheet_same_name", COMMUNITY + 1),
        ("sheet_too_many", COMMUNITY + 1),
    ]
    with pytest.raises(Invalid, match="sheet_unknown_name"):
        store(db, roster_id, now, changes)


def test_a_staff_number_tells_people_of_one_name_apart(db, town, roster_id, now):
    update(db, "person", town.bo, name="闵行")

    found = read(db, roster_id, now, {(COMMUNITY, DAYS + 5): "闵行 0006"})

    assert [row["person_id"] for row in found.added] == [town.bo]


def standing(db):
    return [row["name"] for row in rows(db, NAMES)]


def test_who_may_not_stand_there_is_left_out_with_line_and_cause_and_the_rest_is_planned(db, town, roster_id, now):
    away = datetime(2026, 3, 6, 16, tzinfo=UTC), datetime(2026, 3, 7, 16, tzinfo=UTC)
    people.add_away(db, town.min, kind="leave", starts_at=away[0], ends_at=away[1], by=SYSTEM, now=now)
    changes = {(OUTLET, DAYS): "", (COMMUNITY, DAYS + 5): "闵行、薄荷"}

    found = read(db, roster_id, now, changes)
    assert [(one.row, one.person, one.day, one.problems[0].code) for one in found.left_out] == [
        (COMMUNITY + 1, "闵行", SATURDAY, "person_is_away")
    ]
    assert (found.questions, standing(db)) == ([], ["兰草"])

    assert told(store(db, roster_id, now, changes)) == ([("兰草", "2026-03-02")], [("薄荷", "2026-03-07")])
    assert standing(db) == ["薄荷"]
    facts = json.loads(value(db, "SELECT facts FROM audit WHERE act = 'import'"))
    assert (facts["added"], facts["left_out"]) == (1, ["闵行 2026-03-07 东风路社区"])


class TestRules:
    """兰草 may stand three days a week: the file puts him on Monday to Thursday."""

    @pytest.fixture
    def week(self):
        return {(OUTLET, DAYS + at): "兰草" for at in range(4)}

    def test_what_warns_asks_for_one_reason_for_all_and_nothing_is_stored_without(self, db, roster_id, now, week):
        found = read(db, roster_id, now, week)
        assert [(one.row, one.day.day, one.problems[0].code) for one in found.warned] == [
            (OUTLET + 1, 5, "week_is_full")
        ]

        with pytest.raises(Conflict, match="batch_needs_a_reason"):
            store(db, roster_id, now, week)
        assert standing(db) == ["兰草"]

        store(db, roster_id, now, week, reason="本人愿意")
        overrides = [row["override"] for row in rows(db, "SELECT override FROM assignment ORDER BY starts_at")]
        assert overrides == ["", "", "", "本人愿意"]
        facts = json.loads(value(db, "SELECT facts FROM audit WHERE act = 'import'"))
        assert (facts["override"], facts["warned"]) == ("本人愿意", 1)

    def test_three_days_are_a_near_miss(self, db, roster_id, now, week):
        del week[OUTLET, DAYS + 3]

        assert read(db, roster_id, now, week).warned == []

    def test_what_blocks_is_left_out_and_takes_no_reason(self, db, town, roster_id, now, week):
        rules.set_levels(db, town.branch, {"week_cap": "block"}, by=SYSTEM, now=now)

        found = store(db, roster_id, now, week, reason="本人愿意")

        assert [(one.row, one.problems[0].code) for one in found.left_out] == [(OUTLET + 1, "week_is_full")]
        assert (len(standing(db)), found.warned) == (3, [])

    def test_what_is_only_noted_asks_nothing(self, db, town, roster_id, now, week):
        rules.set_levels(db, town.branch, {"week_cap": "note"}, by=SYSTEM, now=now)

        assert (store(db, roster_id, now, week).warned, len(standing(db))) == ([], 4)

    def test_the_page_asks_for_the_reason_and_keeps_the_file(self, db, roster_id, now, week, as_coordinator):
        path = f"/rosters/{roster_id}"
        content = {"file": (io.BytesIO(changed(db, roster_id, now, week)), "表.xlsx")}
        page = as_coordinator.post(f"{path}/import", data=content).text
        kept = page.split('name="content" value="')[1].split('"')[0]
        given = {"content": kept, "version": rosters.roster(db, roster_id)["version"], "act": "store"}
        refused = as_coordinator.post(f"{path}/import", data=given)
        stored = as_coordinator.post(f"{path}/import", data={**given, "override": "本人愿意"})

        assert ("要写明理由的" in page, "3月5日 周四 江北支行" in page) == (True, True)
        assert (refused.status_code, kept in refused.text, "有 1 处会有提示" in refused.text) == (409, True, True)
        assert (stored.status_code, len(standing(db))) == (303, 4)


def test_a_shift_that_has_begun_and_a_line_of_another_roster_are_asked_about(db, roster_id, now):
    noon = datetime(2026, 3, 2, 4, tzinfo=UTC)

    assert [p.code for p in read(db, roster_id, noon, {(OUTLET, DAYS): "吕莉"}).questions] == ["sheet_has_begun"]
    assert [p.code for p in read(db, roster_id, now, {(OUTLET, 0): "江南支行"}).questions] == ["sheet_line_unknown"]


def test_a_file_that_is_none_of_ours_is_refused(db, roster_id, now):
    with pytest.raises(Invalid, match="sheet_has_no_head"):
        read(db, roster_id, now, {(3, 0): "网点"})
    with pytest.raises(Invalid, match="file_"):
        imports.read_roster(db, roster_id, b"PK\x03\x04nonsense", "x.xlsx", now=now)


def test_a_roster_that_changed_meanwhile_is_looked_at_again(db, town, roster_id, now):
    content = changed(db, roster_id, now, {(OUTLET, DAYS): "吕莉"})

    with pytest.raises(Conflict, match="roster_changed"):
        imports.store_roster(db, roster_id, content, "x.xlsx", version=0, by=CHEN, now=now)


def test_in_a_published_roster_it_waits_to_be_published(db, town, roster_id, now):
    rosters.publish(db, roster_id, by=SYSTEM, now=now)

    store(db, roster_id, now, {(OUTLET, DAYS): "吕莉"})

    assert [change.kind for change in rosters.revision(db, roster_id).changes] == ["added", "removed"]
    assert len(assignments.duties_of(db, town.lan, MONDAY, MONDAY)) == 1


def test_the_pages_export_show_and_store(db, town, roster_id, now, as_coordinator):
    path = f"/rosters/{roster_id}"
    answer = as_coordinator.get(f"{path}/roster.xlsx")
    content = changed(db, roster_id, now, {(OUTLET, DAYS): "吕莉"})
    page = as_coordinator.post(f"{path}/import", data={"file": (io.BytesIO(content), "表.xlsx")})
    kept = page.text.split('name="content" value="')[1].split('"')[0]
    version = rosters.roster(db, roster_id)["version"]
    stored = as_coordinator.post(f"{path}/import", data={"content": kept, "version": version, "act": "store"})
    broken = as_coordinator.post(f"{path}/import", data={"content": "%%", "version": version, "act": "store"})

    assert answer.headers["Content-Disposition"].startswith('attachment; filename="roster-2026-03-02-2026-03-29.xlsx"')
    assert "照此排班（2 处）" in page.text
    assert (stored.status_code, stored.location, broken.status_code) == (303, path, 422)
    assert "从表格导入" in as_coordinator.get(f"{path}/import").text
