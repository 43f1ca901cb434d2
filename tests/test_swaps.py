"""Swaps and cover with consent: asked, answered, approved; one effect at once, told once, under any race."""

from __future__ import annotations

import random
from datetime import date, time, timedelta

import pytest

from scheduler import accounts, assignments, audit, clock, people, rosters, swaps
from scheduler.audit import SYSTEM
from scheduler.database import insert, one, rows, value, write
from scheduler.errors import Conflict, Invalid, NotAllowed, NotFound
from tests import builders

URL = "http://127.0.0.1:8000"
KEY = "for tests only"
MONDAY, TUESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)
SENT = {"base_url": URL, "secret_key": KEY}


def actor(db, person_id):
    return accounts.actor(db, person_id)


@pytest.fixture
def march(db, town):
    """A published roster with nothing in it."""
    at = "2026-02-20T01:00:00Z"
    with write(db):
        return insert(
            db, "roster", unit_id=town.branch, starts_on="2026-03-02", ends_on="2026-03-29", state="published",
            made_at=at, published_at=at,
        )  # fmt: skip


@pytest.fixture
def monday(db, town, march):
    """兰草 stands on Monday."""
    return builders.shift(db, town, MONDAY, [town.lan])


@pytest.fixture
def friday(db, town, march):
    """闵行 stands on Friday."""
    return builders.shift(db, town, FRIDAY, [town.min])


def away(db, person_id, day, now, kind="leave"):
    starts, ends = clock.midnight(day, db.zone), clock.midnight(day + timedelta(days=1), db.zone)
    people.add_away(db, person_id, kind=kind, starts_at=starts, ends_at=ends, by=SYSTEM, now=now)


def ask_cover(db, town, monday, whom, now, **more):
    held = builders.assigned(db, monday, town.lan)
    given = {**SENT, "by": actor(db, town.lan), "now": now} | more
    return swaps.ask(db, held, "cover", [(person, None) for person in whom], **given)


def ask_swap(db, town, monday, friday, now, **more):
    held = builders.assigned(db, monday, town.lan)
    given = {**SENT, "by": actor(db, town.lan), "now": now} | more
    return swaps.ask(db, held, "swap", [(town.min, friday)], **given)


def offer_of(db, request_id, person_id):
    sql = "SELECT id FROM swap_offer WHERE request_id = :request_id AND person_id = :person_id"
    return value(db, sql, request_id=request_id, person_id=person_id)


def accept(db, request_id, person_id, now, **more):
    given = {"base_url": URL, "by": actor(db, person_id), "now": now} | more
    return swaps.accept(db, offer_of(db, request_id, person_id), **given)


def decline(db, request_id, person_id, now):
    swaps.decline(db, offer_of(db, request_id, person_id), base_url=URL, by=actor(db, person_id), now=now)


def standing(db, shift_id):
    sql = "SELECT person_id FROM standing WHERE shift_id = :id ORDER BY slot"
    return [row["person_id"] for row in rows(db, sql, id=shift_id)]


def state(db, request_id):
    return value(db, "SELECT state FROM swap_request WHERE id = :id", id=request_id)


def told(db):
    sql = "SELECT kind, person_id FROM outbox ORDER BY id"
    return [(row["kind"], row["person_id"]) for row in rows(db, sql)]


# who may be asked


def test_only_those_who_may_stand_are_offered_the_fairest_first(db, town, now, monday, friday):
    builders.carried(db, town, town.bo, now, trips=3)
    away(db, town.party, MONDAY, now, "leave")

    found = swaps.able(db, builders.assigned(db, monday, town.lan), now=now)

    names = [row["person_id"] for row in found.cover]
    assert (town.party in names, town.lan in names) == (False, False)
    assert names.index(town.min) < names.index(town.bo)


def test_a_swap_is_offered_only_where_both_may_stand_the_others(db, town, now, monday, friday):
    held = builders.assigned(db, monday, town.lan)

    before = [(row["person_id"], row["shift_id"]) for row in swaps.able(db, held, now=now).swap]
    away(db, town.lan, FRIDAY, now, "leave")

    assert before == [(town.min, friday)]
    assert swaps.able(db, held, now=now).swap == []


def test_nobody_is_asked_who_may_not_stand_it(db, town, now, monday, friday):
    away(db, town.bo, MONDAY, now, "leave")

    with pytest.raises(Conflict, match="swap_cannot_be_asked"):
        ask_cover(db, town, monday, [town.min, town.bo], now)
    with pytest.raises(Invalid, match="swap_asks_nobody"):
        ask_cover(db, town, monday, [], now)
    assert told(db) == []


def test_one_asks_for_ones_own_duty_a_coordinator_for_others(db, town, now, monday):
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)

    with pytest.raises(NotAllowed):
        ask_cover(db, town, monday, [town.bo], now, by=actor(db, town.min))
    request_id = ask_cover(db, town, monday, [town.bo], now, by=actor(db, town.party))

    assert one(db, "SELECT person_id, asked_by FROM swap_request WHERE id = :id", id=request_id) == {
        "person_id": town.lan,
        "asked_by": "吕莉",
    }


def test_a_duty_is_asked_for_once_at_a_time(db, town, now, monday):
    first = ask_cover(db, town, monday, [town.bo], now)

    with pytest.raises(Conflict, match="swap_is_asked_already"):
        ask_cover(db, town, monday, [town.min], now)
    swaps.withdraw(db, first, base_url=URL, by=actor(db, town.lan), now=now)
    ask_cover(db, town, monday, [town.min], now)

    assert told(db) == [("cover_wanted", town.bo), ("swap_settled", town.bo), ("cover_wanted", town.min)]


# cover


def test_whoever_accepts_first_stands_it_and_the_others_are_told(db, town, now, monday):
    request_id = ask_cover(db, town, monday, [town.min, town.bo], now)

    assert accept(db, request_id, town.bo, now) == "approved"
    with pytest.raises(Conflict) as refusal:
        accept(db, request_id, town.min, now)

    assert (refusal.value.code, refusal.value.problems[0].facts["person"]) == ("swap_is_settled", "薄荷")
    assert (standing(db, monday), state(db, request_id)) == ([town.bo], "approved")
    assert sorted(told(db)[2:]) == [("cancelled", town.lan), ("published", town.bo), ("swap_settled", town.min)]


def test_reminders_and_calendars_follow_at_once(db, town, now, monday):
    accept(db, ask_cover(db, town, monday, [town.bo], now), town.bo, now)

    sql = "SELECT DISTINCT person_id FROM reminder JOIN assignment ON assignment.id = assignment_id WHERE {}"
    armed = rows(db, sql.format("withdrawn_at IS NULL AND assignment.shift_id = :id"), id=monday)
    assert [row["person_id"] for row in armed] == [town.bo]
    assert value(db, "SELECT COUNT(*) FROM roster_version") == 1
    assert [row["act"] for row in audit.history(db, "swap_request", 1)][:2] == ["swap_approved", "ask_cover"]


def test_declined_by_all_is_told_to_who_asked_and_not_before(db, town, now, monday):
    request_id = ask_cover(db, town, monday, [town.min, town.bo], now)

    decline(db, request_id, town.min, now)
    before = (state(db, request_id), len(told(db)))
    decline(db, request_id, town.bo, now)

    assert before == ("asked", 2)
    assert (state(db, request_id), told(db)[2:]) == ("declined", [("swap_settled", town.lan)])
    assert standing(db, monday) == [town.lan]
    with pytest.raises(Conflict, match="swap_is_over"):
        decline(db, request_id, town.bo, now)


def test_only_the_asked_or_a_coordinator_answers(db, town, now, monday):
    request_id = ask_cover(db, town, monday, [town.bo], now)
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)

    with pytest.raises(NotAllowed):
        accept(db, request_id, town.bo, now, by=actor(db, town.min))
    assert accept(db, request_id, town.bo, now, by=actor(db, town.party)) == "approved"

    assert standing(db, monday) == [town.bo]


def test_leave_since_then_is_refused_to_the_one_concerned_and_nothing_changes(db, town, now, monday):
    request_id = ask_cover(db, town, monday, [town.bo], now)
    away(db, town.bo, MONDAY, now, "sick")

    with pytest.raises(Conflict, match="person_is_away"):
        accept(db, request_id, town.bo, now)

    assert (standing(db, monday), state(db, request_id)) == ([town.lan], "asked")


def test_the_leave_of_the_other_one_is_not_told(db, town, now, monday, friday):
    request_id = ask_swap(db, town, monday, friday, now)
    away(db, town.lan, FRIDAY, now, "sick")

    with pytest.raises(Conflict) as refusal:
        accept(db, request_id, town.min, now)

    assert [problem.code for problem in refusal.value.problems] == ["swap_fits_no_more"]


def test_too_little_rest_is_refused_at_acceptance(db, town, now, monday):
    request_id = ask_cover(db, town, monday, [town.bo], now)
    builders.shift(db, town, MONDAY, [town.bo], starts=time(17, 30), ends=time(20), place_id=town.community)

    with pytest.raises(Conflict, match="swap_fits_no_more"):
        accept(db, request_id, town.bo, now)
    assert standing(db, monday) == [town.lan]


def test_cover_counts_for_who_stood_and_keeps_the_turn_of_who_did_not(db, town, now, monday, friday):
    accept(db, ask_cover(db, town, monday, [town.bo], now), town.bo, now)

    found = swaps.able(db, builders.assigned(db, friday, town.min), now=now).cover

    names = [row["person_id"] for row in found]
    assert names.index(town.lan) < names.index(town.bo)


# swap


def test_a_swap_moves_both_in_one_transaction_and_tells_each_once(db, town, now, monday, friday):
    request_id = ask_swap(db, town, monday, friday, now)

    assert accept(db, request_id, town.min, now) == "approved"

    assert (standing(db, monday), standing(db, friday)) == ([town.min], [town.lan])
    assert sorted(told(db)) == [("published", town.lan), ("published", town.min), ("swap_asked", town.min)]


def test_a_request_follows_the_duty_to_another_slot(db, town, now, monday, friday):
    request_id = ask_swap(db, town, monday, friday, now)
    held = builders.assigned(db, monday, town.lan)
    assignments.move(db, held, monday, 5, by=SYSTEM, now=now)
    builders.announced(db, now)

    assert accept(db, request_id, town.min, now) == "approved"

    assert (standing(db, monday), standing(db, friday)) == ([town.min], [town.lan])


def test_what_a_coordinator_half_planned_is_not_published_by_a_swap(db, town, now, monday, friday):
    request_id = ask_swap(db, town, monday, friday, now)
    tuesday = builders.shift(db, town, TUESDAY)
    assignments.seat(db, tuesday, town.lan, by=SYSTEM, now=now)

    with pytest.raises(Conflict, match="seat_is_being_changed"):
        accept(db, request_id, town.min, now)

    assert (standing(db, monday), standing(db, tuesday)) == ([town.lan], [])


# approval


@pytest.fixture
def strict(db, town, now):
    """Swaps wait for a coordinator, who is 吕莉."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    swaps.set_approval(db, town.branch, True, by=SYSTEM, now=now)


def test_where_the_policy_says_so_a_coordinator_approves(db, town, now, monday, strict):
    request_id = ask_cover(db, town, monday, [town.bo], now)

    assert accept(db, request_id, town.bo, now) == "accepted"
    before = standing(db, monday)
    with pytest.raises(NotFound):
        swaps.approve(db, request_id, base_url=URL, by=actor(db, town.bo), now=now)
    swaps.approve(db, request_id, base_url=URL, by=actor(db, town.party), now=now)

    assert (before, standing(db, monday), state(db, request_id)) == ([town.lan], [town.bo], "approved")
    with pytest.raises(Conflict, match="swap_does_not_wait"):
        swaps.approve(db, request_id, base_url=URL, by=actor(db, town.party), now=now)


def test_what_is_not_approved_changes_nothing_and_both_are_told(db, town, now, monday, strict):
    request_id = ask_cover(db, town, monday, [town.bo], now)
    accept(db, request_id, town.bo, now)

    swaps.refuse(db, request_id, base_url=URL, by=actor(db, town.party), now=now)

    assert (standing(db, monday), state(db, request_id)) == ([town.lan], "refused")
    assert told(db)[3:] == [("swap_settled", town.lan), ("swap_settled", town.bo)]


def test_the_policy_is_one_for_an_organisation(db, town, now):
    assert swaps.needs_approval(db, town.office) is False
    assert swaps.set_approval(db, town.branch, True, by=SYSTEM, now=now) is True
    assert swaps.needs_approval(db, town.office) is True
    with pytest.raises(Conflict, match="policy_is_of_the_top"):
        swaps.set_approval(db, town.office, False, by=SYSTEM, now=now)


# lapse


def test_a_request_lapses_at_the_start_and_is_told_once(db, town, now, monday):
    request_id = ask_cover(db, town, monday, [town.bo], now)
    start = clock.from_text(value(db, "SELECT starts_at FROM shift WHERE id = :id", id=monday))

    early = swaps.lapse_due(db, base_url=URL, now=start - timedelta(seconds=1))
    turns = [swaps.lapse_due(db, base_url=URL, now=start) for _ in range(2)]

    assert (early, turns, state(db, request_id)) == (0, [1, 0], "lapsed")
    assert told(db)[1:] == [("swap_settled", town.lan)]
    with pytest.raises(Conflict, match="swap_is_obsolete"):
        accept(db, request_id, town.bo, start)


def test_a_duty_that_began_is_not_handed_over_even_before_the_job_runs(db, town, now, monday):
    request_id = ask_cover(db, town, monday, [town.bo], now)

    with pytest.raises(Conflict, match="swap_duty_has_begun"):
        accept(db, request_id, town.bo, clock.from_text("2026-03-02T00:30:00Z"))


def test_a_request_is_void_once_the_duty_is_given_to_somebody_else(db, town, now, monday):
    request_id = ask_cover(db, town, monday, [town.bo], now)
    assignments.hand_over(db, builders.assigned(db, monday, town.lan), town.min, by=SYSTEM, now=now)

    with pytest.raises(Conflict, match="seat_is_being_changed"):
        accept(db, request_id, town.bo, now)
    before = swaps.lapse_due(db, base_url=URL, now=now)
    builders.announced(db, now)

    assert (before, swaps.lapse_due(db, base_url=URL, now=now), state(db, request_id)) == (0, 1, "obsolete")
    assert told(db)[1:] == [("swap_settled", town.lan), ("swap_settled", town.bo)]


# links


def test_a_link_is_good_for_its_question_only(db):
    text = swaps.link(URL, KEY, 7).rpartition("/")[2]

    assert swaps.offer_of(text, secret_key=KEY) == 7
    for wrong in (text[:-1], text + "x", "7", ""):
        with pytest.raises(NotFound):
            swaps.offer_of(wrong, secret_key=KEY)
    with pytest.raises(NotFound):
        swaps.offer_of(text, secret_key="another key")


# any order of acts


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_asked_and_answered_nobody_is_in_two_places_and_no_seat_is_lost(db, town, now, march, seed):
    chance = random.Random(seed)
    staff = [town.party, town.lan, town.min, town.bo]
    for day in range(4):
        builders.shift(db, town, MONDAY + timedelta(days=day), [staff[day]])
        builders.shift(db, town, MONDAY + timedelta(days=day), [staff[day - 1]], place_id=town.community)
    done = 0
    for _ in range(14):
        try:
            done += _any_act(db, chance, now)
        except (Conflict, NotFound):
            continue

    assert done > 0
    assert value(db, "SELECT COUNT(*) FROM standing") == 8
    assert [row["held"] for row in rows(db, "SELECT COUNT(*) AS held FROM standing GROUP BY shift_id")] == [1] * 8
    assert value(db, "SELECT COUNT(*) FROM assignment WHERE state <> 'released' AND published_at IS NULL") == 0
    assert rows(
        db,
        """
        SELECT a.person_id FROM standing AS a
        JOIN standing AS b ON b.person_id = a.person_id AND b.id > a.id
        WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at
        """,
    ) == []  # fmt: skip
    assert rosters.revision(db, march).seats == []


def _any_act(db, chance, now):
    open_offers = rows(db, "SELECT id, person_id FROM swap_offer WHERE state = 'asked' ORDER BY id")
    if open_offers and chance.random() < 0.6:
        asked = chance.choice(open_offers)
        given = {"base_url": URL, "by": actor(db, asked["person_id"]), "now": now}
        if chance.random() < 0.2:
            swaps.decline(db, asked["id"], **given)
            return 0
        return swaps.accept(db, asked["id"], **given) == "approved"
    held = chance.choice(rows(db, "SELECT id, person_id FROM standing ORDER BY id"))
    able = swaps.able(db, held["id"], now=now)
    kind = chance.choice(["swap", "cover"])
    found = able.swap if kind == "swap" else able.cover
    whom = [(row["person_id"], row.get("shift_id")) for row in found[:3]]
    if whom:
        swaps.ask(db, held["id"], kind, whom, **SENT, by=actor(db, held["person_id"]), now=now)
    return 0
