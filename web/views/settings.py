"""My settings: when and by which way I am reminded, my quiet hours, my language."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import channels, reminders
from scheduler.errors import Invalid
from scheduler.reminders import Choice
from web import rungs
from web.errors import status_of
from web.filters import name_of, t
from web.forms import Form
from web.session import gate

bp = Blueprint("settings", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/me/settings")
@gate("staff")
def show() -> Page:
    chosen = reminders.choice(g.db, g.person["person_id"])
    must = reminders.must_rules(g.db)
    kept = [rule for rule in reminders.ladder_rules(g.db) if rule in must or rule not in chosen.dropped]
    fields = rungs.quiet_fields(chosen.quiet) | rungs.ordered(chosen.channels)
    return _page(Form.of(fields, kept=kept, added=list(chosen.added)))


@bp.post("/me/settings")
@gate("staff")
def save() -> Page:
    form, rules = Form.sent(), reminders.ladder_rules(g.db)
    try:
        kept = form.choices("kept", rules)
        added, quiet = form.choices("added", reminders.freedom(g.db).rules), rungs.quiet(form)
        order = rungs.order(form, _ways())
        form.checked()
        dropped = tuple(rule for rule in rules if rule not in kept and rule not in reminders.must_rules(g.db))
        wanted = Choice(order, tuple(added), dropped, quiet)
        reminders.choose(g.db, g.person["person_id"], wanted, by=g.actor, now=g.now)
    except Invalid as refusal:
        form.problems = list(refusal.problems)
        return _page(form), status_of(refusal)
    flash(t("已保存，将来的提醒随即更新。", "Saved; reminders to come follow at once."))
    return redirect("/me/settings", 303)


def _page(form: Form) -> str:
    free, rules = reminders.freedom(g.db), reminders.ladder_rules(g.db)
    return render_template(
        "me/settings.html",
        form=form,
        usual=rules,
        must=reminders.must_rules(g.db),
        more=[rule for rule in free.rules if rule not in rules],
        bounds=rungs.hours_said(free.quiet),
        quiet=rungs.hours_said(reminders.ladder(g.db, None).quiet),
        ways=_ways(),
        said=rungs.said,
    )


def _ways() -> dict[str, str]:
    """The ways that reach the person, of those that people may choose among."""
    allowed = reminders.freedom(g.db).channels
    found = channels.reaching(g.db, g.person["person_id"])
    held = {str(row["channel"]): row["name"] or name_of(row["kind"], "channel") for row in found}
    return {way: name for way, name in held.items() if way in allowed}
