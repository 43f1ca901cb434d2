"""Wall screens: the screen itself, without sign-in, and the page that gives out its secret address."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from scheduler import checkins, clock, walls
from scheduler.database import Row
from web import scope
from web.filters import t
from web.forms import Form
from web.session import gate
from web.views.checkins import address, shown

bp = Blueprint("walls", __name__)

Group = tuple[tuple[str, str, str], list[Row]]

ACROSS, TOMORROW = 3, 19  # cards in a row, and lines of tomorrow on one page
# How much of a page the heads and rows of cards take, in rows: 21 places of one activity fill it.
ROOM, HEAD, ROW, LONG_ROW = 7.7, 0.45, 1.0, 1.5
MANY = 3  # people in a card above which their names take two lines
TURNS_S, REFRESHES_S = 15, 30
CODE_LINES = 6  # how many of tomorrow's lines the picture of a code takes
DRAWN = 2  # shifts whose code is drawn as a picture beside tomorrow's list; with more, each card has its own


@bp.get("/wall/<token>")
def show(token: str) -> Response:
    """Nothing on it needs a hand: it turns its pages, and begins anew at the first."""
    wall = walls.wall(g.db, token)
    g.lang = wall["lang"]
    day = clock.today(g.now, g.settings.zone)
    lists = [walls.on_duty(g.db, wall["unit_id"], day + timedelta(days=n), now=g.now) for n in (0, 1)]
    codes = _codes(lists[0]) if wall["codes"] else {}
    drawn = [row for row in lists[0] if row["shift_id"] in codes] if len(codes) <= DRAWN else []
    lines = TOMORROW - CODE_LINES * len(drawn)
    today = _paged(_by_hours(lists[0]))
    pages = max(1, len(today), -(-len(lists[1]) // lines))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    html = render_template(
        "walls/show.html",
        wall=wall,
        days=(day, day + timedelta(days=1)),
        groups=today[page - 1] if page <= len(today) else [],
        tomorrow=lists[1][(page - 1) * lines : page * lines],
        all_today=lists[0],
        page=page,
        pages=pages,
        next=f"/wall/{token}?page={page % pages + 1}",
        seconds=min([TURNS_S if pages > 1 else REFRESHES_S, *(code.seconds for code, _ in codes.values())]),
        codes=codes,
        late=_late(lists[0]) if wall["codes"] else set(),
        drawn=drawn,
        many=MANY,
    )
    response = make_response(html)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/walls")
@gate("examiner")
def listing() -> str:
    return _listing()


@bp.post("/units/<int:unit_id>/wall")
@gate("coordinator", "unit", "unit_id")
def make(unit_id: int) -> str:
    """The one page that shows the address: it is not stored, so it is not shown again."""
    codes = Form.sent().flag("codes")
    token = walls.make(g.db, unit_id, lang=g.lang, codes=codes, by=g.actor, now=g.now)
    return _listing(unit_id, f"{g.settings.site.base_url}/wall/{token}")


@bp.post("/units/<int:unit_id>/wall/revoke")
@gate("coordinator", "unit", "unit_id")
def revoke(unit_id: int) -> Answer:
    walls.revoke(g.db, unit_id, by=g.actor, now=g.now)
    flash(t("大屏地址已作废。", "The wall's address is revoked."))
    return redirect("/walls", 303)


def _codes(found: list[Row]) -> dict[int, tuple[checkins.Shown, str]]:
    """By shift: the code to show and what its picture says, of those to which one may check in now."""
    shifts = [row | {"id": row["shift_id"], "state": "planned"} for row in found]
    return {shift["id"]: (code, address(shift)) for shift in shifts if (code := shown(shift))}


def _late(found: list[Row]) -> set[int]:
    """The shifts where somebody ought to have checked in by now and has not."""
    return {
        row["shift_id"]
        for row in found
        if row["arrived"] < len(row["who"]) and checkins.moment_of(row, g.settings.duty, g.now) == "late"
    }


def _by_hours(found: list[Row]) -> list[Group]:
    """The shifts of one activity at the same hours together: activity, start and end, then the rows."""
    keyed = groupby(found, lambda row: (t(row["activity_zh"], row["activity_en"]), row["starts_at"], row["ends_at"]))
    return [(key, list(rows)) for key, rows in keyed]


def _paged(groups: list[Group]) -> list[list[Group]]:
    """The groups over as many pages as it takes: a row of cards is never cut, a head never stands alone."""
    pages: list[list[Group]] = []
    room = 0.0
    for key, rows in groups:
        head = HEAD
        for at in range(0, len(rows), ACROSS):
            cards = rows[at : at + ACROSS]
            needs = LONG_ROW if any(len(row["who"]) > MANY for row in cards) else ROW
            if room < head + needs:
                pages.append([])
                room, head = ROOM, HEAD
            if head:
                pages[-1].append((key, []))
            pages[-1][-1][1].extend(cards)
            room, head = room - head - needs, 0.0
    return pages


def _listing(made_for: int | None = None, address: str = "") -> str:
    found = walls.walls(g.db, [unit["id"] for unit in scope.units()])
    tops = set(scope.tops())
    shown = [row for row in found if row["unit_id"] in tops or row["made_at"]]
    return render_template("walls/list.html", walls=shown, made_for=made_for, address=address)
