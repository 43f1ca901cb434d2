"""The pages of people and units: lists within one's own, forms that keep what was typed, a list imported whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler import accounts, clock, people
from scheduler.audit import SYSTEM
from scheduler.database import insert, value
from tests import builders
from tests.builders import held
from tests.conftest import signed_in

PERSON = {
    "staff_no": "0103", "name": "蒯通", "role": "staff", "party": "1", "skills": "急救，普通话；手语", "email": "",
    "mobile": "15480426473", "lang": "zh", "joined_on": "2026-01-01", "left_on": "", "max_per_week": "",
}  # fmt: skip


@pytest.fixture
def elsewhere(db, now, town) -> int:
    """A unit with one person outside of what the office's coordinator may see."""
    unit_id = builders.unit(db, now, "市公司")
    builders.person(db, now, unit_id, "9001", "钟离")
    return unit_id


@pytest.fixture
def as_office(client, db, now, town):
    """A browser in which 吕莉 coordinates the office only, not the branch above it."""
    accounts.grant(db, town.party, "coordinator", town.office, by=SYSTEM, now=now)
    return signed_in(client, db, town.party, now)


def stored(db, staff_no: str) -> dict[str, object] | None:
    return people.by_staff_no(db, [staff_no]).get(staff_no)


# who may


PAGES = ["/people", "/people/new", "/people/{person}", "/units", "/units/new", "/units/{unit}"]


@pytest.mark.parametrize("path", PAGES)
def test_staff_do_not_see_the_lists_of_people(as_staff, town, path):
    page = as_staff.get(path.format(person=town.lan, unit=town.office))

    assert page.status_code in (403, 404)
    assert "闵行" not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_coordinators_open_every_page_in_both_languages(as_coordinator, db, now, town, path):
    address = path.format(person=town.lan, unit=town.office)
    chinese = as_coordinator.get(address)
    accounts.speak(db, town.party, "en", by=SYSTEM, now=now)
    english = as_coordinator.get(address)

    assert (chinese.status_code, english.status_code) == (200, 200)
    assert 'lang="zh-Hans"' in chinese.text
    assert 'lang="en"' in english.text


def test_people_and_units_elsewhere_are_neither_listed_nor_opened_nor_changed(as_office, db, now, town, elsewhere):
    stranger = stored(db, "9001")["id"]

    assert "钟离" not in as_office.get("/people").text
    assert "钟离" not in as_office.get("/people?q=9001").text
    assert "钟离" not in as_office.get(f"/people?unit={elsewhere}").text
    assert "市公司" not in as_office.get("/units").text
    for path in (f"/people/{stranger}", f"/units/{elsewhere}", f"/units/{town.branch}", f"/people/{town.head}"):
        assert as_office.get(path).status_code == 404
        assert as_office.post(path, data={}).status_code == 404
    assert as_office.post(f"/people/{stranger}/away", data={}).status_code == 404


def test_a_unit_of_others_is_refused_though_no_form_offers_it(as_office, db, town, elsewhere):
    for unit_id in (elsewhere, town.branch, 999, ""):
        page = as_office.post("/people", data=PERSON | {"unit_id": unit_id})
        assert page.status_code == 422
    moved = as_office.post(f"/people/{town.lan}", data=PERSON | {"unit_id": elsewhere, "version": 1})
    added = as_office.post("/units", data={"name": "保卫部", "kind": "team", "parent_id": elsewhere})

    assert (moved.status_code, added.status_code) == (422, 422)
    assert "没有这个单位。" in moved.text
    assert (stored(db, "0103"), people.person(db, town.lan)["unit_id"]) == (None, town.office)
    assert value(db, "SELECT COUNT(*) FROM unit WHERE name = '保卫部'") == 0


def test_a_time_away_of_others_cannot_be_taken_back(as_office, db, now, town):
    away_id = people.add_away(
        db, town.head, kind="leave", starts_at=now, ends_at=now + timedelta(days=1), by=SYSTEM, now=now
    )

    assert as_office.post(f"/away/{away_id}/remove").status_code == 404
    assert len(people.aways(db, town.head)) == 1


# the list


def test_the_list_is_searched_and_filtered_by_its_address(as_coordinator, town):
    assert "兰草" in as_coordinator.get("/people?q=兰").text
    assert "闵行" not in as_coordinator.get("/people?q=兰").text
    assert "何远山" not in as_coordinator.get(f"/people?unit={town.office}").text
    assert "兰草" not in as_coordinator.get("/people?party=0&role=staff").text


@pytest.mark.parametrize("query", ["unit=x", "unit=99999999999999999999", "page=0", "page=999999999999", "role=boss",
                                   "party=2", "q=%00", "q=%FF", "page=x"])  # fmt: skip
def test_an_address_that_makes_no_sense_still_shows_a_list(as_coordinator, query):
    assert as_coordinator.get(f"/people?{query}").status_code == 200


def test_a_long_list_is_paged_with_the_whole_count_named(as_coordinator, db, now, town):
    new = [
        {"staff_no": f"1{number:03}", "name": f"新{number:03}", "unit_id": town.office, "joined_on": date(2026, 1, 1)}
        for number in range(60)
    ]
    people.add_many(db, new, by=SYSTEM, now=now)

    first, second = as_coordinator.get("/people?q=新"), as_coordinator.get("/people?q=新&page=2")

    assert "共 60 条" in first.text
    assert ("新049" in first.text, "新050" in first.text) == (True, False)
    assert ("新049" in second.text, "新050" in second.text) == (False, True)
    assert "/people?q=%E6%96%B0&amp;page=2" in first.text


def test_who_has_left_is_shown_only_when_asked_for(as_coordinator, db, now, town):
    people.change(db, town.bo, version=1, by=SYSTEM, now=now, left_on=date(2026, 2, 27))

    assert "薄荷" not in as_coordinator.get("/people").text
    assert "薄荷" in as_coordinator.get("/people?gone=1").text


def test_names_are_escaped(as_coordinator, db, now, town):
    builders.person(db, now, town.office, "0666", "<b>粗</b>", skills=["<i>斜</i>"], mobile="<u>1</u>")

    page = as_coordinator.get("/people?q=0666").text

    assert ("<b>粗</b>" in page, "<i>斜</i>" in page, "<u>1</u>" in page) == (False, False, False)
    assert "&lt;b&gt;粗&lt;/b&gt;" in page


# one person


def test_a_person_is_added_and_opened(as_coordinator, db, town):
    answer = as_coordinator.post("/people", data=PERSON | {"unit_id": town.office})

    added = stored(db, "0103")
    assert (answer.status_code, answer.location) == (303, f"/people/{added['id']}")
    assert (added["name"], added["party"], added["skills"]) == ("蒯通", 1, ["急救", "手语", "普通话"])
    assert "已新增 蒯通。" in as_coordinator.get(answer.location).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"staff_no": ""}, "必填。"),
        ({"staff_no": "0003"}, "工号 0003 已有人使用。"),
        ({"email": "kuai@"}, "“kuai@”不是电子邮箱地址。"),
        ({"joined_on": "2026-02-30"}, "“2026-02-30”不是日期"),
        ({"joined_on": ""}, "必填。"),
        ({"left_on": "2025-01-01"}, "离岗日期早于到岗日期。"),
        ({"max_per_week": "15"}, "应在 0 到 14 之间。"),
        ({"max_per_week": "三"}, "“三”不是整数。"),
        ({"role": "boss"}, "“boss”不在可选范围内。"),
        ({"lang": "fr"}, "“fr”不在可选范围内。"),
    ],
)
def test_a_wrong_field_is_told_and_what_was_typed_stays(as_coordinator, db, town, wrong, sentence):
    page = as_coordinator.post("/people", data=PERSON | {"unit_id": town.office, "mobile": "0827-5261234"} | wrong)

    assert page.status_code == 422
    assert sentence in page.text
    assert 'value="0827-5261234"' in page.text
    assert value(db, "SELECT COUNT(*) FROM person") == 6


def test_a_person_is_changed_and_the_history_tells_it(as_coordinator, db, town):
    data = PERSON | {"staff_no": "0004", "name": "兰草", "unit_id": town.branch, "version": 1}

    answer = as_coordinator.post(f"/people/{town.lan}", data=data)

    assert answer.status_code == 303
    assert people.person(db, town.lan)["unit_id"] == town.branch
    page = as_coordinator.get(answer.location).text
    assert "<del>办公室</del> → 巴中市分行" in page
    assert "<del>空</del> → 15480426473" in page


def test_a_change_may_hold_from_an_earlier_day_and_says_which_trips_stand_otherwise(as_coordinator, db, town, watch):
    watch.now = clock.midnight(date(2026, 3, 6), db.zone)
    held(db, town, date(2026, 3, 4), [town.lan])
    data = PERSON | {"staff_no": "0004", "name": "兰草", "unit_id": town.branch, "version": 1}

    later = as_coordinator.post(f"/people/{town.lan}", data=data | {"since": "2026-03-09"})
    page = as_coordinator.post(f"/people/{town.lan}", data=data | {"since": "2026-03-03"}, follow_redirects=True)

    assert later.status_code == 422
    assert "不能晚于今天。" in later.text
    assert "台账里有 1 人次还记在改动前的单位或身份下" in page.text
    assert "修改 自 3月3日 周二 起" in page.text


def test_a_form_that_is_out_of_date_says_so_keeps_the_input_and_saves_at_the_second_try(as_coordinator, db, now, town):
    people.change(db, town.lan, version=1, by=SYSTEM, now=now, role="deputy")
    data = PERSON | {"staff_no": "0004", "name": "兰草草", "unit_id": town.office}

    late = as_coordinator.post(f"/people/{town.lan}", data=data | {"version": 1})

    assert late.status_code == 409
    assert "系统 已在 2026-02-28 09:00 改过" in late.text
    assert 'value="兰草草"' in late.text
    assert 'name="version" value="2"' in late.text
    assert people.person(db, town.lan)["name"] == "兰草"
    assert as_coordinator.post(f"/people/{town.lan}", data=data | {"version": 2}).status_code == 303


# days away


def test_days_away_are_whole_days_of_the_local_calendar(as_coordinator, db, town):
    answer = as_coordinator.post(
        f"/people/{town.lan}/away", data={"kind": "sick", "starts": "2026-03-02", "ends": "2026-03-04", "note": "住院"}
    )

    assert answer.status_code == 303
    away = people.aways(db, town.lan)[0]
    assert (away["starts_at"], away["ends_at"]) == ("2026-03-01T16:00:00Z", "2026-03-04T16:00:00Z")
    page = as_coordinator.get(answer.location).text
    assert "<b>3月2日 周一–3月4日 周三</b> 病假" in page
    assert as_coordinator.post(f"/away/{away['id']}/remove").location == f"/people/{town.lan}"
    assert people.aways(db, town.lan) == []


def test_one_day_away_needs_no_last_day(as_coordinator, db, town):
    as_coordinator.post(f"/people/{town.lan}/away", data={"kind": "leave", "starts": "2026-03-02", "ends": ""})

    assert people.aways(db, town.lan)[0]["ends_at"] == "2026-03-02T16:00:00Z"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends": "2026-03-01"}, "结束早于开始。"),
        ({"ends": "9999-12-31"}, "“9999-12-31”不是日期"),
        ({"starts": "0001-01-01"}, "“0001-01-01”不是日期"),
        ({"starts": ""}, "必填。"),
        ({"kind": "x"}, "“x”不在可选范围内。"),
        ({"note": "长" * 201}, "最多 200 个字。"),
    ],
)
def test_wrong_days_away_are_told_and_what_was_typed_stays(as_coordinator, db, town, wrong, sentence):
    data = {"kind": "sick", "starts": "2026-03-02", "ends": "2026-03-04", "note": "住院"} | wrong

    page = as_coordinator.post(f"/people/{town.lan}/away", data=data)

    assert page.status_code == 422
    assert sentence in page.text
    assert 'value="sick" selected' in page.text or data["kind"] == "x"
    assert people.aways(db, town.lan) == []


def test_days_away_that_meet_a_published_duty_are_noted_and_the_duty_is_named(as_coordinator, db, now, town):
    seated(db, now, town)

    page = as_coordinator.post(
        f"/people/{town.lan}/away", data={"kind": "sick", "starts": "2026-03-02"}, follow_redirects=True
    )

    assert "1 个已发布的班次排不了。" in page.text
    assert "3月2日 周一 08:30–17:00 江北支行" in page.text
    assert "厅堂服务 · 病假" in page.text


def test_who_leaves_before_a_published_duty_is_warned_of_too(as_coordinator, db, now, town):
    seated(db, now, town)

    people.change(db, town.lan, version=1, by=SYSTEM, now=now, left_on=date(2026, 3, 1))

    assert "厅堂服务 · 不在岗" in as_coordinator.get(f"/people/{town.lan}").text


def seated(db, now, town) -> None:
    """兰草 stands the lobby on 2 March, published."""
    roster_id = insert(
        db, "roster", unit_id=town.branch, starts_on="2026-03-02", ends_on="2026-03-29", state="published",
        made_at="2026-02-01T00:00:00Z", published_at="2026-02-01T00:00:00Z", published_by="x",
    )  # fmt: skip
    times = {"starts_at": "2026-03-02T00:30:00Z", "ends_at": "2026-03-02T09:00:00Z"}
    shift_id = insert(
        db, "shift", key="s1", unit_id=town.branch, roster_id=roster_id, place_id=town.outlet, activity_id=1,
        day="2026-03-02", headcount=1, **times,
    )  # fmt: skip
    insert(
        db, "assignment", shift_id=shift_id, slot=1, person_id=town.lan, source="hand",
        made_at="2026-02-01T00:00:00Z", **times,
    )  # fmt: skip


# units


def test_the_tree_shows_who_is_in_it(as_coordinator, town):
    page = as_coordinator.get("/units").text

    assert 'tree__name--0"><a href="/units/1">巴中市分行</a>' in page
    assert 'tree__name--1"><a href="/units/2">办公室</a>' in page
    assert f'<a href="/people?unit={town.branch}">6</a>' in page


def test_a_unit_is_added_renamed_and_moved(as_coordinator, db, now, town):
    as_coordinator.post(
        "/units", data={"name": "保卫部", "kind": "department", "district": "", "parent_id": town.branch}
    )
    guard = value(db, "SELECT id FROM unit WHERE name = '保卫部'")

    answer = as_coordinator.post(
        f"/units/{guard}",
        data={"name": "安全保卫部", "kind": "team", "district": "巴州区", "parent_id": town.office, "version": 1},
    )

    assert answer.status_code == 303
    assert people.paths(db, guard)[guard] == ["巴中市分行", "办公室", "安全保卫部"]


def test_a_unit_that_cannot_be_is_told_at_its_field(as_coordinator, db, town):
    data = {"name": "办公室", "kind": "department", "district": "", "parent_id": town.branch}

    twice = as_coordinator.post("/units", data=data)
    below = as_coordinator.post(f"/units/{town.office}", data=data | {"parent_id": town.office, "version": 1})

    assert (twice.status_code, "这里已有名为“办公室”的单位。" in twice.text) == (422, True)
    assert (below.status_code, "单位不能移到自己或自己的下级之下。" in below.text) == (409, True)


def test_the_unit_where_ones_right_begins_is_renamed_but_stays_where_it_is(as_office, db, town):
    page = as_office.get(f"/units/{town.office}")
    as_office.post(
        f"/units/{town.office}", data={"name": "综合办公室", "kind": "department", "district": "", "version": 1}
    )

    assert "parent_id" not in page.text
    assert people.paths(db, town.office)[town.office] == ["巴中市分行", "综合办公室"]


def test_the_clock_of_the_page_decides_who_is_here(as_coordinator, db, now, town, watch):
    people.change(db, town.bo, version=1, by=SYSTEM, now=now, left_on=date(2026, 3, 1))
    assert "薄荷" in as_coordinator.get("/people").text

    watch.now = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)

    assert "薄荷" not in as_coordinator.get("/people").text
