"""Activities and their ladders: by what the duties of each are reminded of, and what people may choose."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import accounts, reminders
from scheduler.errors import Conflict, Invalid
from scheduler.reminders import Freedom, Ladder, Quiet
from web import rungs
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("activities", __name__)

Page = str | tuple[str, int] | Response
EVERYBODY = 0  # in an address: the ladder of all that have none of their own


@bp.get("/activities")
@gate("reader")
def index() -> Page:
    return render_template(
        "activities/index.html",
        activities=reminders.activities(g.db),
        default=reminders.ladder(g.db, None),
        freedom=reminders.freedom(g.db),
        may_edit=accounts.administers_all(g.db, g.actor, now=g.now),
        ways=rungs.ways(),
        said=rungs.said,
        usual=rungs.usual,
        hours_said=rungs.hours_said,
    )


@bp.get("/activities/<int:activity_id>")
@gate("administrator", of_all=True)
def edit(activity_id: int) -> Page:
    held = reminders.ladder(g.db, activity_id or None)
    version = 0 if held.is_default and activity_id else held.version
    fields = rungs.typed(held.rungs) | rungs.quiet_fields(held.quiet) | rungs.ordered(rungs.usual(held.rungs))
    fields["answer_hours"] = str(held.answer_minutes // 60) if held.answer_minutes else ""
    return _page(activity_id, Form.of(fields, version=str(version)))


@bp.post("/activities/<int:activity_id>")
@gate("administrator", of_all=True)
def save(activity_id: int) -> Page:
    form, held = Form.sent(), reminders.ladder(g.db, activity_id or None)
    try:
        steps = rungs.read(form, rungs.order(form, rungs.ways()) or ("email",), rungs.ways())
        quiet, version = rungs.quiet(form), form.integer("version", low=0, high=10**9)
        hours = form.integer_or_none("answer_hours", low=1, high=168)
        form.checked()
        wanted = Ladder(steps, quiet, hours * 60 if hours else None)
        reminders.set_ladder(g.db, activity_id or None, wanted, version=version, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        if isinstance(refusal, Conflict):
            form.renew(0 if held.is_default and activity_id else held.version)
        return _page(activity_id, form), status_of(refusal)
    flash(t("已保存，将来的提醒随即更新。", "Saved; reminders to come follow at once."))
    return redirect("/activities", 303)


@bp.post("/activities/<int:activity_id>/default")
@gate("administrator", of_all=True)
def follow_default(activity_id: int) -> Page:
    reminders.remove_ladder(g.db, activity_id, by=g.actor, now=g.now)
    flash(t("已改回按默认提醒。", "It follows the default again."))
    return redirect("/activities", 303)


@bp.get("/activities/choices")
@gate("administrator", of_all=True)
def choices() -> Page:
    held = reminders.freedom(g.db)
    fields = rungs.typed(tuple(reminders.Rung(rule) for rule in held.rules)) | rungs.quiet_fields(held.quiet)
    return _choices(Form.of(fields, version=str(held.version), ways=list(held.channels)))


@bp.post("/activities/choices")
@gate("administrator", of_all=True)
def save_choices() -> Page:
    form = Form.sent()
    try:
        rules = tuple(rung.rule for rung in rungs.read(form, ("email",)))
        ways, version = form.choices("ways", rungs.ways()), form.integer("version", low=0, high=10**9)
        quiet = Quiet(form.clock("quiet_from"), form.clock("quiet_to"))
        form.checked()
        reminders.set_freedom(g.db, Freedom(tuple(ways), rules, quiet), version=version, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        if isinstance(refusal, Conflict):
            form.renew(reminders.freedom(g.db).version)
        return _choices(form), status_of(refusal)
    flash(
        t(
            "已保存；不再允许的选择从现在起不算。",
            "Saved; choices that are not allowed any more do not count from now on.",
        )
    )
    return redirect("/activities", 303)


def _page(activity_id: int, form: Form) -> str:
    activity = reminders.activity(g.db, activity_id) if activity_id else None
    return render_template(
        "activities/edit.html",
        form=form,
        activity=activity,
        activity_id=activity_id,
        is_own=not reminders.ladder(g.db, activity_id or None).is_default,
        lines=rungs.lines(form),
        ways=rungs.ways(),
    )


def _choices(form: Form) -> str:
    return render_template("activities/choices.html", form=form, lines=rungs.lines(form), ways=rungs.ways())
