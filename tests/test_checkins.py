"""Checking in with the code of the place: when, by whom, how often, and what the ledger makes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta

import pytest

from scheduler import assignments, attendance, checkins, clock, database, ledger, wording
from scheduler.audit import SYSTEM, Actor, history
from scheduler.checkins.codes import code_at
from scheduler.config import Duty
from scheduler.database import IntegrityError, rows, run, value
from scheduler.errors import Conflict, Invalid, NotFound
from tests.builders import announced, assigned, shift

MONDAY = date(2026, 3, 2)
KEEPER = checkins.Keeper("an installation's secret, long enough")
CHEN = Actor(None, "陈静")


@pytest.fixture
def shift_id(db, town):
    """Monday's lobby duty, 08:30 to 17:00: 兰草 and 闵行 stand it."""
    return shift(db, town, MONDAY, [town.lan, town.min])


@pytest.fixture
def lan(db, town):
    return Actor(town.lan, "兰草")


def at(db, hour, minute=0, second=0, day=MONDAY):
    return clock.instant(day, time(hour, minute, second), db.zone)


def code(db, shift_id, moment):
    secret = KEEPER.of(value(db, "SELECT key FROM shift WHERE id = :id", id=shift_id))
    return checkins.shown(secret, moment).code


def enter(db, shift_id, by, now, *, given=None, claimed=None, entry=""):
    given = code(db, shift_id, claimed or now) if given is None else given
    assignment_id = assigned(db, shift_id, by.person_id)
    more = {"claimed": claimed, "entry": entry}
    return checkins.check_in(db, assignment_id, given, keeper=KEEPER, duty=Duty(), by=by, now=now, **more)


def wrong(db, shift_id, now):
    right = {code(db, shift_id, now + timedelta(seconds=30 * step)) for step in (-1, 0, 1)}
    return next(text for text in ("000000", "000001", "000002", "000003") if text not in right)


def noted(db):
    return rows(db, "SELECT at, received_at, way, late, left_at FROM check_in ORDER BY id")


# the code


def test_the_code_is_six_digits_changes_each_half_minute_and_differs_by_shift():
    secret, other = KEEPER.of("a"), KEEPER.of("b")
    codes = [code_at(secret, step) for step in range(200)]

    assert all(len(text) == 6 and text.isdigit() for text in codes)
    assert len(set(codes)) > 195
    assert codes != [code_at(other, step) for step in range(200)]
    assert checkins.Keeper("another secret").of("a") != secret


def test_a_code_is_good_for_its_own_step_and_the_next_and_no_longer(db, shift_id, lan):
    begun = at(db, 8, 20)
    secret = KEEPER.of(value(db, "SELECT key FROM shift WHERE id = :id", id=shift_id))
    shown = checkins.shown(secret, begun)

    good = [
        second
        for second in range(-30, 121, 10)
        if checkins.is_right(secret, shown.code, begun + timedelta(seconds=second))
    ]

    assert shown.seconds == 30
    assert good == [0, 10, 20, 30, 40, 50]


# arriving


def test_who_types_the_code_is_checked_in(db, shift_id, lan):
    arrival = enter(db, shift_id, lan, at(db, 8, 20))

    assert arrival == checkins.Arrival("2026-03-02T00:20:00Z", is_late=False, is_new=True)
    assert noted(db) == [
        {"at": "2026-03-02T00:20:00Z", "received_at": "2026-03-02T00:20:00Z", "way": "code", "late": 0, "left_at": None}
    ]
    (act,) = history(db, "assignment", assigned(db, shift_id, lan.person_id))
    assert (act["act"], act["actor"]) == ("check_in", "兰草")


def test_blanks_and_full_width_digits_are_read_as_they_are_meant(db, shift_id, lan):
    now = at(db, 8, 20)
    text = code(db, shift_id, now)
    wide = f"{text[:3]}　{text[3:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    assert enter(db, shift_id, lan, now, given=wide).is_new


@pytest.mark.parametrize(("hour", "minute", "is_late"), [(8, 0, False), (9, 0, False), (9, 1, True), (17, 0, True)])
def test_the_window_opens_before_the_start_and_late_is_marked_late(db, shift_id, lan, hour, minute, is_late):
    assert enter(db, shift_id, lan, at(db, hour, minute)).is_late is is_late


@pytest.mark.parametrize(("hour", "minute", "refusal"), [(7, 59, "check_in_not_open"), (17, 1, "check_in_is_over")])
def test_outside_of_the_window_nobody_checks_in(db, shift_id, lan, hour, minute, refusal):
    with pytest.raises(Conflict) as refused:
        enter(db, shift_id, lan, at(db, hour, minute))

    assert refused.value.code == refusal
    assert noted(db) == []


def test_a_second_check_in_changes_nothing_even_with_a_wrong_code(db, shift_id, lan):
    first = enter(db, shift_id, lan, at(db, 8, 20))

    again = enter(db, shift_id, lan, at(db, 10), given="000000")

    assert (again.at, again.is_new) == (first.at, False)
    assert len(noted(db)) == 1


def test_only_ones_own_published_duty_is_checked_in_to(db, town, now, shift_id, lan):
    draft = shift(db, town, MONDAY + timedelta(days=1), [town.lan], roster="draft")
    for assignment_id in (assigned(db, shift_id, town.min), assigned(db, draft, town.lan), 999):
        with pytest.raises(NotFound):
            checkins.check_in(db, assignment_id, "000000", keeper=KEEPER, duty=Duty(), by=lan, now=at(db, 8, 20))

    mine = assigned(db, shift_id, town.lan)
    assignments.release(db, mine, by=SYSTEM, now=now)
    announced(db, now)
    with pytest.raises(NotFound):
        checkins.check_in(db, mine, "000000", keeper=KEEPER, duty=Duty(), by=lan, now=at(db, 8, 20))


def test_wrong_codes_are_counted_and_after_five_there_is_a_pause_that_ends(db, shift_id, lan):
    now = at(db, 8, 20)
    told = []
    for _ in range(5):
        with pytest.raises(Invalid) as refused:
            enter(db, shift_id, lan, now, given=wrong(db, shift_id, now))
        told.append(refused.value.problems[0].facts["left"])
    assert told == [4, 3, 2, 1, 0]

    with pytest.raises(Conflict) as paused:
        enter(db, shift_id, lan, now + timedelta(minutes=4))
    assert wording.sentences(paused.value, "zh") == ["输错太多次，08:25:00 以后再试；也可以请排班员点名。"]
    assert enter(db, shift_id, Actor(lan.person_id + 1, "闵行"), now).is_new  # one's tries are one's own
    assert enter(db, shift_id, lan, now + timedelta(minutes=5)).is_new


def test_an_entry_that_is_sent_again_is_counted_once_and_its_name_tries_no_other_code(db, shift_id, lan):
    now, told = at(db, 8, 20), []
    for entry, given in (("a1", wrong(db, shift_id, now)),) * 3 + (("a1", None), ("b2", wrong(db, shift_id, now))):
        with pytest.raises(Invalid) as refused:
            enter(db, shift_id, lan, now, given=given, entry=entry)
        told.append(refused.value.problems[0].facts["left"])

    assert told == [4, 4, 4, 4, 3]
    assert enter(db, shift_id, lan, now, entry="c3").is_new
    assert not enter(db, shift_id, lan, now, entry="c3").is_new
    assert value(db, "SELECT COUNT(*) FROM check_entry") == 0


def test_a_slip_of_the_finger_is_no_guess(db, shift_id, lan):
    for given in ("", "12345", "1234567", "abcdef", "12345x"):
        with pytest.raises(Invalid) as refused:
            enter(db, shift_id, lan, at(db, 8, 20), given=given)
        assert refused.value.problems[0].facts == {"left": 5}

    assert value(db, "SELECT COUNT(*) FROM check_try") == 0


def test_the_code_of_another_shift_is_wrong(db, town, shift_id, lan):
    other = shift(db, town, MONDAY, [town.bo], place_id=town.community)

    with pytest.raises(Invalid):
        enter(db, shift_id, lan, at(db, 8, 20), given=code(db, other, at(db, 8, 20)))


def test_a_check_in_is_evidence_and_not_altered(db, shift_id, lan):
    enter(db, shift_id, lan, at(db, 8, 20))

    for change in ("UPDATE check_in SET late = 1", "UPDATE check_in SET at = received_at", "DELETE FROM check_in"):
        with pytest.raises(IntegrityError, match="check_in_is_evidence"):
            run(db, change)


# kept on a phone and sent later


def test_a_code_that_was_kept_on_a_phone_counts_for_when_it_was_typed(db, shift_id, lan):
    arrival = enter(db, shift_id, lan, at(db, 19), claimed=at(db, 8, 25, 10))

    assert (arrival.at, arrival.is_late) == ("2026-03-02T00:25:10Z", False)
    assert [(row["way"], row["received_at"]) for row in noted(db)] == [("synced", "2026-03-02T11:00:00Z")]


def test_what_took_some_seconds_to_arrive_is_not_called_late_or_synced(db, shift_id, lan):
    enter(db, shift_id, lan, at(db, 8, 25, 40), claimed=at(db, 8, 25))

    assert [row["way"] for row in noted(db)] == ["code"]


def test_a_phone_may_be_some_seconds_off(db, shift_id, lan):
    typed = at(db, 8, 25)

    assert enter(
        db, shift_id, lan, at(db, 12), given=code(db, shift_id, typed), claimed=typed - timedelta(seconds=20)
    ).is_new


def test_the_code_has_to_be_that_of_the_time_that_is_claimed(db, shift_id, lan):
    with pytest.raises(Invalid):
        enter(db, shift_id, lan, at(db, 12), given=code(db, shift_id, at(db, 11)), claimed=at(db, 8, 25))


@pytest.mark.parametrize(
    ("claimed", "sent", "refusal"),
    [
        (time(7, 59), time(12), "check_in_not_open"),
        (time(17, 1), time(20), "check_in_is_over"),
    ],
)
def test_a_claimed_time_lies_in_the_window(db, shift_id, lan, claimed, sent, refusal):
    with pytest.raises(Conflict) as refused:
        enter(db, shift_id, lan, clock.instant(MONDAY, sent, db.zone), claimed=clock.instant(MONDAY, claimed, db.zone))

    assert refused.value.code == refusal


def test_it_is_sent_on_the_same_day_or_not_at_all(db, shift_id, lan):
    with pytest.raises(Conflict) as refused:
        enter(db, shift_id, lan, at(db, 0, 0, day=MONDAY + timedelta(days=1)), claimed=at(db, 8, 25))
    assert refused.value.code == "check_in_is_over"

    assert enter(db, shift_id, lan, at(db, 23, 59, 59), claimed=at(db, 8, 25)).is_new


def test_a_night_may_be_sent_until_the_day_on_which_it_ends_is_over(db, town, lan):
    night = shift(db, town, MONDAY, [town.lan], starts=time(20), ends=time(8))

    assert enter(db, night, lan, at(db, 9, day=MONDAY + timedelta(days=1)), claimed=at(db, 19, 50)).is_new


# leaving


def test_leaving_is_noted_once(db, shift_id, lan):
    enter(db, shift_id, lan, at(db, 8, 20))
    mine = assigned(db, shift_id, lan.person_id)

    assert checkins.leave(db, mine, by=lan, now=at(db, 16)) == "2026-03-02T08:00:00Z"
    assert checkins.leave(db, mine, by=lan, now=at(db, 17, 5)) == "2026-03-02T08:00:00Z"

    assert checkins.of_shift(db, shift_id)[mine]["left_early"] == 1


def test_who_did_not_come_does_not_leave_and_nobody_leaves_the_day_after(db, shift_id, lan):
    mine = assigned(db, shift_id, lan.person_id)
    with pytest.raises(Conflict) as absent:
        checkins.leave(db, mine, by=lan, now=at(db, 16))
    enter(db, shift_id, lan, at(db, 8, 20))
    with pytest.raises(Conflict) as tomorrow:
        checkins.leave(db, mine, by=lan, now=at(db, 9, day=MONDAY + timedelta(days=1)))

    assert (absent.value.code, tomorrow.value.code) == ("not_checked_in", "check_in_is_over")


# the ledger


def sources(db):
    return [(entry["staff_no"], entry["trips"], entry["source"]) for entry in ledger.dump(db)]


def test_the_roll_call_enters_those_who_checked_in_as_such_and_the_others_as_called(db, shift_id, lan):
    enter(db, shift_id, lan, at(db, 8, 20))

    attendance.confirm(db, shift_id, absent={}, by=CHEN, now=at(db, 18))

    assert sources(db) == [("0004", 1, "check_in"), ("0005", 1, "roll_call")]
    assert history(db, "shift", shift_id)[0]["facts"]["checked_in"] == 1


def test_a_shift_where_everybody_checked_in_is_entered_when_it_is_over(db, town, shift_id, lan):
    enter(db, shift_id, lan, at(db, 8, 20))
    soon = {"after": timedelta(hours=48), "now": at(db, 17)}
    assert attendance.close_overdue(db, **soon) == 0  # 闵行 did not: the coordinator is waited for

    enter(db, shift_id, Actor(town.min, "闵行"), at(db, 8, 31))

    assert attendance.close_overdue(db, after=timedelta(hours=48), now=at(db, 16, 59)) == 0
    assert attendance.close_overdue(db, **soon) == 1
    assert sources(db) == [("0004", 1, "check_in"), ("0005", 1, "check_in")]


def test_after_two_days_the_default_is_only_for_those_who_did_not_check_in(db, shift_id, lan):
    enter(db, shift_id, lan, at(db, 8, 20))

    attendance.close_overdue(db, after=timedelta(hours=48), now=at(db, 18, day=MONDAY + timedelta(days=2)))

    assert sources(db) == [("0004", 1, "check_in"), ("0005", 1, "default")]


def test_checked_in_and_marked_absent_is_a_contradiction_until_one_is_mended(db, town, shift_id, lan):
    enter(db, shift_id, lan, at(db, 8, 20))
    mine = assigned(db, shift_id, lan.person_id)
    attendance.confirm(db, shift_id, absent={mine: "没有来"}, by=CHEN, now=at(db, 18))

    (doubted,) = checkins.contradictions(db, [town.branch])
    assert (doubted["person"], doubted["absence"], doubted["at"]) == ("兰草", "没有来", "2026-03-02T00:20:00Z")
    assert checkins.contradictions(db, [town.office]) == []

    attendance.mark_present(db, mine, reason="在后台", by=CHEN, now=at(db, 19))
    assert checkins.contradictions(db, [town.branch]) == []
    assert sources(db) == [("0005", 1, "roll_call"), ("0004", 1, "supplemented")]


def test_a_check_in_is_set_aside_with_a_reason_and_once(db, town, shift_id, lan):
    enter(db, shift_id, lan, at(db, 8, 20))
    mine = assigned(db, shift_id, lan.person_id)
    (check_in_id,) = [row["id"] for row in checkins.of_shift(db, shift_id).values()]
    with pytest.raises(Conflict) as sound:
        checkins.void(db, check_in_id, reason="代签", by=CHEN, now=at(db, 18))
    attendance.confirm(db, shift_id, absent={mine: "没有来"}, by=CHEN, now=at(db, 18))
    with pytest.raises(Invalid):
        checkins.void(db, check_in_id, reason=" ", by=CHEN, now=at(db, 18))

    checkins.void(db, check_in_id, reason=" 代签 ", by=CHEN, now=at(db, 18))

    assert sound.value.code == "check_in_is_not_doubted"
    assert checkins.contradictions(db, [town.branch]) == []
    assert checkins.of_shift(db, shift_id)[mine]["void_reason"] == "代签"
    with pytest.raises(Conflict) as again:
        checkins.void(db, check_in_id, reason="代签", by=SYSTEM, now=at(db, 18))
    assert wording.sentences(again.value, "zh") == ["陈静已注明这次签到不算。"]


def test_what_arrives_after_the_roll_call_is_kept_and_doubted(db, town, shift_id, lan):
    mine = assigned(db, shift_id, lan.person_id)
    attendance.confirm(db, shift_id, absent={mine: "没有来"}, by=CHEN, now=at(db, 18))

    enter(db, shift_id, lan, at(db, 20), claimed=at(db, 8, 25))

    assert [row["way"] for row in checkins.contradictions(db, [town.branch])] == ["synced"]
    assert sources(db) == [("0005", 1, "roll_call")]


# who may show the code


def test_nobody_shows_themselves_the_code(db, town, shift_id, lan):
    assert checkins.may_host(db, shift_id, lan) is False

    enter(db, shift_id, lan, at(db, 8, 20))

    assert checkins.may_host(db, shift_id, lan) is True
    assert checkins.may_host(db, shift_id, Actor(town.min, "闵行")) is False
    assert checkins.may_host(db, shift_id, Actor(town.bo, "薄荷")) is False


# at once


def test_of_many_presses_at_once_one_is_the_check_in(app, settings, db, shift_id, lan):
    """`app` asks for a database in a file, so that every thread has a connection of its own."""
    now = at(db, 8, 20)
    given, mine = code(db, shift_id, now), assigned(db, shift_id, lan.person_id)

    def press(_: int) -> bool:
        own = database.connect(settings.database, db.zone)
        try:
            return checkins.check_in(own, mine, given, keeper=KEEPER, duty=Duty(), by=lan, now=now).is_new
        finally:
            own.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(press, range(8))) == [False] * 7 + [True]

    assert len(noted(db)) == 1
    assert [act["act"] for act in history(db, "assignment", mine)] == ["check_in"]


def test_many_guesses_at_once_are_no_more_than_five(app, settings, db, shift_id, lan):
    now = at(db, 8, 20)
    given, mine = wrong(db, shift_id, now), assigned(db, shift_id, lan.person_id)

    def guess(number: int, entry: str = "") -> str:
        own = database.connect(settings.database, db.zone)
        try:
            checkins.check_in(own, mine, given, keeper=KEEPER, duty=Duty(), by=lan, now=now, entry=entry)
        except (Invalid, Conflict) as refusal:
            return refusal.code
        finally:
            own.close()
        return "in"

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(guess, range(8), ["one entry"] * 8)) == ["wrong_code"] * 8
        assert sorted(pool.map(guess, range(12))) == ["too_many_codes"] * 8 + ["wrong_code"] * 4
