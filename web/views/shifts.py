"""One shift: where, when, who stands, what is done there."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from scheduler import clock, duties
from web import scope
from web.session import allow, gate
from web.views.places import unannounced

bp = Blueprint("shifts", __name__)


@bp.get("/shifts/<int:shift_id>")
@gate("staff")
def show(shift_id: int) -> str:
    """For those who stand it, once it is published, and for its coordinators."""
    if not duties.is_told(g.db, shift_id, g.person["person_id"]):
        allow("coordinator", "shift", shift_id)
    shift = duties.shift(g.db, shift_id)
    return render_template(
        "shifts/show.html",
        shift=shift,
        people=duties.standing(g.db, shift_id),
        is_over=shift["ends_at"] <= clock.to_text(g.now),
        is_coordinated=scope.is_coordinated(shift["unit_id"]),
        unannounced=unannounced([shift["day"]]),
    )
