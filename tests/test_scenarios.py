"""What if: a draft filled in another way beside it, compared, kept as one step or thrown away; seen nowhere else."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scheduler import assignments, jobs, rosters
from scheduler.audit import SYSTEM, Actor
from scheduler.audit import history as audited
from scheduler.database import update, value
from scheduler.errors import Invalid, NotFound
from scheduler.rosters import Away
from scheduler.rosters.progress import OF_SCENARIO, Watch
from tests import builders
from tests.test_history import MONDAY, away, fix, refused, seated, standing

FRIDAY, LAST = date(2026, 3, 6), date(2026, 3, 29)


@pytest.fixture
def draft(db, town, now):
    return builders.drafted(db, town, now)


def asked(db, draft, now, emphasis="none", away=()):
    return rosters.ask_scenario(db, draft, emphasis=emphasis, away=away, by=SYSTEM, now=now)


def tried(db, draft, now, **asks):
    scenario_id = asked(db, draft, now, **asks)
    rosters.try_asked(db, now=now)
    return scenario_id


def only(db, draft):
    return rosters.scenarios(db, draft)[0]


def stands(db, person_id):
    return value(db, "SELECT COUNT(*) FROM assignment WHERE person_id = :id AND state <> 'released'", id=person_id)


def test_a_scenario_is_filled_beside_the_draft_which_stays_as_it_is(db, town, draft, now):
    seated(db, town, now, town.lan)
    before = standing(db), rosters.roster(db, draft)["version"]

    tried(db, draft, now)

    found = only(db, draft)
    assert (standing(db), rosters.roster(db, draft)["version"]) == before
    assert (found["state"], found["is_current"], found["measures"].filled, found["measures"].slots) == (
        "done", True, 28, 28,
    )  # fmt: skip


def test_one_that_is_kept_becomes_the_draft_as_one_step(db, town, draft, now):
    seated(db, town, now, town.lan)
    before = standing(db)
    scenario_id = tried(db, draft, now)
    by = Actor(town.head, "何远山")

    changed = rosters.keep_scenario(db, scenario_id, by=by, now=now)
    kept = standing(db)
    rosters.undo(db, draft, by=by, now=now)

    assert len(kept) == 28
    assert changed in (27, 28)
    assert (standing(db), rosters.scenarios(db, draft)) == (before, [])
    assert rosters.history(db, draft)[0]["act"] == "keep_scenario"


def test_what_if_somebody_is_away(db, town, draft, now):
    rosters.fill(db, draft, by=SYSTEM, now=now)
    had = stands(db, town.lan)

    scenario_id = tried(db, draft, now, away=[Away(town.lan, MONDAY, LAST)])
    found = only(db, draft)
    rosters.keep_scenario(db, scenario_id, by=SYSTEM, now=now)

    assert had > 0
    assert (found["met"], found["away"]) == (had, [{"person": "兰草", "first": MONDAY, "last": LAST}])
    assert stands(db, town.lan) == 0
    assert value(db, "SELECT COUNT(*) FROM away") == 0


def test_what_is_fixed_stays_unless_who_stands_there_is_away(db, town, draft, now):
    seated(db, town, now, town.lan)
    fix(db, town, now, SYSTEM)

    tried(db, draft, now)
    tried(db, draft, now, away=[Away(town.lan, MONDAY, MONDAY)])

    monday = [
        [change["after"] for change in rosters.scenario_changes(db, found["id"]) if change["day"] == "2026-03-02"]
        for found in rosters.scenarios(db, draft)
    ]
    assert monday == [[], ["吕莉"]]


def test_as_few_changes_as_can_be(db, town, draft, now):
    for day in range(2, 5):
        seated(db, town, now, town.lan, date(2026, 3, day))

    tried(db, draft, now, emphasis="calm")

    assert [change["before"] for change in rosters.scenario_changes(db, only(db, draft)["id"])].count("兰草") <= 1


def test_two_are_compared_by_the_same_measures(db, town, draft, now):
    rosters.fill(db, draft, by=SYSTEM, now=now)
    tried(db, draft, now)

    measures, changes = rosters.draft_measures(db, draft), rosters.scenario_changes(db, only(db, draft)["id"])

    assert measures == only(db, draft)["measures"]
    assert (changes, only(db, draft)["changes"]) == ([], 0)
    assert (measures.unfilled, measures.warnings, measures.kept) == (0, 0, measures.owed)


def test_changes_name_who_goes_and_who_comes(db, town, draft, now):
    tried(db, draft, now)

    changes = rosters.scenario_changes(db, only(db, draft)["id"])

    assert len(changes) == only(db, draft)["changes"] == 28
    assert {(change["before"], change["place"]) for change in changes} == {(None, "江北支行"), (None, "东风路社区")}
    assert [change["day"] for change in changes] == sorted(change["day"] for change in changes)


def test_nobody_outside_sees_a_scenario(db, town, draft, now):
    tried(db, draft, now)

    assert stands(db, town.lan) == 0
    assert assignments.duties_of(db, town.lan, MONDAY, LAST) == []
    assert rosters.problem(db, draft).carry_in == ()


def test_after_a_change_of_the_draft_it_is_tried_again_before_it_is_kept(db, town, draft, now):
    scenario_id = tried(db, draft, now)
    seated(db, town, now, town.lan)

    problem = refused(rosters.keep_scenario, db, scenario_id, by=SYSTEM, now=now)
    rosters.retry_scenario(db, scenario_id, by=SYSTEM, now=now)
    rosters.try_asked(db, now=now)
    rosters.keep_scenario(db, scenario_id, by=SYSTEM, now=now)

    assert problem.code == "scenario_is_overtaken"
    assert len(standing(db)) == 28


def test_leave_that_was_filed_meanwhile_is_not_written_over(db, town, draft, now):
    scenario_id = tried(db, draft, now)
    for person_id in (town.lan, town.party):
        away(db, person_id, MONDAY, now)

    assert refused(rosters.keep_scenario, db, scenario_id, by=SYSTEM, now=now).code == "scenario_is_overtaken"
    assert standing(db) == []


def test_one_that_is_not_filled_yet_is_not_kept(db, draft, now):
    assert refused(rosters.keep_scenario, db, asked(db, draft, now), by=SYSTEM, now=now).code == "scenario_is_not_ready"


def test_one_that_is_thrown_away_leaves_only_the_audit(db, town, draft, now):
    scenario_id = tried(db, draft, now)

    rosters.drop_scenario(db, scenario_id, by=SYSTEM, now=now)

    assert (rosters.scenarios(db, draft), standing(db)) == ([], [])
    assert [row["act"] for row in audited(db, "roster", draft)][:2] == ["drop_scenario", "ask_scenario"]
    with pytest.raises(NotFound):
        rosters.drop_scenario(db, scenario_id, by=SYSTEM, now=now)


def test_no_more_than_four_are_compared(db, draft, now):
    for _ in range(4):
        asked(db, draft, now)

    assert refused(asked, db, draft, now).code == "too_many_scenarios"


@pytest.mark.parametrize(
    ("emphasis", "span", "code"),
    [("cheapest", (MONDAY, MONDAY), "bad_choice"), ("none", (FRIDAY, MONDAY), "end_before_start")],
)
def test_what_makes_no_sense_is_refused(db, town, draft, now, emphasis, span, code):
    with pytest.raises(Invalid, match=code):
        asked(db, draft, now, emphasis=emphasis, away=[Away(town.lan, *span)])


def test_a_closed_roster_is_tried_no_more(db, town, draft, now):
    asked(db, draft, now)
    update(db, "roster", draft, state="closed", published_at="2026-02-28T00:00:00Z", closed_at="2026-02-28T00:00:00Z")

    assert refused(asked, db, draft, now).code == "roster_is_closed"
    assert rosters.try_asked(db, now=now) == 0
    assert only(db, draft)["state"] == "failed"


class TestPublished:
    @pytest.fixture
    def published(self, db, town, draft, now):
        rosters.fill(db, draft, by=SYSTEM, now=now)
        rosters.publish(db, draft, by=SYSTEM, now=now)
        return draft

    def test_it_is_tried_as_if_somebody_were_away_and_few_are_moved(self, db, town, published, now):
        mine = stands(db, town.lan)

        tried(db, published, now, emphasis="calm", away=[Away(town.lan, MONDAY, LAST)])

        found = only(db, published)
        assert (found["is_current"], found["met"], mine <= found["changes"] < 28) == (True, mine, True)

    def test_one_that_is_kept_waits_to_be_published_and_can_be_undone(self, db, town, published, now):
        before = standing(db)
        scenario_id = tried(db, published, now, emphasis="calm", away=[Away(town.lan, MONDAY, LAST)])

        rosters.keep_scenario(db, scenario_id, by=SYSTEM, now=now)

        assert stands(db, town.lan) == 0
        assert "兰草" in {change.person["person"] for change in rosters.revision(db, published).changes}
        assert assignments.duties_of(db, town.lan, MONDAY, LAST) != []  # staff see what they were told
        rosters.undo(db, published, None, by=SYSTEM, now=now)
        assert standing(db) == before

    def test_what_has_begun_stays_even_for_somebody_away(self, db, town, published, now):
        wednesday = datetime(2026, 3, 4, 1, tzinfo=UTC)
        sql = """
            SELECT person_id FROM assignment JOIN shift ON shift.id = shift_id
            WHERE shift.day = '2026-03-02' AND place_id = :outlet
        """
        person_id = value(db, sql, outlet=town.outlet)

        scenario_id = tried(db, published, wednesday, away=[Away(person_id, MONDAY, LAST)])
        rosters.keep_scenario(db, scenario_id, by=SYSTEM, now=wednesday)

        assert value(db, sql + " AND assignment.state <> 'released'", outlet=town.outlet) == person_id


class TestWhileItIsFilled:
    def test_it_says_how_far_it_is(self, db, draft, now):
        scenario_id = asked(db, draft, now)
        update(db, "scenario", scenario_id, state="running")
        seconds = iter([0.0, 1.0, 2.0])
        watch = Watch(db, scenario_id, tick=lambda: next(seconds), of=OF_SCENARIO)

        watch.told("flow", None, None)
        watch.told("sweep", 110.0, 100.0)

        told = only(db, draft)["told"]
        assert (told["gap"], [state for _, _, state in told["stages"]]) == (
            0.1,
            ["done", "done", "now", "later", "later"],
        )

    def test_it_is_cancelled_by_being_thrown_away(self, db, draft, now):
        scenario_id = asked(db, draft, now)
        seconds = iter([0.0, 1.0, 2.0, 3.0])
        watch = Watch(db, scenario_id, tick=lambda: next(seconds), of=OF_SCENARIO)

        assert not watch.is_cancelled()
        rosters.drop_scenario(db, scenario_id, by=SYSTEM, now=now)
        assert watch.is_cancelled()
        watch.told("flow", None, None)  # nobody to tell any more
        assert rosters.scenarios(db, draft) == []

    def test_it_is_ended_with_what_was_found(self, db, draft, now):
        scenario_id = asked(db, draft, now)
        assert refused(rosters.stop_scenario, db, scenario_id, by=SYSTEM, now=now).code == "fill_is_not_running"
        update(db, "scenario", scenario_id, state="running")
        watch = Watch(db, scenario_id, of=OF_SCENARIO)

        rosters.stop_scenario(db, scenario_id, by=SYSTEM, now=now)

        assert (watch.is_cancelled(), only(db, draft)["is_stopping"]) == (True, True)


def test_the_background_process_tries_what_was_asked(db, settings, draft, now):
    asked(db, draft, now)

    assert rosters.is_fill_due(db, now=now)
    assert jobs.run_once(db, settings, "fill", now=now) == 1
    assert not rosters.is_fill_due(db, now=now)


def test_one_whose_process_died_is_tried_again(db, draft, now):
    scenario_id = asked(db, draft, now)
    update(db, "scenario", scenario_id, state="running", started_at="2026-02-28T00:59:00Z")
    rosters.give_back(db)

    assert rosters.try_asked(db, now=now) == 1
