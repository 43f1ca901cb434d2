"""Asking for a large export, seeing how far it is, fetching its file; the background process makes it."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from scheduler import accounts, audit, clock, limits, tallies
from scheduler.audit import Actor
from scheduler.config import Settings
from scheduler.database import Database, Row, insert, rows, run, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.tallies import Question
from scheduler.wording import Lang

LARGE = 20_000  # trips: what has more takes longer than a reader waits
KINDS = ("tallies.xlsx", "trips.csv", "trips.xlsx")
KEPT = timedelta(days=7)
WAITING_MOST = 3  # of one person, still to be made: nobody fills the desk or the disk

THE_SAME = """
    SELECT id
    FROM handout
    WHERE made_by = :made_by AND kind = :kind AND args = :args AND listing = :listing AND lang = :lang
      AND state IN ('waiting', 'making')
"""

HANDOUTS = """
    SELECT handout.*, unit.name AS unit
    FROM handout
    JOIN unit ON unit.id = handout.unit_id
    WHERE handout.made_by = :person_id
"""


def is_large(db: Database, question: Question) -> bool:
    """Whether an export holds more than 20,000 trips. One's own, without a unit, are never so many."""
    return question.within is not None and tallies.exceeds(db, LARGE, **question.cut)


def ask(db: Database, question: Question, *, kind: str, order: str, lang: Lang, by: Actor, now: datetime) -> int:
    """Have an export about a unit made; gives its id. The same, asked again before it is made, is that one.

    Refused: a kind or order that there is none of, a question without a unit, a unit that is not the asker's to
    read, a question that cannot be answered, too many that wait.
    """
    if kind not in KINDS or order not in tallies.ORDERS or question.within is None:
        raise Invalid("bad_choice", field="kind", text=kind[:20])
    accounts.require(db, by, "reader", question.within, now=now)
    limits.count(db, "export", by.person_id, now=now)
    if kind == "tallies.xlsx":
        tallies.answer(db, question, now)  # refused now rather than in the background
    args = json.dumps(question.to_args(), ensure_ascii=False)
    asked = {"kind": kind, "args": args, "listing": order, "lang": lang, "made_by": by.person_id}
    with write(db):
        if (same := value(db, THE_SAME, **asked)) is not None:
            return int(same)
        sql = "SELECT COUNT(*) FROM handout WHERE made_by = :person_id AND state IN ('waiting', 'making')"
        if value(db, sql, person_id=by.person_id) >= WAITING_MOST:
            raise Conflict("exports_wait", count=WAITING_MOST)
        handout_id = insert(
            db, "handout", key=secrets.token_hex(16), unit_id=question.within, made_at=clock.to_text(now), **asked
        )
        facts = {"kind": kind, "first": question.first, "last": question.last}
        audit.record(db, "ask_export", "handout", handout_id, by=by, now=now, unit_id=question.within, **facts)
    return handout_id


def handout(db: Database, handout_id: int, *, by: Actor, now: datetime) -> Row:
    """One export of who asks, as long as they may read its unit: the table's columns, unit, question. NotFound."""
    found = rows(db, f"{HANDOUTS} AND handout.id = :handout_id", person_id=by.person_id, handout_id=handout_id)
    held = next(_readable(db, found, by, now), None)
    if held is None:
        raise NotFound("not_found")
    return held


def handouts(db: Database, *, by: Actor, now: datetime) -> list[Row]:
    """Somebody's exports of the last week, as `handout` gives them, the newest first."""
    return list(_readable(db, rows(db, f"{HANDOUTS} ORDER BY handout.id DESC", person_id=by.person_id), by, now))


def drop(db: Database, settings: Settings, handout_id: int, *, by: Actor, now: datetime) -> None:
    """Stop making an export, or throw its file away."""
    with write(db):
        held = handout(db, handout_id, by=by, now=now)
        run(db, "DELETE FROM handout WHERE id = :id", id=handout_id)
        audit.record(db, "drop", "handout", handout_id, by=by, now=now, unit_id=held["unit_id"], kind=held["kind"])
    forget(settings, held["key"])


def file(settings: Settings, held: Row) -> Path:
    """Where the file of an export that is done stands. Conflict while it is made, and where it is gone."""
    if held["state"] in ("waiting", "making"):
        raise Conflict("export_is_made")
    path: Path = folder(settings) / held["key"]
    if held["state"] != "done" or not path.is_file():  # a backup holds none
        raise Conflict("export_is_gone")
    return path


def prune(db: Database, settings: Settings, *, now: datetime) -> int:
    """Forget exports that ended a week ago, and files that are no export's; gives how many."""
    with write(db):
        gone = run(db, "DELETE FROM handout WHERE ended_at < :before", before=clock.to_text(now - KEPT))
        held = {row["key"] for row in rows(db, "SELECT key FROM handout")}
        for path in folder(settings).glob("*"):
            if (key := path.name.partition(".")[0]) not in held:
                forget(settings, key)
    return gone


def folder(settings: Settings) -> Path:
    """Where the files stand."""
    return settings.folder / "exports"


def begun(settings: Settings, held: Row) -> Path:
    """Where a file is written until it is whole: every attempt has a folder of its own."""
    return folder(settings) / f"{held['key']}.{held['attempt']}"


def forget(settings: Settings, key: str) -> None:
    """Delete a file, and whatever was begun of it."""
    (folder(settings) / key).unlink(missing_ok=True)
    forget_begun(settings, key)


def forget_begun(settings: Settings, key: str) -> None:
    """Delete what attempts have left behind."""
    for path in folder(settings).glob(f"{key}.*"):
        shutil.rmtree(path, ignore_errors=True)


def question_of(db: Database, held: Row, now: datetime) -> Question:
    """What was asked."""
    return Question.from_args(json.loads(held["args"]), today=clock.today(now, db.zone))


def _readable(db: Database, found: list[Row], by: Actor, now: datetime) -> Iterator[Row]:
    for held in found:
        if accounts.may(db, by, "reader", held["unit_id"], now=now):
            yield held | {"question": question_of(db, held, now)}
