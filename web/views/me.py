"""My duties: what a person stands next, made for a thumb."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, g, render_template

from scheduler import assignments, clock, tallies, workdays
from scheduler.database import Row
from web.filters import today
from web.session import gate

bp = Blueprint("me", __name__)

AHEAD = timedelta(days=120)
RECORD = timedelta(days=365)


@bp.get("/me")
@gate("staff")
def duties() -> str:
    coming = _coming(g.person["person_id"])
    return render_template(
        "me/duties.html",
        next_duty=coming[0] if coming else None,
        later=coming[1:],
        marks=_marks(coming),
        since=today() - RECORD,
        **_record(g.person["person_id"]),
    )


def _coming(person_id: int) -> list[Row]:
    """Duties that are not over: one that began yesterday evening may still run."""
    found = assignments.duties_of(g.db, person_id, today() - timedelta(days=1), today() + AHEAD)
    running = [duty for duty in found if duty["ends_at"] > clock.to_text(g.now)]
    return [duty | {"date": date.fromisoformat(duty["day"]), "month": duty["day"][:7]} for duty in running]


def _marks(coming: list[Row]) -> dict[str, workdays.Day]:
    """The make-up workdays and holidays among the days of these duties."""
    if not coming:
        return {}
    days = workdays.days(g.db, coming[0]["date"], coming[-1]["date"])
    return {day.day.isoformat(): day for day in days if day.kind in ("makeup", "holiday")}


def _record(person_id: int) -> dict[str, object]:
    """What the ledger holds of the person for the last twelve months."""
    first, last = today() - RECORD, today()
    return {
        "total": tallies.total(g.db, first=first, last=last, person_id=person_id),
        "by_activity": tallies.tally(g.db, "activity", first=first, last=last, person_id=person_id),
    }
