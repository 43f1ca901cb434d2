"""Who stands which slot: seats taken by hand, refused with their cause, given up, fixed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler import assignments, clock, people, places, rosters
from scheduler.audit import SYSTEM
from scheduler.config import Duty
from scheduler.database import IntegrityError, insert, one, rows, run, update, value
from scheduler.errors import Conflict, NotFound
from scheduler.wording import sentence, sentences
from tests import builders
from tests.builders import MARCH

MONDAY = date(2026, 3, 2)
SATURDAY = date(2026, 3, 7)


@pytest.fixture
def draft(db, town, now):
    return builders.drafted(db, town, now)


def shift_on(db, place_id, day):
    return value(db, "SELECT id FROM shift WHERE place_id = :place_id AND day = :day", place_id=place_id, day=str(day))


def seat(db, now, shift_id, person_id):
    return assignments.seat(db, shift_id, person_id, override="本人愿意", by=SYSTEM, now=now)


def refused(db, now, shift_id, person_id):
    with pytest.raises(Conflict) as refusal:
        seat(db, now, shift_id, person_id)
    return refusal.value.problems[0]


def slots(db, shift_id):
    return rows(
        db,
        "SELECT slot, person_id, state, source FROM assignment WHERE shift_id = :shift_id ORDER BY slot, id",
        shift_id=shift_id,
    )


def template_asking(db, town, now, **asked):
    """A lobby duty on Monday with something asked of whoever stands it; gives the shift."""
    given = {"name": "另一班", "days": "weekdays", "weekdays": [0], "roles": [], "party": False}
    other = builders.place(db, now, town.branch, "江南支行")
    builders.template(db, now, town.branch, [other], **(given | asked))
    builders.drafted(db, town, now)
    return shift_on(db, other, MONDAY)


def test_a_person_is_seated_in_the_first_free_slot(db, town, draft, now):
    shift_id = shift_on(db, town.community, SATURDAY)

    seat(db, now, shift_id, town.min)
    seat(db, now, shift_id, town.bo)

    assert slots(db, shift_id) == [
        {"slot": 1, "person_id": town.min, "state": "planned", "source": "hand"},
        {"slot": 2, "person_id": town.bo, "state": "planned", "source": "hand"},
    ]


def test_seating_fills_a_gap_left_in_the_middle(db, town, draft, now):
    shift_id = shift_on(db, town.community, SATURDAY)
    first = seat(db, now, shift_id, town.min)
    seat(db, now, shift_id, town.bo)
    assignments.release(db, first, by=SYSTEM, now=now)

    seat(db, now, shift_id, town.lan)

    assert [(row["slot"], row["person_id"]) for row in slots(db, shift_id)] == [(1, town.lan), (2, town.bo)]


def test_a_full_shift_is_refused(db, town, draft, now):
    shift_id = shift_on(db, town.outlet, MONDAY)
    seat(db, now, shift_id, town.party)

    problem = refused(db, now, shift_id, town.lan)

    assert problem.code == "shift_is_full"
    assert sentence(problem, "zh") == "江北支行 3月2日 周一 的 1 个名额已满：吕莉。"


def test_double_booking_names_the_other_duty(db, town, now):
    other = template_asking(db, town, now)
    seat(db, now, shift_on(db, town.outlet, MONDAY), town.lan)

    problem = refused(db, now, other, town.lan)

    assert problem.code == "double_booking"
    assert sentence(problem, "zh") == "兰草 3月2日 周一 08:30–17:00 已在江北支行值班，时间重叠。"
    assert sentence(problem, "en") == "兰草 already stands at 江北支行 on Mon 2 Mar, 08:30–17:00; the times overlap."


def test_a_person_stands_a_shift_once(db, town, draft, now):
    shift_id = shift_on(db, town.community, SATURDAY)
    seat(db, now, shift_id, town.min)

    assert refused(db, now, shift_id, town.min).code == "already_stands_it"


def test_duties_one_after_the_other_are_no_double_booking(db, town, draft, now):
    shift_id = shift_on(db, town.community, SATURDAY)
    ends = value(db, "SELECT ends_at FROM shift WHERE id = :id", id=shift_id)
    later = (datetime.fromisoformat(ends) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    follows = insert(
        db, "shift", key="follows", unit_id=town.branch, roster_id=draft, place_id=town.community, activity_id=2,
        day=str(SATURDAY), starts_at=ends, ends_at=later, headcount=1,
    )  # fmt: skip

    seat(db, now, shift_id, town.min)
    seat(db, now, follows, town.min)

    assert [row["person_id"] for row in slots(db, follows)] == [town.min]


def test_half_a_day_of_leave_is_refused_by_its_hours(db, town, draft, now):
    midnight = clock.midnight(MONDAY, db.zone)
    away = midnight + timedelta(hours=13, minutes=30), midnight + timedelta(hours=18)
    people.add_away(db, town.lan, kind="sick", starts_at=away[0], ends_at=away[1], by=SYSTEM, now=now)

    problem = refused(db, now, shift_on(db, town.outlet, MONDAY), town.lan)

    assert sentence(problem, "zh") == "兰草 3月2日 周一 13:30 至 3月2日 周一 18:00 病假。"
    assert sentence(problem, "en") == "兰草 is away from Mon 2 Mar 13:30 to Mon 2 Mar 18:00 (Sick leave)."


def test_leave_is_refused_by_kind_and_dates(db, town, draft, now):
    away = clock.midnight(date(2026, 3, 2), db.zone), clock.midnight(date(2026, 3, 5), db.zone)
    people.add_away(db, town.lan, kind="sick", starts_at=away[0], ends_at=away[1], by=SYSTEM, now=now)

    problem = refused(db, now, shift_on(db, town.outlet, MONDAY), town.lan)

    assert problem.code == "person_is_away"
    assert sentence(problem, "zh") == "兰草 3月2日 周一 至 3月4日 周三 病假。"
    assert seat(db, now, shift_on(db, town.outlet, date(2026, 3, 5)), town.lan) > 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"party": True}, "not_in_the_party"),
        ({"roles": ["head", "deputy"]}, "wrong_role"),
        ({"skills": ["急救"]}, "lacks_skill"),
    ],
)
def test_each_cause_of_ineligibility_has_its_own_refusal(db, town, now, asked, code):
    shift_id = template_asking(db, town, now, **asked)

    assert refused(db, now, shift_id, town.min).code == code
    assert slots(db, shift_id) == []


def test_a_shift_for_one_unit_is_refused_to_another_and_open_to_units_below(db, town, now):
    risk = builders.unit(db, now, "风险管理部", town.branch)
    team = builders.unit(db, now, "检查组", risk, kind="team")
    inspector = builders.person(db, now, team, "0099", "金石")
    shift_id = template_asking(db, town, now, units=[risk])

    assert refused(db, now, shift_id, town.lan).code == "wrong_unit"
    assert seat(db, now, shift_id, inspector) > 0


def test_who_has_not_joined_yet_or_has_left_is_refused(db, town, now):
    late = builders.person(db, now, town.office, "0008", "新来", party=True, joined_on=date(2026, 3, 10))
    gone = builders.person(db, now, town.office, "0009", "老去", party=True, left_on=date(2026, 3, 1))
    builders.drafted(db, town, now)
    monday, later = shift_on(db, town.outlet, MONDAY), shift_on(db, town.outlet, date(2026, 3, 10))

    assert refused(db, now, monday, late).code == "not_yet_joined"
    assert refused(db, now, monday, gone).code == "has_left"
    assert seat(db, now, later, late) > 0


def test_people_of_another_tree_are_refused(db, town, draft, now):
    telecom = builders.unit(db, now, "电信公司")
    stranger = builders.person(db, now, telecom, "T001", "外人", party=True)

    assert refused(db, now, shift_on(db, town.outlet, MONDAY), stranger).code == "not_of_the_roster"


@pytest.mark.parametrize("state", ["cancelled", "held"])
def test_a_shift_that_is_over_or_off_takes_nobody(db, town, draft, now, state):
    shift_id = shift_on(db, town.outlet, MONDAY)
    confirmed = "2026-03-02T10:00:00Z" if state == "held" else None
    update(db, "shift", shift_id, state=state, confirmed_at=confirmed)

    assert refused(db, now, shift_id, town.lan).code == f"shift_is_{state}"


def test_a_shift_that_no_roster_took_takes_nobody(db, town, draft, now):
    shift_id = shift_on(db, town.outlet, MONDAY)
    update(db, "shift", shift_id, roster_id=None)

    assert refused(db, now, shift_id, town.lan).code == "shift_is_in_no_roster"


def test_a_closed_roster_takes_nobody(db, town, draft, now):
    shift_id = shift_on(db, town.outlet, MONDAY)
    update(db, "roster", draft, state="closed", published_at="2026-02-28T01:00:00Z")

    assert refused(db, now, shift_id, town.lan).code == "roster_is_closed"


def test_unknown_shifts_and_people_are_not_found(db, town, draft, now):
    for shift_id, person_id in ((999, town.lan), (shift_on(db, town.outlet, MONDAY), 999)):
        with pytest.raises(NotFound):
            seat(db, now, shift_id, person_id)


def test_every_change_of_a_seat_makes_the_roster_another_one(db, town, draft, now):
    versions = [rosters.roster(db, draft)["version"]]
    assignment_id = seat(db, now, shift_on(db, town.outlet, MONDAY), town.lan)
    versions.append(rosters.roster(db, draft)["version"])
    for change in (assignments.fix, assignments.unfix, assignments.release):
        change(db, assignment_id, by=SYSTEM, now=now)
        versions.append(rosters.roster(db, draft)["version"])

    first = versions[0]
    assert versions == [first, first + 1, first + 2, first + 3, first + 4]


def test_a_refused_seat_leaves_no_trace(db, town, draft, now):
    shift_id = shift_on(db, town.outlet, MONDAY)
    before = rosters.roster(db, draft), value(db, "SELECT COUNT(*) FROM audit")

    refused(db, now, shift_id, town.min)

    assert (rosters.roster(db, draft), value(db, "SELECT COUNT(*) FROM audit")) == before


def test_a_draft_forgets_a_released_seat(db, town, draft, now):
    shift_id = shift_on(db, town.outlet, MONDAY)
    assignment_id = seat(db, now, shift_id, town.lan)

    assignments.release(db, assignment_id, by=SYSTEM, now=now)

    assert slots(db, shift_id) == []
    with pytest.raises(NotFound):
        assignments.release(db, assignment_id, by=SYSTEM, now=now)


def test_a_published_roster_keeps_a_released_seat_and_reminds_no_more_once_it_is_published(db, town, now):
    roster_id = builders.published(db, town, now)
    shift_id = shift_on(db, town.outlet, MONDAY)
    assignment_id = value(db, "SELECT id FROM assignment WHERE shift_id = :shift_id", shift_id=shift_id)

    assignments.release(db, assignment_id, by=SYSTEM, now=now)

    assert [row["state"] for row in slots(db, shift_id)] == ["released"]
    assert reminders_of(db, assignment_id) == {"due"}
    rosters.publish(db, roster_id, by=SYSTEM, now=now)
    assert reminders_of(db, assignment_id) == {"obsolete"}
    with pytest.raises(Conflict, match="already_released"):
        assignments.release(db, assignment_id, by=SYSTEM, now=now)


def test_a_seat_taken_after_publication_is_reminded_of_once_it_is_published(db, town, now):
    roster_id = builders.published(db, town, now)
    shift_id = shift_on(db, town.outlet, MONDAY)
    old = one(db, "SELECT id, person_id FROM assignment WHERE shift_id = :shift_id", shift_id=shift_id)
    assignments.release(db, old["id"], by=SYSTEM, now=now)
    rosters.publish(db, roster_id, by=SYSTEM, now=now)

    assignment_id = seat(db, now, shift_id, old["person_id"])

    assert reminders_of(db, assignment_id) == set()
    rosters.publish(db, roster_id, by=SYSTEM, now=now)
    assert reminders_of(db, assignment_id) == {"due"}
    assert [(row["slot"], row["state"]) for row in slots(db, shift_id)] == [(1, "released"), (1, "planned")]


def reminders_of(db, assignment_id):
    found = rows(db, "SELECT state FROM reminder WHERE assignment_id = :id ORDER BY id", id=assignment_id)
    return {row["state"] for row in found}


def test_a_confirmed_shift_gives_nobody_up(db, town, now):
    builders.published(db, town, now)
    shift_id = shift_on(db, town.outlet, MONDAY)
    assignment_id = value(db, "SELECT id FROM assignment WHERE shift_id = :shift_id", shift_id=shift_id)
    update(db, "shift", shift_id, state="held", confirmed_at="2026-03-02T10:00:00Z")

    with pytest.raises(Conflict, match="shift_is_held"):
        assignments.release(db, assignment_id, by=SYSTEM, now=now)


def test_fixing_is_kept_and_taken_back(db, town, draft, now):
    assignment_id = seat(db, now, shift_on(db, town.outlet, MONDAY), town.lan)

    assignments.fix(db, assignment_id, by=SYSTEM, now=now)
    fixed = value(db, "SELECT fixed FROM assignment WHERE id = :id", id=assignment_id)
    assignments.unfix(db, assignment_id, by=SYSTEM, now=now)

    assert (fixed, value(db, "SELECT fixed FROM assignment WHERE id = :id", id=assignment_id)) == (1, 0)


def test_a_short_rest_is_told_and_not_refused(db, town, draft, now):
    seat(db, now, shift_on(db, town.outlet, date(2026, 3, 6)), town.lan)
    night = insert(
        db, "shift", key="night", unit_id=town.branch, roster_id=draft, place_id=town.community, activity_id=2,
        day="2026-03-06", starts_at="2026-03-06T12:00:00Z", ends_at="2026-03-06T23:00:00Z", headcount=1,
    )  # fmt: skip

    told = assignments.warnings(db, night, town.lan)
    seat(db, now, night, town.lan)

    assert [sentence(problem, "zh") for problem in told] == ["与 3月6日 周五 江北支行 08:30–17:00 只隔 3 小时。"]
    assert assignments.warnings(db, night, town.lan) == told
    assert assignments.warnings(db, night, town.lan, duty=Duty(min_rest_hours=3)) == []


def test_a_week_above_the_cap_is_told_and_not_refused(db, town, draft, now):
    for day in (2, 3, 4):
        seat(db, now, shift_on(db, town.outlet, date(2026, 3, day)), town.lan)
    fourth = shift_on(db, town.outlet, date(2026, 3, 5))

    told = assignments.warnings(db, fourth, town.lan)

    assert [(problem.code, problem.facts["count"], problem.facts["cap"]) for problem in told] == [
        ("week_is_full", 4, 3)
    ]
    assert seat(db, now, fourth, town.lan) > 0


def test_a_persons_own_cap_counts_before_the_organisations(db, town, draft, now):
    update(db, "person", town.lan, max_per_week=0)

    told = assignments.warnings(db, shift_on(db, town.outlet, MONDAY), town.lan)

    assert [sentence(problem, "en") for problem in told] == [
        "That makes 1 duties in the week of Mon 2 Mar; the cap is 0."
    ]


def test_a_person_sees_published_duties_only(db, town, draft, now):
    saturday = shift_on(db, town.community, SATURDAY)
    seat(db, now, saturday, town.min)
    seat(db, now, saturday, town.bo)
    before = assignments.duties_of(db, town.min, *MARCH)
    given = {"unit_id": town.office, "starts_on": date(2026, 1, 1), "procedure": "先入户，后清理"}
    places.sponsor(db, town.community, by=SYSTEM, now=now, **given)

    rosters.publish(db, draft, by=SYSTEM, now=now)

    assert before == []
    (duty,) = assignments.duties_of(db, town.min, *MARCH)
    assert (duty["place"], duty["day"], duty["activity"]) == ("东风路社区", "2026-03-07", "community")
    assert (duty["with_whom"], duty["procedure"], duty["state"]) == (["薄荷"], "先入户，后清理", "planned")


def test_duties_given_up_or_cancelled_are_not_shown(db, town, now):
    roster_id = builders.published(db, town, now)
    saturday = shift_on(db, town.community, SATURDAY)
    first, second = (row["person_id"] for row in slots(db, saturday))
    assignment_id = value(db, "SELECT id FROM assignment WHERE shift_id = :id AND slot = 1", id=saturday)
    assignments.release(db, assignment_id, by=SYSTEM, now=now)
    rosters.publish(db, roster_id, by=SYSTEM, now=now)
    update(db, "shift", saturday, state="cancelled")

    shown = [duty for person_id in (first, second) for duty in assignments.duties_of(db, person_id, SATURDAY, SATURDAY)]

    assert shown == []


def test_the_schema_refuses_what_the_checks_refuse(db, town, draft, now):
    monday, saturday = shift_on(db, town.outlet, MONDAY), shift_on(db, town.community, SATURDAY)
    seat(db, now, monday, town.lan)
    away = datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC)
    people.add_away(db, town.min, kind="leave", starts_at=away[0], ends_at=away[1], by=SYSTEM, now=now)
    tries = [(monday, 2, town.party), (monday, 1, town.lan), (saturday, 1, town.min), (saturday, 1, town.head)]

    codes = [raw_refusal(db, *tried) for tried in tries]

    assert codes == ["shift_is_full", "double_booking", "person_is_away", "person_may_not_stand"]


def raw_refusal(db, shift_id, slot, person_id):
    with pytest.raises(IntegrityError) as refusal:
        run(
            db,
            """
            INSERT INTO assignment (shift_id, slot, person_id, starts_at, ends_at, source, made_at)
            SELECT id, :slot, :person_id, starts_at, ends_at, 'hand', starts_at FROM shift WHERE id = :shift_id
            """,
            shift_id=shift_id,
            slot=slot,
            person_id=person_id,
        )
    return str(refusal.value)


def test_refusals_read_well_in_both_languages(db, town, draft, now):
    with pytest.raises(Conflict) as refusal:
        seat(db, now, shift_on(db, town.outlet, MONDAY), town.min)

    assert sentences(refusal.value, "zh") == ["闵行不是党员，这个班次只排党员。"]
    assert sentences(refusal.value, "en") == ["闵行 is not a party member, which this shift asks for."]
