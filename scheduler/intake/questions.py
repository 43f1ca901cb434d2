"""What a file leaves to be asked: each question once, where it stands, and what may be answered."""

from __future__ import annotations

from typing import Any

from scheduler import imports
from scheduler.database import Database, Row
from scheduler.imports.wall import people as persons
from scheduler.imports.wall import places as known_places
from scheduler.imports.wall.words import squeezed
from scheduler.intake.columns import cell_key

MOST = 300  # questions on a page; beyond it the rest can be left out at once, or the file mended
WHO = ("near_name", "nickname", "ambiguous_person", "unknown_person")
WHERE = ("place_abbreviated", "ambiguous_place", "unknown_place")
MARKS = (("off", "不值班", "No duty"), ("值班人员", "值班", "On duty"), ("带班领导", "带班领导", "Leading"),
         ("白班", "白班", "Day shift"), ("夜班", "夜班", "Night shift"))  # fmt: skip


def open_questions(db: Database, held: Row, problems: list[Row]) -> list[Row]:
    """The problems that nobody answered yet, each text once.

    A question: key, how (people, places, marks, month, cell, none), cells (where it stands), kind, text, zh, en,
    options (value, zh, en), and `row` where a whole row of a list can be left out.
    """
    given = held["given"]
    if given.get("leave_rest"):
        return []
    left, is_sheet = set(given.get("left", ())), held["kind"] == "roster"
    asked: dict[str, Row] = {}
    near = None if is_sheet else _near(db, held["unit_id"], problems)
    for problem in problems:
        how = _how(problem, is_sheet)
        key = _key(problem, how, is_sheet)
        if key in left:
            continue
        where = f"{problem['sheet'] or ''} {problem['column'] or ''}{problem['row'] or ''}".strip()
        if key in asked:
            asked[key]["cells"].append(where)
            continue
        if len(asked) < MOST:
            asked[key] = {
                "key": key, "how": how, "cells": [where], "kind": problem["kind"], "text": problem["text"],
                "options": _options(db, held, problem, how, near), "at": _cell(problem),
                **{lang: imports.sentence(problem | {"row": None}, lang) for lang in ("zh", "en")},
            }  # fmt: skip
    return list(asked.values())


def _how(problem: Row, is_sheet: bool) -> str:
    if not is_sheet:
        return "cell" if problem["column"] else "none"
    kind = problem["kind"]
    if kind in WHO:
        return "people"
    if kind in WHERE and problem.get("candidates"):
        return "places"
    return {"unknown_mark": "marks", "missing_month": "month"}.get(kind, "cell" if problem["column"] else "none")


def _key(problem: Row, how: str, is_sheet: bool) -> str:
    """What it is answered under: a text for the whole sheet, a row of a list, else the cell and its kind."""
    if how in ("people", "places", "marks"):
        return f"{how}\t{squeezed(problem['text'])}"
    if how == "month":
        return "month\t"
    if not is_sheet:
        return cell_key(problem["sheet"], problem["row"], None)
    return f"{problem['kind']}\t{_cell(problem)}"


def _cell(problem: Row) -> str:
    return cell_key(problem["sheet"] or "", problem["row"], problem["column"])


def _options(db: Database, held: Row, problem: Row, how: str, near: Any) -> list[Row]:
    if how == "people":
        return [
            {"value": one["staff_no"], "zh": (name := f"{one['person']} {one['staff_no']} {one['unit']}"), "en": name}
            for one in problem.get("people", ())
        ]
    if how == "places":
        return [{"value": name, "zh": name, "en": name} for name in problem.get("candidates", ())]
    if how == "marks":
        return [{"value": value, "zh": zh, "en": en} for value, zh, en in MARKS]
    if near is not None and problem["kind"] in ("near_name", "unknown_person"):
        return [
            {"value": name, "zh": name, "en": name} for name in near.near_names(squeezed(problem["text"]))
            if len(near.named(name)) == 1
        ]  # fmt: skip
    return []


def _near(db: Database, unit_id: int, problems: list[Row]) -> Any:
    kinds = {problem["kind"] for problem in problems}
    return persons.known(db, [unit_id]) if kinds & {"near_name", "unknown_person"} else None


def place_names(db: Database, unit_id: int) -> list[str]:
    """The places that a sheet of the unit may mean."""
    return sorted(known_places.known(db, [unit_id]).kept.values())
