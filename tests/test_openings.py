"""Seats opened for sign-up: taken by who comes first or by rotation, waited for, left, and given to the next."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduler import accounts, assignments, audit, openings, people, rosters, rules
from scheduler.audit import SYSTEM, Actor
from scheduler.database import IntegrityError, insert, one, rows, value
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.wording import sentence
from tests import builders, calendars

URL = "http://127.0.0.1:8000"
DAY = date(2026, 3, 10)  # a Tuesday
CLOSES = datetime(2026, 3, 8, 10, 0, tzinfo=UTC)
LATER = CLOSES + timedelta(minutes=1)


def actor(db, person_id):
    return accounts.actor(db, person_id)


@pytest.fixture
def shift(db, town):
    """A published shift of nine slots that nobody stands."""
    return builders.shift(db, town, DAY, place_id=town.community, activity="community")


def opened(db, shift_id, now, **more):
    given = {"seats": 1, "closes_at": CLOSES, "base_url": URL, "by": SYSTEM, "now": now}
    openings.open_seats(db, shift_id, **(given | more))
    return value(db, "SELECT id FROM opening WHERE shift_id = :id", id=shift_id)


def take(db, opening_id, person_id, now, **more):
    return openings.take(db, opening_id, base_url=URL, by=actor(db, person_id), now=now, **more)


def leave(db, opening_id, person_id, now):
    return openings.leave(db, opening_id, base_url=URL, by=actor(db, person_id), now=now)


def standing(db, shift_id):
    sql = "SELECT person_id FROM standing WHERE shift_id = :id ORDER BY slot"
    return [row["person_id"] for row in rows(db, sql, id=shift_id)]


def listed(db, opening_id):
    return [(row["person_id"], row["state"]) for row in openings.signed_up(db, opening_id)]


def told(db, kind):
    sql = "SELECT person_id FROM outbox WHERE kind = :kind ORDER BY person_id"
    return [row["person_id"] for row in rows(db, sql, kind=kind)]


# first come


def test_whoever_comes_first_has_the_seat_and_the_next_waits(db, town, now, shift):
    opening_id = opened(db, shift, now)

    assert take(db, opening_id, town.min, now) == "seated"
    assert take(db, opening_id, town.bo, now) == "waiting"
    assert standing(db, shift) == [town.min]
    assert listed(db, opening_id) == [(town.min, "seated"), (town.bo, "waiting")]


def test_a_seat_that_is_taken_is_fixed_and_kept_in_the_audit(db, town, now, shift):
    take(db, opened(db, shift, now), town.min, now)

    assert one(db, "SELECT fixed, published_at IS NOT NULL AS told FROM assignment") == {"fixed": 1, "told": 1}
    facts = audit.history(db, "assignment", builders.assigned(db, shift, town.min))
    assert [(row["act"], row["actor"], row["facts"]["place"]) for row in facts] == [("sign_up", "闵行", "东风路社区")]


def test_calendar_and_reminders_follow_a_seat_at_once(db, town, now, shift):
    calendars.subscribed(db, town.min, now)
    before = value(db, "SELECT stale FROM calendar")

    take(db, opened(db, shift, now), town.min, now)

    assert value(db, "SELECT stale FROM calendar") == before + 1


def test_nobody_signs_up_twice(db, town, now, shift):
    opening_id = opened(db, shift, now, seats=2)
    take(db, opening_id, town.min, now)

    with pytest.raises(Conflict) as refused:
        take(db, opening_id, town.min, now)

    assert refused.value.code == "already_signed_up"


def test_the_schema_itself_lets_nobody_in_twice_nor_over_the_number_nor_uninvited(db, town, now, shift):
    opening_id = opened(db, shift, now, party=True)
    take(db, opening_id, town.lan, now)
    row = {"opening_id": opening_id, "at": "2026-02-28T01:00:00Z"}

    with pytest.raises(IntegrityError):
        insert(db, "sign_up", person_id=town.lan, **row)
    with pytest.raises(IntegrityError, match="opening_is_not_for_them"):
        insert(db, "sign_up", person_id=town.min, **row)
    waiting = insert(db, "sign_up", person_id=town.party, **row)
    with pytest.raises(IntegrityError, match="opening_is_full"):
        db.conn.execute(
            "UPDATE sign_up SET state = 'seated', seated_at = at, assignment_id = 1 WHERE id = ?", [waiting]
        )


def test_after_the_deadline_nobody_signs_up(db, town, now, shift):
    opening_id = opened(db, shift, now)

    with pytest.raises(Conflict) as refused:
        take(db, opening_id, town.min, LATER)

    assert sentence(refused.value.problems[0], "zh") == "东风路社区 3月10日 周二 的报名已结束（截止 03-08 18:00）。"


# for whom


def test_it_is_open_only_to_whom_it_is_meant_for(db, town, now, shift):
    people.change(db, town.lan, version=1, skills=["创文志愿服务队"], by=SYSTEM, now=now)
    opening_id = opened(db, shift, now, skills=["创文志愿服务队"], seats=2)

    assert take(db, opening_id, town.lan, now) == "seated"
    assert [len(openings.of_person(db, person, now=now)) for person in (town.lan, town.min)] == [1, 0]
    with pytest.raises(NotFound):
        take(db, opening_id, town.min, now)


def test_units_narrow_it_and_what_the_shift_asks_for_still_holds(db, town, now):
    lobby = builders.drafted(db, town, now)
    rosters.publish(db, lobby, by=SYSTEM, now=now)
    shift_id = value(db, "SELECT id FROM shift WHERE template_id = :id ORDER BY day DESC", id=town.lobby)
    opened(db, shift_id, now, units=[town.office])

    able = [person for person in (town.head, town.lan, town.min) if openings.of_person(db, person, now=now)]

    assert able == [town.lan]  # the head is of another unit and role, 闵行 is not in the party


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"seats": 0}, "out_of_range"),
        ({"seats": 10}, "opening_has_no_room"),
        ({"rule": "by_luck"}, "bad_choice"),
        ({"note": "长" * 301}, "too_long"),
        ({"skills": ["没有这个队"]}, "unknown_team"),
        ({"units": [999]}, "unknown_unit"),
        ({"closes_at": datetime(2026, 2, 28, 1, tzinfo=UTC)}, "bad_deadline"),
        ({"closes_at": datetime(2026, 3, 11, tzinfo=UTC)}, "bad_deadline"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_words(db, town, now, shift, given, code):
    with pytest.raises(Invalid) as refused:
        opened(db, shift, now, **given)

    assert refused.value.code == code
    assert value(db, "SELECT COUNT(*) FROM opening") == 0


def test_a_draft_is_not_opened(db, town, now):
    shift_id = builders.shift(db, town, DAY, roster="draft")

    with pytest.raises(Conflict) as refused:
        opened(db, shift_id, now)

    assert refused.value.code == "opening_of_a_draft"


# what speaks against it


def test_who_is_away_is_told_so_and_gets_no_seat(db, town, now, shift):
    opening_id = opened(db, shift, now)
    begins = datetime(2026, 3, 9, tzinfo=UTC)
    ends = begins + timedelta(days=3)
    people.add_away(db, town.min, kind="leave", starts_at=begins, ends_at=ends, by=SYSTEM, now=now)

    with pytest.raises(Conflict) as refused:
        take(db, opening_id, town.min, now)

    (row,) = openings.of_person(db, town.min, now=now)
    assert (refused.value.code, row["level"], row["against"][0].code) == ("person_is_away", "block", "person_is_away")


def test_a_duty_that_they_were_told_of_is_named(db, town, now, shift):
    builders.shift(db, town, DAY, [town.min], starts=time(9), ends=time(10))

    with pytest.raises(Conflict) as refused:
        take(db, opened(db, shift, now), town.min, now)

    assert sentence(refused.value.problems[0], "en") == (
        "闵行 already stands at 江北支行 on Tue 10 Mar, 09:00–10:00; the times overlap."
    )


def test_nothing_of_a_draft_is_told(db, town, now, shift):
    opening_id = opened(db, shift, now)
    assignments.seat(db, insert_draft(db, town), town.min, by=SYSTEM, now=now)

    with pytest.raises(Conflict) as refused:
        take(db, opening_id, town.min, now)

    assert sentence(refused.value.problems[0], "zh") == "闵行这段时间另有安排，请联系排班员。"


def insert_draft(db, town):
    """A shift of a draft at the same hours as `shift`, in a roster of another unit."""
    roster_id = insert(
        db, "roster", unit_id=town.office, starts_on="2026-03-01", ends_on="2026-03-31", state="draft",
        made_at="2026-02-20T00:00:00Z",
    )  # fmt: skip
    return insert(
        db, "shift", key="d" * 16, unit_id=town.office, roster_id=roster_id, place_id=town.outlet, activity_id=1,
        day=DAY.isoformat(), starts_at="2026-03-10T00:30:00Z", ends_at="2026-03-10T09:00:00Z", headcount=2,
    )  # fmt: skip


def test_a_rule_that_warns_is_set_aside_with_a_reason_only(db, town, now, shift):
    builders.shift(db, town, DAY, [town.min], starts=time(18), ends=time(20))
    opening_id = opened(db, shift, now)

    with pytest.raises(Conflict) as refused:
        take(db, opening_id, town.min, now)
    (row,) = openings.of_person(db, town.min, now=now)

    assert [problem.code for problem in refused.value.problems] == ["needs_a_reason", "short_rest"]
    assert (row["level"], [problem.code for problem in row["against"]]) == ("warn", ["short_rest"])
    assert take(db, opening_id, town.min, now, reason="我家在旁边") == "seated"
    assert value(db, "SELECT override FROM assignment WHERE shift_id = :id", id=shift) == "我家在旁边"


def test_a_rule_that_blocks_lets_nobody_in_whatever_they_say(db, town, now, shift):
    rules.set_levels(db, town.branch, {"rest": "block"}, by=SYSTEM, now=now)
    builders.shift(db, town, DAY, [town.min], starts=time(18), ends=time(20))

    with pytest.raises(Conflict) as refused:
        take(db, opened(db, shift, now), town.min, now, reason="没关系")

    assert [problem.code for problem in refused.value.problems] == ["rule_blocks", "short_rest"]


def test_a_reason_that_nothing_asks_for_is_not_kept(db, town, now, shift):
    take(db, opened(db, shift, now), town.min, now, reason="我家在旁边")

    assert (value(db, "SELECT reason FROM sign_up"), value(db, "SELECT override FROM assignment")) == ("", "")


# leaving, and the next in line


def test_the_next_in_line_gets_the_seat_that_is_left_and_is_told(db, town, now, shift):
    opening_id = opened(db, shift, now)
    for person in (town.min, town.bo, town.lan):
        take(db, opening_id, person, now)

    assert leave(db, opening_id, town.min, now) == "seated"
    assert standing(db, shift) == [town.bo]
    assert listed(db, opening_id) == [(town.bo, "seated"), (town.lan, "waiting"), (town.min, "left")]
    assert told(db, "open_seat") == [town.bo]


def test_whoever_cannot_any_more_is_passed_over_and_keeps_their_place(db, town, now, shift):
    opening_id = opened(db, shift, now)
    for person in (town.min, town.bo, town.lan):
        take(db, opening_id, person, now)
    begins = datetime(2026, 3, 9, tzinfo=UTC)
    ends = begins + timedelta(days=3)
    people.add_away(db, town.bo, kind="sick", starts_at=begins, ends_at=ends, by=SYSTEM, now=now)

    leave(db, opening_id, town.min, now)

    assert listed(db, opening_id) == [(town.lan, "seated"), (town.bo, "waiting"), (town.min, "left")]


def test_after_the_deadline_a_seat_is_not_left_but_the_list_is(db, town, now, shift):
    opening_id = opened(db, shift, now)
    take(db, opening_id, town.min, now)
    take(db, opening_id, town.bo, now)

    with pytest.raises(Conflict) as refused:
        leave(db, opening_id, town.min, LATER)

    assert refused.value.code == "too_late_to_leave"
    assert leave(db, opening_id, town.bo, LATER) == "waiting"
    assert listed(db, opening_id) == [(town.min, "seated"), (town.bo, "left")]


def test_who_has_not_signed_up_cannot_leave(db, town, now, shift):
    with pytest.raises(NotFound):
        leave(db, opened(db, shift, now), town.min, now)


def test_a_seat_that_a_coordinator_frees_goes_to_the_next_once_that_is_published(db, town, now, shift):
    opening_id = opened(db, shift, now)
    take(db, opening_id, town.min, now)
    take(db, opening_id, town.bo, now)
    assignments.release(db, builders.assigned(db, shift, town.min), by=SYSTEM, now=now)

    unpublished = openings.settle_due(db, base_url=URL, now=now)
    mine = openings.of_person(db, town.min, now=now)[0]["mine"]
    builders.announced(db, now)

    assert (unpublished, mine) == (0, "seated")  # nothing of what waits is told
    assert [openings.settle_due(db, base_url=URL, now=now) for _ in range(2)] == [1, 0]
    assert standing(db, shift) == [town.bo]
    assert told(db, "open_seat") == [town.bo]


def test_a_release_that_is_taken_back_gives_the_seat_back(db, town, now, shift):
    take(db, opening_id := opened(db, shift, now), town.min, now)
    by = Actor(town.party, "吕莉")
    roster_id = value(db, "SELECT roster_id FROM shift WHERE id = :id", id=shift)
    assignments.release(db, builders.assigned(db, shift, town.min), by=by, now=now)

    rosters.undo(db, roster_id, by=by, now=now)

    assert listed(db, opening_id) == [(town.min, "seated")]


# by rotation


def test_by_rotation_nobody_is_seated_until_the_deadline_and_then_the_fairest(db, town, now, shift):
    builders.carried(db, town, town.min, now, trips=5)
    opening_id = opened(db, shift, now, rule="by_rotation")
    answers = [take(db, opening_id, person, now) for person in (town.min, town.bo)]

    early = openings.settle_due(db, base_url=URL, now=now)
    late = [openings.settle_due(db, base_url=URL, now=LATER) for _ in range(2)]

    assert (answers, early, late) == (["waiting", "waiting"], 0, [1, 0])
    assert listed(db, opening_id) == [(town.bo, "seated"), (town.min, "waiting")]
    assert (told(db, "open_seat"), told(db, "open_missed")) == ([town.bo], [town.min])


def test_after_a_draw_the_list_goes_by_rank(db, town, now, shift):
    builders.carried(db, town, town.min, now, trips=9)
    builders.carried(db, town, town.lan, now, trips=4)
    opening_id = opened(db, shift, now, rule="by_rotation")
    for person in (town.min, town.lan, town.bo):
        take(db, opening_id, person, now)

    openings.settle_due(db, base_url=URL, now=LATER)

    assert listed(db, opening_id) == [(town.bo, "seated"), (town.lan, "waiting"), (town.min, "waiting")]


# telling


def test_everybody_who_may_stand_is_told_once(db, town, now, shift):
    builders.shift(db, town, DAY, [town.bo], starts=time(9), ends=time(10))
    given = {"seats": 2, "closes_at": CLOSES, "tell": True, "base_url": URL, "by": SYSTEM, "now": now}

    first = openings.open_seats(db, shift, **given)
    again = openings.open_seats(db, shift, **given)

    assert (first, again) == (5, 0)  # 薄荷 stands elsewhere then
    assert told(db, "open_duty") == [town.head, town.deputy, town.party, town.lan, town.min]


def test_the_invitation_says_what_where_when_and_until_when(db, town, now, shift):
    opened(db, shift, now, seats=3, note="请穿志愿马甲", tell=True)

    body = value(db, "SELECT body FROM outbox WHERE person_id = :id", id=town.min)

    for words in (
        "需要 3 人",
        "3月10日 周二 08:30–17:00",
        "东风路社区",
        "请穿志愿马甲",
        "3月8日 周日 18:00",
        f"{URL}/me/open",
    ):
        assert words in body


# closing, reopening, by hand


def test_closing_tells_who_waits_and_keeps_who_is_seated(db, town, now, shift):
    opening_id = opened(db, shift, now)
    take(db, opening_id, town.min, now)
    take(db, opening_id, town.bo, now)

    assert openings.close(db, opening_id, base_url=URL, by=SYSTEM, now=now) == 1
    assert (standing(db, shift), told(db, "open_missed")) == ([town.min], [town.bo])
    with pytest.raises(Conflict) as refused:
        take(db, opening_id, town.lan, now)
    assert refused.value.code == "opening_is_over"
    with pytest.raises(Conflict) as refused:
        openings.close(db, opening_id, base_url=URL, by=SYSTEM, now=now)
    assert refused.value.code == "opening_is_closed"


def test_what_was_closed_is_opened_again_with_its_list_and_everybody_is_told_anew(db, town, now, shift):
    opening_id = opened(db, shift, now, tell=True)
    for person in (town.min, town.bo):
        take(db, opening_id, person, now)
    openings.close(db, opening_id, base_url=URL, by=SYSTEM, now=now)
    before = told(db, "open_duty")

    opened(db, shift, now, seats=2, tell=True)

    assert listed(db, opening_id) == [(town.min, "seated"), (town.bo, "seated")]
    assert told(db, "open_duty") == sorted([*before, town.head, town.deputy, town.party, town.lan])


def test_a_coordinator_seats_by_hand_and_the_person_is_told(db, town, now, shift):
    opening_id = opened(db, shift, now)
    take(db, opening_id, town.min, now)
    take(db, opening_id, town.bo, now)
    waits = openings.signed_up(db, opening_id)[1]["sign_up_id"]

    openings.seat_by_hand(db, waits, base_url=URL, by=SYSTEM, now=now)

    assert (standing(db, shift), told(db, "open_seat")) == ([town.min, town.bo], [town.bo])
    with pytest.raises(Conflict) as refused:
        openings.seat_by_hand(db, waits, base_url=URL, by=SYSTEM, now=now)
    assert refused.value.code == "sign_up_does_not_wait"


def test_two_coordinators_do_not_overwrite_each_other(db, town, now, shift):
    opened(db, shift, now)
    opened(db, shift, now, seats=2, version=1)

    with pytest.raises(Conflict) as refused:
        opened(db, shift, now, seats=3, version=1)

    assert refused.value.code == "opening_was_changed"


# undo


def test_no_undo_takes_a_seat_from_who_took_it(db, town, now, shift):
    take(db, opened(db, shift, now), town.min, now)
    roster_id = value(db, "SELECT roster_id FROM shift WHERE id = :id", id=shift)
    step = rosters.history(db, roster_id)[0]

    with pytest.raises(Conflict) as refused:
        rosters.undo(db, roster_id, step["id"], by=Actor(town.party, "吕莉"), now=now)

    assert (step["act"], refused.value.code) == ("sign_up", "step_is_a_sign_up")
    assert refused.value.problems[0].facts["person"] == "闵行"
    assert standing(db, shift) == [town.min]


def test_an_undo_that_would_seat_somebody_there_names_who_took_it(db, town, now):
    shift = builders.shift(db, town, DAY, [town.lan])
    db.conn.execute("UPDATE shift SET headcount = 1 WHERE id = ?", [shift])
    by = Actor(town.party, "吕莉")
    roster_id = value(db, "SELECT roster_id FROM shift WHERE id = :id", id=shift)
    assignments.release(db, builders.assigned(db, shift, town.lan), by=by, now=now)
    step = rosters.history(db, roster_id)[0]["id"]
    builders.announced(db, now)
    db.conn.execute("UPDATE step SET version_id = NULL WHERE id = ?", [step])
    take(db, opened(db, shift, now), town.min, now)

    with pytest.raises(Conflict) as refused:
        rosters.undo(db, roster_id, step, by=by, now=now)

    assert (refused.value.code, refused.value.problems[0].facts["person"]) == ("slot_is_taken", "闵行")


# an urgent call-up


def called(db, town, now, **more):
    roster_id = builders.published(db, town, now)
    given = {
        "place_id": town.community, "activity": "epidemic", "day": date(2026, 3, 2), "starts": time(9),
        "ends": time(12), "seats": 2, "base_url": URL, "by": SYSTEM, "now": now,
    }  # fmt: skip
    return openings.call_up(db, roster_id, **(given | more))


def test_a_call_up_opens_seats_at_a_place_and_tells_everybody_who_may_stand(db, town, now):
    shift_id, told_now = called(db, town, now)

    (row,) = openings.of_person(db, town.min, now=now)
    assert (row["shift_id"], row["free"], row["is_urgent"], row["rule"]) == (shift_id, 2, 1, "first_come")
    assert told_now == len(told(db, "open_duty"))
    assert town.min in told(db, "open_duty")


def test_a_call_up_that_is_changed_is_still_urgent(db, town, now):
    shift_id, _ = called(db, town, now)

    opened(db, shift_id, now, closes_at=now + timedelta(days=1))

    assert (value(db, "SELECT is_urgent FROM opening"), value(db, "SELECT seats FROM opening")) == (1, 1)


@pytest.mark.parametrize(
    ("given", "code"),
    [({"day": date(2026, 2, 27)}, "call_up_is_over"), ({"day": date(2026, 5, 1)}, "day_outside_roster")],
)
def test_a_call_up_for_a_wrong_day_is_refused(db, town, now, given, code):
    with pytest.raises(Invalid) as refused:
        called(db, town, now, **given)

    assert refused.value.code == code
    assert value(db, "SELECT COUNT(*) FROM opening") == 0


def test_nobody_is_called_up_into_a_draft(db, town, now):
    with pytest.raises(Conflict) as refused:
        openings.call_up(
            db, builders.drafted(db, town, now), place_id=town.community, activity="epidemic", day=date(2026, 3, 2),
            starts=time(9), ends=time(12), seats=2, base_url=URL, by=SYSTEM, now=now,
        )  # fmt: skip

    assert refused.value.code == "roster_is_not_published"


# put right


def test_who_is_taken_out_is_told_why_and_the_next_moves_up_at_once(db, town, now, shift):
    opening_id = opened(db, shift, now)
    take(db, opening_id, town.min, now)
    take(db, opening_id, town.bo, now)
    sign_up = value(db, "SELECT id FROM sign_up WHERE person_id = :id", id=town.min)

    moved = openings.free_seat(db, sign_up, reason="报错了班", base_url=URL, by=actor(db, town.party), now=now)

    assert (moved, standing(db, shift)) == (1, [town.bo])
    assert listed(db, opening_id) == [(town.bo, "seated"), (town.min, "released")]
    assert told(db, "open_missed") == [town.min]
    assert "报错了班" in value(db, "SELECT body FROM outbox WHERE kind = 'open_missed'")
    assert told(db, "open_seat") == [town.bo]
    with pytest.raises(Conflict) as again:
        openings.free_seat(db, sign_up, reason="再来", base_url=URL, by=SYSTEM, now=now)
    with pytest.raises(Invalid):
        openings.free_seat(db, sign_up, reason=" ", base_url=URL, by=SYSTEM, now=now)
    assert again.value.code == "sign_up_is_not_seated"


def test_nobody_is_taken_out_once_the_duty_has_begun(db, town, now, shift):
    opening_id = opened(db, shift, now)
    take(db, opening_id, town.min, now)
    begun = datetime(2026, 3, 10, 12, tzinfo=UTC)

    with pytest.raises(Conflict) as refused:
        openings.free_seat(db, 1, reason="晚了", base_url=URL, by=SYSTEM, now=begun)

    assert refused.value.code == "opening_has_begun"
    assert standing(db, shift) == [town.min]


def test_a_call_up_made_by_mistake_is_cancelled_and_everybody_in_it_told(db, town, now):
    shift_id, _ = called(db, town, now, seats=1)
    opening_id = value(db, "SELECT id FROM opening WHERE shift_id = :id", id=shift_id)
    take(db, opening_id, town.min, now)
    take(db, opening_id, town.bo, now)

    assert openings.call_off(db, opening_id, reason="日期写错", base_url=URL, by=SYSTEM, now=now) == 2

    assert value(db, "SELECT state FROM shift WHERE id = :id", id=shift_id) == "cancelled"
    assert standing(db, shift_id) == []
    assert told(db, "open_missed") == [town.min, town.bo]
    assert "日期写错" in value(db, "SELECT body FROM outbox WHERE kind = 'open_missed' LIMIT 1")
    assert openings.of_person(db, town.bo, now=now) == []
    assert openings.settle_due(db, base_url=URL, now=now) == 0
    with pytest.raises(Conflict) as again:
        openings.call_off(db, opening_id, reason="再来", base_url=URL, by=SYSTEM, now=now)
    assert again.value.code == "shift_is_cancelled"


def test_what_was_not_called_up_is_not_cancelled(db, town, now, shift):
    opening_id = opened(db, shift, now)
    take(db, opening_id, town.min, now)

    with pytest.raises(Conflict) as refused:
        openings.call_off(db, opening_id, reason="试试", base_url=URL, by=SYSTEM, now=now)

    assert refused.value.code == "opening_is_no_call_up"
    assert standing(db, shift) == [town.min]
