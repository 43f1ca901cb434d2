"""Importing on the page: handed in, read apart, asked, looked at, stored at once, taken back at once."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from datetime import date, timedelta

import pytest

from scheduler import accounts, imports, intake, limits, people, rosters
from scheduler.audit import SYSTEM
from scheduler.database import one, rows, run, value, write
from tests import builders
from tests.conftest import signed_in

SHEET = (
    "2026年3月江北支行厅堂服务值班表 8:30-17:30,\n日期,值班人员\n3月2日,兰草\n3月3日,兰早\n3月4日,无此人\n3月5日,吕莉\n"
)
STAFF = (
    "编号,谁,哪个处,手机\n"
    "0101,文知远,办公室,13800000001\n0102,苏暮雨,办公室,13800000002\n0004,兰草,办公室,13800000004\n"
)


@pytest.fixture
def bring(db, settings, now, as_coordinator, town):
    """Hands in a file and has it read: its id."""

    def brought(kind, content, name="表.csv", unit_id=None):
        data = {"kind": kind, "unit_id": unit_id or town.branch,
                "file": (io.BytesIO(content if isinstance(content, bytes) else content.encode()), name)}  # fmt: skip
        answer = as_coordinator.post("/imports", data=data, content_type="multipart/form-data")
        assert answer.status_code == 303, answer.text
        work(db, settings, now)
        return int(answer.location.rsplit("/", 1)[1])

    return brought


@pytest.fixture
def act(db, settings, now, as_coordinator):
    """Posts one of the page's forms as it stands, and lets the background process work: the status, the file's row."""

    def acted(intake_id, what, **data):
        version = intake.intake(db, intake_id)["version"]
        answer = as_coordinator.post(f"/imports/{intake_id}/{what}", data={"version": version, **data})
        work(db, settings, now)
        return answer.status_code, intake.intake(db, intake_id)

    return acted


def work(db, settings, now):
    while intake.work_one(db, settings, now=now):
        pass


def questions(held):
    return [(q["kind"], q["text"], [one["value"] for one in q["options"]]) for q in held["found"]["questions"]]


def standing(db):
    return [(row["day"], row["name"]) for row in rows(
        db, "SELECT shift.day, name FROM assignment JOIN shift ON shift.id = shift_id "
            "JOIN person ON person.id = person_id "
            "WHERE assignment.state <> 'released' ORDER BY shift.day, name"
    )]  # fmt: skip


class TestDutySheet:
    def test_two_questions_are_answered_and_the_rest_becomes_a_draft(self, db, bring, act, as_coordinator):
        sheet = bring("roster", SHEET)
        asked = intake.intake(db, sheet)
        page = as_coordinator.get(f"/imports/{sheet}").text
        answered = act(sheet, "answers", q0="v:0004", q1="left")[1]
        before = standing(db)
        done = act(sheet, "store")[1]

        assert questions(asked) == [("near_name", "兰早", ["0004"]), ("unknown_person", "无此人", [])]
        assert "兰草 0004 办公室" in page
        assert (answered["state"], answered["found"]["shifts"], answered["found"]["seats"]) == ("ready", 3, 3)
        assert before == []
        assert (done["state"], done["outcome"]["seats"]) == ("done", 3)
        assert standing(db) == [("2026-03-02", "兰草"), ("2026-03-03", "兰草"), ("2026-03-05", "吕莉")]
        assert one(db, "SELECT state FROM roster WHERE id = :id", id=done["outcome"]["roster_id"]) == {"state": "draft"}
        assert value(db, "SELECT COUNT(*) FROM audit WHERE act = 'import'") == 1

    def test_it_is_undone_as_one(self, db, bring, act, as_coordinator):
        sheet = bring("roster", SHEET)
        act(sheet, "answers", q0="v:0004", q1="left")
        act(sheet, "store")

        assert act(sheet, "undo")[1]["state"] == "undone"
        assert standing(db) == []
        assert rows(db, "SELECT id FROM roster") == []  # the draft that was opened for it, and holds nothing now
        assert act(sheet, "undo")[0] == 409
        assert as_coordinator.get(f"/imports/{sheet}").status_code == 200

    @pytest.mark.parametrize("opened_before", [True, False])
    def test_a_draft_that_holds_more_than_the_sheet_stays(self, db, bring, act, town, now, opened_before):
        if opened_before:
            rosters.draft(
                db, unit_id=town.branch, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31), by=SYSTEM, now=now
            )
        first = bring("roster", SHEET)
        act(first, "answers", leave_rest="1")
        act(first, "store")
        second = bring("roster", SHEET.replace("3月5日,吕莉", "3月4日,吕莉"))
        act(second, "answers", leave_rest="1")
        act(second, "store")

        assert act(second, "undo")[1]["state"] == "undone"
        assert standing(db) == [("2026-03-02", "兰草"), ("2026-03-05", "吕莉")]
        assert act(first, "undo")[1]["state"] == "undone"
        assert len(rows(db, "SELECT id FROM roster")) == int(opened_before)

    def test_nothing_is_stored_while_something_is_asked(self, db, bring, act):
        sheet = bring("roster", SHEET)

        status, held = act(sheet, "store")

        assert (status, held["state"], standing(db)) == (409, "questions", [])

    def test_what_is_not_answered_can_be_left_out_at_once(self, db, bring, act):
        held = act(bring("roster", SHEET), "answers", leave_rest="1")[1]

        assert (held["state"], held["found"]["seats"]) == ("ready", 2)

    def test_a_cell_can_be_mended_on_the_page(self, db, bring, act):
        sheet = bring("roster", SHEET.replace("3月5日", "3月35日").replace("兰早", "兰草").replace("无此人", "闵行"))
        (question,) = intake.intake(db, sheet)["found"]["questions"]

        held = act(sheet, "answers", q0="text", t0="3月5日")[1]

        assert (question["kind"], question["how"]) == ("bad_date", "cell")
        assert (held["state"], held["found"]["total"]) == ("ready", 4)

    def test_hours_that_the_sheet_does_not_say_are_asked(self, db, bring, act):
        held = act(bring("roster", SHEET.replace(" 8:30-17:30", "")), "answers", leave_rest="1")[1]
        told = act(held["id"], "answers", hours="9:00-17:00")[1]

        assert (held["state"], held["found"]["needs"]) == ("questions", ["hours"])
        assert told["state"] == "ready"

    def test_who_may_not_stand_there_is_left_out_only_when_somebody_agrees(self, db, bring, act, town, now):
        people.add_away(db, town.lan, kind="leave", starts_at=now, ends_at=now + timedelta(9), by=SYSTEM, now=now)
        sheet = bring("roster", SHEET)
        held = act(sheet, "answers", leave_rest="1")[1]
        refused = act(sheet, "store")[0]
        done = act(sheet, "store", without_barred="1")[1]

        assert [(one["person"], one["day"]) for one in held["found"]["left_out"]] == [("兰草", "2026-03-02")]
        assert (refused, done["state"], standing(db)) == (422, "done", [("2026-03-05", "吕莉")])

    def test_what_changed_after_the_look_is_looked_at_again(self, db, bring, act, town, now):
        sheet = bring("roster", SHEET)
        act(sheet, "answers", leave_rest="1")
        people.add_away(db, town.lan, kind="leave", starts_at=now, ends_at=now + timedelta(9), by=SYSTEM, now=now)

        held = act(sheet, "store")[1]

        assert (held["state"], standing(db)) == ("ready", [])
        assert "变" in held["found"]["refusals"][0]["zh"]


class TestPeople:
    def mapped(self, act, sheet):
        return act(sheet, "columns", sheet="", row="1", c0="staff_no", c1="name", c2="unit", c3="mobile")[1]

    def test_unknown_heads_are_mapped_and_remembered(self, db, bring, act, as_coordinator):
        sheet = bring("people", STAFF)
        asked, page = intake.intake(db, sheet), as_coordinator.get(f"/imports/{sheet}").text
        held = self.mapped(act, sheet)
        done = act(sheet, "store")[1]
        again = intake.intake(db, bring("people", STAFF.replace("13800000002", "13800000009")))

        assert (asked["state"], "哪个处" in page) == ("columns", True)
        assert (held["state"], held["found"]["counts"]["added"], held["found"]["counts"]["changed"]) == ("ready", 2, 1)
        assert (done["state"], done["outcome"]) == ("done", {"added": 2, "changed": 1, "unchanged": 0})
        assert (again["state"], again["found"]["counts"]["fields"]) == ("ready", [["mobile", 1]])

    def test_a_column_that_is_needed_and_not_named_is_asked_for(self, db, bring, act):
        sheet = bring("people", STAFF)

        status, held = act(sheet, "columns", sheet="", row="1", c0="staff_no", c1="name")

        assert (status, held["state"]) == (422, "columns")

    def test_undo_takes_the_new_ones_away_and_gives_the_old_ones_back(self, db, bring, act, town):
        sheet = bring("people", STAFF)
        self.mapped(act, sheet)
        act(sheet, "store")

        held = act(sheet, "undo")[1]

        assert held["state"] == "undone"
        assert value(db, "SELECT COUNT(*) FROM person WHERE staff_no IN ('0101', '0102')") == 0
        assert value(db, "SELECT mobile FROM person WHERE staff_no = '0004'") == ""

    def test_undo_is_refused_whole_and_names_who_was_changed_since(self, db, bring, act, town, now):
        sheet = bring("people", STAFF)
        self.mapped(act, sheet)
        act(sheet, "store")
        person = one(db, "SELECT id, version FROM person WHERE staff_no = '0102'")
        people.change(db, person["id"], version=person["version"], mobile="13811111111", by=SYSTEM, now=now)

        held = act(sheet, "undo")[1]

        assert (held["state"], "苏暮雨" in held["found"]["refusals"][0]["zh"]) == ("done", True)
        assert value(db, "SELECT COUNT(*) FROM person WHERE staff_no IN ('0101', '0102')") == 2

    def test_a_row_is_left_out_or_its_cell_mended(self, db, bring, act):
        bad = "工号,姓名,单位\n0101,文知远,保卫处\n0102,苏暮雨,办公事\n"
        sheet = bring("people", bad)

        held = act(sheet, "answers", q0="left", q1="text", t1="办公室")[1]

        assert (held["state"], [row["staff_no"] for row in held["found"]["rows"]]) == ("ready", ["0102"])


class TestOrganisation:
    def test_units_places_and_templates_are_added_and_taken_back(self, db, bring, act, town):
        units = bring("units", "单位名称,上级单位,类别\n业务部,综合处,部门\n综合处,,部门\n办公室,,部门\n")
        places = bring("places", "地点名称,类别\n河东社区,社区\n江北支行,网点\n")
        templates = bring(
            "templates", "模板名称,活动类型,地点,日子,开始,结束\n早班,lobby,江北支行,周一、周三,8:30,12:00\n"
        )
        done = [act(one, "store")[1] for one in (units, places, templates)]
        path = value(db, "SELECT parent.name FROM unit JOIN unit AS parent ON parent.id = unit.parent_id "
                         "WHERE unit.name = '业务部'")  # fmt: skip
        undone = [act(one, "undo")[1]["state"] for one in (templates, places, units)]

        assert [(one["outcome"]["added"], one["outcome"]["unchanged"]) for one in done] == [(2, 1), (1, 1), (1, 0)]
        assert path == "综合处"
        assert undone == ["undone"] * 3
        assert value(db, "SELECT COUNT(*) FROM unit") == 2

    def test_a_word_that_is_no_kind_is_asked(self, db, bring):
        held = intake.intake(db, bring("places", "地点名称,类别\n河东社区,公园\n"))

        assert [(q["cells"], q["kind"]) for q in held["found"]["questions"]] == [(["B2"], "list_word_unknown")]

    def test_what_is_used_since_stays(self, db, bring, act, town, now):
        sheet = bring("places", "地点名称,类别\n河东社区,社区\n")
        act(sheet, "store")
        place = value(db, "SELECT id FROM place WHERE name = '河东社区'")
        builders.template(db, now, town.branch, [place])

        held = act(sheet, "undo")[1]

        assert (held["state"], "河东社区" in held["found"]["refusals"][0]["zh"]) == ("done", True)

    @pytest.mark.parametrize("kind", ["people", "units", "places", "templates", "leave", "balances"])
    @pytest.mark.parametrize("suffix", ["xlsx", "csv"])
    def test_an_example_has_a_head_that_is_known(self, db, bring, as_coordinator, kind, suffix):
        answer = as_coordinator.get(f"/imports/samples/{kind}.{suffix}")

        assert intake.intake(db, bring(kind, answer.data, f"x.{suffix}"))["state"] in ("questions", "ready")


class TestBalancesAndLeave:
    def test_balances_are_carried_forward_and_reversed(self, db, bring, act):
        sheet = bring("balances", "工号,姓名,活动类型,人次,截止日期\n0004,兰草,lobby,3,2026-01-31\n")
        sheet_state = intake.intake(db, sheet)["found"]
        done = act(sheet, "store")[1]

        assert (done["state"], value(db, "SELECT SUM(trips) FROM ledger")) == ("done", 3), sheet_state
        assert act(sheet, "undo")[1]["state"] == "undone"
        assert value(db, "SELECT SUM(trips) FROM ledger") == 0

    def test_leave_is_noted_and_taken_back(self, db, bring, act):
        sheet = bring("leave", "工号,姓名,类别,开始日期,结束日期\n0004,兰草,年假,2026-03-09,2026-03-10\n")
        act(sheet, "store")
        noted = value(db, "SELECT COUNT(*) FROM away")

        assert (noted, act(sheet, "undo")[1]["state"], value(db, "SELECT COUNT(*) FROM away")) == (1, "undone", 0)

    def test_ones_own_leave_is_asked_for_and_withdrawn(self, db, bring, act, as_coordinator):
        sheet = bring("leave", "工号,姓名,类别,开始日期,结束日期\n0003,吕莉,年假,2026-03-09,2026-03-10\n")
        page = as_coordinator.get(f"/imports/{sheet}").text
        act(sheet, "store")
        asked = rows(db, "SELECT state FROM leave_request")

        assert "您自己的 1 条会提交审批" in page
        assert (asked, value(db, "SELECT COUNT(*) FROM away")) == ([{"state": "asked"}], 0)
        assert act(sheet, "undo")[1]["state"] == "undone"
        assert rows(db, "SELECT state FROM leave_request") == [{"state": "withdrawn"}]

    def test_a_near_name_is_answered_in_its_cell(self, db, bring, act):
        sheet = bring("leave", "姓名,类别,开始日期,结束日期\n兰早,年假,2026-03-09,2026-03-10\n")

        held = act(sheet, "answers", q0="v:兰草")[1]

        assert (held["state"], held["found"]["rows"][0]["person"]) == ("ready", "兰草")

    def test_the_old_addresses_lead_here(self, as_coordinator):
        led = [as_coordinator.get(f"/{kind}/import").location for kind in ("people", "leave")]

        assert led == ["/imports?kind=people", "/imports?kind=leave"]


def bomb():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", " " * 60_000_000)
    return target.getvalue()


def test_a_bomb_is_refused_in_words(db, bring, as_coordinator):
    sheet = bring("people", bomb(), "名单.xlsx")

    page = as_coordinator.get(f"/imports/{sheet}").text

    assert intake.intake(db, sheet)["state"] == "refused"
    assert "没有写入任何内容" in page


def test_files_are_private_and_go_once_stored_or_after_a_week(db, bring, act, settings, now):
    sheet, other = bring("roster", SHEET), bring("people", STAFF)
    held = list((settings.folder / "imports").iterdir())
    modes = {stat.S_IMODE(path.stat().st_mode) for path in held}
    act(sheet, "answers", leave_rest="1")
    act(sheet, "store")
    kept = list((settings.folder / "imports").iterdir())
    intake.prune(db, settings, now=now + timedelta(days=4000))

    assert (modes, len(held), len(kept)) == ({0o600}, 2, 1)
    assert list((settings.folder / "imports").iterdir()) == []
    assert (intake.intake(db, other)["state"], intake.intake(db, other)["found"]) == ("dropped", {})


def test_the_pages_never_read_a_file_themselves(db, settings, as_coordinator, town):
    data = {"kind": "people", "unit_id": town.branch, "file": (io.BytesIO(b"\xff\xfe"), "x.csv")}
    answer = as_coordinator.post("/imports", data=data, content_type="multipart/form-data")
    page = as_coordinator.get(answer.location).text

    assert "data-follow" in page
    assert '<meta http-equiv="refresh"' in page
    assert intake.is_due(db)


def test_a_long_list_tells_how_many_of_its_rows_are_read(db, as_coordinator, town, now):
    lines = "".join(f"1{n:05},无,办公室\n" for n in range(10_001))
    told = []
    imports.people_report(
        db,
        f"工号,姓名,部门\n{lines}".encode(),
        "a.csv",
        within=town.branch,
        now=now,
        progress=lambda *at: told.append(at),
    )
    data = {"kind": "people", "unit_id": town.branch, "file": (io.BytesIO(b"x"), "a.csv")}
    page = as_coordinator.post("/imports", data=data, content_type="multipart/form-data").location
    before = as_coordinator.get(f"{page}/now").text
    with write(db):
        run(db, "UPDATE intake SET progress = 'check', found = '{\"rows_done\": 5000, \"rows_all\": 10001}'")

    assert told == [(0, 10_001), (5_000, 10_001), (10_000, 10_001)]
    assert "排队" in before
    assert "5,000 / 10,001 行" in as_coordinator.get(f"{page}/now").text


def test_what_died_on_the_way_says_so(db, bring, settings, now, as_coordinator, town):
    data = {"kind": "people", "unit_id": town.branch, "file": (io.BytesIO(STAFF.encode()), "x.csv")}
    location = as_coordinator.post("/imports", data=data, content_type="multipart/form-data").location
    db.conn.execute("UPDATE intake SET started_at = '2026-02-28T01:00:00Z'")

    intake.failed(db, now=now)

    assert intake.intake(db, int(location.rsplit("/", 1)[1]))["state"] == "refused"


def test_somebody_elses_unit_and_stale_pages_are_refused(db, bring, client, town, now, as_coordinator):
    sheet = bring("people", STAFF)
    stale = as_coordinator.post(f"/imports/{sheet}/drop", data={"version": 1})
    elsewhere = builders.unit(db, now, "电信")
    accounts.grant(db, town.min, "coordinator", elsewhere, by=SYSTEM, now=now)
    signed_in(client, db, town.min, now)

    assert stale.status_code == 409
    assert [client.get(f"/imports/{sheet}").status_code, client.post(f"/imports/{sheet}/store").status_code] == [
        404,
        404,
    ]
    assert "表.csv" not in client.get("/imports").text


def test_staff_import_nothing(as_staff):
    assert as_staff.get("/imports").status_code == 403
    assert as_staff.post("/imports", data={}).status_code == 403


def test_who_hands_in_file_after_file_waits_and_nothing_is_kept(as_coordinator, db, town, now):
    for _ in range(30):
        limits.count(db, "import", town.party, now=now)

    data = {"kind": "people", "unit_id": town.branch, "file": (io.BytesIO(STAFF.encode()), "x.csv")}
    answer = as_coordinator.post("/imports", data=data, content_type="multipart/form-data")

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 60
    assert value(db, "SELECT COUNT(*) FROM intake") == 0


def test_it_is_all_english_for_who_reads_english(db, bring, as_coordinator):
    sheet = bring("roster", SHEET)
    as_coordinator.set_cookie("lunzhi_lang", "en")
    db.conn.execute("UPDATE person SET lang = 'en'")

    page = as_coordinator.get(f"/imports/{sheet}").text.split("<main", 1)[1]
    words = re.sub(r"<[^>]+>", " ", page)

    assert "Leave out" in words
    assert "不取" not in words
