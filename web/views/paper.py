"""A roster on paper and as a workbook: the sheet that hangs on the wall, and the file that is read back."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import exports, imports, rosters
from scheduler.errors import Conflict, Invalid
from web.batches import left_out
from web.downloads import saved
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("paper", __name__)

Page = str | tuple[str, int] | Response
SHOWN = 100  # lines of a list; the questions are all shown


@bp.get("/rosters/<int:roster_id>/print")
@gate("reader", "roster", "roster_id")
def sheet(roster_id: int) -> str:
    by_person = request.args.get("view") == "people"
    found = (rosters.by_person if by_person else rosters.by_place)(g.db, roster_id)
    paper = request.args.get("paper") or ("a3" if found.is_large else "a4")
    return render_template(
        "paper/sheet.html",
        sheet=found,
        roster=found.roster,
        by_person=by_person,
        paper="a3" if paper == "a3" else "a4",
    )


@bp.get("/rosters/<int:roster_id>/roster.xlsx")
@gate("reader", "roster", "roster_id")
def workbook(roster_id: int) -> Response:
    roster = rosters.roster(g.db, roster_id)
    content = exports.roster_workbook(g.db, roster_id, lang=g.lang, by=g.actor, now=g.now)
    days = f"{roster['starts_on']}-{roster['ends_on']}"
    named = f"{roster['unit']}值班表-{days}.xlsx" if g.lang == "zh" else f"{roster['unit']}-roster-{days}.xlsx"
    return saved(content, f"roster-{days}.xlsx", named)


@bp.get("/rosters/<int:roster_id>/import")
@gate("coordinator", "roster", "roster_id")
def ask(roster_id: int) -> Page:
    return _page(roster_id, Form())


@bp.post("/rosters/<int:roster_id>/import")
@gate("coordinator", "roster", "roster_id")
def check_or_store(roster_id: int) -> Page:
    """The first form brings the file and is shown what it would change; the second brings it back to be stored."""
    form = Form.sent()
    try:
        content, name = _sent(form)
        if form["act"] != "store":
            return _difference(roster_id, form, content, name)
        given = {"version": form.version(), "reason": form.text("override", most=200), "duty": g.settings.duty}
        form.checked()
        found = imports.store_roster(g.db, roster_id, content, name, **given, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        if refusal.code == "batch_needs_a_reason":
            return _difference(roster_id, form, content, name, refusal)
        form.problems = list(refusal.problems)
        return _page(roster_id, form), status_of(refusal)
    _tell(found)
    return redirect(f"/rosters/{roster_id}", 303)


def _difference(
    roster_id: int, form: Form, content: bytes, name: str, refusal: Invalid | Conflict | None = None
) -> Page:
    """What the file would change; the file itself goes along with it, and so does what was typed."""
    found = imports.read_roster(g.db, roster_id, content, name, duty=g.settings.duty, now=g.now)
    form.problems = list(refusal.problems[:1]) if refusal else []
    page = _page(roster_id, form, found=found, name=name, content=b64encode(content).decode())
    return page, status_of(refusal) if refusal else 422 if found.questions else 200


def _tell(found: imports.Difference) -> None:
    flash(
        t(
            "已按表格排好：新增 {added}，撤下 {removed}。发布后才通知大家。",
            "Planned as in the file: {added} added, {removed} removed. Nobody is told before you publish.",
            added=len(found.added),
            removed=len(found.removed),
        )
    )
    if found.left_out:
        flash(left_out(found.left_out), "warn")


def _sent(form: Form) -> tuple[bytes, str]:
    """The file's bytes and name: uploaded, or as the page that showed what it would change has kept them."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.read(), file.filename
    try:
        content = b64decode(form["content"], validate=True)
    except (Error, ValueError):
        content = b""
    if not content:
        form.wrong("file", "required")
    form.checked()
    return content, "roster.xlsx"


def _page(roster_id: int, form: Form, **context: Any) -> str:
    roster = rosters.roster(g.db, roster_id)
    return render_template("paper/import.html", roster=roster, form=form, shown=SHOWN, **context)
