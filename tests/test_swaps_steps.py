"""Swaps that go on to others step by step, and that follow a duty which is moved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta

import pytest

from scheduler import accounts, assignments, audit, clock, database, swaps
from scheduler.audit import SYSTEM
from scheduler.database import insert, one, rows, value, write
from scheduler.errors import Conflict, Invalid
from scheduler.rosters.reading import problem
from tests import builders
from tests.test_swaps import KEY, SENT, URL, accept, actor, away, decline, standing, state, told

FRIDAY, THURSDAY = date(2026, 3, 6), date(2026, 3, 5)
HOUR = timedelta(hours=1)


@pytest.fixture
def march(db, town):
    """A published roster with nothing in it, and coordinator 吕莉."""
    at = "2026-02-20T01:00:00Z"
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=clock.from_text(at))
    with write(db):
        return insert(
            db, "roster", unit_id=town.branch, starts_on="2026-03-02", ends_on="2026-03-29", state="published",
            made_at=at, published_at=at,
        )  # fmt: skip


@pytest.fixture
def friday(db, town, march):
    """兰草 stands on Friday, six days from now."""
    return builders.shift(db, town, FRIDAY, [town.lan])


def ask(db, town, shift_id, whom, now, **more):
    held = builders.assigned(db, shift_id, town.lan)
    given = {"goes_on": True, **SENT, "by": actor(db, town.lan), "now": now} | more
    return swaps.ask(db, held, "cover", [(person, None) for person in whom], **given)


def steps(db, **wanted):
    swaps.set_policy(db, 1, swaps.Policy(**wanted), by=SYSTEM, now=clock.from_text("2026-02-20T01:00:00Z"))


def due(db, now):
    return swaps.settle_due(db, base_url=URL, secret_key=KEY, now=now)


def asked(db, request_id):
    sql = "SELECT step, person_id, state FROM swap_offer WHERE request_id = :id ORDER BY id"
    return [(row["step"], row["person_id"], row["state"]) for row in rows(db, sql, id=request_id)]


def next_at(db, request_id):
    return value(db, "SELECT next_at FROM swap_request WHERE id = :id", id=request_id)


# the ladder


def test_who_does_not_answer_is_followed_by_the_next_once_a_step(db, town, now, friday):
    steps(db, people=1)
    request_id = ask(db, town, friday, [town.bo], now)

    early = due(db, now + 24 * HOUR - timedelta(seconds=1))
    turns = [due(db, now + 24 * HOUR) for _ in range(3)]

    assert (early, turns) == (0, [1, 0, 0])
    first, second = asked(db, request_id)
    assert (first, second[0], second[2]) == ((1, town.bo, "asked"), 2, "asked")
    assert told(db) == [("cover_wanted", town.bo), ("cover_wanted", second[1])]
    assert next_at(db, request_id) == clock.to_text(now + 48 * HOUR)


def test_the_next_ones_are_the_fairest_of_those_who_may_stand_it_then(db, town, now, friday):
    steps(db, people=1)
    request_id = ask(db, town, friday, [town.bo], now)
    rank = [row["person_id"] for row in swaps.able(db, builders.assigned(db, friday, town.lan), now=now).cover]
    left = [person for person in rank if person != town.bo]
    away(db, left[0], FRIDAY, now, "leave")

    due(db, now + 24 * HOUR)

    assert [person for _, person, _ in asked(db, request_id)] == [town.bo, left[1]]


def test_whoever_was_asked_before_may_accept_until_somebody_did(db, town, now, friday):
    steps(db, people=2)
    request_id = ask(db, town, friday, [town.bo], now)
    due(db, now + 24 * HOUR)
    later = asked(db, request_id)[1][1]

    assert accept(db, request_id, town.bo, now + 25 * HOUR) == "approved"

    assert standing(db, friday) == [town.bo]
    with pytest.raises(Conflict, match="swap_is_settled"):
        accept(db, request_id, later, now + 25 * HOUR)
    assert due(db, now + 48 * HOUR) == 0


def test_a_no_is_followed_at_once_by_one_more_and_the_others_keep_their_time(db, town, now, friday):
    steps(db, people=2)
    request_id = ask(db, town, friday, [town.bo, town.min], now)
    before = next_at(db, request_id)

    decline(db, request_id, town.bo, now + HOUR)
    turns = [due(db, now + HOUR) for _ in range(2)]

    assert (turns, [answer for _, _, answer in asked(db, request_id)]) == ([1, 0], ["declined", "asked", "asked"])
    assert (state(db, request_id), next_at(db, request_id)) == ("asked", before)


def test_who_asked_is_told_once_nobody_is_left(db, town, now, friday):
    steps(db, people=20)
    request_id = ask(db, town, friday, [town.bo], now)
    due(db, now + 24 * HOUR)
    for _, person_id, _ in asked(db, request_id):
        decline(db, request_id, person_id, now + 25 * HOUR)

    before = state(db, request_id)
    turns = [due(db, now + 25 * HOUR) for _ in range(2)]

    assert (before, turns, state(db, request_id)) == ("asked", [1, 0], "declined")
    assert told(db)[-1] == ("swap_settled", town.lan)


def test_steps_are_faster_near_the_start_and_never_at_night(db, town, now, friday):
    start = clock.from_text(value(db, "SELECT starts_at FROM shift WHERE id = :id", id=friday))
    rule = swaps.Policy(step_hours=24, near_hours=48, near_step_hours=4)

    def after(hours):
        at = rule.next_step(clock.to_text(start), db=db, now=start - hours * HOUR)
        return at and (start - clock.from_text(at)) / HOUR

    # 08:30 is the start: 70 h before it is 10:30, two days and more before
    assert [after(hours) for hours in (96, 70, 46, 3)] == [72, 48, 42, None]
    # 21:30 the evening before: four hours later it is night, so it waits for 07:00; and not where that is too late
    assert after(11) == 1.5
    assert rule.next_step(clock.to_text(start - 2 * HOUR), db=db, now=start - 11 * HOUR) == clock.to_text(
        start - 7 * HOUR
    )


def test_a_request_that_goes_on_lapses_at_the_start(db, town, now, friday):
    request_id = ask(db, town, friday, [town.bo], now)
    start = clock.from_text(value(db, "SELECT starts_at FROM shift WHERE id = :id", id=friday))

    assert [due(db, start), due(db, start)] == [1, 0]

    assert (state(db, request_id), len(asked(db, request_id))) == ("lapsed", 1)


def test_where_the_policy_says_nobody_nothing_goes_on(db, town, now, friday):
    steps(db, people=0)
    request_id = ask(db, town, friday, [town.bo], now)
    decline(db, request_id, town.bo, now)

    assert (state(db, request_id), due(db, now + 72 * HOUR)) == ("declined", 0)


def test_what_was_chosen_alone_asks_nobody_else(db, town, now, friday):
    request_id = ask(db, town, friday, [town.bo], now, goes_on=False)

    assert (due(db, now + 72 * HOUR), len(asked(db, request_id))) == (0, 1)


def test_steps_out_of_bounds_are_refused_and_the_policy_stays(db, town):
    with pytest.raises(Invalid) as refusal:
        steps(db, people=21, step_hours=0)

    assert [problem.field for problem in refusal.value.problems] == ["people", "step_hours"]
    assert swaps.policy(db, town.office) == swaps.Policy()


def test_two_processes_take_a_step_once(app, settings, db, town, now, friday):
    steps(db, people=1)
    request_id = ask(db, town, friday, [town.bo], now)

    def turn(_):
        with closing(database.connect(settings.database, settings.zone)) as own:
            return due(own, now + 24 * HOUR)

    with ThreadPoolExecutor(4) as pool:
        turns = list(pool.map(turn, range(4)))

    assert (sum(turns), len(asked(db, request_id))) == (1, 2)
    assert len([kind for kind, _ in told(db) if kind == "cover_wanted"]) == 2


def test_one_question_answered_twice_at_the_same_moment_has_one_effect(app, settings, db, town, now, march, friday):
    theirs = builders.shift(db, town, date(2026, 3, 10), [town.min])
    held = builders.assigned(db, friday, town.lan)
    request_id = swaps.ask(db, held, "swap", [(town.min, theirs)], **SENT, by=actor(db, town.lan), now=now)

    def answer(_):
        with closing(database.connect(settings.database, settings.zone)) as own:
            try:
                return accept(own, request_id, town.min, now)
            except Conflict as refusal:
                return refusal.code

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(answer, range(6)))

    assert answers == ["approved", *["swap_is_settled"] * 5]
    assert (standing(db, friday), standing(db, theirs)) == ([town.min], [town.lan])
    assert value(db, "SELECT COUNT(*) FROM roster_version") == 1


# following


def moved(db, town, friday, now, day=THURSDAY):
    """The duty of 兰草 moved to another day, not published yet; gives the shift."""
    other = builders.shift(db, town, day)
    assignments.move(db, builders.assigned(db, friday, town.lan), other, by=SYSTEM, now=now)
    return other


def test_a_request_follows_its_duty_to_another_shift_once_that_is_published(db, town, now, friday):
    request_id = ask(db, town, friday, [town.bo, town.min], now, goes_on=False)
    thursday = moved(db, town, friday, now)

    with pytest.raises(Conflict, match="seat_is_being_changed"):
        accept(db, request_id, town.bo, now)
    before = due(db, now)
    builders.announced(db, now)
    with pytest.raises(Conflict, match="swap_has_moved"):
        accept(db, request_id, town.bo, now)
    turns = [due(db, now) for _ in range(2)]

    assert (before, turns, state(db, request_id)) == (0, [1, 0], "asked")
    assert value(db, "SELECT shift_id FROM swap_request WHERE id = :id", id=request_id) == thursday
    assert accept(db, request_id, town.bo, now) == "approved"
    assert (standing(db, thursday), standing(db, friday)) == ([town.bo], [])


def test_those_asked_are_told_of_the_new_day_and_who_cannot_is_dropped(db, town, now, friday):
    request_id = ask(db, town, friday, [town.bo, town.min], now, goes_on=False)
    away(db, town.min, THURSDAY, now, "leave")
    moved(db, town, friday, now)
    builders.announced(db, now)
    before = len(told(db))

    due(db, now)

    assert sorted(told(db)[before:]) == [("cover_wanted", town.bo), ("swap_settled", town.min)]
    assert "3月5日" in value(db, "SELECT body FROM outbox WHERE kind = 'cover_wanted' ORDER BY id DESC LIMIT 1")
    assert sorted(asked(db, request_id)) == sorted([(1, town.bo, "asked"), (1, town.min, "settled")])


def test_a_yes_to_the_old_day_is_asked_for_again(db, town, now, friday):
    swaps.set_approval(db, town.branch, True, by=SYSTEM, now=now)
    request_id = ask(db, town, friday, [town.bo], now, goes_on=False)
    accept(db, request_id, town.bo, now)
    moved(db, town, friday, now)
    builders.announced(db, now)

    with pytest.raises(Conflict, match="swap_has_moved"):
        swaps.approve(db, request_id, base_url=URL, by=actor(db, town.party), now=now)
    due(db, now)

    assert (state(db, request_id), asked(db, request_id)) == ("asked", [(1, town.bo, "asked")])


def test_a_swap_follows_the_others_duty_too(db, town, now, march, friday):
    theirs = builders.shift(db, town, date(2026, 3, 10), [town.min])
    held = builders.assigned(db, friday, town.lan)
    request_id = swaps.ask(db, held, "swap", [(town.min, theirs)], **SENT, by=actor(db, town.lan), now=now)
    other = builders.shift(db, town, date(2026, 3, 11))
    assignments.move(db, builders.assigned(db, theirs, town.min), other, by=SYSTEM, now=now)
    builders.announced(db, now)

    assert [due(db, now), due(db, now)] == [1, 0]

    assert accept(db, request_id, town.min, now) == "approved"
    assert (standing(db, friday), standing(db, other), standing(db, theirs)) == ([town.min], [town.lan], [])


def test_a_duty_that_is_released_ends_its_request(db, town, now, friday):
    request_id = ask(db, town, friday, [town.bo], now)
    assignments.release(db, builders.assigned(db, friday, town.lan), by=SYSTEM, now=now)

    before = due(db, now)
    builders.announced(db, now)

    assert (before, due(db, now), state(db, request_id)) == (0, 1, "obsolete")
    assert told(db)[1:] == [("swap_settled", town.lan), ("swap_settled", town.bo)]


def test_what_is_given_away_with_consent_ends_what_else_is_asked_about_it(db, town, now, march, friday):
    theirs = builders.shift(db, town, date(2026, 3, 10), [town.min])
    own = ask(db, town, friday, [town.bo], now, goes_on=False)
    held = builders.assigned(db, theirs, town.min)
    swap = swaps.ask(db, held, "swap", [(town.lan, friday)], **SENT, by=actor(db, town.min), now=now)

    accept(db, swap, town.lan, now)

    assert (state(db, swap), state(db, own)) == ("approved", "obsolete")
    assert due(db, now) == 0
    assert "swap_obsolete" in [row["act"] for row in audit.history(db, "swap_request", own)]


# what is told


def test_coordinators_are_told_of_what_waits_for_them_once(db, town, now, friday):
    swaps.set_approval(db, town.branch, True, by=SYSTEM, now=now)
    request_id = ask(db, town, friday, [town.bo], now)

    accept(db, request_id, town.bo, now)

    assert told(db)[1:] == [("swap_settled", town.lan), ("swap_waits", town.party)]
    message = one(db, "SELECT subject, body FROM outbox WHERE kind = 'swap_waits'")
    assert ("兰草" in message["subject"], "薄荷" in message["subject"]) == (True, True)
    assert f"{URL}/swaps#swap-{request_id}" in message["body"]


def test_where_no_approval_is_needed_coordinators_are_not_told(db, town, now, friday):
    accept(db, ask(db, town, friday, [town.bo], now), town.bo, now)

    assert "swap_waits" not in [kind for kind, _ in told(db)]


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_who_asked_for_a_swap_is_told_the_answer(db, town, now, march, friday, answer):
    swaps.set_approval(db, town.branch, True, by=SYSTEM, now=now)
    theirs = builders.shift(db, town, date(2026, 3, 10), [town.min])
    held = builders.assigned(db, friday, town.lan)
    request_id = swaps.ask(db, held, "swap", [(town.min, theirs)], **SENT, by=actor(db, town.lan), now=now)

    (accept if answer == "yes" else decline)(db, request_id, town.min, now)

    message = one(db, "SELECT person_id, subject FROM outbox WHERE kind = 'swap_answered'")
    assert message["person_id"] == town.lan
    assert ("等排班员批准" in message["subject"], "不同意" in message["subject"]) == (answer == "yes", answer == "no")


# balances


def counted(db, roster_id):
    """By person: the trips that a fill of the roster goes by."""
    staff = problem(db, roster_id).staff
    return {int(one.id[1:]): one.history.trips for one in staff}


@pytest.fixture
def april(db, town):
    """The month after, in which it is somebody's turn."""
    return insert(
        db, "roster", unit_id=town.branch, starts_on="2026-04-01", ends_on="2026-04-30", state="draft",
        made_at="2026-02-20T01:00:00Z",
    )  # fmt: skip


@pytest.mark.parametrize(("keeps_turn", "lan"), [(True, 0), (False, 1)])
def test_a_cover_keeps_the_turn_of_who_did_not_stand_where_the_policy_says_so(
    db, town, now, friday, april, keeps_turn, lan
):
    steps(db, keeps_turn=keeps_turn)
    before = counted(db, april)
    accept(db, ask(db, town, friday, [town.bo], now), town.bo, now)
    steps(db, keeps_turn=not keeps_turn)  # what is settled stays as it was settled

    after = counted(db, april)

    assert (before[town.lan], before[town.bo]) == (1, 0)
    assert (after[town.lan], after[town.bo]) == (lan, 1)


@pytest.mark.parametrize("keeps_turn", [True, False])
def test_a_swap_moves_both_turns_whatever_the_policy(db, town, now, march, friday, april, keeps_turn):
    steps(db, keeps_turn=keeps_turn)
    theirs = builders.shift(db, town, date(2026, 3, 10), [town.min])
    held = builders.assigned(db, friday, town.lan)
    request_id = swaps.ask(db, held, "swap", [(town.min, theirs)], **SENT, by=actor(db, town.lan), now=now)
    before = counted(db, april)

    accept(db, request_id, town.min, now)

    assert counted(db, april) == before


def test_who_stands_the_covered_duty_after_all_is_counted_once(db, town, now, friday, april):
    steps(db, keeps_turn=False)
    accept(db, ask(db, town, friday, [town.bo], now), town.bo, now)
    assignments.hand_over(db, builders.assigned(db, friday, town.bo), town.lan, by=SYSTEM, now=now)
    builders.announced(db, now)

    assert counted(db, april)[town.lan] == 1
