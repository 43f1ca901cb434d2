"""Pages of rosters: the list, a new one, the board, publishing; plain forms, no script needed."""

from __future__ import annotations

import re
from datetime import date

import pytest

from scheduler import accounts, assignments, rosters
from scheduler.audit import SYSTEM
from scheduler.database import run, update, value
from tests import builders
from tests.builders import MARCH
from tests.conftest import signed_in
from tests.test_rosters import away, draft, fill, night, seats_of, shift_on
from web.addresses import Address

MONDAY, TUESDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 7)


@pytest.fixture
def roster_id(db, town, now):
    return draft(db, town, now)


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def text(html):
    """What is read on a page: no tags, one blank between words."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


def posted(client, path, **fields):
    return client.post(path, data=fields)


def test_a_year_whose_holidays_are_not_announced_is_marked_on_board_and_review(
    db, town, now, as_coordinator, roster_id
):
    unannounced = rosters.draft(
        db, unit_id=town.branch, starts_on=date(2098, 12, 29), ends_on=date(2099, 1, 4), by=SYSTEM, now=now
    )

    for path in (f"/rosters/{unannounced}", f"/rosters/{unannounced}/publish"):
        assert "2098、2099 年的节假日安排尚未公布。" in page(as_coordinator, path)
    for path in (f"/rosters/{roster_id}", f"/rosters/{roster_id}/publish"):
        assert "尚未公布" not in page(as_coordinator, path)


class TestList:
    def test_an_empty_installation_is_told_the_next_step(self, as_coordinator):
        html = page(as_coordinator, "/rosters")

        assert "还没有排班表" in html
        assert "人员 6 名、地点 2 个" in html
        assert re.findall(r"steps__step--(\w+)", html) == ["done", "done", "now"]

    def test_rosters_of_the_readers_own_units_are_listed(self, db, town, now, roster_id, as_coordinator):
        other = builders.unit(db, now, "电信公司")
        rosters.draft(db, unit_id=other, starts_on=MARCH[0], ends_on=MARCH[1], by=SYSTEM, now=now)

        html = page(as_coordinator, "/rosters")

        assert f'href="/rosters/{roster_id}"' in html
        assert "3月2日–29日" in html
        assert "电信公司" not in html

    def test_staff_see_none_of_it(self, roster_id, as_staff):
        for path in ("/rosters", "/rosters/new"):
            page(as_staff, path, 403)
        for path in (f"/rosters/{roster_id}", f"/rosters/{roster_id}/publish", f"/rosters/{roster_id}/progress"):
            page(as_staff, path, 404)

    def test_a_coordinator_of_another_tree_finds_nothing_and_changes_nothing(self, db, town, now, roster_id, client):
        other = builders.unit(db, now, "电信公司")
        stranger = builders.person(db, now, other, "T001", "外人")
        accounts.grant(db, stranger, "coordinator", other, by=SYSTEM, now=now)
        shift_id = shift_on(db, town.outlet, MONDAY)
        seat_id = assignments.seat(db, shift_id, town.lan, by=SYSTEM, now=now)
        own = rosters.draft(db, unit_id=other, starts_on=MARCH[0], ends_on=MARCH[1], by=SYSTEM, now=now)
        signed_in(client, db, stranger, now)
        paths = [f"/rosters/{roster_id}/{act}" for act in ("fill", "publish", "close", "shifts", "seat")]
        paths += [f"/rosters/{own}/assignments/{seat_id}/release", f"/rosters/{roster_id}/assignments/{seat_id}/fix"]

        statuses = {
            posted(client, path, version=1, shift_id=shift_id, person_id=town.lan).status_code for path in paths
        }
        sneaked = posted(client, f"/rosters/{own}/seat", shift_id=shift_id, person_id=town.party)

        assert (statuses, sneaked.status_code) == ({404}, 404)
        assert [row["person_id"] for row in seats_of(db, roster_id)] == [town.lan]


class TestNew:
    def test_the_next_month_is_suggested(self, as_coordinator):
        html = page(as_coordinator, "/rosters/new")

        assert 'value="2026-03-01"' in html
        assert 'value="2026-03-31"' in html

    def test_a_new_roster_opens_as_a_draft(self, db, town, as_coordinator):
        answer = posted(as_coordinator, "/rosters", unit_id=town.branch, starts_on="2026-03-02", ends_on="2026-03-29")

        assert (answer.status_code, answer.location) == (303, "/rosters/1")
        assert "28" in text(page(as_coordinator, "/rosters/1"))

    @pytest.mark.parametrize(
        ("changed", "status", "told"),
        [
            ({"starts_on": "2026-02-30"}, 422, "“2026-02-30”不是日期"),
            ({"ends_on": "2026-03-01"}, 422, "结束早于开始。"),
            ({"ends_on": "2026-12-31"}, 422, "一次最多 92 天。"),
            ({"unit_id": "999"}, 422, "没有这个单位。"),
            ({"unit_id": "x"}, 422, "不是整数"),
        ],
    )
    def test_bad_input_is_told_at_its_field_and_kept(self, db, town, as_coordinator, changed, status, told):
        given = {"unit_id": town.branch, "starts_on": "2026-03-02", "ends_on": "2026-03-29"} | changed

        answer = posted(as_coordinator, "/rosters", **given)

        html = answer.get_data(as_text=True)
        assert answer.status_code == status
        assert told in html
        assert f'value="{given["starts_on"]}"' in html
        assert value(db, "SELECT COUNT(*) FROM roster") == 0

    def test_an_overlap_names_the_other_roster(self, town, roster_id, as_coordinator):
        answer = posted(as_coordinator, "/rosters", unit_id=town.branch, starts_on="2026-03-29", ends_on="2026-04-29")

        assert answer.status_code == 409
        assert "已有 3月2日 周一 至 3月29日 周日 的排班表（草稿）" in answer.get_data(as_text=True)

    def test_a_unit_of_another_tree_is_no_unit(self, db, town, now, as_coordinator):
        other = builders.unit(db, now, "电信公司")

        answer = posted(as_coordinator, "/rosters", unit_id=other, starts_on="2026-03-02", ends_on="2026-03-29")

        assert (answer.status_code, value(db, "SELECT COUNT(*) FROM roster")) == (422, 0)


class TestBoard:
    def test_names_stand_in_their_cells_and_gaps_are_links(self, db, town, now, roster_id, as_coordinator):
        assignments.seat(db, shift_on(db, town.outlet, MONDAY), town.lan, by=SYSTEM, now=now)

        html = page(as_coordinator, f"/rosters/{roster_id}")

        assert "兰草</a>" in html
        assert f'href="/rosters/{roster_id}?slot={shift_on(db, town.outlet, TUESDAY)}-1#slot"' in html
        assert 'aria-label="3月3日 周二，江北支行，第 1 个名额，空缺"' in html

    def test_it_needs_no_inline_script_or_style(self, roster_id, as_coordinator):
        html = page(as_coordinator, f"/rosters/{roster_id}?slot=1-1")

        assert " style=" not in html
        assert "<style" not in html
        assert re.findall(r"<script(?![^>]* src=)", html) == []

    def test_it_is_all_english_for_who_reads_english(self, db, town, now, roster_id, as_coordinator):
        accounts.speak(db, town.party, "en", by=SYSTEM, now=now)
        fill(db, roster_id, now)

        words = text(page(as_coordinator, f"/rosters/{roster_id}?slot={shift_on(db, town.community, SATURDAY)}-1"))

        names = {"江北支行", "东风路社区", "吕莉", "兰草", "闵行", "薄荷", "办公室"}
        assert set(re.findall(r"[一-鿿]+", words)) <= names
        assert "Community duty" in words

    def test_a_week_is_shown_and_paged_by_address(self, roster_id, as_coordinator):
        html = page(as_coordinator, f"/rosters/{roster_id}?span=week&from=2026-03-11")

        assert html.count('class="board__day ') == 7
        assert 'rel="prev"' in html
        assert f'href="/rosters/{roster_id}?span=week&amp;from=2026-03-16" rel="next"' in html

    @pytest.mark.parametrize("query", ["?from=never", "?slot=abc", "?slot=1-1-1", "?span=year&only=x&activity=%00"])
    def test_an_address_that_makes_no_sense_shows_the_board(self, roster_id, as_coordinator, query):
        assert "江北支行" in page(as_coordinator, f"/rosters/{roster_id}{query}")

    def test_a_slot_that_is_gone_leads_back_to_the_board(self, roster_id, as_coordinator):
        answer = as_coordinator.get(f"/rosters/{roster_id}?span=week&slot=999-1")

        assert (answer.status_code, answer.location) == (303, f"/rosters/{roster_id}?span=week")

    def test_only_lines_with_gaps_or_warnings_are_shown_on_request(self, db, town, now, roster_id, as_coordinator):
        fill(db, roster_id, now)
        for seat_id in [
            value(db, "SELECT id FROM assignment WHERE shift_id = :id", id=shift_on(db, town.outlet, MONDAY))
        ]:
            assignments.release(db, seat_id, by=SYSTEM, now=now)

        html = page(as_coordinator, f"/rosters/{roster_id}?only=gaps")

        assert re.findall(r'class="board__name" title="([^"]+)"', html) == ["江北支行"]

    def test_an_empty_roster_says_what_to_do(self, db, town, now, as_coordinator):
        empty = rosters.draft(db, unit_id=town.office, starts_on=MARCH[0], ends_on=MARCH[1], by=SYSTEM, now=now)

        assert "这张排班表还没有班次" in page(as_coordinator, f"/rosters/{empty}")

    def test_why_slots_are_empty_stands_below(self, db, town, now, roster_id, as_coordinator):
        for person_id in (town.party, town.lan):
            away(db, now, person_id, TUESDAY)
        fill(db, roster_id, now)

        words = text(page(as_coordinator, f"/rosters/{roster_id}"))

        assert "为什么空着" in words
        assert "不是党员 2、角色不符 2、请假或不可排 2" in words


class TestHand:
    def test_the_panel_offers_candidates_and_tells_why_others_cannot(self, db, town, roster_id, as_coordinator):
        words = text(page(as_coordinator, f"/rosters/{roster_id}?slot={shift_on(db, town.outlet, MONDAY)}-1"))

        assert "候选 2" in words
        assert "不可排 4 人" in words
        assert "不是党员 2" in words

    def test_a_candidate_is_seated_and_the_slot_stays_selected(self, db, town, roster_id, as_coordinator):
        shift_id = shift_on(db, town.outlet, MONDAY)
        path = f"/rosters/{roster_id}/seat?span=week&slot={shift_id}-1"

        answer = posted(as_coordinator, path, shift_id=shift_id, person_id=town.lan)

        assert (answer.status_code, answer.location) == (303, f"/rosters/{roster_id}?span=week&slot={shift_id}-1#slot")
        assert [row["person_id"] for row in seats_of(db, roster_id)] == [town.lan]

    def test_a_conflict_names_the_other_duty_on_the_board(self, db, town, now, roster_id, as_coordinator):
        night_shift = night(db, town, roster_id, MONDAY, town.lan)
        update(db, "shift", night_shift, headcount=2)
        other = builders.place(db, now, town.branch, "江南支行")
        update(db, "shift", shift_on(db, town.outlet, TUESDAY), place_id=other, **times_of(db, night_shift))
        twin = shift_on(db, other, TUESDAY)

        answer = posted(as_coordinator, f"/rosters/{roster_id}/seat?slot={twin}-1", shift_id=twin, person_id=town.lan)

        html = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert 'role="alert"' in html
        assert "兰草 3月2日 周一 20:00–00:00 已在东风路社区值班，时间重叠。" in html

    def test_loading_the_address_of_a_refusal_again_shows_the_board(self, roster_id, as_coordinator):
        for path in ("seat", "assignments/1/release"):
            answer = as_coordinator.get(f"/rosters/{roster_id}/{path}?slot=1-1")

            assert (answer.status_code, answer.location) == (303, f"/rosters/{roster_id}?slot=1-1#slot")

    def test_people_of_another_tree_are_not_even_named(self, db, town, now, roster_id, as_coordinator):
        stranger = builders.person(db, now, builders.unit(db, now, "电信公司"), "T001", "外人", party=True)
        shift_id = shift_on(db, town.outlet, MONDAY)

        answer = posted(as_coordinator, f"/rosters/{roster_id}/seat", shift_id=shift_id, person_id=stranger)

        assert answer.status_code == 404
        assert "外人" not in answer.get_data(as_text=True)

    def test_a_rule_that_warns_wants_a_reason_which_stays_to_be_seen(self, db, town, now, roster_id, as_coordinator):
        night(db, town, roster_id, MONDAY, town.lan)
        shift_id = shift_on(db, town.outlet, TUESDAY)

        path = f"/rosters/{roster_id}/seat?slot={shift_id}-1"
        refused = posted(as_coordinator, path, shift_id=shift_id, person_id=town.lan, override=" ")
        posted(as_coordinator, path, shift_id=shift_id, person_id=town.lan, override="本人愿意")

        assert refused.status_code == 409
        assert "只隔 8.5 小时" in refused.get_data(as_text=True)
        html = page(as_coordinator, f"/rosters/{roster_id}?slot={shift_id}-1")
        assert "只隔 8.5 小时" in html
        assert "理由：本人愿意" in html

    def test_a_seat_is_fixed_unfixed_and_released(self, db, town, now, roster_id, as_coordinator):
        shift_id = shift_on(db, town.outlet, MONDAY)
        seat_id = assignments.seat(db, shift_id, town.lan, by=SYSTEM, now=now)
        path = f"/rosters/{roster_id}/assignments/{seat_id}"

        fixed = []
        for act in ("fix", "unfix"):
            posted(as_coordinator, f"{path}/{act}?slot={shift_id}-1")
            fixed.append(seats_of(db, roster_id)[0]["fixed"])
        answer = posted(as_coordinator, f"{path}/release?slot={shift_id}-1")

        assert fixed == [1, 0]
        assert (answer.status_code, seats_of(db, roster_id)) == (303, [])
        assert posted(as_coordinator, f"{path}/promote").status_code == 404

    def test_people_are_searched_by_name_or_number(self, db, town, roster_id, as_coordinator):
        shift_id = shift_on(db, town.outlet, MONDAY)

        words = text(page(as_coordinator, f"/rosters/{roster_id}?slot={shift_id}-1&q=兰"))

        assert "候选 1" in words
        assert "兰草" in words
        assert "不可排" not in words


def times_of(db, shift_id):
    return {
        name: value(db, f"SELECT {name} FROM shift WHERE id = :id", id=shift_id) for name in ("starts_at", "ends_at")
    }


class TestFill:
    def test_asking_shows_that_it_runs_and_the_page_follows(self, db, town, now, roster_id, as_coordinator):
        answer = posted(as_coordinator, f"/rosters/{roster_id}/fill")
        html = page(as_coordinator, f"/rosters/{roster_id}")
        asked = as_coordinator.get(f"/rosters/{roster_id}/progress").get_json()
        rosters.fill_asked(db, now=now)

        assert answer.status_code == 303
        assert f'data-poll="/rosters/{roster_id}/progress"' in html
        assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in html
        assert asked == {"state": "asked"}
        assert as_coordinator.get(f"/rosters/{roster_id}/progress").get_json() == {"state": "done"}
        assert "data-poll" not in page(as_coordinator, f"/rosters/{roster_id}")

    def test_a_fill_that_came_to_nothing_says_why(self, db, roster_id, as_coordinator):
        update(db, "roster", roster_id, fill_state="failed", fill_facts='{"refusal": "changed_while_filling"}')

        assert "为避免覆盖，没有写入" in page(as_coordinator, f"/rosters/{roster_id}")

    def test_new_shifts_are_taken_by_a_button(self, db, town, now, roster_id, as_coordinator):
        builders.template(db, now, town.branch, [town.outlet], name="夜班", days="every")

        posted(as_coordinator, f"/rosters/{roster_id}/shifts")

        assert "多了 28 个班次" in page(as_coordinator, f"/rosters/{roster_id}")


class TestPublish:
    def test_the_review_tells_in_numbers_what_will_happen(self, db, town, now, roster_id, as_coordinator):
        fill(db, roster_id, now)
        update(db, "person", town.min, email="")

        html = page(as_coordinator, f"/rosters/{roster_id}/publish")
        words = text(html)

        assert "人，其中 3 人会收到消息" in html
        assert "按人员 4 人" in words
        assert "发布并通知 3 人" in words

    def test_publishing_what_was_looked_at(self, db, now, roster_id, as_coordinator):
        fill(db, roster_id, now)
        version = rosters.roster(db, roster_id)["version"]

        answer = posted(as_coordinator, f"/rosters/{roster_id}/publish", version=version)

        assert (answer.status_code, answer.location) == (303, f"/rosters/{roster_id}")
        html = page(as_coordinator, f"/rosters/{roster_id}")
        assert "已发布第 1 版，通知 4 人。" in html
        assert "由吕莉发布" in html

    def test_gaps_are_published_only_by_who_agrees_to_their_number(self, db, roster_id, as_coordinator):
        found, path = rosters.roster(db, roster_id), f"/rosters/{roster_id}/publish"

        asked = posted(as_coordinator, path, version=found["version"])
        other = posted(as_coordinator, path, version=found["version"], gaps=found["slots"] - 1)
        agreed = posted(as_coordinator, path, version=found["version"], gaps=found["slots"])

        assert (asked.status_code, other.status_code, agreed.status_code) == (422, 422, 303)
        assert f"还有 {found['slots']} 个空缺。确认就这样发布" in asked.get_data(as_text=True)
        assert f'name="gaps" id="f-gaps" value="{found["slots"]}" required' in asked.get_data(as_text=True)
        assert rosters.roster(db, roster_id)["state"] == "published"

    def test_what_a_fill_proved_still_holds_after_publishing_until_somebody_moves(
        self, db, town, now, roster_id, as_coordinator
    ):
        fill(db, roster_id, now)
        assert "之后有改动" not in page(as_coordinator, f"/rosters/{roster_id}")
        rosters.publish(db, roster_id, by=SYSTEM, now=now)

        published = page(as_coordinator, f"/rosters/{roster_id}")
        run(db, "UPDATE roster SET version = version + 1")

        assert "距最优下界" in published
        assert "之后有改动" not in published
        assert "之后有改动" in page(as_coordinator, f"/rosters/{roster_id}")

    def test_what_is_published_is_not_reviewed_again(self, db, town, now, as_coordinator):
        roster_id = builders.published(db, town, now)

        answer = as_coordinator.get(f"/rosters/{roster_id}/publish")

        assert (answer.status_code, answer.location) == (303, f"/rosters/{roster_id}")

    def test_what_changed_meanwhile_is_not_published(self, db, town, now, roster_id, as_coordinator):
        version = rosters.roster(db, roster_id)["version"]
        assignments.seat(db, shift_on(db, town.outlet, MONDAY), town.lan, by=SYSTEM, now=now)

        answer = posted(as_coordinator, f"/rosters/{roster_id}/publish", version=version)

        assert answer.status_code == 409
        assert "这张排班表又有改动" in answer.get_data(as_text=True)
        assert rosters.roster(db, roster_id)["state"] == "draft"

    def test_breaches_stand_in_place_of_the_button(self, db, town, now, roster_id, as_coordinator):
        assignments.seat(db, shift_on(db, town.outlet, MONDAY), town.lan, by=SYSTEM, now=now)
        away(db, now, town.lan, MONDAY)

        html = page(as_coordinator, f"/rosters/{roster_id}/publish")
        forced = posted(
            as_coordinator, f"/rosters/{roster_id}/publish", version=rosters.roster(db, roster_id)["version"]
        )

        assert "1 处违规，不能发布" in html
        assert "兰草 3月2日 周一 请假或不可排，却排在江北支行。" in html
        assert 'name="version"' not in html
        assert forced.status_code == 409

    def test_a_roster_is_closed_when_all_is_confirmed(self, db, town, now, as_coordinator):
        roster_id = builders.published(db, town, now)

        early = posted(as_coordinator, f"/rosters/{roster_id}/close")
        for shift_id in range(1, 25):
            update(db, "shift", shift_id, state="cancelled")
        late = posted(as_coordinator, f"/rosters/{roster_id}/close")

        assert (early.status_code, late.status_code) == (409, 303)
        assert "已归档" in page(as_coordinator, f"/rosters/{roster_id}")


class TestAddress:
    def address(self, **args):
        return Address.read(3, date(2026, 12, 1), date(2026, 12, 31), date(2026, 12, 16), args)

    def test_a_month_is_shown_whole(self):
        address = self.address()

        assert (address.first, address.last, address.before, address.after) == (
            date(2026, 12, 1),
            date(2026, 12, 31),
            None,
            None,
        )

    def test_a_week_is_the_one_that_holds_today_and_keeps_within_the_period(self):
        address = self.address(span="week")
        first = self.address(span="week", **{"from": "2026-12-01"})

        assert (address.first, address.last) == (date(2026, 12, 14), date(2026, 12, 20))
        assert (address.before, address.after) == (
            "/rosters/3?span=week&from=2026-12-13",
            "/rosters/3?span=week&from=2026-12-21",
        )
        assert (first.first, first.last, first.before) == (date(2026, 12, 1), date(2026, 12, 6), None)

    def test_days_outside_of_the_period_lead_to_its_ends(self):
        assert self.address(span="week", **{"from": "2031-01-01"}).last == date(2026, 12, 31)
        assert self.address(**{"from": "1999-01-01"}).first == date(2026, 12, 1)

    def test_a_longer_roster_is_paged_by_31_days(self):
        address = Address.read(3, date(2026, 12, 1), date(2027, 1, 10), date(2026, 11, 1), {})

        assert (address.last, address.after) == (date(2026, 12, 31), "/rosters/3?from=2027-01-01")
        assert Address.read(
            3, date(2026, 12, 1), date(2027, 1, 10), date(2026, 11, 1), {"from": "2027-01-01"}
        ).first == (date(2027, 1, 1))

    def test_the_address_says_all_that_is_shown(self):
        address = self.address(span="week", only="gaps", activity="lobby", slot="12-2", q="兰")

        assert address.to() == "/rosters/3?span=week&only=gaps&activity=lobby&slot=12-2&q=%E5%85%B0"
        assert address.to(slot=None) == "/rosters/3?span=week&only=gaps&activity=lobby"
        assert address.slots == "/rosters/3?span=week&only=gaps&activity=lobby&slot="
        assert address.fields == [("span", "week"), ("only", "gaps"), ("activity", "lobby"), ("slot", "12-2")]

    def test_a_small_screen_lists_a_week_from_today(self):
        address = self.address()

        assert address.phone == (date(2026, 12, 16), date(2026, 12, 22))
        assert (address.phone_before, address.phone_after) == (
            "/rosters/3?from=2026-12-09",
            "/rosters/3?from=2026-12-23",
        )
