"""How strictly each rule is kept: block, warn with a reason, or only note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from scheduler import audit
from scheduler.audit import Actor
from scheduler.database import Database, one, rows, run, write
from scheduler.errors import Invalid, NotFound, Problem

Level = Literal["block", "warn", "note", "off"]
Levels = Mapping[str, Level]

LEVELS: tuple[Level, ...] = get_args(Level)[:3]  # how strictly a rule is kept that every organisation has

# What an organisation may decide. Two places at once, leave, who may stand and the headcount are facts: they always
# block, and the schema's own triggers refuse them a second time.
# Customs differ from house to house: they say nothing until an administrator switches them on (assignments.customs).
ALWAYS: Levels = {"rest": "warn", "week_cap": "warn", "quota": "warn"}
DEFAULTS: Levels = MappingProxyType({**ALWAYS, "restdays": "off", "night": "off", "far": "off", "same_unit": "off"})
CUSTOMS = tuple(rule for rule in DEFAULTS if rule not in ALWAYS)

# Which rule speaks when somebody is seated (assignments), and when a whole roster is checked (rotation).
OF_WARNING = {"short_rest": "rest", "week_is_full": "week_cap"} | {f"custom_{rule}": rule for rule in CUSTOMS}
OF_BREACH = {"rest_gap": "rest", "max_per_week": "week_cap", "max_per_period": "week_cap", "quota": "quota"}
OF_REFUSAL = {"rest": "rest", "week_cap": "week_cap", "period_cap": "week_cap"} | {rule: rule for rule in CUSTOMS}


def levels(db: Database, unit_id: int) -> Levels:
    """The level of every rule for a unit: what the nearest unit above it has set, else the default."""
    found = rows(
        db,
        """
        SELECT rule_level.rule, rule_level.level
        FROM unit_above
        JOIN rule_level ON rule_level.unit_id = unit_above.above_id
        WHERE unit_above.unit_id = :unit_id
        ORDER BY unit_above.depth DESC
        """,
        unit_id=unit_id,
    )
    return {**DEFAULTS, **{row["rule"]: row["level"] for row in found}}  # the nearest comes last


def choices(rule: str) -> tuple[Level, ...]:
    """The levels that a rule may have: a custom may be off as well."""
    return (*LEVELS, "off") if rule in CUSTOMS else LEVELS


def by_level(levels: Levels, found: Iterable[Problem]) -> dict[Level, list[Problem]]:
    """What speaks softly against a seat, parted by how strictly its rule is kept."""
    parted: dict[Level, list[Problem]] = {level: [] for level in LEVELS}
    for problem in found:
        parted[levels[OF_WARNING[problem.code]]].append(problem)
    return parted


def set_levels(db: Database, unit_id: int, wanted: Mapping[str, str], *, by: Actor, now: datetime) -> list[str]:
    """Set the level of rules for a unit and all below it that set none themselves; gives the rules that changed."""
    _refuse_unknown(wanted)
    with write(db):
        if one(db, "SELECT id FROM unit WHERE id = :unit_id", unit_id=unit_id) is None:
            raise NotFound("not_found")
        before = levels(db, unit_id)
        changed = [rule for rule in DEFAULTS if rule in wanted and wanted[rule] != before[rule]]
        for rule in changed:
            run(
                db,
                """
                INSERT INTO rule_level (unit_id, rule, level) VALUES (:unit_id, :rule, :level)
                ON CONFLICT (unit_id, rule) DO UPDATE SET level = excluded.level
                """,
                unit_id=unit_id,
                rule=rule,
                level=wanted[rule],
            )
        if changed:
            told = {rule: {"from": before[rule], "to": wanted[rule]} for rule in changed}
            audit.record(db, "set_levels", "unit", unit_id, by=by, now=now, unit_id=unit_id, levels=told)
    return changed


def _refuse_unknown(wanted: Mapping[str, str]) -> None:
    problems = [
        Problem("bad_choice", rule, None, {"text": f"{rule}: {level}"})
        for rule, level in wanted.items()
        if rule not in DEFAULTS or level not in choices(rule)
    ]
    if problems:
        raise Invalid.of(problems)
