"""The board's panel without a script: a slot or a person chosen from a list, an old list, a reason that was typed."""

from __future__ import annotations

import re
from datetime import date

import pytest

from scheduler import rosters
from scheduler.audit import SYSTEM
from tests.test_rosters import draft, night
from tests.test_rosters_board import seat
from tests.test_web_board_parts import SCRIPT, drop, name, stands

MONDAY, TUESDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 7)


@pytest.fixture
def roster_id(db, town, now):
    return draft(db, town, now)


def listed(client, roster_id, slot):
    """What the list of slots to move to holds: by value its words."""
    page = client.get(f"/rosters/{roster_id}?slot={slot}").text
    options = re.search(r'<select[^>]* name="target".*?</select>', page, re.DOTALL)[0]
    return dict(re.findall(r'<option value="([^"]+)">(.*?)</option>', options))


class TestLists:
    def test_without_a_script_a_slot_is_chosen_from_a_list(self, db, town, now, roster_id, as_coordinator):
        seat(db, now, town.outlet, MONDAY, town.party)
        monday, tuesday = name(db, town.outlet, MONDAY), name(db, town.outlet, TUESDAY)

        slots = listed(as_coordinator, roster_id, monday)
        assert slots[f"{tuesday}~"] == "江北支行 空缺"
        assert slots[f"{name(db, town.community, SATURDAY, 2)}~"] == "东风路社区 社区值班 空缺"  # another activity
        assert not any(slot.startswith(f"{monday}~") for slot in slots)

        drop(as_coordinator, roster_id, source=monday, source_seen=town.party, target=f"{tuesday}~")
        assert stands(db, roster_id) == [(int(tuesday.split("-")[0]), town.party)]

    def test_the_list_leaves_out_where_they_may_not_stand(self, db, town, now, roster_id, as_coordinator):
        seat(db, now, town.community, SATURDAY, town.min)  # who is not in the party: no lobby for them
        seat(db, now, town.outlet, MONDAY, town.lan)
        saturday = name(db, town.community, SATURDAY)

        slots = listed(as_coordinator, roster_id, saturday)

        assert slots
        assert all(words.startswith("东风路社区") for words in slots.values())

    def test_what_was_chosen_from_an_old_list_changes_nothing(self, db, town, now, roster_id, as_coordinator):
        seat(db, now, town.outlet, MONDAY, town.party)
        seat(db, now, town.outlet, TUESDAY, town.lan)
        monday, tuesday = name(db, town.outlet, MONDAY), name(db, town.outlet, TUESDAY)
        (chosen,) = (slot for slot, words in listed(as_coordinator, roster_id, monday).items() if "兰草" in words)
        rosters.undo(db, roster_id, by=SYSTEM, now=now)
        before = stands(db, roster_id)

        answer = drop(as_coordinator, roster_id, source=monday, source_seen=town.party, target=chosen)

        assert (chosen, answer.status_code) == (f"{tuesday}~{town.lan}", 409)
        assert "您看到的是兰草，现在是空缺" in answer.text
        assert stands(db, roster_id) == before

    def test_a_slot_that_was_seen_empty_is_said_to_be_taken(self, db, town, now, roster_id, as_coordinator):
        seat(db, now, town.outlet, MONDAY, town.party)
        seat(db, now, town.outlet, TUESDAY, town.lan)
        monday, tuesday = name(db, town.outlet, MONDAY), name(db, town.outlet, TUESDAY)

        answer = drop(as_coordinator, roster_id, source=monday, target=f"{tuesday}~")

        assert answer.status_code == 409
        assert "您看到的是空缺，现在是兰草" in answer.text

    def test_a_filled_slot_is_handed_over_from_the_list_of_people(self, db, town, now, roster_id, as_coordinator):
        seat(db, now, town.outlet, MONDAY, town.party)
        slot = name(db, town.outlet, MONDAY)

        page = as_coordinator.get(f"/rosters/{roster_id}?slot={slot}&tab=all", headers=SCRIPT).text
        assert "谁来替吕莉" in page
        assert "换成兰草" in page
        assert "换成吕莉" not in page
        assert "不是党员" in page
        assert f'<input type="hidden" name="source" value="{slot}">' in page

        fields = {"source": slot, "source_seen": town.party, "person_id": town.lan}
        answer = drop(as_coordinator, roster_id, query=f"?slot={slot}&tab=all", **fields)
        assert [person for _, person in stands(db, roster_id)] == [town.lan]
        assert answer.headers["HX-Replace-Url"] == f"/rosters/{roster_id}?slot={slot}"  # the list is shut

    def test_the_reason_that_was_typed_is_not_lost_to_a_conflict(self, db, town, now, roster_id, as_coordinator):
        night(db, town, roster_id, MONDAY, town.lan)
        slot = name(db, town.outlet, TUESDAY)
        fields = {"person_id": town.lan, "target": slot, "override": "本人愿意"}

        answer = drop(as_coordinator, roster_id, query=f"?slot={slot}", target_seen=town.party, **fields)

        assert answer.status_code == 409
        assert re.search(r'<input [^>]*name="override"[^>]* form="override-4" +value="本人愿意"', answer.text)
