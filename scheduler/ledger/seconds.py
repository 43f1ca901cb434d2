"""Whether a change of what counts has to be agreed to by a second person, and whether it was."""

from __future__ import annotations

from scheduler.database import Database, value
from scheduler.errors import Conflict

SUBJECT = {"reopen_month": "month_close", "reverse_batch": "balance_batch"}


def needs_second(db: Database, unit_id: int) -> bool:
    """Whether the organisation of a unit asks for a second person."""
    return bool(
        value(
            db,
            """
            SELECT EXISTS (
                SELECT 1 FROM unit_above
                JOIN second_person ON second_person.unit_id = unit_above.above_id AND second_person.is_on = 1
                WHERE unit_above.unit_id = :unit_id
            )
            """,
            unit_id=unit_id,
        )
    )


def refuse_alone(db: Database, act: str, subject_id: int, unit_id: int) -> None:
    """Conflict where one person alone would do what two have to. Inside of `write`; the schema keeps to it as well."""
    agreed = """
        SELECT 1 FROM approval
        WHERE act = :act AND subject = :subject AND subject_id = :subject_id AND state = 'approved'
    """
    if needs_second(db, unit_id) and not value(db, agreed, act=act, subject=SUBJECT[act], subject_id=subject_id):
        raise Conflict("needs_second_person")
