"""The board under a script's hands: drops and locks, the parts that come back, refusals told beforehand."""

from __future__ import annotations

import gzip
import hashlib
import re
from datetime import date
from pathlib import Path

import pytest

from scheduler import assignments, quotas, rosters, steps
from scheduler.audit import SYSTEM, Actor
from scheduler.errors import NotFound
from tests import builders
from tests.borders import ROOT
from tests.test_rosters import draft, fill, night, shift_on
from tests.test_rosters_board import seat

MONDAY, TUESDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 7)
SCRIPT = {"HX-Request": "true"}
VENDOR = ROOT / "web" / "static" / "vendor"


@pytest.fixture
def roster_id(db, town, now):
    return draft(db, town, now)


def name(db, place_id, day, number=1):
    return f"{shift_on(db, place_id, day)}-{number}"


def drop(client, roster_id, *, query="", headers=SCRIPT, **fields):
    return client.post(f"/rosters/{roster_id}/drop{query}", data=fields, headers=headers)


def stands(db, roster_id):
    return [(row["shift_id"], row["person_id"]) for row in steps.seats(db, roster_id)]


class TestParts:
    def test_a_script_that_opens_a_slot_gets_the_panel_and_nothing_else(self, db, town, roster_id, as_coordinator):
        slot = name(db, town.outlet, MONDAY)

        answer = as_coordinator.get(f"/rosters/{roster_id}?slot={slot}", headers=SCRIPT)

        assert answer.headers["HX-Push-Url"] == f"/rosters/{roster_id}?slot={slot}"
        assert f'data-slot="{slot}"' in answer.text
        assert "<html" not in answer.text
        assert "<table" not in answer.text

    def test_a_page_from_the_browsers_history_is_whole(self, roster_id, as_coordinator):
        headers = SCRIPT | {"HX-History-Restore-Request": "true"}

        assert "<html" in as_coordinator.get(f"/rosters/{roster_id}", headers=headers).text

    def test_a_change_brings_every_part_that_it_changes(self, db, town, now, roster_id, as_coordinator):
        slot = name(db, town.outlet, MONDAY)

        answer = drop(as_coordinator, roster_id, query=f"?slot={slot}", person_id=town.lan, target=slot)

        assert answer.status_code == 200
        swapped = re.findall(r'id="(\w+)"[^>]* hx-swap-oob=', answer.text)
        assert sorted(swapped) == ["acts", "days", "grid", "notes", "summary", "told", "turns"]
        assert answer.headers["HX-Replace-Url"] == f"/rosters/{roster_id}?slot={slot}"

    def test_without_a_script_it_leads_back_to_the_board(self, db, town, roster_id, as_coordinator):
        slot = name(db, town.outlet, MONDAY)

        answer = drop(as_coordinator, roster_id, query=f"?slot={slot}", headers={}, person_id=town.lan, target=slot)

        assert (answer.status_code, answer.location) == (303, f"/rosters/{roster_id}?slot={slot}#slot")

    def test_the_grid_comes_alone_when_somebody_else_changed_it(self, roster_id, as_coordinator):
        answer = as_coordinator.get(f"/rosters/{roster_id}/parts", headers=SCRIPT)

        assert 'id="grid" hx-swap-oob' in answer.text
        assert 'id="panel"' not in answer.text
        assert "HX-Push-Url" not in answer.headers


class TestDrop:
    def test_seats_moves_swaps_and_releases(self, db, town, now, roster_id, as_coordinator):
        monday, tuesday = name(db, town.outlet, MONDAY), name(db, town.outlet, TUESDAY)
        shifts = [int(slot.split("-")[0]) for slot in (monday, tuesday)]

        drop(as_coordinator, roster_id, person_id=town.lan, target=monday, target_seen="")
        drop(as_coordinator, roster_id, source=monday, source_seen=town.lan, target=tuesday, target_seen="")
        drop(as_coordinator, roster_id, person_id=town.party, target=monday, target_seen="")
        drop(as_coordinator, roster_id, source=monday, target=tuesday)
        assert stands(db, roster_id) == [(shifts[0], town.lan), (shifts[1], town.party)]

        drop(as_coordinator, roster_id, source=tuesday)
        assert stands(db, roster_id) == [(shifts[0], town.lan)]

    def test_a_stale_one_is_told_both_versions(self, db, town, now, roster_id, as_coordinator):
        seat(db, now, town.outlet, MONDAY, town.party)
        slot = name(db, town.outlet, MONDAY)

        query = f"?slot={slot}"
        answer = drop(as_coordinator, roster_id, query=query, person_id=town.lan, target=slot, target_seen="")

        assert answer.status_code == 409
        assert "您看到的是空缺，现在是吕莉" in answer.text
        assert [person for _, person in stands(db, roster_id)] == [town.party]

    def test_a_reason_that_is_missing_is_asked_for_and_all_else_kept(self, db, town, now, roster_id, as_coordinator):
        night(db, town, roster_id, MONDAY, town.lan)
        slot = name(db, town.outlet, TUESDAY)

        query = f"?slot={slot}"
        answer = drop(as_coordinator, roster_id, query=query, person_id=town.lan, target=slot, target_seen="")

        assert answer.status_code == 409
        assert f'<input type="hidden" name="person_id" value="{town.lan}">' in answer.text
        assert f'<input type="hidden" name="target" value="{slot}">' in answer.text
        assert 'name="override"' in answer.text

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"target": "x"},
            {"target": "1-1~x", "source": "2-1"},
            {"source": "1-1~0~1"},
            {"source": "1"},
            {"person_id": "x", "target": "1-1"},
            {"person_id": "4"},
        ],
    )
    def test_what_makes_no_sense_is_refused(self, db, roster_id, as_coordinator, fields):
        assert drop(as_coordinator, roster_id, **fields).status_code == 422
        assert stands(db, roster_id) == []

    def test_slots_and_people_of_others_are_not_found(self, db, town, now, roster_id, as_coordinator):
        other = builders.unit(db, now, "电信公司")
        stranger = builders.person(db, now, other, "T001", "外人", party=True)

        assert drop(as_coordinator, roster_id, person_id=town.lan, target="999-1").status_code == 404
        slot = name(db, town.outlet, MONDAY)
        assert drop(as_coordinator, roster_id, person_id=stranger, target=slot).status_code == 404


class TestLock:
    def test_fixes_and_unfixes(self, db, town, now, roster_id, as_coordinator):
        seat(db, now, town.outlet, MONDAY, town.lan)
        slot, fixed = name(db, town.outlet, MONDAY), []

        for _ in range(2):
            as_coordinator.post(f"/rosters/{roster_id}/lock", data={"source": slot, "source_seen": town.lan})
            fixed.append(steps.seats(db, roster_id)[0]["fixed"])

        assert fixed == [1, 0]

    def test_nobody_there_is_refused(self, db, town, roster_id, as_coordinator):
        path = f"/rosters/{roster_id}/lock"

        assert as_coordinator.post(path, data={"source": name(db, town.outlet, MONDAY)}).status_code == 409
        assert as_coordinator.post(path, data={}).status_code == 422


class TestRefusals:
    def test_where_somebody_cannot_go_is_told_with_the_other_duty(self, db, town, now, roster_id, as_coordinator):
        seat(db, now, town.community, SATURDAY, town.min)

        told = as_coordinator.get(f"/rosters/{roster_id}/refusals?person_id={town.min}").get_json()

        level, at, other, instead = told["slots"][name(db, town.community, SATURDAY, 2)]
        there = f"/rosters/{roster_id}?from=2026-03-07&slot={name(db, town.community, SATURDAY)}"
        assert (level, other, instead) == ("block", there, None)
        assert told["words"][at] == "闵行 3月7日 周六 09:00–11:30 已在东风路社区值班，时间重叠。"

    @pytest.mark.parametrize("query", ["", "?person_id=999", "?source=1-1", "?source=x"])
    def test_nobody_is_not_found(self, roster_id, as_coordinator, query):
        assert as_coordinator.get(f"/rosters/{roster_id}/refusals{query}").status_code == 404


class TestTwoAtOnce:
    def test_a_page_asks_whether_it_still_shows_what_there_is(self, db, town, now, roster_id, as_coordinator):
        before = as_coordinator.get(f"/rosters/{roster_id}/version").get_json()["version"]
        seat(db, now, town.outlet, MONDAY, town.lan)

        assert as_coordinator.get(f"/rosters/{roster_id}/version").get_json() == {"version": before + 1}

    def test_the_grid_that_follows_says_whose_change_it_was(self, db, town, now, roster_id, as_coordinator):
        actor = Actor(town.head, "何远山")
        assignments.seat(db, shift_on(db, town.outlet, MONDAY), town.lan, by=actor, now=now)

        html = as_coordinator.get(f"/rosters/{roster_id}/parts", headers=SCRIPT).text

        assert "何远山 09:00：排入 兰草 江北支行 3月2日 周一。" in html

    def test_a_roster_that_there_is_not_has_no_news(self, db):
        for ask in (rosters.news, rosters.version_of):
            with pytest.raises(NotFound):
                ask(db, 999)


class TestTabs:
    def test_everybody_is_on_one_list_with_who_cannot_and_why(self, db, town, roster_id, as_coordinator):
        slot = name(db, town.outlet, MONDAY)

        html = as_coordinator.get(f"/rosters/{roster_id}?slot={slot}&tab=all", headers=SCRIPT).text

        assert "全部人员 6" in html
        assert html.count("people__row--unable") == 4
        assert "不是党员" in html

    def test_a_slots_own_history_is_told_with_the_reason(self, db, town, now, roster_id, as_coordinator):
        night(db, town, roster_id, MONDAY, town.lan)
        slot = name(db, town.outlet, TUESDAY)
        drop(as_coordinator, roster_id, person_id=town.lan, target=slot, override="本人愿意")
        drop(as_coordinator, roster_id, source=slot)

        html = as_coordinator.get(f"/rosters/{roster_id}?slot={slot}&tab=history", headers=SCRIPT).text

        assert re.findall(r"<b>(排入|撤下)</b>", html) == ["撤下", "排入"]
        assert "理由：本人愿意" in html

    def test_a_leader_who_owes_a_visit_is_said_to(self, db, town, now, as_coordinator):
        builders.template(db, now, town.branch, [town.community], name="走访", activity="visit", roles=["head"])
        quotas.add(
            db, unit_id=town.branch, role="head", activity="visit", least=1, starts_on=date(2026, 1, 1),
            by=SYSTEM, now=now,
        )  # fmt: skip
        roster_id = draft(db, town, now)
        visit = next(s for s in rosters.board(db, roster_id).gaps if s["activity"] == "visit")

        html = as_coordinator.get(f"/rosters/{roster_id}?slot={visit['id']}-1", headers=SCRIPT).text

        assert "本周还欠 1 次走访" in html


def test_what_is_not_ours_is_what_it_says(app):
    sums = re.findall(r"`(htmx/\S+)` .*`([0-9a-f]{64})`", (VENDOR / "README.md").read_text())

    assert [path for path, _ in sums] == ["htmx/htmx.min.js"]
    for path, digest in sums:
        assert hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == digest
        assert (VENDOR / Path(path).parent / "LICENSE").exists()


def test_a_month_of_thirty_places_stays_light(db, town, now, as_coordinator):
    places = [builders.place(db, now, town.branch, f"{n:02}号网点") for n in range(30)]
    builders.template(db, now, town.branch, places, days="every")
    for n in range(40):
        builders.person(db, now, town.office, f"1{n:03}", f"员工{n:02}", party=True)
    roster_id = rosters.draft(
        db, unit_id=town.branch, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31), by=SYSTEM, now=now
    )
    fill(db, roster_id, now)

    body = as_coordinator.get(f"/rosters/{roster_id}").data

    assert body.count(b'class="slot') > 30 * 31
    assert len(gzip.compress(body)) < 50_000
