"""A list of leave: checked first, stored only when there is nothing wrong with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import clock, imports, wording
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid
from web import scope, spans
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("leave_import", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/leave/import")
@gate("coordinator")
def ask() -> Page:
    return _page(Form())


@bp.post("/leave/import")
@gate("coordinator")
def check_or_store() -> Page:
    """The file comes with both buttons: nothing is kept between a check and an import."""
    form, file = Form.sent(), request.files.get("file")
    if file is None or not file.filename:
        form.wrong("file", "required")
        return _page(form), 422
    name = file.filename
    rows, problems = imports.read_leave(g.db, file.read(), name, below=scope.tops(), own=g.actor.person_id)
    if problems:
        told = [{"row": p.row, "column": p.field, "sentence": wording.sentence(p, g.lang)} for p in problems]
        return _page(form, name=name, problems=told), 422
    if form["act"] != "store":
        return _page(form, name=name, counts=imports.leave_counts(rows), rows=[_shown(row) for row in rows])
    try:
        counts = imports.store_leave(g.db, rows, base_url=g.settings.site.base_url, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _page(form), status_of(refusal)
    flash(t("已导入：新增 {added} 条，已有 {unchanged} 条。", "Imported: {added} added, {unchanged} there.", **counts))
    if counts["asked"]:
        flash(
            t(
                "其中您自己的 {n} 条已提交，由其他排班员批准。",
                "{n} of your own is asked for: another coordinator decides."
                if counts["asked"] == 1
                else "{n} of your own are asked for: another coordinator decides.",
                n=counts["asked"],
            ),
            "note",
        )
    return redirect("/leave", 303)


def _shown(row: Row) -> Row:
    return spans.shown(row | {name: clock.to_text(row[name]) for name in ("starts_at", "ends_at")})


def _page(form: Form, **context: Any) -> str:
    return render_template("leave/import.html", form=form, **context)
