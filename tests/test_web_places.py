from __future__ import annotations

from datetime import date

import pytest

from scheduler import accounts, places
from scheduler.audit import SYSTEM
from scheduler.database import run, update, value
from tests import builders
from tests.conftest import signed_in

NEW = {"name": "清江社区", "kind": "community", "unit_id": "1", "district": "巴州区", "responsible_id": "0002"}


def text(response) -> str:
    return response.get_data(as_text=True)


def form_of(db, place_id, **new):
    held = places.place(db, place_id)
    names = ("name", "kind", "unit_id", "district", "address", "contact", "phone", "version")
    return {name: held[name] for name in names} | new


def test_places_are_listed_by_kind_with_the_whole_count_named(as_coordinator, db, town, now):
    given = [{"name": f"代办点 {n:03}", "kind": "outlet", "unit_id": town.branch} for n in range(600)]
    places.add_many(db, given, by=SYSTEM, now=now)

    page = text(as_coordinator.get("/places?kind=outlet&page=13"))

    assert page.count('<th scope="row">') == 1
    assert "共 601 条 · 第 13 / 13 页" in page
    assert "全部 602" in page


def test_places_are_found_by_a_word_and_a_unit(as_coordinator, db, town, now):
    builders.place(db, now, town.office, "东风小学", "school")

    assert [name in text(as_coordinator.get("/places?q=东风")) for name in ("东风小学", "东风路社区", "江北支行")] == [
        True, True, False,
    ]  # fmt: skip
    assert [name in text(as_coordinator.get(f"/places?unit={town.office}")) for name in ("东风小学", "江北支行")] == [
        True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["page=x", "page=0", "kind=castle", "unit=zz", "unit=99", "q=%00"])
def test_a_list_asked_for_nonsense_is_the_plain_list(as_coordinator, query):
    response = as_coordinator.get(f"/places?{query}")

    assert response.status_code == 200


def test_a_place_is_added_and_shown(as_coordinator, db, town):
    response = as_coordinator.post("/places/new", data=NEW, follow_redirects=True)

    assert (response.status_code, "清江社区" in text(response), "杜明月" in text(response)) == (200, True, True)
    assert value(db, "SELECT responsible_id FROM place WHERE name = '清江社区'") == town.deputy


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "必填。"),
        ({"name": "江北支行"}, "该单位已有名为“江北支行”的地点。"),
        ({"kind": "castle"}, "“castle”不在可选范围内。"),
        ({"unit_id": "99"}, "没有这个单位。"),
        ({"unit_id": "one"}, "“one”不是整数。"),
        ({"responsible_id": "9999"}, "没有这个人员。"),
        ({"address": "a\u0007b"}, "含有不可见的控制字符。"),
    ],
)
def test_a_wrong_place_is_refused_at_its_field_and_the_input_is_kept(as_coordinator, db, given, sentence):
    response = as_coordinator.post("/places/new", data=NEW | given)

    assert response.status_code == 422
    assert (sentence in text(response), "巴州区" in text(response)) == (True, True)
    assert value(db, "SELECT COUNT(*) FROM place") == 2


def test_a_changed_place_is_saved_and_a_second_one_from_an_old_page_is_not(as_coordinator, db, town):
    form = form_of(db, town.outlet, phone="0827-5550101", closed_on="2026-06-01")

    first = as_coordinator.post(f"/places/{town.outlet}/edit", data=form)
    second = as_coordinator.post(f"/places/{town.outlet}/edit", data=form | {"phone": "0827-5550202"})

    assert (first.status_code, second.status_code) == (303, 409)
    assert ("吕莉 已在" in text(second), "0827-5550202" in text(second)) == (True, True)
    assert 'name="version" value="2"' in text(second)
    assert [places.place(db, town.outlet)[name] for name in ("phone", "closed_on")] == ["0827-5550101", "2026-06-01"]


def test_every_wrong_field_of_a_change_is_told_together(as_coordinator, db, town):
    form = form_of(db, town.outlet, name="", closed_on="tomorrow", unit_id="99")

    response = as_coordinator.post(f"/places/{town.outlet}/edit", data=form)

    assert response.status_code == 422
    assert [sentence in text(response) for sentence in ("必填。", "“tomorrow”不是日期", "没有这个单位。")] == [True] * 3


def test_a_sponsorship_is_added_changed_and_shown_with_its_procedure(as_coordinator, db, town):
    form = {"unit_id": town.office, "starts_on": "2026-01-01", "procedure": "先到居委会签到", "responsible_id": "0003"}

    added = as_coordinator.post(f"/places/{town.community}/sponsorships/new", data=form, follow_redirects=True)
    held = places.sponsorships(db, town.community)[0]
    as_coordinator.post(f"/sponsorships/{held['id']}", data=form | {"ends_on": "2026-06-30", "version": "1"})

    assert ["先到居委会签到" in text(added), "责任人 吕莉" in text(added)] == [True, True]
    assert places.sponsorship(db, held["id"])["ends_on"] == "2026-06-30"


def test_an_overlapping_sponsorship_names_the_one_in_its_way(as_coordinator, db, town, now):
    places.sponsor(db, town.community, unit_id=town.office, starts_on=date(2026, 1, 1), by=SYSTEM, now=now)

    response = as_coordinator.post(
        f"/places/{town.community}/sponsorships/new", data={"unit_id": town.office, "starts_on": "2026-03-01"}
    )

    assert response.status_code == 409
    assert "办公室从1月1日 周四起已包保这里，日期不能重叠。" in text(response)


def test_the_place_page_shows_what_is_coming_there(as_coordinator, db, town):
    builders.shift(db, town, date(2026, 3, 2), [town.min])

    page = text(as_coordinator.get(f"/places/{town.outlet}"))

    assert ["3月2日 周一" in page, "08:30–17:00" in page, "闵行" in page, "空缺 8" in page] == [True] * 4
    assert f"/places/{town.outlet}/calendar" in page


def test_shifts_in_a_year_that_is_not_announced_are_marked(as_coordinator, db, town):
    builders.shift(db, town, date(2035, 3, 5))

    assert "2035 年的节假日安排尚未公布。" in text(as_coordinator.get(f"/places/{town.outlet}"))


def test_places_of_another_organisation_do_not_exist_for_a_coordinator(as_coordinator, db, town, now):
    other = builders.unit(db, now, "巴中市电信公司")
    theirs = builders.place(db, now, other, "代办点")
    stranger = builders.person(db, now, other, "T001", "外人")
    held = places.sponsor(db, theirs, unit_id=other, starts_on=date(2026, 1, 1), by=SYSTEM, now=now)

    asked = [f"/places/{theirs}", f"/places/{theirs}/edit", f"/sponsorships/{held}", "/places/4711"]

    assert [as_coordinator.get(path).status_code for path in asked] == [404] * 4
    assert as_coordinator.post(f"/places/{theirs}/edit", data=form_of(db, theirs)).status_code == 404
    assert "代办点" not in text(as_coordinator.get(f"/places?unit={other}"))
    assert [
        as_coordinator.post("/places/new", data=NEW | wrong).status_code
        for wrong in ({"unit_id": str(other)}, {"responsible_id": "T001"})
    ] == [422, 422]
    assert value(db, "SELECT COUNT(*) FROM place WHERE responsible_id = :id", id=stranger) == 0


def test_a_coordinator_of_a_department_does_not_move_a_place_above_it(client, db, town, now):
    from scheduler import accounts

    accounts.grant(db, town.bo, "coordinator", town.office, by=SYSTEM, now=now)
    own = builders.place(db, now, town.office, "办公楼")
    browser = signed_in(client, db, town.bo, now)

    moved = browser.post(f"/places/{own}/edit", data=form_of(db, own, unit_id=town.branch))

    assert (moved.status_code, places.place(db, own)["unit_id"]) == (422, town.office)
    assert browser.get(f"/places/{town.outlet}").status_code == 404


def test_staff_do_not_see_the_list_of_places(as_staff):
    assert as_staff.get("/places").status_code == 403


def test_the_pages_speak_english(as_coordinator, db, town):
    as_coordinator.post("/language", data={"lang": "en", "next": "/places"})

    assert ["Places" in text(as_coordinator.get(path)) for path in ("/places", "/places/new")] == [True, True]
    assert "Coming shifts" in text(as_coordinator.get(f"/places/{town.outlet}"))


class TestASponsorOfAPlaceThatIsNotItsOwn:
    @pytest.fixture
    def held(self, db, town, now):
        """The office sponsors the branch's community; a shift of its time stands, one is before it, one a draft."""
        given = {"starts_on": date(2026, 3, 2), "procedure": "先签到，后入户", "by": SYSTEM, "now": now}
        held = places.sponsor(db, town.community, unit_id=town.office, **given)
        for day, who in ((date(2026, 3, 1), town.min), (date(2026, 3, 2), town.bo)):
            builders.shift(db, town, day, [who], place_id=town.community)
        accounts.grant(db, town.lan, "coordinator", town.office, by=SYSTEM, now=now)
        return held

    def test_its_coordinator_reads_what_concerns_it_and_changes_nothing(self, client, db, town, now, held):
        theirs = signed_in(client, db, town.lan, now)

        listed, page = text(theirs.get("/places")), text(theirs.get(f"/sponsorships/{held}/place"))

        assert f'href="/sponsorships/{held}/place">东风路社区' in listed
        assert [words in page for words in ("先签到，后入户", "薄荷", "闵行")] == [True, True, False]
        assert "/edit" not in page
        asked = (f"/places/{town.community}", f"/places/{town.community}/edit", f"/sponsorships/{held}")
        assert [theirs.get(path).status_code for path in asked] == [404, 404, 404]
        assert theirs.post(f"/sponsorships/{held}", data={"starts_on": "2026-01-01"}).status_code == 404

    def test_a_draft_and_a_time_that_is_over_are_not_shown(self, client, db, town, now, held, watch):
        theirs = signed_in(client, db, town.lan, now)
        run(db, "UPDATE roster SET state = 'draft', published_at = NULL")
        draft = text(theirs.get(f"/sponsorships/{held}/place"))
        update(db, "sponsorship", held, ends_on="2026-02-27", starts_on="2026-02-01")

        assert "薄荷" not in draft
        assert theirs.get(f"/sponsorships/{held}/place").status_code == 404
        assert "我们包保的地点" not in text(theirs.get("/places"))

    def test_nobody_else_reads_it_so(self, client, db, town, now, held):
        other = builders.unit(db, now, "风险部", town.branch)
        accounts.grant(db, town.min, "coordinator", other, by=SYSTEM, now=now)

        assert signed_in(client, db, town.min, now).get(f"/sponsorships/{held}/place").status_code == 404
