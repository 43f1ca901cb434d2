"""Opening balances by the batch: entered as one act, reversed as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scheduler import audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, update, write
from scheduler.errors import Conflict, NotFound
from scheduler.ledger.chain import ADDED, COPIED, append
from scheduler.ledger.seconds import refuse_alone
from scheduler.ledger.writing import carry_forward, refuse_bad_reason, reversal


def store_batch(
    db: Database, balances: Sequence[Row], *, file: str, digest: str, unit_id: int, by: Actor, now: datetime
) -> int:
    """Enter the balances of one file as one act; gives the batch's id.

    Each has person_id, place_id, activity, day, minutes, trips, row, and sheet. Refused for a file that counts
    already, and where a balance's month is closed; `digest` tells one file from another, `unit_id` whose it is.
    """
    with write(db):
        first = one(
            db, "SELECT made_by, made_at FROM balance_batch WHERE digest = :d AND reversed_at IS NULL", d=digest
        )
        if first:
            when = f"{clock.local(first['made_at'], db.zone):%Y-%m-%d %H:%M}"
            raise Conflict("file_counts_already", who=first["made_by"], when=when)
        total = sum(balance["trips"] for balance in balances)
        batch_id = insert(
            db, "balance_batch", file=file, digest=digest, lines=len(balances), trips=total, unit_id=unit_id,
            made_at=clock.to_text(now), made_by=by.name,
        )  # fmt: skip
        for balance in balances:
            carry_forward(
                db, balance["person_id"], place_id=balance["place_id"], activity=balance["activity"],
                day=balance["day"], minutes=balance["minutes"], trips=balance["trips"], reason=balance["reason"],
                evidence={"file": file, "row": balance["row"]}, batch_id=batch_id, by=by, now=now,
            )  # fmt: skip
        facts = {"file": file, "lines": len(balances), "trips": total}
        audit.record(db, "import", "balance_batch", batch_id, by=by, now=now, unit_id=unit_id, **facts)
    return batch_id


def reverse_batch(db: Database, batch_id: int, *, reason: str, asked_by: str = "", by: Actor, now: datetime) -> int:
    """Take a whole batch back by entries that reverse what of it still stands; gives how many those are.

    Conflict where a second person has to agree first, and none has (see `approvals`); `asked_by` is who asked then.
    """
    refuse_bad_reason(reason)
    with write(db):
        held = batch(db, batch_id)
        if held["reversed_at"]:
            when = f"{clock.local(held['reversed_at'], db.zone):%Y-%m-%d %H:%M}"
            raise Conflict("batch_is_reversed_by", who=held["reversed_by"], when=when)
        refuse_alone(db, "reverse_batch", batch_id, held["unit_id"])
        standing = rows(
            db,
            f"""
            SELECT id, {", ".join((*COPIED, *ADDED))}
            FROM ledger
            WHERE batch_id = :batch_id AND trips = 1
              AND NOT EXISTS (SELECT 1 FROM ledger AS correction WHERE correction.reverses = ledger.id)
            ORDER BY id
            """,
            batch_id=batch_id,
        )
        append(db, [reversal(entry, entry["id"], reason) for entry in standing], by=by, now=now)
        update(
            db, "balance_batch", batch_id,
            reversed_at=clock.to_text(now), reversed_by=by.name, reason=reason.strip(),
        )  # fmt: skip
        facts = {"file": held["file"], "trips": len(standing), "reason": reason.strip()}
        facts |= {"asked_by": asked_by} if asked_by else {}
        audit.record(db, "reverse", "balance_batch", batch_id, by=by, now=now, unit_id=held["unit_id"], **facts)
    return len(standing)


def batch(db: Database, batch_id: int) -> Row:
    """One batch: id, file, lines, trips, unit_id, unit, made_at, made_by, reversed_at, reversed_by, reason."""
    found = rows(db, f"{_BATCH} WHERE balance_batch.id = :batch_id", batch_id=batch_id)
    if not found:
        raise NotFound("not_found")
    return found[0]


def batches(db: Database, unit_ids: Sequence[int], *, limit: int = 100) -> list[Row]:
    """The batches of these units and all below them, the newest first; as `batch`."""
    return rows(
        db,
        f"""
        {_BATCH}
        WHERE balance_batch.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:unit_ids))
        )
        ORDER BY balance_batch.id DESC
        LIMIT :limit
        """,
        unit_ids=str(sorted(unit_ids)),
        limit=limit,
    )


_BATCH = """
    SELECT balance_batch.id, balance_batch.file, balance_batch.lines, balance_batch.trips, balance_batch.unit_id,
           unit.name AS unit, balance_batch.made_at, balance_batch.made_by, balance_batch.reversed_at,
           balance_batch.reversed_by, balance_batch.reason
    FROM balance_batch
    JOIN unit ON unit.id = balance_batch.unit_id
"""
