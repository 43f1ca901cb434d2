"""How many SQL statements the board's pages make, counted where a request ends: as many for ten times the rows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import g

from scheduler import rosters, steps
from scheduler.audit import SYSTEM
from tests import builders
from tests.conftest import application, pages
from tests.test_rosters import fill
from tests.test_web_board_parts import SCRIPT

MONDAY = date(2026, 3, 2)


@pytest.fixture
def app(db, settings, watch):
    """Of this test alone: it is listened to."""
    return application(settings, watch, made_by=pages)


@pytest.fixture
def counted(app):
    """The statements of each request since, by the path that was asked for."""
    found: list[list[str]] = []

    @app.before_request
    def listen() -> None:
        found.append([])
        g.db.conn.set_trace_callback(found[-1].append)

    @app.teardown_request
    def stop(_error: BaseException | None) -> None:
        if "db" in g:
            g.db.conn.set_trace_callback(None)

    return found


def fortnight(db, town, now, first: date, places: int, people: int) -> int:
    """A filled roster of so many more places and people."""
    outlets = [builders.place(db, now, town.branch, f"{places}之{n}号网点") for n in range(places)]
    builders.template(db, now, town.branch, outlets, name=f"{places}处", days="every")
    for n in range(people):
        builders.person(db, now, town.office, f"{places}{n:03}", f"员工{n:02}", party=True)
    period = {"starts_on": first, "ends_on": first + timedelta(days=13)}
    roster_id = rosters.draft(db, unit_id=town.branch, **period, by=SYSTEM, now=now)
    fill(db, roster_id, now)
    return roster_id


PAGES = {"": 40, "?view=people": 42, "?slot={seat}": 44, "?slot={seat}&tab=all": 44}  # with most statements each


def test_ten_times_the_rows_take_no_statement_more(db, town, now, counted, as_coordinator):
    numbers, sizes = [], []
    for first, places, people in ((MONDAY, 2, 8), (MONDAY + timedelta(days=14), 20, 80)):
        roster_id = fortnight(db, town, now, first, places, people)
        taken = steps.seats(db, roster_id)
        seat = f"{taken[0]['shift_id']}-{taken[0]['slot']}"
        counted.clear()
        for query in PAGES:
            headers = SCRIPT if "slot" in query else {}
            answer = as_coordinator.get(f"/rosters/{roster_id}{query.format(seat=seat)}", headers=headers)
            assert answer.status_code == 200
        numbers.append(dict(zip(PAGES, map(len, counted), strict=True)))
        sizes.append(len(taken))

    assert sizes[1] > 5 * sizes[0]
    assert numbers[0] == numbers[1]
    assert {query: most for query, most in PAGES.items() if not 10 < numbers[0][query] <= most} == {}
