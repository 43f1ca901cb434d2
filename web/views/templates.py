"""Duty templates: listed as sentences, added, changed, ended; which dates they ask for next."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from scheduler import duties
from scheduler.database import Row
from scheduler.duties import Generated, Rule
from scheduler.errors import Invalid, Refusal
from scheduler.wording.duties import asked_text, who_text
from web import scope, work
from web.filters import t, today
from web.forms import Form
from web.session import allow, gate

bp = Blueprint("templates", __name__)

EVERY_WEEKDAY = tuple(str(day) for day in range(7))

FOLLOWED = (
    "尚未入表的班次：新增 {added}，改动 {changed}，去掉 {removed}。",
    "Shifts in no roster yet: {added} added, {changed} changed, {removed} removed.",
)
KEPT = (
    "排班表里有 {kept} 班与模板不同，保持原样；草稿可在排班表页“按模板更新班次”。",
    "{kept} shifts in rosters differ from it and stay as they are; a draft follows by “Take new shifts” on its page.",
)

Page = str | tuple[str, int] | Response


@bp.app_template_filter("asked")
def asked(template: Row) -> str:
    """What a template asks for, as a sentence in the reader's language."""
    return asked_text(template, g.lang)


@bp.app_template_filter("who_may")
def who_may(template: Row) -> str:
    """Who may stand, in a few words."""
    return who_text(template["requires"], template["required_units"], g.lang)


@bp.get("/templates")
@gate("reader")
def board() -> str:
    found = duties.templates(g.db, below=scope.tops())
    return render_template("templates/board.html", templates=found)


@bp.get("/templates/new")
@gate("coordinator")
def new() -> Page:
    unit_id = _unit_for(Form(MultiDict(request.args)))
    form = Form(MultiDict({**work.FRESH, "days": "workday", "valid_from": today().isoformat()}))
    return render_template("templates/edit.html", form=form, **_choices(unit_id))


@bp.post("/templates/new")
@gate("coordinator")
def add() -> Page:
    form = Form.sent()
    unit_id = _unit_for(form)
    try:
        columns = _columns(form)
        form.checked()
        if form.flag("preview"):
            return _preview(form, columns, unit_id)
        template_id = duties.add_template(g.db, unit_id=unit_id, **columns, by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "templates/edit.html", **_choices(unit_id))
    flash(
        t(
            "已新增值班模板。新建排班表时按它生成班次。",
            "Duty template added. Rosters you open make their shifts from it.",
        )
    )
    return redirect(f"/templates/{template_id}", 303)


@bp.get("/templates/<int:template_id>")
@gate("reader", "template", "template_id")
def show(template_id: int) -> str:
    return render_template("templates/show.html", form=Form(), **_shown(template_id))


@bp.get("/templates/<int:template_id>/edit")
@gate("coordinator", "template", "template_id")
def edit(template_id: int) -> Page:
    template = duties.template(g.db, template_id)
    return render_template("templates/edit.html", form=_form_of(template), **_choices(template["unit_id"], template))


@bp.post("/templates/<int:template_id>/edit")
@gate("coordinator", "template", "template_id")
def change(template_id: int) -> Page:
    form, template = Form.sent(), duties.template(g.db, template_id)
    try:
        columns, version = _columns(form), form.version()
        form.checked()
        if form.flag("preview"):
            return _preview(form, columns, template["unit_id"], template)
        done = duties.change_template(g.db, template_id, version=version, **columns, by=g.actor, now=g.now)
    except Refusal as refusal:
        if refusal.code == "stale":
            form.renew(template["version"])
        return form.refused(refusal, "templates/edit.html", **_choices(template["unit_id"], template))
    flash(_told(done))
    return redirect(f"/templates/{template_id}", 303)


@bp.post("/templates/<int:template_id>/end")
@gate("coordinator", "template", "template_id")
def end(template_id: int) -> Page:
    form = Form.sent()
    try:
        last, version = form.day("last"), form.version()
        form.checked()
        done = duties.end_template(g.db, template_id, last=last, version=version, by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "templates/show.html", **_shown(template_id), is_ending=True)
    flash(_told(done))
    return redirect(f"/templates/{template_id}", 303)


def _unit_for(form: Form) -> int:
    """The unit that a new template is for: the one chosen, else the widest that the reader coordinates."""
    unit_id = form.id_or_none("unit") or scope.tops()[0]
    allow("coordinator", "unit", unit_id)
    return unit_id


def _told(done: Generated) -> str:
    """What an edit did to the shifts that had been made."""
    parts = [t("已保存。", "Saved.")]
    if done.added or done.changed or done.removed:
        parts.append(t(*FOLLOWED, added=done.added, changed=done.changed, removed=done.removed))
    if done.kept:
        parts.append(t(*KEPT, kept=done.kept))
    return t("", " ").join(parts)


def _columns(form: Form) -> dict[str, Any]:
    pattern = {
        "name": form.text("name", most=60, required=True),
        "days": form.choice("days", duties.DAYS),
        "weekdays": [int(day) for day in form.choices("weekdays", EVERY_WEEKDAY) if day in EVERY_WEEKDAY],
        "valid_from": form.day("valid_from"),
        "valid_to": form.day_or_none("valid_to"),
    }
    return pattern | work.read(form)


def _form_of(template: Row) -> Form:
    requires = template["requires"]
    names = ("name", "activity", "days", "starts", "ends", "headcount", "tasks", "weight", "valid_from", "valid_to")
    return Form.of(
        {name: template[name] for name in (*names, "weekdays", "version")},
        places=[place["id"] for place in template["places"]],
        party=requires.get("party", False),
        roles=requires.get("roles", []),
        skills=t("、", ", ").join(requires.get("skills", [])),
        units=requires.get("units", []),
    )


def _preview(form: Form, columns: dict[str, Any], unit_id: int, template: Row | None = None) -> Page:
    """The form again with the dates that it asks for, saved or not."""
    if columns["days"] == "weekdays" and not columns["weekdays"]:
        raise Invalid("no_weekday", field="weekdays")
    rule = Rule(columns["days"], tuple(columns["weekdays"]), columns["valid_from"], columns["valid_to"])
    shown = {"preview": True, "next_days": duties.next_days(g.db, rule, today())}
    return render_template("templates/edit.html", form=form, **_choices(unit_id, template), **shown)


def _choices(unit_id: int, template: Row | None = None) -> dict[str, Any]:
    chosen = {place["id"] for place in template["places"]} if template else ()
    units = scope.options(scope.units()) if template is None else []
    return work.choices(unit_id, chosen) | {"template": template, "units": units}


def _shown(template_id: int) -> dict[str, Any]:
    template = duties.template(g.db, template_id)
    rule = duties.rule_of(template)
    return {"template": template, "next_days": duties.next_days(g.db, rule, today())}
