"""What administrators let people choose about their reminders, what each chose, and the plan that follows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from scheduler import accounts, audit
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, run, write
from scheduler.errors import Invalid, NotAllowed, Problem
from scheduler.people.versions import stale
from scheduler.reminders.ladders import Ladder, of_row, refuse_rules
from scheduler.reminders.rungs import Quiet, Rung, is_rule, quiet_columns, quiet_of


@dataclass(frozen=True, slots=True)
class Freedom:
    """What administrators let people choose: ways out, rules to add, and the hours that their quiet ones lie within."""

    channels: tuple[str, ...]
    rules: tuple[str, ...]
    quiet: Quiet
    version: int = 0

    def allows(self, quiet: Quiet) -> bool:
        """Whether quiet hours lie within the bounds, both of which may run over midnight."""
        width = _minutes(self.quiet.opens, self.quiet.closes)
        opens, closes = (_minutes(self.quiet.opens, at) for at in quiet)
        return opens < closes <= width


@dataclass(frozen=True, slots=True)
class Choice:
    """What one person chose; nothing chosen leaves everything to the ladder."""

    channels: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Plans:
    """Everything that says how some people are reminded: read once for many duties."""

    ladders: Mapping[int | None, Ladder]
    freedom: Freedom
    choices: Mapping[int, Choice]

    @classmethod
    def of(cls, db: Database, person_ids: Iterable[int]) -> Plans:
        """The plans of these people."""
        found = rows(db, "SELECT * FROM ladder ORDER BY id")
        sql = "SELECT * FROM reminder_choice WHERE person_id IN (SELECT value FROM json_each(:ids)) ORDER BY person_id"
        chosen = rows(db, sql, ids=json.dumps(sorted(person_ids)))
        return cls(
            {row["activity_id"]: of_row(row) for row in found},
            freedom(db),
            {row["person_id"]: _choice(row) for row in chosen},
        )

    def plan(self, activity_id: int, person_id: int) -> tuple[tuple[Rung, ...], Quiet | None]:
        """The rungs and quiet hours of a person's duties of an activity, as far as the choice is still allowed."""
        ladder = self.ladders.get(activity_id) or self.ladders[None]
        choice = self.choices.get(person_id)
        return (ladder.rungs, ladder.quiet) if choice is None else _chosen(ladder, choice, self.freedom)


def _chosen(ladder: Ladder, choice: Choice, freedom: Freedom) -> tuple[tuple[Rung, ...], Quiet | None]:
    first = tuple(way for way in choice.channels if way in freedom.channels)
    own = [rung for rung in ladder.rungs if rung.must or rung.rule not in choice.dropped]
    known = {rung.rule for rung in ladder.rungs}
    usual = ladder.rungs[0].channels if ladder.rungs else ("email",)
    more = [Rung(rule, channels=usual) for rule in choice.added if rule in freedom.rules and rule not in known]
    rungs = tuple(replace(rung, channels=tuple(dict.fromkeys((*first, *rung.channels)))) for rung in (*own, *more))
    quiet = choice.quiet if choice.quiet and freedom.allows(choice.quiet) else ladder.quiet
    return rungs, quiet


def freedom(db: Database) -> Freedom:
    """What people may choose."""
    row = one(db, "SELECT * FROM reminder_freedom WHERE id = 1") or {}
    return Freedom(
        tuple(json.loads(row["channels"])),
        tuple(json.loads(row["rules"])),
        Quiet(time.fromisoformat(row["quiet_earliest"]), time.fromisoformat(row["quiet_latest"])),
        row["version"],
    )


def set_freedom(db: Database, wanted: Freedom, *, version: int, by: Actor, now: datetime) -> None:
    """Change what people may choose; a choice that is not allowed any more counts as not made."""
    refuse_rules(wanted.rules, "rules")
    with write(db):
        accounts.require_all(db, by, now=now)
        before = freedom(db)
        if not run(
            db,
            """
            UPDATE reminder_freedom
            SET channels = :channels, rules = :rules, quiet_earliest = :earliest, quiet_latest = :latest,
                version = version + 1
            WHERE id = 1 AND version = :version
            """,
            channels=json.dumps(wanted.channels),
            rules=json.dumps(wanted.rules),
            earliest=f"{wanted.quiet.opens:%H:%M}",
            latest=f"{wanted.quiet.closes:%H:%M}",
            version=version,
        ):
            raise stale(db, audit.history(db, "reminder_freedom", 1, limit=1))
        changed = audit.differences(_facts(before), _facts(wanted))
        audit.record(db, "set_freedom", "reminder_freedom", 1, by=by, now=now, changed=changed)


def choice(db: Database, person_id: int) -> Choice:
    """What the person chose."""
    row = one(db, "SELECT * FROM reminder_choice WHERE person_id = :person_id", person_id=person_id)
    return _choice(row) if row else Choice()


def choose(db: Database, person_id: int, wanted: Choice, *, by: Actor, now: datetime) -> None:
    """Keep what a person chose for themselves. Refused where it is not allowed; a must cannot be dropped."""
    if by.person_id not in (None, person_id):
        raise NotAllowed("not_allowed")
    with write(db):
        allowed = freedom(db)
        problems = [
            *(Problem("bad_choice", "channels", None, {"text": way}) for way in wanted.channels
              if way not in allowed.channels),
            *(Problem("bad_choice", "added", None, {"text": rule}) for rule in wanted.added
              if rule not in allowed.rules),
            *(Problem("bad_choice", "dropped", None, {"text": rule}) for rule in wanted.dropped if not is_rule(rule)),
        ]  # fmt: skip
        if wanted.quiet and not allowed.allows(wanted.quiet):
            opens, closes = (f"{at:%H:%M}" for at in allowed.quiet)
            problems.append(Problem("quiet_out_of_bounds", "quiet_from", None, {"opens": opens, "closes": closes}))
        if problems:
            raise Invalid.of(problems)
        before = choice(db, person_id)
        run(
            db,
            """
            INSERT INTO reminder_choice (person_id, channels, added, dropped, quiet_from, quiet_to)
            VALUES (:person_id, :channels, :added, :dropped, :quiet_from, :quiet_to)
            ON CONFLICT (person_id) DO UPDATE
            SET channels = excluded.channels, added = excluded.added, dropped = excluded.dropped,
                quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to
            """,
            person_id=person_id,
            channels=json.dumps(wanted.channels),
            added=json.dumps(wanted.added),
            dropped=json.dumps(wanted.dropped),
            **quiet_columns(wanted.quiet),
        )
        changed = audit.differences(_facts(before), _facts(wanted))
        audit.record(db, "choose_reminders", "person", person_id, by=by, now=now, changed=changed)


def _choice(row: Row) -> Choice:
    channels, added, dropped = (tuple(json.loads(row[name])) for name in ("channels", "added", "dropped"))
    return Choice(channels, added, dropped, quiet_of(row))


def _facts(held: Freedom | Choice) -> dict[str, Any]:
    """What was let or chosen, as the audit keeps it; a channel is known by its number."""
    rules = {"rules": list(held.rules)} if isinstance(held, Freedom) else {
        "added": list(held.added), "dropped": list(held.dropped)
    }  # fmt: skip
    ways = [int(way) if way.isdigit() else way for way in held.channels]
    return {**rules, "channels": ways, **quiet_columns(held.quiet)}


def _minutes(opens: time, at: time) -> int:
    """Minutes on the clock from one time to the other, over midnight where need be."""
    return ((at.hour - opens.hour) * 60 + at.minute - opens.minute) % 1440
