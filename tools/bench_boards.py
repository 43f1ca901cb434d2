"""What the board costs: a page of it against its statements and its bytes alone, a change against its bare writes."""

from __future__ import annotations

import gzip
from datetime import date, time, timedelta

from flask import Flask, g
from flask.testing import FlaskClient

from scheduler import accounts, assignments, clock, demo, duties, people, places, rosters
from scheduler.audit import SYSTEM
from scheduler.config import Settings
from scheduler.database import Database, Row, rows, run, value, write
from tools.measuring import cpu, tell_times
from web import create_app
from web.session import COOKIE

OWNER = demo.CAST["coordinator"]
PLACES, PEOPLE, DAYS = 30, 500, 31  # a big branch's month
CHANGES = 40


def boards(db: Database, settings: Settings, published: Row) -> None:
    """Print the board's figures: the demonstration's month, then a big branch's."""
    big = _big_branch(db)
    app = create_app(settings)
    client = _coordinator(app, db)
    _board(app, client, db, f"The demonstration's month: {published['shifts']} shifts", f"/rosters/{published['id']}")
    name = f"A big branch: {PLACES} places, {DAYS} days, {PEOPLE} people"
    _board(app, client, db, name, f"/rosters/{big}")
    _board(app, client, db, f"{name}, by person", f"/rosters/{big}?view=people")
    _changes(db, big)


def _board(app: Flask, client: FlaskClient, db: Database, name: str, path: str) -> None:
    seen: list[str] = []
    app.before_request_funcs.setdefault(None, []).append(lambda: g.db.conn.set_trace_callback(seen.append))
    page = client.get(path)
    app.before_request_funcs[None].pop()
    if page.status_code != 200:
        raise SystemExit(f"{path} answers {page.status_code}")
    reads = [sql for sql in seen if sql.lstrip().upper().startswith(("SELECT", "WITH"))]
    size, packed = len(page.data), len(gzip.compress(page.data))
    print(f"{name}: {len(reads)} statements, {size:,} bytes, {packed:,} gzipped")
    alone = cpu(lambda: [db.conn.execute(sql).fetchall() for sql in reads], 10)
    bytes_alone = cpu(lambda: gzip.compress(page.data, 6), 10)
    tell_times("its statements alone", alone, alone)
    tell_times("its bytes alone, compressed", bytes_alone, alone)
    tell_times("the page", cpu(lambda: client.get(path), 10), alone + bytes_alone)
    print()


def _changes(db: Database, roster_id: int) -> None:
    """Seats taken, moved and given back by hand, against the bare rows that a seat is made of."""
    free = [row["id"] for row in rows(db, FREE, roster_id=roster_id, most=3 * CHANGES)]
    helpers = [row["id"] for row in rows(db, IDLE, roster_id=roster_id, most=CHANGES)]
    made: list[int] = []

    def bare() -> None:
        with write(db):
            run(db, BARE, roster_id=roster_id, shift_id=free[0], person_id=helpers[0])
            run(db, "UPDATE roster SET version = version + 1 WHERE id = :id", id=roster_id)
            run(db, "DELETE FROM assignment WHERE shift_id = :id", id=free[0])

    def seat() -> None:
        at = len(made)
        made.append(assignments.seat(db, free[at], helpers[at], by=SYSTEM, now=clock.now()))

    def move() -> None:
        at = len(moved)
        moved.append(assignments.move(db, made[at], free[CHANGES + at], by=SYSTEM, now=clock.now()))

    def undo() -> None:
        rosters.undo(db, roster_id, by=SYSTEM, now=clock.now())

    moved: list[int] = []
    print(f"A change by hand in it, checked, in one transaction (mean of {CHANGES})")
    floor = cpu(bare, CHANGES)
    tell_times("three bare writes in a transaction", floor, floor)
    for name, act in (("a person seated", seat), ("a person moved", move), ("a move undone", undo)):
        before = db.conn.total_changes
        spent = cpu(act, CHANGES)
        tell_times(f"{name} ({(db.conn.total_changes - before) / CHANGES:.0f} rows written)", spent, floor)
    print()


def _coordinator(app: Flask, db: Database) -> FlaskClient:
    person_id, now = people.by_staff_no(db, [OWNER])[OWNER]["id"], clock.now()
    client = app.test_client()
    client.set_cookie(COOKIE, accounts.sign_in(db, accounts.make_link(db, person_id, by=SYSTEM, now=now), now=now))
    return client


def _big_branch(db: Database) -> int:
    """A month of one slot a place and day, three in four of them filled in turn; gives the roster."""
    now = clock.now()
    first = clock.first_of_next_month(clock.today(now, db.zone))
    with write(db):  # one transaction: each of the 500 would else wait for the disk
        branch = people.add_unit(db, name="规模测试支行", kind="branch", parent_id=None, by=SYSTEM, now=now)
        for n in range(PEOPLE):
            people.add(
                db, staff_no=f"B{n:05}", name=f"员工{n}", unit_id=branch, joined_on=date(2020, 1, 1), by=SYSTEM, now=now
            )
        there = [
            places.add(db, name=f"网点{n}", kind="outlet", unit_id=branch, by=SYSTEM, now=now) for n in range(PLACES)
        ]
        duties.add_template(
            db, unit_id=branch, places=there, name="厅堂服务", activity="lobby", days="every", starts=time(8, 30),
            ends=time(17, 0), headcount=1, valid_from=date(2020, 1, 1), by=SYSTEM, now=now,
        )  # fmt: skip
        last = first + timedelta(days=DAYS - 1)
        roster_id = rosters.draft(db, unit_id=branch, starts_on=first, ends_on=last, by=SYSTEM, now=now)
        run(
            db,
            SEATED,
            roster_id=roster_id,
            lowest=value(db, "SELECT MIN(id) FROM person WHERE unit_id = :id", id=branch),
        )
        owner = people.by_staff_no(db, [OWNER])[OWNER]["id"]
        accounts.grant(db, owner, "coordinator", branch, by=SYSTEM, now=now)
    return roster_id


SEATED = f"""
    INSERT INTO assignment (shift_id, slot, person_id, starts_at, ends_at, source, made_at)
    SELECT id, 1, :lowest + turn % {PEOPLE - CHANGES}, starts_at, ends_at, 'engine', starts_at
    FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY day, place_id) AS turn FROM shift WHERE roster_id = :roster_id)
    WHERE turn % 4 <> 0
"""
FREE = """
    SELECT id FROM shift
    WHERE roster_id = :roster_id AND NOT EXISTS (SELECT 1 FROM assignment WHERE shift_id = shift.id)
    ORDER BY day, place_id
    LIMIT :most
"""
IDLE = """
    SELECT person.id
    FROM person
    JOIN roster ON roster.unit_id = person.unit_id
    WHERE roster.id = :roster_id AND NOT EXISTS (SELECT 1 FROM assignment WHERE person_id = person.id)
    ORDER BY person.id
    LIMIT :most
"""
BARE = """
    INSERT INTO assignment (shift_id, slot, person_id, starts_at, ends_at, source, made_at)
    SELECT id, 1, :person_id, starts_at, ends_at, 'hand', starts_at FROM shift
    WHERE id = :shift_id AND roster_id = :roster_id
"""
