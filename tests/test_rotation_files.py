"""Problems and rosters as documents: what is read, what is refused and by which name."""

import copy
import json
from datetime import date, datetime

import pytest

from scheduler.rotation import (
    BadProblem,
    Match,
    Pin,
    PinConflict,
    Previous,
    Proposal,
    Requirement,
    Seat,
    Uncovered,
    Weights,
    read_problem,
    read_proposal,
    solve,
    write_proposal,
)
from scheduler.solving import solve_file

DOCUMENT = {
    "format": "roster-instance/1",
    "id": "two-days",
    "period": {"start": "2026-03-02", "days": 2},
    "calendar": [{"date": "2026-03-02", "type": "workday"}, {"date": "2026-03-03", "type": "makeup"}],
    "units": [{"id": "U1", "region": "R1", "x": 0, "y": 1.5}],
    "places": [{"id": "P1", "kind": "outlet", "region": "R1", "x": 0, "y": 0}],
    "travel": [["U1", "P1", 12]],
    "duties": [
        {
            "id": "D1",
            "place": "P1",
            "kind": "visit",
            "weight": 2,
            "start": "2026-03-02T09:00",
            "end": "2026-03-02T11:00",
            "positions": [{"id": "lead", "count": 1, "requires": {"roles": ["head"], "skills": ["x"]}}],
        }
    ],
    "staff": [
        {
            "id": "S1",
            "unit": "U1",
            "role": "head",
            "party": True,
            "skills": ["x"],
            "fte": 0.8,
            "max_per_week": 2,
            "max_per_period": None,
            "history": {"trips": 3, "restday_trips": 1, "avail_days": 100},
            "target_trips": 4.25,
        }
    ],
    "leave": [{"staff": "S1", "start": "2026-03-03T00:00", "end": "2026-03-04T00:00", "kind": "sick"}],
    "carry_in": [],
    "quotas": [{"id": "q", "roles": ["head"], "kind": "visit", "min_per_week": 1, "exempt_below_days": 3}],
    "preferences": [{"staff": "S1", "kind": "want", "weight": 2, "match": {"date": "2026-03-02"}}],
    "pinned": [{"duty": "D1", "position": "lead", "staff": "S1"}],
    "previous": {
        "assignments": [{"duty": "D1", "position": "lead", "staff": "S1"}],
        "frozen_before": "2026-03-02T00:00",
    },
    "rules": {"min_rest_minutes": 840},
    "weights": {"uncovered": 1000, "quota": 200, "fairness": 10, "avoid": 6, "want": 4, "travel_minute": 0.1},
}


def changed(path, value):
    document = copy.deepcopy(DOCUMENT)
    *way, last = path
    here = document
    for step in way:
        here = here[step]
    here[last] = value
    return document


def test_a_document_is_read_field_by_field():
    town = read_problem(DOCUMENT)

    assert town.start == date(2026, 3, 2)
    assert [day.is_workday for day in town.calendar] == [True, True]
    assert town.travel == {("U1", "P1"): 12}
    assert town.duties[0].start == datetime(2026, 3, 2, 9)
    assert town.duties[0].positions[0].requires == Requirement(roles=frozenset({"head"}), skills=frozenset({"x"}))
    assert (town.staff[0].max_per_period, town.staff[0].history.trips, town.staff[0].target_trips) == (None, 3, 4.25)
    assert town.preferences[0].match == Match(date=date(2026, 3, 2))
    assert town.pinned == (Pin("D1", "lead", "S1"),)
    assert town.previous == Previous((Seat("D1", "lead", "S1"),), datetime(2026, 3, 2))
    assert town.min_rest_minutes == 840
    assert town.weights == Weights()


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (["format"], "roster-instance/2", "format"),
        (["period", "start"], "2026-02-30", "period.start"),
        (["staff", 0, "max_per_week"], "2", "staff[0] (S1).max_per_week"),
        (["staff", 0, "max_per_week"], -1, "staff[0] (S1).max_per_week"),
        (["staff", 0, "party"], 1, "staff[0] (S1).party"),
        (["staff", 0, "target_trips"], float("nan"), "staff[0] (S1).target_trips"),
        (["duties", 0, "start"], "2026-03-02T09:00+08:00", "duties[0] (D1).start"),
        (["duties", 0, "positions", 0, "count"], 1.5, "duties[0] (D1).positions[0] (lead).count"),
        (
            ["duties", 0, "positions", 0, "requires"],
            {"skill": ["x"]},
            "duties[0] (D1).positions[0] (lead).requires.skill",
        ),
        (["preferences", 0, "match"], {"weekday": 7}, "preferences[0].match.weekday"),
        (["travel", 0], ["U1", "P1"], "travel[0][2]"),
        (["weights", "fairnes"], 3, "weights.fairnes"),
        (["calendar"], [], "calendar"),
        (["calendar", 1, "date"], "2026-03-04", "calendar[1].date"),
        (["duties", 0, "place"], "P9", "duties[0] (D1).place"),
        (["duties", 0, "end"], "2026-03-02T09:00", "duties[0] (D1).end"),
        (["duties", 0, "end"], "2026-03-01T09:00", "duties[0] (D1).end"),
        (["staff", 0, "unit"], "U9", "staff[0] (S1).unit"),
        (["staff"], [DOCUMENT["staff"][0]] * 2, "staff[1] (S1).id"),
        (["leave", 0, "staff"], "S9", "leave[0].staff"),
        (["preferences", 0, "match"], {"place": "P9"}, "preferences[0].match.place"),
    ],
)
def test_a_fault_is_named_by_object_and_field(path, value, where):
    with pytest.raises(BadProblem) as refused:
        read_problem(changed(path, value))

    assert where in [place for place, _ in refused.value.errors]


def test_a_missing_field_is_named():
    document = copy.deepcopy(DOCUMENT)
    del document["duties"][0]["kind"]

    with pytest.raises(BadProblem) as refused:
        read_problem(document)

    assert refused.value.errors == [("duties[0] (D1).kind", "Field required")]


def test_all_faults_of_a_document_are_told_at_once():
    document = changed(["staff", 0, "party"], "yes")
    document["rules"] = {}
    document["duties"][0]["weight"] = None

    with pytest.raises(BadProblem) as refused:
        read_problem(document)

    assert {place for place, _ in refused.value.errors} == {"staff[0] (S1).party", "duties[0] (D1).weight"}


def test_pins_and_past_seats_may_name_what_no_longer_exists():
    document = changed(["pinned", 0, "staff"], "S9")
    document["previous"]["assignments"][0]["duty"] = "D9"

    assert solve(read_problem(document)).conflicts == (PinConflict("pin", "D1", "lead", "S9", "unknown"),)


@pytest.mark.parametrize("document", [None, [], "x", 3])
def test_what_is_no_object_is_refused(document):
    with pytest.raises(BadProblem):
        read_problem(document)


def test_a_proposal_survives_being_written_and_read():
    proposal = Proposal(
        seats=(Seat("D1", "lead", "S1"),),
        uncovered=(Uncovered("D2", "a", 2, {"skill": 3, "leave": 1}),),
        conflicts=(PinConflict("pin", "D3", "a", "S2", "leave"),),
        objective=12.5,
        bound=12.25,
        gap=0.25 / 12.25,
        proven=False,
    )

    document = json.loads(json.dumps(write_proposal(read_problem(DOCUMENT), proposal)))

    assert read_proposal(document) == proposal


def test_a_roster_of_assignments_alone_is_read():
    assert read_proposal({"assignments": [{"duty": "D1", "position": "a", "staff": "S1"}]}).seats == (
        Seat("D1", "a", "S1"),
    )


@pytest.mark.parametrize("document", [{}, {"assignments": [{"duty": "D1"}]}, {"assignments": 3}, []])
def test_a_roster_that_cannot_be_read_is_refused(document):
    with pytest.raises(BadProblem):
        read_proposal(document)


def test_a_file_is_solved_and_the_figures_told(tmp_path):
    source, target = tmp_path / "problem.json", tmp_path / "roster.json"
    source.write_text(json.dumps(DOCUMENT), encoding="utf-8")

    lines = solve_file(source, target)

    assert lines == ["objective -6.17", "bound -6.17", "gap 0.000 % (proven optimal)", "assigned 1, uncovered 0"]
    document = json.loads(target.read_text(encoding="utf-8"))
    assert document["assignments"] == [{"duty": "D1", "position": "lead", "staff": "S1"}]
    assert (document["objective"], document["bound"], document["gap"], document["proven"]) == (
        -6.175,
        -6.175,
        0.0,
        True,
    )


@pytest.mark.parametrize("text", ["", "{", "[]", "\ufeff{}", '{"format": "x"}'])
def test_a_bad_file_is_refused_and_nothing_written(tmp_path, text):
    source, target = tmp_path / "problem.json", tmp_path / "roster.json"
    source.write_text(text, encoding="utf-8")

    with pytest.raises(BadProblem):
        solve_file(source, target)

    assert not target.exists()


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadProblem):
        solve_file(tmp_path / "none.json", tmp_path / "roster.json")
