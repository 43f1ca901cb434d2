"""Swaps on the pages: asked and answered on a phone, by a link without sign-in, approved at a desk."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler import accounts, swaps
from scheduler.audit import SYSTEM
from scheduler.database import insert, rows, value, write
from tests import builders
from tests.conftest import signed_in

POLICY = {"turn": "kept", "people": "3", "step_hours": "24", "near_hours": "48", "near_step_hours": "4"}
MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)


@pytest.fixture
def duties(db, town):
    """兰草 stands on Monday, 闵行 on Friday, in one published roster."""
    at = "2026-02-20T01:00:00Z"
    with write(db):
        insert(
            db, "roster", unit_id=town.branch, starts_on="2026-03-02", ends_on="2026-03-29", state="published",
            made_at=at, published_at=at,
        )  # fmt: skip
    return builders.shift(db, town, MONDAY, [town.lan]), builders.shift(db, town, FRIDAY, [town.min])


@pytest.fixture
def ask_at(db, town, duties):
    return f"/me/duties/{builders.assigned(db, duties[0], town.lan)}/swap"


def standing(db, shift_id):
    return [row["person_id"] for row in rows(db, "SELECT person_id FROM standing WHERE shift_id = :id", id=shift_id)]


def offer_of(db, person_id):
    return value(db, "SELECT MAX(id) FROM swap_offer WHERE person_id = :id", id=person_id)


def link(settings, db, person_id):
    return swaps.link("", settings.site.secret_key, offer_of(db, person_id))


def test_a_duty_of_another_roster_is_not_offered_and_the_page_says_why(as_staff, db, town, duties, ask_at):
    elsewhere = builders.shift(db, town, date(2026, 4, 7), [town.min])

    page = as_staff.get(ask_at).text

    assert (f'value="{town.min}-{duties[1]}"' in page, f'value="{town.min}-{elsewhere}"' in page) == (True, False)
    assert "只能和同一张排班表里的班互换" in page
    sent = as_staff.post(ask_at, data={"kind": "swap", "whom": f"{town.min}-{elsewhere}"})
    assert (sent.status_code, value(db, "SELECT COUNT(*) FROM swap_request")) == (409, 0)


def test_cover_is_asked_for_and_accepted_on_two_phones(as_staff, db, town, now, duties, ask_at):
    assert f'value="{town.bo}"' in as_staff.get(ask_at).text
    sent = as_staff.post(ask_at, data={"kind": "cover", "whom": [str(town.bo), str(town.min)], "note": "家里有事"})
    phone = signed_in(as_staff.application.test_client(), db, town.bo, now)

    assert (sent.status_code, sent.location) == (303, "/me/swaps")
    assert "位同事等您答复" in phone.get("/me").text
    assert "家里有事" in phone.get("/me/swaps").text
    done = phone.post(f"/me/swaps/{offer_of(db, town.bo)}", data={"answer": "yes"}, follow_redirects=True)
    assert "已生效" in done.text
    assert standing(db, duties[0]) == [town.bo]
    assert "已生效" in as_staff.get("/me/swaps").text


def test_whoever_is_late_is_told_who_was_first(as_staff, db, town, now, duties, ask_at):
    as_staff.post(ask_at, data={"kind": "cover", "whom": [str(town.bo), str(town.min)]})
    first, late = (signed_in(as_staff.application.test_client(), db, who, now) for who in (town.bo, town.min))
    first.post(f"/me/swaps/{offer_of(db, town.bo)}", data={"answer": "yes"})

    told = late.post(f"/me/swaps/{offer_of(db, town.min)}", data={"answer": "yes"})

    assert told.status_code == 409
    assert "薄荷已经先答应了 江北支行 3月2日 周一 的请求。" in told.text
    assert late.get(f"/me/swaps/{offer_of(db, town.min)}").status_code == 303


def test_a_swap_is_answered_by_its_link_without_sign_in_and_get_changes_nothing(
    as_staff, db, town, now, duties, ask_at, settings
):
    as_staff.application.config["WTF_CSRF_ENABLED"] = False
    as_staff.post(ask_at, data={"kind": "swap", "whom": f"{town.min}-{duties[1]}"})
    stranger, at = as_staff.application.test_client(), link(settings, db, town.min)
    as_staff.application.config["WTF_CSRF_ENABLED"] = True

    page = stranger.get(at)
    before = standing(db, duties[0])
    done = stranger.post(at, data={"answer": "yes"})

    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert ("兰草想和您换班" in page.text, before, done.status_code) == (True, [town.lan], 303)
    assert (standing(db, duties[0]), standing(db, duties[1])) == ([town.min], [town.lan])
    assert "您已同意。" in stranger.get(at).text
    assert stranger.post(at, data={"answer": "no"}).status_code == 409
    assert stranger.get("/me").status_code == 303


def test_a_link_is_declined_in_the_readers_language(as_staff, db, town, duties, ask_at, settings):
    as_staff.post(ask_at, data={"kind": "cover", "whom": str(town.bo)})
    stranger, at = as_staff.application.test_client(), link(settings, db, town.bo)

    stranger.post(f"{at}?lang=en", data={"answer": "no"})

    assert "You said no." in stranger.get(f"{at}?lang=en").text
    assert standing(db, duties[0]) == [town.lan]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_is_none_of_ours_opens_nothing(client, town, method):
    assert getattr(client, method)("/swap/Nw.x").status_code == 404


def test_what_was_chosen_stays_where_nobody_may_be_asked(as_staff, db, town, duties, ask_at):
    nobody = as_staff.post(ask_at, data={"kind": "cover", "note": "家里有事"})
    odd = as_staff.post(ask_at, data={"kind": "cover", "whom": "x-y"})
    stranger = as_staff.post(ask_at, data={"kind": "cover", "whom": str(town.lan)})

    assert [page.status_code for page in (nobody, odd, stranger)] == [422, 422, 409]
    assert ("请至少选一个人。" in nobody.text, "家里有事" in nobody.text) == (True, True)


def test_nobody_asks_for_anothers_duty_nor_answers_for_them(as_staff, db, town, now, duties, ask_at):
    other = signed_in(as_staff.application.test_client(), db, town.min, now)
    as_staff.post(ask_at, data={"kind": "cover", "whom": str(town.bo)})

    assert other.get(ask_at).status_code == 404
    assert other.post(f"/me/swaps/{offer_of(db, town.bo)}", data={"answer": "yes"}).status_code == 403
    assert other.post("/me/swaps/1/withdraw").status_code == 403
    assert other.get("/swaps").status_code == 403


def test_a_request_is_withdrawn_and_the_duty_may_be_asked_for_again(as_staff, db, town, duties, ask_at):
    as_staff.post(ask_at, data={"kind": "cover", "whom": str(town.bo)})
    open_page = as_staff.get(ask_at).text
    as_staff.post("/me/swaps/1/withdraw")

    assert ("已经在问" in open_page, "已经在问" in as_staff.get(ask_at).text) == (True, False)


def test_a_coordinator_approves_where_the_organisation_wants_it(
    as_coordinator, as_administrator, db, town, now, duties, ask_at
):
    as_administrator.post("/policy/swaps", data={**POLICY, "unit_id": town.branch, "needs_approval": "1"})
    staff, asked = (signed_in(as_coordinator.application.test_client(), db, who, now) for who in (town.lan, town.bo))
    staff.post(ask_at, data={"kind": "cover", "whom": str(town.bo)})
    said = asked.post(f"/me/swaps/{offer_of(db, town.bo)}", data={"answer": "yes"}, follow_redirects=True)

    assert ("等排班员批准" in said.text, standing(db, duties[0])) == (True, [town.lan])
    card = as_coordinator.get("/swaps").text
    assert ("等排班员批准" in card, "为什么是薄荷" in card, "轮次保留，以后补值" in card) == (True, True, True)
    assert as_coordinator.post("/swaps/1/approve").status_code == 303
    assert standing(db, duties[0]) == [town.bo]
    assert as_coordinator.post("/swaps/1/approve").status_code == 409


def test_a_coordinator_asks_and_answers_for_others(as_coordinator, db, town, duties):
    held = builders.assigned(db, duties[0], town.lan)
    assert "兰草的班，代为询问" in as_coordinator.get(f"/assignments/{held}/swap").text
    as_coordinator.post(f"/assignments/{held}/swap", data={"kind": "cover", "whom": str(town.bo)})
    roster_id = value(db, "SELECT roster_id FROM shift WHERE id = :id", id=duties[0])
    board = as_coordinator.get(f"/rosters/{roster_id}?slot={duties[0]}-1&view=place").text

    assert "正在求替班" in board
    assert as_coordinator.post(f"/swaps/offers/{offer_of(db, town.bo)}", data={"answer": "yes"}).status_code == 303
    assert standing(db, duties[0]) == [town.bo]


def test_coordinators_elsewhere_see_and_decide_nothing(as_staff, db, town, now, duties, ask_at):
    as_staff.post(ask_at, data={"kind": "cover", "whom": str(town.bo)})
    accounts.grant(db, town.deputy, "coordinator", town.office, by=SYSTEM, now=now)
    office = signed_in(as_staff.application.test_client(), db, town.deputy, now)

    assert "兰草" not in office.get("/swaps").text
    assert office.post("/swaps/1/withdraw").status_code == 404
    assert office.post(f"/swaps/offers/{offer_of(db, town.bo)}", data={"answer": "yes"}).status_code == 404
    assert office.post("/policy/swaps", data={**POLICY, "unit_id": town.branch}).status_code == 403


def test_an_open_request_is_marked_on_both_boards_and_on_my_duties(
    as_coordinator, as_staff, db, town, now, duties, ask_at
):
    desk = signed_in(as_staff.application.test_client(), db, town.party, now)
    staff = signed_in(as_staff.application.test_client(), db, town.lan, now)
    roster = f"/rosters/{value(db, 'SELECT MIN(id) FROM roster')}"
    before = [desk.get(f"{roster}{view}").text for view in ("", "?view=people", "/print")]
    staff.post(ask_at, data={"kind": "cover", "whom": str(town.bo)})

    by_place, by_person, printed = (desk.get(f"{roster}{view}").text for view in ("", "?view=people", "/print"))

    assert ["slot--swapping" in page for page in (*before, by_place, by_person, printed)] == [
        False, False, False, True, True, False,
    ]  # fmt: skip
    assert "兰草，正在换班" in by_place
    assert "正在求替班。" in staff.get("/me").text
    assert "正在求替班。" in staff.get(ask_at.removesuffix("/swap")).text
    staff.post("/me/swaps/1/withdraw")
    assert "slot--swapping" not in desk.get(roster).text
    assert "正在求替班。" not in staff.get("/me").text


def test_the_policy_is_told_in_sentences_and_set_by_administrators(as_administrator, db, town):
    before = as_administrator.get("/policy").text
    given = {"unit_id": town.branch, "turn": "forgiven", "people": "5"}
    sent = as_administrator.post("/policy/swaps", data={**POLICY, **given}, follow_redirects=True)

    assert ("每 24 小时再问 3 人" in before, "轮次保留，以后补值" in before) == (True, True)
    assert ("每 24 小时再问 5 人" in sent.text, "不用补值" in sent.text) == (True, True)
    assert swaps.policy(db, town.office) == swaps.Policy(keeps_turn=False, people=5)


def test_a_policy_out_of_bounds_is_refused_at_its_field(as_administrator, db, town):
    data = {**POLICY, "unit_id": town.branch, "people": "99"}
    page = as_administrator.post("/policy/swaps", data=data)

    assert (page.status_code, "应在 0 到 20 之间" in page.text, 'value="99"' in page.text) == (422, True, True)
    assert swaps.policy(db, town.branch) == swaps.Policy()


def test_the_next_ones_are_asked_where_the_box_is_ticked(as_staff, db, town, duties, ask_at):
    page = as_staff.get(ask_at).text
    as_staff.post(ask_at, data={"kind": "cover", "whom": str(town.bo), "goes_on": "1"})

    assert "没有人答应就接着问后面的人" in page
    assert "再问别人" in as_staff.get("/me/swaps").text
    assert value(db, "SELECT goes_on FROM swap_request") == 1
