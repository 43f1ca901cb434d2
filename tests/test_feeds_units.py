"""Calendars of units and of their leaders' visits: whose shifts they show, what marks them stale, who may see them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from scheduler import accounts, assignments, audit, feeds
from scheduler.audit import SYSTEM
from scheduler.database import Database, run, value
from scheduler.errors import Invalid, NotFound
from scheduler.feeds import Shown
from tests import builders
from tests.builders import Town
from tests.calendars import BASE, DAY, MINUTE, MONDAY, WEEK, body, events, only, stamps, unit_feed

BRANCH = "巴中市分行"


@pytest.fixture(autouse=True)
def coordinating(db: Database, town: Town, now: datetime) -> None:
    """吕莉 coordinates the branch."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)


def test_a_units_calendar_shows_every_shift_with_its_place_and_who_stands(db, town, now):
    builders.shift(db, town, MONDAY, [town.lan, town.min])
    run(db, "UPDATE shift SET headcount = 3")
    event = only(db, unit_feed(db, town, now), now)

    assert event["UID"] == f"s-{value(db, 'SELECT key FROM shift')}@lunzhi"
    assert event["SUMMARY"] == "厅堂服务 · 江北支行 · 兰草、闵行 空缺 1"
    assert (event["TRANSP"], event.walk("VALARM")) == ("TRANSPARENT", [])


def test_leader_visits_show_visits_only(db, town, now):
    builders.shift(db, town, MONDAY, [town.lan])
    builders.shift(db, town, MONDAY, [town.head], place_id=town.community, activity="visit")
    run(db, "UPDATE shift SET headcount = 1")
    token = unit_feed(db, town, now, "visits")

    assert only(db, token, now)["SUMMARY"] == "领导走访 · 东风路社区 · 何远山"
    assert "X-WR-CALNAME:领导走访 · 巴中市分行" in body(db, token, now).decode().split("\r\n")


def test_in_english_a_units_calendar_is_english(db, town, now):
    builders.shift(db, town, MONDAY, [town.head], activity="visit")
    of = Shown("visits", town.branch)
    token = feeds.subscribe(db, owner_id=town.party, of=of, lang="en", base_url=BASE, by=SYSTEM, now=now)

    assert only(db, token, now)["SUMMARY"] == "Leader visit · 江北支行 · 何远山 8 unfilled"
    assert "NAME:Leader visits · 巴中市分行" in body(db, token, now).decode().split("\r\n")


def test_a_unit_below_sees_what_takes_place_at_its_places_and_no_more(db, town, now):
    county = builders.unit(db, now, "平昌县支行", town.branch)
    school = builders.place(db, now, county, "学校宣传点", "school")
    builders.shift(db, town, MONDAY, [town.lan])
    builders.shift(db, town, MONDAY, [town.min], place_id=school)
    below, above = unit_feed(db, town, now, unit_id=county), unit_feed(db, town, now)

    assert only(db, below, now)["SUMMARY"].startswith("厅堂服务 · 学校宣传点 · 闵行")
    assert len(events(db, above, now)) == 2
    assert events(db, unit_feed(db, town, now, unit_id=town.office), now) == []


def test_a_draft_is_in_no_units_calendar_until_it_is_published(db, town, now):
    roster_id = builders.drafted(db, town, now)
    token = unit_feed(db, town, now)
    assert events(db, token, now) == []

    run(db, "UPDATE roster SET state = 'published', published_at = '2026-02-28T01:00:00Z' WHERE id = :id", id=roster_id)
    assert feeds.refresh(db, base_url=BASE, now=now + MINUTE) == 1
    assert len(events(db, token, now)) == value(db, "SELECT COUNT(*) FROM shift WHERE roster_id = :id", id=roster_id)


def test_reassigning_keeps_the_uid_and_raises_the_stamps(db, town, now):
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    token = unit_feed(db, town, now)
    before = only(db, token, now)
    assignments.release(db, builders.assigned(db, shift_id, town.lan), by=SYSTEM, now=now)
    assignments.seat(db, shift_id, town.min, by=SYSTEM, now=now)
    builders.announced(db, now)
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)
    after = only(db, token, now)

    assert after["UID"] == before["UID"]
    assert after["SUMMARY"].startswith("厅堂服务 · 江北支行 · 闵行")
    assert stamps(after) == (1, now + MINUTE, now)


def test_a_cancelled_visit_is_cancelled_in_the_units_calendars(db, town, now):
    shift_id = builders.shift(db, town, MONDAY, [town.head], activity="visit")
    tokens = [unit_feed(db, town, now, scope) for scope in ("unit", "visits")]
    run(db, "UPDATE shift SET state = 'cancelled' WHERE id = :id", id=shift_id)
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)

    assert [only(db, token, now)["SUMMARY"] for token in tokens] == ["【已取消】领导走访 · 江北支行"] * 2
    assert [only(db, token, now)["STATUS"] for token in tokens] == ["CANCELLED"] * 2


# more than clients take


def many(db: Database, town: Town, days: range, a_day: int) -> None:
    """So many shifts a day, an hour apart, at places of their own."""
    for day in days:
        for hour in range(a_day):
            builders.shift(db, town, MONDAY + day * DAY, [], starts=time(hour % 24, 0), ends=time(hour % 24, 30))


def test_a_big_unit_shows_this_week_and_the_next_ones_and_says_how_far(db, town, now):
    many(db, town, range(-21, 21), 20)
    monday = now + 2 * DAY
    token = unit_feed(db, town, monday)
    held = events(db, token, now)

    assert len(held) == 3 * 7 * 20
    assert held[0]["DTSTART"].dt.date() == MONDAY
    assert value(db, "SELECT shows_to FROM calendar") is None
    many(db, town, range(21, 35), 20)
    feeds.refresh(db, base_url=BASE, now=monday)
    assert len(events(db, token, now)) == 3 * 7 * 20
    assert value(db, "SELECT shows_to FROM calendar") == (MONDAY + 20 * DAY).isoformat()


def test_what_fits_of_the_weeks_before_stays_nearest_first(db, town, now):
    many(db, town, range(-21, 14), 15)
    token = unit_feed(db, town, now + 2 * DAY)
    held = events(db, token, now)

    assert len(held) == 4 * 7 * 15
    assert held[0]["DTSTART"].dt.date() == MONDAY - 2 * WEEK


def test_a_unit_whose_week_is_too_much_shows_whole_days_from_today(db, town, now):
    many(db, town, range(9), 90)
    wednesday = now + 4 * DAY
    token = unit_feed(db, town, wednesday)
    held = events(db, token, now)

    assert (held[0]["DTSTART"].dt.date(), held[-1]["DTSTART"].dt.date()) == (MONDAY + 2 * DAY, MONDAY + 6 * DAY)
    assert len(held) == 450
    assert feeds.refresh(db, base_url=BASE, now=wednesday + timedelta(hours=2)) == 0
    assert feeds.refresh(db, base_url=BASE, now=wednesday + DAY) == 1
    assert events(db, token, now)[0]["DTSTART"].dt.date() == MONDAY + 3 * DAY


# who may see it


def test_who_coordinates_the_unit_no_more_loses_its_calendars(db, town, now):
    tokens = [unit_feed(db, town, now, scope) for scope in ("unit", "visits")]
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    access_id = value(db, "SELECT id FROM access WHERE person_id = :id", id=town.party)
    assert feeds.fetch(db, tokens[0], gzipped=False, now=now) is not None

    accounts.revoke(db, access_id, by=SYSTEM, now=now)

    assert [feeds.fetch(db, token, gzipped=False, now=now) for token in tokens] == [None, None]
    assert feeds.subscriptions(db, town.party, now=now) == []


def test_a_leavers_units_calendar_is_emptied_for_a_month_and_then_gone(db, town, now):
    builders.shift(db, town, MONDAY, [town.lan])
    token = unit_feed(db, town, now, "visits")
    run(db, "UPDATE person SET left_on = '2026-02-27' WHERE id = :id", id=town.party)

    served = feeds.fetch(db, token, gzipped=False, now=now)
    assert (b"VEVENT" in served.body, served.body.count(b"BEGIN:VTIMEZONE"), served.ended) == (False, 1, False)
    assert "领导走访 · 巴中市分行" in served.body.decode()
    assert feeds.fetch(db, token, gzipped=False, now=now + 31 * DAY).ended is True


def test_each_scope_of_a_unit_is_renewed_and_revoked_by_itself(db, town, now):
    unit, visits = unit_feed(db, town, now), unit_feed(db, town, now, "visits")
    again = unit_feed(db, town, now)
    feeds.revoke(db, owner_id=town.party, of=Shown("visits", town.branch), by=SYSTEM, now=now)

    found = [feeds.fetch(db, token, gzipped=False, now=now) is not None for token in (unit, again, visits)]
    assert found == [False, True, False]
    with pytest.raises(NotFound):
        feeds.revoke(db, owner_id=town.party, of=Shown("visits", town.branch), by=SYSTEM, now=now)
    with pytest.raises(NotFound):
        feeds.revoke(db, owner_id=town.head, of=Shown("unit", town.branch), by=SYSTEM, now=now)


def test_an_address_has_a_name_that_stays_when_it_is_renewed(db, town, now):
    of = Shown("unit", town.branch)
    unit_feed(db, town, now)
    feeds.rename(db, owner_id=town.party, of=of, name=" 办公室电脑 ", by=SYSTEM, now=now)
    unit_feed(db, town, now)

    assert feeds.subscription(db, owner_id=town.party, of=of)["name"] == "办公室电脑"
    (row,) = feeds.subscriptions(db, town.party, now=now)
    assert (row["scope"], row["subject_id"], row["of"], row["name"]) == ("unit", town.branch, BRANCH, "办公室电脑")
    assert [entry["act"] for entry in audit.history(db, "feed", 1)] == ["rename", "subscribe"]


@pytest.mark.parametrize("name", ["很长" * 21, "a\x00b", "\u202e反"])
def test_a_name_that_cannot_be_shown_is_refused(db, town, now, name):
    of = Shown("unit", town.branch)
    unit_feed(db, town, now)

    with pytest.raises(Invalid):
        feeds.rename(db, owner_id=town.party, of=of, name=name, by=SYSTEM, now=now)
    assert feeds.subscription(db, owner_id=town.party, of=of)["name"] == ""


def test_only_the_owner_renames(db, town, now):
    unit_feed(db, town, now)

    with pytest.raises(NotFound):
        feeds.rename(db, owner_id=town.head, of=Shown("unit", town.branch), name="x", by=SYSTEM, now=now)


# taken along once


@pytest.mark.parametrize("scope", ["person", "place", "unit", "visits"])
def test_a_file_taken_along_once_has_the_uids_and_bytes_of_the_address(db, town, now, scope):
    builders.shift(db, town, MONDAY, [town.lan], activity="visit")
    of = Shown(scope, {"person": town.lan, "place": town.outlet}.get(scope, town.branch))
    owner_id = town.lan if scope == "person" else town.party
    taken = feeds.once(db, of=of, lang="zh", base_url=BASE, now=now)
    token = feeds.subscribe(db, owner_id=owner_id, of=of, lang="zh", base_url=BASE, by=SYSTEM, now=now + MINUTE)

    assert taken.count(b"BEGIN:VEVENT") == 1
    assert body(db, token, now) == taken == feeds.once(db, of=of, lang="zh", base_url=BASE, now=now + DAY)


def test_a_file_is_as_the_duties_are_now_although_nobody_subscribed(db, town, now):
    of = Shown("person", town.lan)
    builders.shift(db, town, MONDAY, [town.lan])
    feeds.once(db, of=of, lang="zh", base_url=BASE, now=now)
    run(db, "UPDATE place SET name = '江北路支行' WHERE id = :id", id=town.outlet)

    assert "江北路支行" in feeds.once(db, of=of, lang="zh", base_url=BASE, now=now + MINUTE).decode()
    assert value(db, "SELECT COUNT(*) FROM feed") == 0
