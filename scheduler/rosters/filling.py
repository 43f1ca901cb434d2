"""Fill a draft with the engine: asked for on a page, done in the background, written only if nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from scheduler import accounts, audit, clock, rotation
from scheduler.audit import SYSTEM, Actor
from scheduler.config import Duty
from scheduler.database import Database, IntegrityError, Row, one, run, update, write
from scheduler.errors import Conflict, Refusal
from scheduler.rosters.dealing import around, facts_of, replace_published, replace_seats, seats_of
from scheduler.rosters.drafting import open_to_change
from scheduler.rosters.keeping import kept
from scheduler.rosters.progress import Watch
from scheduler.rosters.reading import problem
from scheduler.rosters.reasons import gaps_told, whys
from scheduler.rosters.restdays import apart_on_restdays, evened
from scheduler.rosters.scenarios import is_try_due
from scheduler.rosters.scope import ALL, Scope, from_now_on, narrowed, shifts_of, standing
from scheduler.steps import step

Progress = Callable[[str, float | None, float | None], None]
Cancelled = Callable[[], bool]

GIVEN_UP_AFTER = timedelta(minutes=15)  # a fill takes seconds: one that runs this long died with its process
CANCELLED = '{"refusal": "fill_was_cancelled"}'
WAITING = """
SELECT id, fill_asked_by, fill_scope
FROM roster
WHERE fill_state = 'asked' OR (fill_state = 'running' AND fill_started_at <= :given_up)
ORDER BY fill_asked_at, id
"""


def ask_fill(db: Database, roster_id: int, *, scope: Scope = ALL, by: Actor, now: datetime) -> None:
    """Ask the background process to fill the roster. Refused if it is closed, or asked or running already."""
    with write(db):
        found = open_to_change(db, roster_id)
        if found["fill_state"] in ("asked", "running") and not _is_given_up(found, now):
            raise Conflict("fill_is_asked_already")
        update(
            db,
            "roster",
            roster_id,
            fill_state="asked",
            fill_asked_at=clock.to_text(now),
            fill_asked_by=by.person_id,
            fill_started_at=None,
            fill_scope=scope.written(),
            fill_cancel="",
            fill_progress="{}",
            fill_facts="{}",
        )
        asked = {} if scope == ALL else {"scope": json.loads(scope.written())}
        audit.record(db, "ask_fill", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"], **asked)


def cancel_fill(db: Database, roster_id: int, *, keep: bool, by: Actor, now: datetime) -> None:
    """End the fill: `keep` writes the best roster so far, else nothing is written. Conflict if none is asked for."""
    with write(db):
        found = open_to_change(db, roster_id)
        if not is_filling(found):
            raise Conflict("fill_is_not_running")
        if found["fill_state"] == "asked":
            update(db, "roster", roster_id, fill_state="none", fill_facts=CANCELLED)
        else:
            update(db, "roster", roster_id, fill_cancel="keep" if keep else "discard")
        audit.record(db, "cancel_fill", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"], keep=keep)


def fill(
    db: Database,
    roster_id: int,
    *,
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
    scope: Scope = ALL,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> None:
    """Fill the roster with the engine: solved with no lock held, written only if nothing changed meanwhile.

    What is fixed, published or out of the scope stays, all else is dealt out anew; what a published roster gets or
    loses waits for its next publication. Conflict, and nothing is written, if anybody
    changed the roster, or filed leave, while the engine was at work. `progress` is told the stage, the price so far
    and the bound; once `cancelled` says so, the best so far is taken, unless the fill is to be discarded.
    """
    found = open_to_change(db, roster_id)
    scope = from_now_on(scope, found, now)
    shifts, stand = shifts_of(db, roster_id), standing(db, roster_id)
    leave, stay = ([row for row in stand if scope.moves(row) == goes] for goes in (True, False))
    asked = narrowed(problem(db, roster_id, duty=duty), scope, shifts, stay)
    free, conflicts = around(asked)
    proposal = rotation.solve(free, progress=progress, cancelled=cancelled)
    index = rotation.indexed(free)
    proposal = evened(index, proposal, apart_on_restdays(db, roster_id, asked))
    proposal = kept(db, roster_id, index, proposal, {(row["shift_id"], row["person_id"]) for row in stay})
    told = whys(index, proposal.seats)
    come = seats_of(proposal, {shift["id"]: shift for shift in shifts}, stay, before=stand, now=now)
    empty = gaps_told(db, index, proposal)
    come = [row | {"why": told[row["shift_id"], row["person_id"]]} for row in come]
    with write(db):
        _refuse_overtaken(db, found)
        try:
            with step(db, roster_id, "fill", by=by, now=now):
                if found["state"] == "draft":
                    replace_seats(db, leave, come)
                else:
                    replace_published(db, leave, come, now=now)
        except IntegrityError as error:  # leave filed, or a duty in another roster taken, since it was read
            raise Conflict("changed_while_filling") from error
        seated = len(stay) + len(come)
        _finish(db, roster_id, facts_of(asked, proposal, conflicts, seated) | empty, now=now)
        audit.record(
            db, "fill", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"], seats=seated,
            objective=proposal.objective, bound=proposal.bound,
        )  # fmt: skip


def _refuse_overtaken(db: Database, found: Row) -> None:
    """Refuse to write over what changed since `found` was read, or what nobody wants any more."""
    held = open_to_change(db, found["id"])
    if held["version"] != found["version"]:
        raise Conflict("changed_while_filling")
    if held["fill_cancel"] == "discard":
        raise Conflict("fill_was_cancelled")


def fill_asked(db: Database, *, now: datetime, duty: Duty | None = None) -> int:
    """Fill every draft that was asked for; gives how many. A refusal is kept for the page, a crash is tried again."""
    filled = 0
    while (claimed := _claim(db, now)) is not None:
        watch, scope = Watch(db, claimed["id"]), Scope.read(claimed["fill_scope"])
        try:
            fill(
                db, claimed["id"], by=_asker(db, claimed), now=now, duty=duty,
                scope=scope, progress=watch.told, cancelled=watch.is_cancelled,
            )  # fmt: skip
            filled += 1
        except Refusal as refusal:
            _give_up(db, claimed["id"], refusal)
    return filled


def _give_up(db: Database, roster_id: int, refusal: Refusal) -> None:
    """Say on the page why nothing was written, unless somebody asked again or published meanwhile."""
    with write(db):
        run(
            db,
            """
            UPDATE roster
            SET fill_state = CASE WHEN fill_cancel = '' THEN 'failed' ELSE 'none' END, fill_facts = :facts,
                fill_cancel = ''
            WHERE id = :roster_id AND fill_state = 'running'
            """,
            roster_id=roster_id,
            facts=json.dumps({"refusal": refusal.code}),
        )


def is_fill_due(db: Database, *, now: datetime) -> bool:
    """Whether a draft or a scenario waits to be filled, or the fill of one died with its process."""
    return is_try_due(db, now=now) or one(db, WAITING, given_up=clock.to_text(now - GIVEN_UP_AFTER)) is not None


def give_back(db: Database) -> int:
    """Ask again for the fills that were running: for a process that knows itself to be the only one; gives how many."""
    with write(db):
        run(db, "UPDATE scenario SET state = 'asked' WHERE state = 'running'")
        return run(db, "UPDATE roster SET fill_state = 'asked', fill_started_at = NULL WHERE fill_state = 'running'")


def is_filling(roster: Row) -> bool:
    """Whether a fill of the roster is asked for or running."""
    return roster["fill_state"] in ("asked", "running")


def _claim(db: Database, now: datetime) -> Row | None:
    """Mark the fill that waits longest as running; another process then leaves it alone."""
    with write(db):
        found = one(db, WAITING, given_up=clock.to_text(now - GIVEN_UP_AFTER))
        if found is not None:
            update(db, "roster", found["id"], fill_state="running", fill_started_at=clock.to_text(now))
        return found


def _is_given_up(roster: Row, now: datetime) -> bool:
    return roster["fill_state"] == "running" and clock.from_text(roster["fill_started_at"]) <= now - GIVEN_UP_AFTER


def _asker(db: Database, roster: Row) -> Actor:
    return SYSTEM if roster["fill_asked_by"] is None else accounts.actor(db, roster["fill_asked_by"])


def _finish(db: Database, roster_id: int, facts: dict[str, object], *, now: datetime) -> None:
    run(
        db,
        """
        UPDATE roster
        SET version = version + 1, fill_version = version + 1, fill_facts = :facts, fill_state = 'done',
            fill_cancel = ''
        WHERE id = :roster_id
        """,
        roster_id=roster_id,
        facts=json.dumps(facts | {"at": clock.to_text(now)}),
    )
