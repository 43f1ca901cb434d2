"""Sixty-four at once for one slot: one wins, the others are told, and nobody stands in two places."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import pytest

from scheduler import assignments, database, rosters
from scheduler.audit import SYSTEM
from scheduler.database import Database, IntegrityError, run, value, write
from scheduler.errors import Refusal
from tests import builders
from tests.conftest import SHANGHAI

RACERS = 64
NOW = datetime(2026, 2, 28, 1, 0, tzinfo=UTC)
MONDAY = date(2026, 3, 2)

OVERLAPS = """
    SELECT COUNT(*)
    FROM assignment AS one
    JOIN assignment AS two ON two.person_id = one.person_id AND two.id > one.id
    WHERE one.state <> 'released' AND two.state <> 'released'
      AND one.starts_at < two.ends_at AND two.starts_at < one.ends_at
"""
OVERFULL = """
    SELECT COUNT(*)
    FROM shift
    WHERE headcount < (SELECT COUNT(*) FROM assignment WHERE shift_id = shift.id AND state <> 'released')
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file with one Monday: 64 shifts of one slot at the same hours, and 64 people who may stand them."""
    path = tmp_path / "race.sqlite3"
    db = database.connect(path, SHANGHAI)
    database.migrate(db)
    branch = builders.unit(db, NOW)
    outlets = [builders.place(db, NOW, branch, f"网点 {n}") for n in range(RACERS)]
    for n in range(RACERS):
        builders.person(db, NOW, branch, f"{n:04}", f"员工 {n}")
    builders.template(db, NOW, branch, outlets)
    rosters.draft(db, unit_id=branch, starts_on=MONDAY, ends_on=MONDAY, by=SYSTEM, now=NOW)
    db.close()
    return path


def seat(db: Database, shift_id: int, person_id: int) -> None:
    assignments.seat(db, shift_id, person_id, by=SYSTEM, now=NOW)


def insert_raw(db: Database, shift_id: int, person_id: int) -> None:
    """What some other program would do: no check of ours, only the schema's."""
    with write(db):
        run(
            db,
            """
            INSERT INTO assignment (shift_id, slot, person_id, starts_at, ends_at, source, made_at)
            SELECT id, 1, :person_id, starts_at, ends_at, 'hand', starts_at FROM shift WHERE id = :shift_id
            """,
            shift_id=shift_id,
            person_id=person_id,
        )


def outcome(path: Path, act, shift_id: int, person_id: int, start: Barrier) -> str:
    db = database.connect(path, SHANGHAI)
    start.wait()
    try:
        act(db, shift_id, person_id)
    except Refusal as refusal:
        return refusal.code
    except IntegrityError as error:
        return str(error)
    finally:
        db.close()
    return "seated"


def raced(path: Path, act, pairs: list[tuple[int, int]]) -> Counter[str]:
    start = Barrier(len(pairs))
    with ThreadPoolExecutor(len(pairs)) as pool:
        runs = [pool.submit(outcome, path, act, shift_id, person_id, start) for shift_id, person_id in pairs]
        return Counter(run.result() for run in runs)


def counts(path: Path) -> tuple[int, int, int]:
    """Seats taken, overlaps, shifts with more people than they need."""
    db = database.connect(path, SHANGHAI)
    return value(db, "SELECT COUNT(*) FROM assignment"), value(db, OVERLAPS), value(db, OVERFULL)


def test_of_sixty_four_people_for_one_slot_one_wins_and_the_rest_are_told_that_it_is_full(path):
    pairs = [(1, person_id) for person_id in range(1, RACERS + 1)]

    assert raced(path, seat, pairs) == {"seated": 1, "shift_is_full": RACERS - 1}
    assert counts(path) == (1, 0, 0)


def test_of_sixty_four_shifts_for_one_person_one_wins_and_the_rest_are_double_bookings(path):
    pairs = [(shift_id, 1) for shift_id in range(1, RACERS + 1)]

    assert raced(path, seat, pairs) == {"seated": 1, "double_booking": RACERS - 1}
    assert counts(path) == (1, 0, 0)


def test_the_schema_gives_one_slot_to_one_person_whoever_writes(path):
    found = raced(path, insert_raw, [(1, person_id) for person_id in range(1, RACERS + 1)])

    assert found.pop("seated") == 1
    assert found.total() == RACERS - 1
    assert all("UNIQUE constraint failed: assignment.shift_id, assignment.slot" in told for told in found)
    assert counts(path) == (1, 0, 0)


def test_the_schema_lets_one_person_stand_in_one_place_whoever_writes(path):
    pairs = [(shift_id, 1) for shift_id in range(1, RACERS + 1)]

    assert raced(path, insert_raw, pairs) == {"seated": 1, "double_booking": RACERS - 1}
    assert counts(path) == (1, 0, 0)


def test_processes_race_as_threads_do(path):
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        start, told = manager.Barrier(4), manager.list()
        racers = [context.Process(target=race_in_a_process, args=(path, n, start, told)) for n in range(1, 5)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()

        assert Counter(told) == {"seated": 1, "shift_is_full": 3}
    assert counts(path) == (1, 0, 0)


def race_in_a_process(path, person_id, start, told):
    told.append(outcome(path, seat, 1, person_id, start))
