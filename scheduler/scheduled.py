"""Tallies that are mailed on a schedule: a question asked anew of each week, month or quarter once it has ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from scheduler import accounts, audit, clock, exports, fields, messages, outbox, tallies, workdays
from scheduler.audit import SYSTEM, Actor
from scheduler.database import Database, Row, insert, one, rows, run, value, write
from scheduler.errors import Invalid, NotFound, Problem
from scheduler.tallies import Question
from scheduler.wording import Lang

EVERY = ("week", "month", "quarter")
AT = time(8, 0)
USEFUL = timedelta(days=14)  # so long after it fell due it is caught up, and waits for a mail server
FILE_MOST = 5 * 1024 * 1024  # bytes that most mail servers take; what is larger is only linked to
RECEIVERS_MOST = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add(
    db: Database,
    question: Question,
    *,
    name: str,
    every: str,
    receivers: list[int],
    lang: Lang,
    by: Actor,
    now: datetime,
) -> int:
    """Have a question about a unit mailed from the period on that runs now; gives its id. Invalid, field by field.

    Receivers are some of `candidates`. The question's own period is left out: it is asked of each that has ended.
    """
    name = name.strip()
    problems = fields.text("name", name, most=60, required=True) + fields.choice("every", every, EVERY)
    if question.within is None:
        raise Invalid("unknown_unit", field="unit")
    accounts.require(db, by, "coordinator", question.within, now=now)
    known = {row["person_id"] for row in candidates(db, question.within, by=by, now=now)}
    if not receivers:
        problems.append(Problem("required", "receivers"))
    elif not set(receivers) <= known:
        problems.append(Problem("unknown_person", "receivers"))
    problems += fields.number("receivers", len(set(receivers)) or 1, 1, RECEIVERS_MOST)
    if problems:
        raise Invalid.of(problems)
    tallies.answer(db, question, now)  # refused now rather than each month
    args = {key: held for key, held in question.to_args().items() if key not in ("period", "first", "last")}
    with write(db):
        export_id = insert(
            db, "scheduled_export", unit_id=question.within, name=name, args=json.dumps(args), every=every,
            receivers=json.dumps(sorted(set(receivers))), lang=lang, made_by=by.person_id, made_at=clock.to_text(now),
        )  # fmt: skip
        audit.record(
            db, "add", "scheduled_export", export_id, by=by, now=now, unit_id=question.within,
            name=name, every=every, receivers=len(set(receivers)),
        )  # fmt: skip
    return export_id


def end(db: Database, export_id: int, *, by: Actor, now: datetime) -> None:
    """Mail it no more; what is in the outbox still leaves. NotFound where there is none, or it has ended."""
    with write(db):
        found = one(db, "SELECT unit_id, name FROM scheduled_export WHERE id = :id AND ended_at IS NULL", id=export_id)
        if found is None:
            raise NotFound("not_found")
        run(db, "UPDATE scheduled_export SET ended_at = :now WHERE id = :id", now=clock.to_text(now), id=export_id)
        audit.record(
            db, "end", "scheduled_export", export_id, by=by, now=now, unit_id=found["unit_id"], name=found["name"]
        )


def candidates(db: Database, unit_id: int, *, by: Actor, now: datetime) -> list[Row]:
    """Who may be sent the tallies of a unit by somebody: person_id, person, staff_no, email, lang.

    They may read the unit and have an e-mail address; and are the one who asks, or of units that this one
    coordinates.
    """
    return [
        row
        for row in _readers(db, unit_id, now)
        if row["person_id"] == by.person_id or accounts.may(db, by, "coordinator", row["unit_id"], now=now)
    ]


def listed(db: Database, unit_ids: list[int], *, now: datetime) -> list[Row]:
    """What is mailed of these units, by name.

    id, unit_id, unit, name, every, lang, made_by (a name), made_at, args (a dict), receivers (names), period and
    last_at (of the last time; None before it), next_at.
    """
    found = rows(
        db,
        """
        SELECT scheduled_export.id, scheduled_export.unit_id, unit.name AS unit, scheduled_export.name, every,
               scheduled_export.lang, person.name AS made_by, made_at, args, last.period, last.at AS last_at,
               (SELECT json_group_array(receiver.name ORDER BY receiver.staff_no) FROM person AS receiver
                WHERE receiver.id IN (SELECT value FROM json_each(scheduled_export.receivers))) AS receivers
        FROM scheduled_export
        JOIN unit ON unit.id = scheduled_export.unit_id
        JOIN person ON person.id = scheduled_export.made_by
        LEFT JOIN scheduled_export_run AS last ON last.id = (
            SELECT MAX(id) FROM scheduled_export_run WHERE export_id = scheduled_export.id
        )
        WHERE ended_at IS NULL AND scheduled_export.unit_id IN (SELECT value FROM json_each(:unit_ids))
        ORDER BY scheduled_export.name, scheduled_export.id
        """,
        unit_ids=json.dumps(unit_ids),
    )
    return [
        {**row, "args": json.loads(row["args"]), "receivers": json.loads(row["receivers"]),
         "next_at": _next(db, row, now)}
        for row in found
    ]  # fmt: skip


def queue_due(db: Database, *, base_url: str, now: datetime) -> int:
    """Mail what has fallen due: from 08:00 of the first workday after a period's end, each period once.

    Gives how many messages. Rights are looked at again: whoever may no longer read the unit is sent nothing, and
    what was set up by somebody who coordinates it no more ends.
    """
    held = rows(
        db,
        "SELECT id, unit_id, name, args, every, receivers, lang, made_by, made_at FROM scheduled_export"
        " WHERE ended_at IS NULL ORDER BY id",
    )
    return sum(
        _mail(db, export, first, last, opens + USEFUL, base_url.rstrip("/"), now)
        for export in held
        for first, last, opens in _ended(db, export, now)
    )


def period_before(every: str, day: date) -> tuple[date, date]:
    """The first and last day of the last week, month or quarter that had ended before a day."""
    if every == "week":
        first = clock.monday(day) - timedelta(days=7)
        return first, first + timedelta(days=6)
    opening = day.replace(day=1)
    if every == "quarter":
        opening = tallies.shifted(opening, -((day.month - 1) % 3))
    return tallies.shifted(opening, -3 if every == "quarter" else -1), opening - timedelta(days=1)


def _ended(db: Database, export: Row, now: datetime) -> Iterator[tuple[date, date, datetime]]:
    """The periods that are due and were not mailed: the last two at most, since holidays may outlast a week."""
    made_on = clock.local(export["made_at"], db.zone).date()
    last_two = [period_before(export["every"], clock.today(now, db.zone))]
    last_two.insert(0, period_before(export["every"], last_two[0][0]))
    for first, last in last_two:
        opens = _opens(db, last)
        if last >= made_on and opens <= now < opens + USEFUL and not _is_run(db, export["id"], first):
            yield first, last, opens


def _opens(db: Database, last: date) -> datetime:
    days = workdays.days(db, last + timedelta(days=1), last + timedelta(days=20))
    day = next((day.day for day in days if day.is_workday), last + timedelta(days=1))
    return clock.instant(day, AT, db.zone)


def _next(db: Database, export: Row, now: datetime) -> datetime:
    """When it is mailed next."""
    open_now = next(_ended(db, export, now), None)
    if open_now is not None:
        return open_now[2]
    day = clock.today(now, db.zone)
    before = period_before(export["every"], day)[1]
    if before >= clock.local(export["made_at"], db.zone).date() and (opens := _opens(db, before)) > now:
        return opens
    ahead = day + timedelta(days=1)
    while period_before(export["every"], ahead)[1] == before:
        ahead += timedelta(days=1)
    return _opens(db, period_before(export["every"], ahead)[1])


def _is_run(db: Database, export_id: int, first: date) -> bool:
    return bool(
        value(
            db,
            "SELECT 1 FROM scheduled_export_run WHERE export_id = :id AND period = :period",
            id=export_id,
            period=first.isoformat(),
        )
    )


def _mail(db: Database, export: Row, first: date, last: date, closes: datetime, base_url: str, now: datetime) -> int:
    """The file is made with no lock held; the run and its mails are written at once, or none of them."""
    by = accounts.actor(db, export["made_by"])
    try:
        if not _may_still(db, export, by, now):
            raise Invalid("not_allowed")
        days = {"period": tallies.OWN, "first": first.isoformat(), "last": last.isoformat()}
        question = Question.from_args(json.loads(export["args"]) | days, today=last)
        content = exports.tallies_workbook(db, question, lang=export["lang"], by=by, now=now)
    except Invalid:
        return _end_by_itself(db, export, closes, base_url, now)
    name = exports.file_name("tallies", "xlsx", first=first, last=last)
    link = f"{base_url}/tallies?{urlencode(question.to_args())}"
    with write(db):
        is_held = value(db, "SELECT 1 FROM scheduled_export WHERE id = :id AND ended_at IS NULL", id=export["id"])
        if not is_held or _is_run(db, export["id"], first):  # by another process, since
            return 0
        readers = {row["person_id"]: row for row in _readers(db, export["unit_id"], now)}
        told = [readers[person_id] for person_id in json.loads(export["receivers"]) if person_id in readers]
        fits = len(content) <= FILE_MOST
        attachment_id = outbox.attach(db, name=name, kind=XLSX, content=content) if fits and told else None
        queued = sum(
            messages.queue_mail(
                db, "mailed_tally", to, _gaps(export, first, last, name if fits else "", link, to["lang"]),
                key=f"mailed_tally:{export['id']}:{first.isoformat()}:{to['person_id']}", base_url=base_url,
                expires_at=closes, attachment_id=attachment_id, now=now,
            )
            for to in told
        )  # fmt: skip
        insert(
            db, "scheduled_export_run", export_id=export["id"], period=first.isoformat(), at=clock.to_text(now),
            queued=queued,
        )  # fmt: skip
        return queued


def _gaps(export: Row, first: date, last: date, name: str, link: str, lang: Lang) -> dict[str, str]:
    attached = f"附件：{name}" if lang == "zh" else f"Attached: {name}"
    too_large = (
        "工作簿超过 5 MB，没有附上：请在网页上导出。"
        if lang == "zh"
        else "The workbook is larger than 5 MB and not attached: export it from the page."
    )
    return {
        "report": export["name"],
        "span": tallies.told(first, last, lang),
        "file": attached if name else too_large,
        "link": link,
    }


def _may_still(db: Database, export: Row, by: Actor, now: datetime) -> bool:
    is_gone = value(
        db,
        "SELECT 1 FROM person WHERE id = :id AND left_on < :day",
        id=export["made_by"],
        day=clock.today(now, db.zone).isoformat(),
    )
    return not is_gone and accounts.may(db, by, "coordinator", export["unit_id"], now=now)


def _end_by_itself(db: Database, export: Row, closes: datetime, base_url: str, now: datetime) -> int:
    """End what nobody answers for any more, and tell whoever set it up; gives how many messages."""
    with write(db):
        if value(db, "SELECT ended_at FROM scheduled_export WHERE id = :id", id=export["id"]) is not None:
            return 0
        end(db, export["id"], by=SYSTEM, now=now)
        to = messages.receiver(db, export["made_by"], now=now)
        if to is None:
            return 0
        gaps = {"report": export["name"], "link": f"{base_url}/tallies/mailed"}
        return messages.queue(
            db, "mailed_tally_ended", to, lambda lang: gaps,
            key=f"mailed_tally_ended:{export['id']}", base_url=base_url, expires_at=closes, now=now,
        )  # fmt: skip


def _readers(db: Database, unit_id: int, now: datetime) -> list[Row]:
    """Who may read a unit today and has an e-mail address, by staff number."""
    return rows(
        db,
        f"""
        SELECT DISTINCT person.id AS person_id, person.name AS person, person.staff_no, person.email, person.lang,
               person.unit_id
        FROM access
        JOIN unit_above ON unit_above.above_id = access.unit_id AND unit_above.unit_id = :unit_id
        JOIN person ON person.id = access.person_id
        WHERE {accounts.IN_FORCE} AND person.email <> '' AND (person.left_on IS NULL OR person.left_on >= :day)
        ORDER BY person.staff_no
        """,
        unit_id=unit_id,
        day=clock.today(now, db.zone).isoformat(),
    )
