"""The ladder of each activity: by what its duties are reminded of, and everybody's default."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler import accounts, audit
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, run, write
from scheduler.errors import Invalid, NotFound
from scheduler.people.versions import stale
from scheduler.reminders.rungs import Quiet, Rung, is_rule, quiet_columns, quiet_of

MOST_RUNGS = 8


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a duty of an activity is reminded by. `answer_minutes` before it whoever has not acknowledged is told of."""

    rungs: tuple[Rung, ...]
    quiet: Quiet | None
    answer_minutes: int | None
    version: int = 0
    is_default: bool = False


def ladder(db: Database, activity_id: int | None) -> Ladder:
    """The ladder of an activity, or everybody's default where it has none, or for None."""
    sql = "SELECT * FROM ladder WHERE activity_id IS :activity_id"
    own = one(db, sql, activity_id=activity_id) if activity_id is not None else None
    return of_row(own or one(db, sql, activity_id=None) or {})


def activities(db: Database) -> list[Row]:
    """Every activity with its ladder: id, code, name_zh, name_en, templates (how many ask for it), ladder."""
    found = rows(
        db,
        """
        SELECT activity.id, activity.code, activity.name_zh, activity.name_en,
               (SELECT COUNT(*) FROM template WHERE activity_id = activity.id) AS templates
        FROM activity
        ORDER BY activity.sort, activity.id
        """,
    )
    held = {row["activity_id"]: of_row(row) for row in rows(db, "SELECT * FROM ladder ORDER BY id")}
    return [row | {"ladder": held.get(row["id"], held[None])} for row in found]


def activity(db: Database, activity_id: int) -> Row:
    """One activity: id, code, name_zh, name_en. NotFound where there is none."""
    found = one(db, "SELECT id, code, name_zh, name_en FROM activity WHERE id = :id", id=activity_id)
    if found is None:
        raise NotFound("not_found")
    return found


def set_ladder(
    db: Database, activity_id: int | None, wanted: Ladder, *, version: int, by: Actor, now: datetime
) -> None:
    """Give an activity a ladder of its own, or change it, or the default (None); reminders follow at the next turn.

    `version` is the one that the page showed, 0 where the activity had none of its own. Refused where a rule is none.
    """
    _refuse_unsound(wanted)
    with write(db):
        accounts.require_all(db, by, now=now)
        if activity_id is not None:
            activity(db, activity_id)
        held = one(db, "SELECT * FROM ladder WHERE activity_id IS :activity_id", activity_id=activity_id)
        if (held["version"] if held else 0) != version:
            raise stale(db, audit.history(db, "ladder", activity_id or 0, limit=1))
        columns = _columns(wanted)
        if held is None:
            run(
                db,
                """
                INSERT INTO ladder (activity_id, rungs, quiet_from, quiet_to, answer_minutes)
                VALUES (:activity_id, :rungs, :quiet_from, :quiet_to, :answer_minutes)
                """,
                activity_id=activity_id,
                **columns,
            )
        else:
            run(
                db,
                """
                UPDATE ladder
                SET rungs = :rungs, quiet_from = :quiet_from, quiet_to = :quiet_to, answer_minutes = :answer_minutes,
                    version = version + 1
                WHERE id = :id
                """,
                id=held["id"],
                **columns,
            )
        changed = audit.differences(_facts(of_row(held)) if held else {}, _facts(wanted))
        audit.record(db, "set_ladder", "ladder", activity_id or 0, by=by, now=now, changed=changed)


def remove_ladder(db: Database, activity_id: int, *, by: Actor, now: datetime) -> None:
    """Let an activity follow the default again."""
    with write(db):
        accounts.require_all(db, by, now=now)
        held = one(db, "SELECT * FROM ladder WHERE activity_id = :activity_id", activity_id=activity_id)
        if held is None:
            raise NotFound("not_found")
        run(db, "DELETE FROM ladder WHERE id = :id", id=held["id"])
        audit.record(db, "remove_ladder", "ladder", activity_id, by=by, now=now, **_facts(of_row(held)))


def must_rules(db: Database) -> set[str]:
    """The rules that some ladder marks as must."""
    found = rows(db, "SELECT rungs FROM ladder ORDER BY id")
    return {rung["rule"] for row in found for rung in json.loads(row["rungs"]) if rung["must"]}


def ladder_rules(db: Database) -> list[str]:
    """Every rule of every ladder, once, the default's first."""
    found = rows(db, "SELECT rungs FROM ladder ORDER BY activity_id IS NOT NULL, activity_id")
    return list(dict.fromkeys(rung["rule"] for row in found for rung in json.loads(row["rungs"])))


def _refuse_unsound(wanted: Ladder) -> None:
    rules = [rung.rule for rung in wanted.rungs]
    refuse_rules(rules, "rules")
    if len(rules) > MOST_RUNGS:
        raise Invalid("too_many_rungs", field="rules", most=MOST_RUNGS)
    if len(set(rules)) < len(rules):
        raise Invalid("rung_twice", field="rules")
    if any(not rung.channels for rung in wanted.rungs):
        raise Invalid("required", field="channels")


def refuse_rules(rules: Sequence[str], field: str) -> None:
    """Invalid where one of the texts is no rule."""
    wrong = next((rule for rule in rules if not is_rule(rule)), None)
    if wrong is not None:
        raise Invalid("not_a_reminder_rule", field=field, text=wrong)


def _columns(wanted: Ladder) -> dict[str, Any]:
    rungs = [{"rule": rung.rule, "must": rung.must, "channels": rung.channels} for rung in wanted.rungs]
    return {
        "rungs": json.dumps(rungs),
        **quiet_columns(wanted.quiet),
        "answer_minutes": wanted.answer_minutes,
    }


def _facts(ladder: Ladder) -> dict[str, Any]:
    """A ladder as the audit keeps it; a channel is known by its number."""
    return {
        "rungs": [rung.rule for rung in ladder.rungs],
        "must": [rung.rule for rung in ladder.rungs if rung.must],
        "channels": [[int(way) if way.isdigit() else way for way in rung.channels] for rung in ladder.rungs],
        **quiet_columns(ladder.quiet),
        "answer_minutes": ladder.answer_minutes,
    }


def of_row(row: Row) -> Ladder:
    """A row of the table `ladder` as it is decided upon."""
    rungs = (Rung(held["rule"], held["must"], tuple(held["channels"])) for held in json.loads(row["rungs"]))
    return Ladder(tuple(rungs), quiet_of(row), row["answer_minutes"], row["version"], row["activity_id"] is None)
