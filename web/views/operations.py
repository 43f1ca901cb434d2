"""How the background work goes: failed first, then jobs and what waits in the outbox."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from scheduler import accounts, doctor, jobs, outbox, reminders
from scheduler.wording import STATES
from web import scope
from web.filters import t
from web.session import gate

bp = Blueprint("operations", __name__)


@bp.get("/operations")
@gate("examiner")
def show() -> str:
    within = _within()
    state = request.args.get("state", "due")
    state = state if state in STATES["message"] else "due"
    return render_template(
        "operations/show.html",
        age=jobs.heartbeat_age(g.db, now=g.now),
        pulse=jobs.pulse(g.db, now=g.now),
        holder=jobs.holder(g.db),
        backlog=outbox.backlog(g.db, now=g.now),
        paused=outbox.paused(g.db),
        may_command=accounts.administers_all(g.db, g.actor, now=g.now),
        reasons=outbox.reasons(g.db, within=within, now=g.now),
        house=doctor.house(g.db, g.settings, now=g.now),
        jobs=jobs.last_turns(g.db, g.settings),
        counts=outbox.counts(g.db, within=within),
        failed=outbox.messages(g.db, "failed", within=within),
        unreachable=reminders.unreachable(g.db, within=within, now=g.now),
        messages=outbox.messages(g.db, state, within=within),
        state=state,
    )


def _within() -> list[int]:
    return scope.tops()


@bp.post("/operations/jobs/<name>")
@gate("administrator", of_all=True)
def run_now(name: str) -> ResponseReturnValue:
    jobs.ask(g.db, name, by=g.actor, now=g.now)
    flash(t("已交给后台进程，几秒内运行。", "Handed to the background process; it runs within seconds."))
    return redirect("/operations", 303)


@bp.post("/operations/sending/pause")
@gate("administrator", of_all=True)
def pause() -> ResponseReturnValue:
    outbox.pause(g.db, by=g.actor, now=g.now)
    return redirect("/operations", 303)  # whose banner says so as long as it lasts


@bp.post("/operations/sending/resume")
@gate("administrator", of_all=True)
def resume() -> ResponseReturnValue:
    outbox.resume(g.db, by=g.actor, now=g.now)
    flash(t("已恢复发送。", "Sending goes on."))
    return redirect("/operations", 303)


@bp.post("/operations/messages/retry")
@gate("coordinator")
def retry_all() -> ResponseReturnValue:
    reason = request.form.get("reason")
    count = outbox.retry_all(g.db, reason, within=_within(), by=g.actor, now=g.now)
    flash(t("{n} 条已放回发件箱，马上再发。", "{n} messages are back in the outbox and are tried again.", n=count))
    return redirect("/operations", 303)


@bp.post("/operations/messages/<int:message_id>/retry")
@gate("coordinator", "outbox", "message_id")
def retry(message_id: int) -> ResponseReturnValue:
    outbox.retry(g.db, message_id, by=g.actor, now=g.now)
    flash(t("已放回发件箱，马上再发一次。", "Back in the outbox; it is tried again at once."))
    return redirect("/operations", 303)


@bp.post("/operations/messages/<int:message_id>/give-up")
@gate("coordinator", "outbox", "message_id")
def give_up(message_id: int) -> ResponseReturnValue:
    outbox.give_up(g.db, message_id, by=g.actor, now=g.now)
    flash(t("已放弃这条消息。", "Gave this message up."))
    return redirect("/operations", 303)
