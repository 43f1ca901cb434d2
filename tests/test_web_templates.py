from __future__ import annotations

from datetime import date

import pytest

from scheduler import duties, places
from scheduler.audit import SYSTEM
from scheduler.database import value
from tests import builders

FORM = {
    "name": "厅堂服务", "activity": "lobby", "days": "workday", "starts": "08:30", "ends": "17:00", "headcount": "2",
    "weight": "1", "valid_from": "2026-03-01", "party": "1", "skills": "反诈、手语", "tasks": "迎宾\n分流",
}  # fmt: skip


def text(response) -> str:
    return response.get_data(as_text=True)


def test_templates_are_listed_as_sentences(as_coordinator, town):
    page = text(as_coordinator.get("/templates"))

    assert "每个工作日 08:30–17:00，1 个网点，每班 1 人，党员，员工。" in page
    assert "每周六 09:00–11:30，1 个社区，每班 2 人，员工。" in page


def test_an_empty_list_says_what_to_do_next(client, db, town, now):
    from scheduler import accounts
    from tests.conftest import signed_in

    accounts.grant(db, town.bo, "coordinator", town.office, by=SYSTEM, now=now)

    assert "还没有值班模板" in text(signed_in(client, db, town.bo, now).get("/templates"))


def test_a_template_is_added_and_shown_with_its_next_dates(as_coordinator, db, town):
    response = as_coordinator.post("/templates/new", data=FORM | {"places": [town.outlet]}, follow_redirects=True)

    page = text(response)
    assert "每个工作日 08:30–17:00，1 个网点，每班 2 人，党员，技能：反诈、手语。" in page
    assert ["3月2日 周一" in page, "2月28日 周六" in page, "<li>分流</li>" in page] == [True, False, True]
    assert value(db, "SELECT COUNT(*) FROM template") == 3


def test_a_preview_shows_the_dates_and_saves_nothing(as_coordinator, db, town):
    form = FORM | {"places": [town.outlet, town.community], "days": "weekdays", "weekdays": ["6"], "preview": "1"}

    response = as_coordinator.post("/templates/new", data=form)

    page = text(response)
    assert response.status_code == 200
    assert ["3月1日 周日" in page, "每天 2 班，4 个名额。" in page, 'value="反诈、手语"' in page] == [True] * 3
    assert value(db, "SELECT COUNT(*) FROM template") == 2


def test_dates_of_a_year_that_is_not_announced_are_marked_in_the_preview(as_coordinator, town):
    form = FORM | {"places": [town.outlet], "valid_from": "2035-01-01", "preview": "1"}

    assert "2035 年的节假日安排尚未公布。" in text(as_coordinator.post("/templates/new", data=form))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "必填。"),
        ({"headcount": "0"}, "应在 1 到 99 之间。"),
        ({"headcount": "100"}, "应在 1 到 99 之间。"),
        ({"headcount": "two"}, "“two”不是整数。"),
        ({"starts": "25:00"}, "“25:00”不是时间"),
        ({"starts": "08:30+08:00"}, "“08:30+08:00”不是时间"),
        ({"ends": "08:30"}, "开始与结束不能是同一时刻。"),
        ({"valid_to": "2026-02-01"}, "结束早于开始。"),
        ({"valid_from": "yesterday"}, "“yesterday”不是日期"),
        ({"activity": "siesta"}, "没有这种活动类型。"),
        ({"days": "weekdays"}, "至少选一个星期几。"),
        ({"days": "weekdays", "preview": "1"}, "至少选一个星期几。"),
        ({"days": "weekdays", "weekdays": "9"}, "“9”不在可选范围内。"),
        ({"places": []}, "至少选一个地点。"),
        ({"places": "4711"}, "不属于本单位及其上下级"),
        ({"places": "x"}, "“x”不在可选范围内。"),
        ({"roles": "king"}, "“king”不在可选范围内。"),
        ({"units": "4711"}, "没有这个单位。"),
    ],
)
def test_a_wrong_template_is_refused_at_its_field_and_the_input_is_kept(as_coordinator, db, town, given, sentence):
    response = as_coordinator.post("/templates/new", data={**FORM, "places": [town.outlet], **given})

    page = text(response)
    assert (response.status_code, sentence in page, 'value="反诈、手语"' in page) == (422, True, True)
    assert value(db, "SELECT COUNT(*) FROM template") == 2


def test_wrong_fields_are_told_in_english_too(as_coordinator, town):
    as_coordinator.post("/language", data={"lang": "en", "next": "/templates"})

    page = text(as_coordinator.post("/templates/new", data=FORM | {"headcount": "0", "name": ""}))

    assert ["Required." in page, "Must be from 1 to 99." in page, "Which days" in page] == [True] * 3


def edit_form(db, template_id, **new):
    held = duties.template(db, template_id)
    names = ("name", "activity", "days", "weekdays", "starts", "ends", "headcount", "weight", "valid_from", "version")
    form = {name: held[name] for name in names} | {"places": [place["id"] for place in held["places"]]}
    return form | {"roles": held["requires"].get("roles", [])} | new


def test_the_edit_form_holds_what_is_stored(as_coordinator, town):
    page = text(as_coordinator.get(f"/templates/{town.watch}/edit"))

    assert ['value="09:00"' in page, 'value="11:30"' in page, 'name="weekdays" value="5" checked' in page] == [True] * 3
    assert f'name="places" value="{town.community}" checked' in page


def test_an_edit_says_what_it_did_to_the_shifts(as_coordinator, db, town, now):
    duties.generate(db, town.branch, *builders.MARCH, by=SYSTEM, now=now)

    response = as_coordinator.post(
        f"/templates/{town.watch}/edit", data=edit_form(db, town.watch, weekdays=["6"]), follow_redirects=True
    )

    assert "尚未入表的班次：新增 3，改动 0，去掉 4。" in text(response)


def test_an_edit_says_what_it_left_in_rosters(as_coordinator, db, town, now):
    builders.drafted(db, town, now)

    response = as_coordinator.post(
        f"/templates/{town.watch}/edit", data=edit_form(db, town.watch, headcount="3"), follow_redirects=True
    )

    assert "排班表里有 4 班与模板不同，保持原样" in text(response)


def test_an_edit_from_an_old_page_is_refused_and_kept(as_coordinator, db, town):
    form = edit_form(db, town.watch, headcount="3")
    as_coordinator.post(f"/templates/{town.watch}/edit", data=form)

    response = as_coordinator.post(f"/templates/{town.watch}/edit", data=form | {"name": "周末值班"})

    assert (response.status_code, "吕莉 已在" in text(response), "周末值班" in text(response)) == (409, True, True)


def test_a_template_is_ended_by_its_last_day(as_coordinator, db, town):
    form = {"last": "2026-03-31", "version": "1"}

    page = text(as_coordinator.post(f"/templates/{town.lobby}/end", data=form, follow_redirects=True))

    assert "2025年1月1日 周三 – 3月31日 周二" in page
    assert duties.template(db, town.lobby)["valid_to"] == "2026-03-31"


@pytest.mark.parametrize(
    ("last", "sentence"), [("", "必填。"), ("soon", "“soon”不是日期"), ("2020-01-01", "结束早于开始。")]
)
def test_a_wrong_last_day_is_refused_in_place(as_coordinator, db, town, last, sentence):
    response = as_coordinator.post(f"/templates/{town.lobby}/end", data={"last": last, "version": "1"})

    assert (response.status_code, sentence in text(response)) == (422, True)
    assert duties.template(db, town.lobby)["valid_to"] is None


def test_templates_of_another_organisation_do_not_exist_for_a_coordinator(as_coordinator, db, town, now):
    other = builders.unit(db, now, "巴中市电信公司")
    theirs = builders.template(db, now, other, [builders.place(db, now, other, "代办点")])

    paths = [f"/templates/{theirs}", f"/templates/{theirs}/edit", f"/templates/new?unit={other}", "/templates/4711"]

    assert [as_coordinator.get(path).status_code for path in paths] == [404] * 4
    assert [
        as_coordinator.post(path, data=FORM).status_code
        for path in (f"/templates/{theirs}/edit", f"/templates/{theirs}/end")
    ] == [404, 404]
    assert as_coordinator.post("/templates/new", data=FORM | {"unit": str(other)}).status_code == 404


def test_staff_do_not_see_templates(as_staff, town):
    assert [as_staff.get(path).status_code for path in ("/templates", f"/templates/{town.lobby}")] == [403, 404]


# one shift


def test_a_shift_shows_who_stands_its_tasks_and_the_procedure(as_coordinator, db, town, now):
    places.sponsor(
        db, town.outlet, unit_id=town.office, starts_on=date(2026, 1, 1), procedure="先签到", responsible_id=town.lan,
        by=SYSTEM, now=now,
    )  # fmt: skip
    shift_id = builders.shift(db, town, date(2026, 3, 2), [town.min])

    page = text(as_coordinator.get(f"/shifts/{shift_id}"))

    assert ["江北支行" in page, "08:30–17:00" in page, "闵行" in page, "先签到" in page, "兰草" in page] == [True] * 5
    assert [f"/shifts/{shift_id}/attendance" in page, "/rosters/" in page] == [True, True]


def test_who_stands_a_published_shift_sees_it_without_the_coordinators_links(as_staff, db, town):
    shift_id = builders.shift(db, town, date(2026, 3, 2), [town.lan])

    page = text(as_staff.get(f"/shifts/{shift_id}"))

    assert ["兰草" in page, "/attendance" in page, "/rosters/" in page] == [True, False, False]


def test_others_and_those_in_a_draft_do_not_see_a_shift(as_staff, db, town):
    others = builders.shift(db, town, date(2026, 3, 2), [town.min])
    drafted = builders.shift(db, town, date(2026, 3, 9), [town.lan], roster="draft")

    assert [as_staff.get(f"/shifts/{held}").status_code for held in (others, drafted, 4711)] == [404] * 3


EVENT = {
    "activity": "publicity",
    "day": "2026-03-09",
    "starts": "14:00",
    "ends": "16:00",
    "headcount": "3",
    "weight": "1",
}


def test_a_single_shift_is_added_to_a_draft_and_removed_again(as_coordinator, db, town, now):
    roster_id = builders.drafted(db, town, now)

    added = as_coordinator.post(f"/rosters/{roster_id}/shifts/new", data=EVENT | {"places": [town.community]})
    shift_id = value(db, "SELECT MAX(id) FROM shift")
    page = text(as_coordinator.get(f"/shifts/{shift_id}"))
    removed = as_coordinator.post(f"/shifts/{shift_id}/remove")

    assert (added.status_code, removed.status_code) == (303, 303)
    assert ["宣传活动" in page, "去掉 1 班" in page] == [True, True]
    assert value(db, "SELECT COUNT(*) FROM shift WHERE template_id IS NULL") == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"day": "2026-04-01"}, "排班表只到 3月2日 周一 – 3月29日 周日。"),
        ({"day": ""}, "必填。"),
        ({"headcount": "0"}, "应在 1 到 99 之间。"),
        ({"places": []}, "至少选一个地点。"),
    ],
)
def test_a_wrong_single_shift_is_told_at_its_field(as_coordinator, db, town, now, given, sentence):
    roster_id = builders.drafted(db, town, now)
    data = {**EVENT, "places": [town.community], **given}

    response = as_coordinator.post(f"/rosters/{roster_id}/shifts/new", data=data)

    assert (response.status_code, sentence in text(response)) == (422, True)
    assert value(db, "SELECT COUNT(*) FROM shift WHERE template_id IS NULL") == 0


def test_single_shifts_are_for_the_coordinators_of_the_roster(as_staff, db, town, now):
    roster_id = builders.drafted(db, town, now)
    shift_id = value(db, "SELECT MIN(id) FROM shift")

    assert as_staff.get(f"/rosters/{roster_id}/shifts/new").status_code == 404
    assert as_staff.post(f"/rosters/{roster_id}/shifts/new", data=EVENT).status_code == 404
    assert as_staff.post(f"/shifts/{shift_id}/remove").status_code == 404
