"""What if: a roster filled in another way, beside it. Nobody but its coordinators sees it until one is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from scheduler import audit, clock, rotation
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, IntegrityError, Row, insert, one, rows, run, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound, Refusal
from scheduler.rosters.dealing import replace_published, replace_seats
from scheduler.rosters.drafting import open_to_change
from scheduler.rosters.measures import Measures, measured
from scheduler.rosters.progress import OF_SCENARIO, Watch, told_of
from scheduler.rosters.reading import problem, seats
from scheduler.rosters.scope import shifts_of, standing
from scheduler.rosters.trying import EMPHASES, Away, tried
from scheduler.steps import step

MOST = 4  # beside the draft: more columns than these are not compared, they are scrolled past
GIVEN_UP_AFTER = timedelta(minutes=15)  # as with a fill

WAITING = """
    SELECT id, roster_id
    FROM scenario
    WHERE state = 'asked' OR (state = 'running' AND started_at <= :given_up)
    ORDER BY id
    LIMIT 1
"""


def ask_scenario(
    db: Database, roster_id: int, *, emphasis: str, away: Sequence[Away] = (), by: Actor, now: datetime
) -> int:
    """Ask for a roster to be filled in another way, beside it; gives the scenario.

    Conflict: it is closed, or four are there already. Invalid: an emphasis that is not one of `EMPHASES`, dates
    the wrong way round.
    """
    if emphasis not in EMPHASES:
        raise Invalid("bad_choice", field="emphasis", text=emphasis)
    if any(span.last < span.first for span in away):
        raise Invalid("end_before_start", field="last")
    with write(db):
        found = open_to_change(db, roster_id)
        if value(db, "SELECT COUNT(*) FROM scenario WHERE roster_id = :id", id=roster_id) >= MOST:
            raise Conflict("too_many_scenarios", most=MOST)
        scenario_id = insert(
            db,
            "scenario",
            roster_id=roster_id,
            emphasis=emphasis,
            away=json.dumps([asdict(span) for span in away], default=str),
            asked_by=by.name,
            made_at=clock.to_text(now),
        )
        audit.record(
            db, "ask_scenario", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"],
            scenario=scenario_id, emphasis=emphasis, away=len(away),
        )  # fmt: skip
        return scenario_id


def try_asked(db: Database, *, now: datetime, duty: Duty | None = None) -> int:
    """Fill every scenario that was asked for; gives how many. Nothing of the draft is touched."""
    tried = 0
    while (claimed := _claim(db, now)) is not None:
        try:
            _try(db, claimed["id"], now=now, duty=duty)
            tried += 1
        except Refusal as refusal:
            update(db, "scenario", claimed["id"], state="failed", facts=json.dumps({"refusal": refusal.code}))
    return tried


def is_try_due(db: Database, *, now: datetime) -> bool:
    """Whether a scenario waits to be filled."""
    return one(db, WAITING, given_up=clock.to_text(now - GIVEN_UP_AFTER)) is not None


def scenarios(db: Database, roster_id: int) -> list[Row]:
    """The roster's scenarios, oldest first: id, emphasis, away (person, first, last), state, asked_by, made_at,
    is_current (whether the roster is still the one they were made of), measures (or None), gap, changes, met, told
    (how far it is: see rosters.progress), started_at, is_stopping.

    `changes` counts slots that differ from the roster, `met` its seats that the people away would leave.
    """
    found = rows(db, f"{_SCENARIOS} WHERE scenario.roster_id = :roster_id ORDER BY scenario.id", roster_id=roster_id)
    names = {row["id"]: row["name"] for row in rows(db, "SELECT id, name FROM person ORDER BY id")} if found else {}
    return [_read(row, names) for row in found]


def draft_measures(db: Database, roster_id: int, *, duty: Duty | None = None) -> Measures:
    """How good the draft is as it stands."""
    return measured(rotation.indexed(problem(db, roster_id, duty=duty)), seats(db, roster_id))


def scenario_changes(db: Database, scenario_id: int) -> list[Row]:
    """What would change in the draft, by start: day, place, slot, before and after (names, or None)."""
    found = _scenario(db, scenario_id)
    shifts = {shift["id"]: shift for shift in shifts_of(db, found["roster_id"])}
    places = {row["id"]: row["name"] for row in rows(db, "SELECT id, name FROM place ORDER BY id")}
    names = {row["id"]: row["name"] for row in rows(db, "SELECT id, name FROM person ORDER BY id")}
    now_there = {(row["shift_id"], row["slot"]): row["person_id"] for row in standing(db, found["roster_id"])}
    then = {(seat["shift_id"], seat["slot"]): seat["person_id"] for seat in json.loads(found["seats"])}
    order = {shift_id: at for at, shift_id in enumerate(shifts)}
    return [
        {
            "day": shifts[at[0]]["day"],
            "place": places[shifts[at[0]]["place_id"]],
            "slot": at[1],
            "before": names.get(now_there.get(at, 0)),
            "after": names.get(then.get(at, 0)),
        }
        for at in sorted(now_there.keys() | then.keys(), key=lambda at: (order.get(at[0], -1), at[1]))
        if at[0] in shifts and now_there.get(at) != then.get(at)
    ]


def keep_scenario(db: Database, scenario_id: int, *, by: Actor, now: datetime) -> int:
    """Plan the roster as the scenario has it, as one step that can be undone; gives how many slots changed.

    In a published one it waits to be published. Conflict, and nothing is written, if it is not filled yet or the
    roster changed since.
    """
    with write(db):
        found = _scenario(db, scenario_id)
        held = open_to_change(db, found["roster_id"])
        if found["state"] != "done":
            raise Conflict("scenario_is_not_ready")
        if found["version"] != held["version"]:
            raise Conflict("scenario_is_overtaken")
        changed = _write_seats(db, found, is_draft=held["state"] == "draft", by=by, now=now)
        run(db, "DELETE FROM scenario WHERE id = :id", id=scenario_id)
        run(db, "UPDATE roster SET version = version + 1 WHERE id = :id", id=found["roster_id"])
        audit.record(
            db, "keep_scenario", "roster", found["roster_id"], by=by, now=now, unit_id=held["unit_id"],
            scenario=scenario_id, emphasis=found["emphasis"], changes=changed,
        )  # fmt: skip
        return changed


def _write_seats(db: Database, found: Row, *, is_draft: bool, by: Actor, now: datetime) -> int:
    """Whoever is in both stays untouched; gives how many come or go, whichever are more."""
    shifts = {shift["id"]: shift for shift in shifts_of(db, found["roster_id"])}
    stand = standing(db, found["roster_id"])
    wanted = {(seat["shift_id"], seat["slot"], seat["person_id"]): seat for seat in json.loads(found["seats"])}
    there = {(row["shift_id"], row["slot"], row["person_id"]) for row in stand}
    leave = [row for row in stand if (row["shift_id"], row["slot"], row["person_id"]) not in wanted]
    come = [
        {
            **seat,
            "starts_at": shifts[seat["shift_id"]]["starts_at"],
            "ends_at": shifts[seat["shift_id"]]["ends_at"],
            "made_at": clock.to_text(now),
        }
        for at, seat in wanted.items()
        if at not in there
    ]
    try:
        with step(db, found["roster_id"], "keep_scenario", by=by, now=now):
            if is_draft:
                replace_seats(db, leave, come)
            else:
                replace_published(db, leave, [seat | {"why": "{}"} for seat in come], now=now)
    except IntegrityError as error:  # leave filed, or a duty in another roster taken, since it was tried
        raise Conflict("scenario_is_overtaken") from error
    return max(len(leave), len(come))


def drop_scenario(db: Database, scenario_id: int, *, by: Actor, now: datetime) -> None:
    """Throw the scenario away, also while it is being filled; the roster is as it was."""
    with write(db):
        found = _scenario(db, scenario_id)
        run(db, "DELETE FROM scenario WHERE id = :id", id=scenario_id)
        audit.record(db, "drop_scenario", "roster", found["roster_id"], by=by, now=now, scenario=scenario_id)


def stop_scenario(db: Database, scenario_id: int, *, by: Actor, now: datetime) -> None:
    """End the filling of the scenario with the best that was found so far. Conflict if it is not being filled."""
    with write(db):
        found = _scenario(db, scenario_id)
        if found["state"] != "running":
            raise Conflict("fill_is_not_running")
        run(db, "UPDATE scenario SET facts = json_set(facts, '$.stop', 1) WHERE id = :id", id=scenario_id)
        audit.record(db, "stop_scenario", "roster", found["roster_id"], by=by, now=now, scenario=scenario_id)


def retry_scenario(db: Database, scenario_id: int, *, by: Actor, now: datetime) -> None:
    """Fill the scenario again, from the draft as it is now."""
    with write(db):
        found = _scenario(db, scenario_id)
        open_to_change(db, found["roster_id"])
        update(db, "scenario", scenario_id, state="asked", started_at=None, facts="{}", seats="[]")
        audit.record(db, "ask_scenario", "roster", found["roster_id"], by=by, now=now, scenario=scenario_id)


def _claim(db: Database, now: datetime) -> Row | None:
    with write(db):
        found = one(db, WAITING, given_up=clock.to_text(now - GIVEN_UP_AFTER))
        if found is not None:
            update(db, "scenario", found["id"], state="running", started_at=clock.to_text(now), facts="{}")
        return found


def _try(db: Database, scenario_id: int, *, now: datetime, duty: Duty | None) -> None:
    """Fill it with no lock held, and keep what came of it, unless it was thrown away meanwhile."""
    found = _scenario(db, scenario_id)
    held = open_to_change(db, found["roster_id"])
    watch = Watch(db, scenario_id, of=OF_SCENARIO)
    dealt, facts = tried(db, held, found["emphasis"], _away(found), duty=duty, now=now, watch=watch)
    with write(db):
        update(
            db, "scenario", scenario_id, state="done", version=held["version"],
            seats=json.dumps(dealt), facts=json.dumps(facts),
        )  # fmt: skip


def _scenario(db: Database, scenario_id: int) -> Row:
    found = one(db, f"{_SCENARIOS} WHERE scenario.id = :scenario_id", scenario_id=scenario_id)
    if found is None:
        raise NotFound("not_found")
    return found


def _away(found: Row) -> list[Away]:
    return [
        Away(span["person_id"], date.fromisoformat(span["first"]), date.fromisoformat(span["last"]))
        for span in json.loads(found["away"])
    ]


def _read(row: Row, names: dict[int, str]) -> Row:
    facts: dict[str, Any] = json.loads(row["facts"])
    measures = facts.get("measures")
    return {
        **{name: row[name] for name in ("id", "emphasis", "state", "asked_by", "made_at", "started_at", "is_current")},
        "told": told_of(facts.get("progress", {}), is_over=row["state"] == "done"),
        "is_stopping": "stop" in facts,
        "away": [{"person": names[span.person_id], "first": span.first, "last": span.last} for span in _away(row)],
        "measures": Measures(**measures) if measures else None,
        "gap": facts.get("gap"),
        "changes": facts.get("changes", 0),
        "met": facts.get("met", 0),
    }


_SCENARIOS = """
    SELECT scenario.id, scenario.roster_id, scenario.emphasis, scenario.away, scenario.state, scenario.asked_by,
           scenario.made_at, scenario.version, scenario.seats, scenario.facts,
           scenario.started_at, scenario.version IS roster.version AND roster.state <> 'closed' AS is_current
    FROM scenario
    JOIN roster ON roster.id = scenario.roster_id
"""
