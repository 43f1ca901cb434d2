"""What is unfilled in a roster: by shift, with the causes that the last fill found; by place."""

from __future__ import annotations

from collections import defaultdict

from scheduler.database import Database, Row, rows
from scheduler.rosters.drafting import roster
from scheduler.rosters.scope import standing


def gaps(db: Database, roster_id: int) -> list[Row]:
    """Shifts with unfilled slots, by start: id, day, place, name_zh, name_en, starts_at, ends_at, missing,
    slot (the first unfilled one), reasons (by rule, the people whom it was the first to keep out at the last fill),
    remedies (rules that alone kept somebody out then: rule, count, names of the first).
    """
    facts = roster(db, roster_id)["fill_facts"]
    told = {gap["shift_id"]: gap["reasons"] for gap in facts.get("uncovered", ())}
    taken: dict[int, set[int]] = defaultdict(set)
    for row in standing(db, roster_id):
        taken[row["shift_id"]].add(row["slot"])
    return [
        shift
        | {
            "missing": shift["headcount"] - len(taken[shift["id"]]),
            "slot": next(at for at in range(1, shift["headcount"] + 1) if at not in taken[shift["id"]]),
            "reasons": told.get(shift["id"], {}),
            "remedies": facts.get("remedies", {}).get(str(shift["id"]), []),
        }
        for shift in _shifts(db, roster_id)
        if len(taken[shift["id"]]) < shift["headcount"]
    ]


def places_of(db: Database, roster_id: int) -> list[Row]:
    """The places of a roster's planned shifts, those with most unfilled slots first: id, place, slots, empty."""
    return rows(
        db,
        """
        SELECT place.id, place.name AS place, SUM(headcount) AS slots, SUM(headcount - filled) AS empty
        FROM (
            SELECT place_id, headcount,
                   (SELECT COUNT(*) FROM assignment WHERE shift_id = shift.id AND state <> 'released') AS filled
            FROM shift
            WHERE roster_id = :roster_id AND state = 'planned'
        )
        JOIN place ON place.id = place_id
        GROUP BY place.id
        ORDER BY empty DESC, place.name, place.id
        """,
        roster_id=roster_id,
    )


def _shifts(db: Database, roster_id: int) -> list[Row]:
    return rows(
        db,
        """
        SELECT shift.id, shift.day, shift.headcount, shift.starts_at, shift.ends_at, place.name AS place,
               activity.name_zh, activity.name_en
        FROM shift
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE shift.roster_id = :roster_id AND shift.state = 'planned'
        ORDER BY shift.starts_at, shift.id
        """,
        roster_id=roster_id,
    )
