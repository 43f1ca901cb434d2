"""The demonstration organisation adds up to what such organisations do, and holds to the rules."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler import database, demo, ledger, openings, quotas
from scheduler.database import Database, one, rows, value
from scheduler.demo.scene import month_of, scene
from tests.conftest import SHANGHAI

NOW = datetime(2026, 3, 18, 3, 0, tzinfo=UTC)  # a Wednesday, eleven o'clock in Bazhong


@pytest.fixture(scope="module")
def lived() -> Database:
    """The demonstration as it stands at NOW."""
    db = database.connect(":memory:", SHANGHAI)
    database.migrate(db)
    demo.load(db, base_url="http://127.0.0.1:8000", now=NOW)
    return db


def people_below(db: Database, unit: str) -> list[dict]:
    return rows(
        db,
        """
        SELECT person.id, person.role, person.party
        FROM person
        JOIN unit_above ON unit_above.unit_id = person.unit_id
        JOIN unit ON unit.id = unit_above.above_id
        WHERE unit.name = :unit
        """,
        unit=unit,
    )


def counted(db: Database, activity: str, kind: str) -> dict:
    found = one(
        db,
        """
        SELECT COALESCE(SUM(trips), 0) AS trips, COUNT(DISTINCT person_id) AS people, MIN(party) AS party
        FROM ledger
        WHERE activity = :activity AND place_kind = :kind AND staff_no NOT LIKE 'T%'
        """,
        activity=activity,
        kind=kind,
    )
    assert found is not None
    return found


def test_the_bank_is_as_large_as_the_source_says(lived: Database):
    crew = people_below(lived, "巴中市分行")
    members = sum(person["party"] for person in crew)

    assert len(crew) >= 120
    assert 0.55 <= members / len(crew) <= 0.65
    assert Counter(person["role"] for person in crew if person["role"] != "staff") == {"head": 1, "deputy": 3}


def test_people_are_wanted_and_a_visitor_may_still_sign_up(lived: Database):
    visitor = one(lived, "SELECT id FROM person WHERE staff_no = :no", no=demo.CAST["staff"])

    (row,) = openings.of_person(lived, visitor["id"], now=NOW)

    assert (row["is_urgent"], row["seats"], row["mine"], row["level"]) == (1, 6, None, "none")
    assert 0 < row["held"] < 6


def test_its_outlets_stand_in_all_five_districts(lived: Database):
    outlets = rows(
        lived,
        """
        SELECT place.district
        FROM place
        JOIN unit_above ON unit_above.unit_id = place.unit_id
        JOIN unit ON unit.id = unit_above.above_id AND unit.name = '巴中市分行'
        WHERE place.kind = 'outlet'
        """,
    )

    assert len(outlets) >= 18
    assert {row["district"] for row in outlets} == {"巴州区", "恩阳区", "通江县", "南江县", "平昌县"}


def test_three_communities_are_sponsored_with_a_procedure_and_four_villages_aided(lived: Database):
    sponsored = rows(lived, "SELECT place_id, procedure FROM sponsorship WHERE responsible_id IS NOT NULL")

    assert len(sponsored) == 3
    assert all(row["procedure"] for row in sponsored)
    assert value(lived, "SELECT COUNT(*) FROM place WHERE kind = 'village'") == 4


def test_the_telecom_company_is_a_tree_of_its_own_as_deep_and_wide_as_the_source_says(lived: Database):
    below = """
        SELECT {what}
        FROM {table}
        JOIN unit_above ON unit_above.unit_id = {unit}
        JOIN unit AS top ON top.id = unit_above.above_id AND top.name = '巴中市分公司'
    """
    kinds = Counter(row["kind"] for row in rows(lived, below.format(what="unit.kind", table="unit", unit="unit.id")))
    agents = rows(
        lived, below.format(what="place.kind", table="place", unit="place.unit_id") + " WHERE place.kind = 'outlet'"
    )

    assert (kinds["county"], kinds["centre"], kinds["outlet"]) == (4, 3, 48)
    assert len(agents) > 600
    assert len(people_below(lived, "巴中市分公司")) >= 200
    assert value(lived, "SELECT COUNT(*) FROM unit WHERE parent_id IS NULL") == 2


def test_a_year_of_lobby_service_comes_to_more_than_700_turns_all_by_party_members(lived: Database):
    lobby = counted(lived, "lobby", "outlet")

    assert lobby["trips"] > 700
    assert lobby["party"] == 1


def test_the_sponsored_communities_saw_more_than_200_person_trips(lived: Database):
    assert counted(lived, "community", "community")["trips"] > 200


def test_the_call_up_of_five_weeks_was_stood_by_more_than_50_different_party_members(lived: Database):
    epidemic = counted(lived, "epidemic", "village")
    first, last = rows(lived, "SELECT MIN(day) AS first, MAX(day) AS last FROM ledger WHERE activity = 'epidemic'")[
        0
    ].values()

    assert epidemic["people"] > 50
    assert epidemic["party"] == 1
    assert date.fromisoformat(last) - date.fromisoformat(first) == timedelta(days=34)


def test_every_leader_made_the_visits_owed_in_every_week_that_has_its_workdays(lived: Database):
    bank = value(lived, "SELECT id FROM unit WHERE name = '巴中市分行'")
    months = scene(NOW, SHANGHAI).months
    weeks = quotas.weeks(lived, bank, months[0].first, months[-3].last, now=NOW)

    assert Counter(week["state"] for week in weeks).keys() <= {"met", "waived"}
    assert sum(week["state"] == "met" for week in weeks) > 4 * 40


def test_twelve_months_are_closed_the_current_one_is_published_the_next_a_draft(lived: Database):
    by_state = Counter(
        (row["unit_id"], row["state"]) for row in rows(lived, "SELECT unit_id, state FROM roster ORDER BY starts_on")
    )
    current = rows(
        lived, "SELECT state FROM roster WHERE :today BETWEEN starts_on AND ends_on", today=NOW.date().isoformat()
    )

    assert sorted(by_state.values()) == [1, 1, 1, 1, 12, 12]
    assert {row["state"] for row in current} == {"published"}


def test_past_days_of_the_current_month_are_confirmed_and_coming_ones_are_not(lived: Database):
    now = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")

    unconfirmed = rows(
        lived,
        """
        SELECT shift.id
        FROM shift
        JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
        WHERE shift.state = 'planned' AND shift.ends_at <= :an_hour_ago
        """,
        an_hour_ago=(NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )

    assert unconfirmed == []
    assert value(lived, "SELECT COUNT(*) FROM shift WHERE state = 'held' AND ends_at > :now", now=now) == 0


def test_it_has_the_blemishes_of_real_life(lived: Database):
    assert value(lived, "SELECT COUNT(*) FROM assignment WHERE state = 'absent'") > 20
    assert value(lived, "SELECT COUNT(*) FROM ledger WHERE trips = -1") > 0
    assert value(lived, "SELECT COUNT(*) FROM assignment WHERE source = 'hand'") > 20
    assert value(lived, "SELECT COUNT(*) FROM away") > 200


def test_nothing_in_it_lies_in_the_future(lived: Database):
    now = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")

    assert value(lived, "SELECT COUNT(*) FROM audit WHERE at > :now", now=now) == 0
    assert value(lived, "SELECT COUNT(*) FROM ledger WHERE at > :now", now=now) == 0


def test_its_ledger_is_whole_and_no_reminder_of_the_past_is_waiting(lived: Database):
    now = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")

    assert ledger.verify(lived) is None
    assert value(lived, "SELECT COUNT(*) FROM reminder WHERE state = 'due' AND due_at <= :now", now=now) == 0


def test_the_visitors_three_are_who_the_readme_says(lived: Database):
    held = {
        row["staff_no"]: row["role"]
        for row in rows(
            lived,
            "SELECT staff_no, access.role FROM person LEFT JOIN access ON access.person_id = person.id "
            "WHERE staff_no IN ('00101', '00102', '00501') ORDER BY staff_no",
        )
    }

    assert demo.CAST == {"coordinator": "00101", "administrator": "00102", "staff": "00501"}
    assert held == {"00101": "coordinator", "00102": "administrator", "00501": None}


def test_loading_that_breaks_off_leaves_nothing_behind(db: Database):
    def stop(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.load(db, base_url="", now=NOW, say=stop)

    assert value(db, "SELECT COUNT(*) FROM organisation") == 0
    assert value(db, "SELECT COUNT(*) FROM unit") == 0


@pytest.mark.parametrize(
    ("first", "monday", "sunday"),
    [
        (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 29)),
        (date(2026, 4, 1), date(2026, 3, 30), date(2026, 5, 3)),
        (date(2026, 12, 1), date(2026, 11, 30), date(2027, 1, 3)),
    ],
)
def test_a_month_is_whole_weeks(first: date, monday: date, sunday: date):
    month = month_of(first)

    assert (month.first, month.last) == (monday, sunday)
