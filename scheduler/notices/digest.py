"""The coordinators' week, on Monday morning: what is unfilled, unconfirmed, not planned, who is away, what failed."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta

from scheduler import attendance, clock, messages, outbox, quotas
from scheduler.database import Database, Row, rows, write
from scheduler.notices import quotas as risks
from scheduler.notices import silence
from scheduler.notices.receivers import with_role
from scheduler.notices.telling import is_noted, note
from scheduler.notices.understaffed import line as short_line
from scheduler.notices.understaffed import short
from scheduler.wording import Lang, name_of
from scheduler.wording.messages import lines

AT = time(8, 30)
USEFUL_UNTIL = (1, time(18, 0))  # Tuesday evening: later, the week's first gaps are over

SAID = ("shifts", "waiting", "leave", "leaders", "behind", "away", "failed", "unreachable")


def queue_due(db: Database, *, base_url: str, now: datetime) -> int:
    """Tell each coordinator of their week, once; nothing where there is nothing to say. Gives how many messages.

    That there was nothing is noted too: what comes up later in the day has messages of its own.
    """
    monday = clock.monday(clock.today(now, db.zone))
    closes = clock.instant(monday + timedelta(days=USEFUL_UNTIL[0]), USEFUL_UNTIL[1], db.zone)
    if not clock.instant(monday, AT, db.zone) <= now < closes:
        return 0
    return sum(_tell(db, to, monday, closes, base_url, now) for to in with_role(db, "coordinator", now=now))


def _tell(db: Database, to: Row, monday: date, closes: datetime, base_url: str, now: datetime) -> int:
    subject = f"week:{monday.isoformat()}"
    if is_noted(db, "digest", to["person_id"], subject):
        return 0
    with write(db):
        if is_noted(db, "digest", to["person_id"], subject):  # by another process, since
            return 0
        said = gaps(db, json.loads(to["units"]), monday, to["lang"], base_url, now=now)
        queued = 0
        if any(said[name] for name in SAID):
            queued = messages.queue(
                db, "digest", to, lambda lang: said,
                key=f"digest:{monday.isoformat()}:{to['person_id']}", base_url=base_url, expires_at=closes, now=now,
            )  # fmt: skip
        note(db, "digest", to["person_id"], subject, "told" if queued else "nothing", now=now)
        return queued


def gaps(db: Database, within: list[int], monday: date, lang: Lang, base_url: str, *, now: datetime) -> dict[str, str]:
    """What fills the digest of these units and all below them; what there is nothing of is empty."""
    first, end = clock.midnight(monday, db.zone), clock.midnight(monday + timedelta(days=7), db.zone)
    unfilled = short(db, now, end - timedelta(seconds=1), within=within)
    waiting = attendance.waiting(db, within, now=now)
    risk = risks.at_risk(db, monday, now=now, within=within)
    failed = outbox.failures(db, within=within)
    unanswered = silence.waiting(db, within, now=now, until=end)
    without = unreachable(db, within, now, end)
    missing = sum(row["headcount"] - row["seated"] for row in unfilled)
    return {
        "week": lines.week_text(monday, lang),
        "gap_count": str(missing) if missing else "",
        "shifts": lines.listed([short_line(db, row, lang) for row in unfilled], lang),
        "waiting_count": str(waiting[0]["waiting"]) if waiting else "",
        "waiting": lines.listed([messages.line_of(db, row).text(lang) for row in waiting], lang),
        "unanswered": str(unanswered) if unanswered else "",
        "leave": lines.listed([_away(db, row, lang) for row in _asked(db, within)], lang),
        "leaders": lines.listed([risks.line(row, lang, own=False) for row in risk], lang),
        "behind": lines.listed([_behind(row, lang) for row in behind(db, within, now=now)], lang),
        "away": lines.listed([_away(db, row, lang) for row in _absences(db, within, first, end)], lang),
        "failed": str(failed) if failed else "",
        "unreachable": ("、" if lang == "zh" else ", ").join(row["person"] for row in without[: lines.SHOWN]),
        "link": f"{base_url.rstrip('/')}/rosters",
    }


def unreachable(db: Database, within: list[int], after: datetime, until: datetime) -> list[Row]:
    """Who stands a published duty in this time and is reached by no way: person_id, person."""
    return rows(
        db,
        """
        SELECT DISTINCT person.id AS person_id, person.name AS person
        FROM person
        JOIN standing ON standing.person_id = person.id AND standing.state = 'planned'
        WHERE NOT EXISTS (SELECT 1 FROM way WHERE way.person_id = person.id)
          AND standing.starts_at > :after AND standing.starts_at < :until
          AND person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
          )
        ORDER BY person.staff_no
        """,
        after=clock.to_text(after),
        until=clock.to_text(until),
        within=json.dumps(within),
    )


def behind(db: Database, within: list[int], *, now: datetime) -> list[Row]:
    """Units that are behind today with what they owe: rows of `quotas.progress`, each unit once, the furthest first."""
    today = clock.today(now, db.zone)
    found: dict[int, Row] = {}
    for top in within:
        for target in quotas.targets(db, top):
            for first, last in quotas.spans(target, today, today):
                late = quotas.behind(quotas.progress(db, target["id"], first, last, within=top, now=now))
                found = {row["unit_id"]: row for row in late if row["state"] == "behind"} | found
    return list(found.values())


def _behind(row: Row, lang: Lang) -> str:
    return lines.unit_behind(row["unit"], row["done"], row["expected"], row["owed"], lang)


def _absences(db: Database, within: list[int], first: datetime, end: datetime) -> list[Row]:
    return rows(
        db,
        """
        SELECT person.name, away.kind, away.starts_at, away.ends_at
        FROM away
        JOIN person ON person.id = away.person_id
        WHERE away.starts_at < :end AND away.ends_at > :first
          AND person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
          )
        ORDER BY away.starts_at, person.staff_no
        """,
        first=clock.to_text(first),
        end=clock.to_text(end),
        within=json.dumps(within),
    )


def _asked(db: Database, within: list[int]) -> list[Row]:
    return rows(
        db,
        """
        SELECT person.name, leave_request.kind, leave_request.starts_at, leave_request.ends_at
        FROM leave_request
        JOIN person ON person.id = leave_request.person_id
        WHERE leave_request.state = 'asked'
          AND person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
          )
        ORDER BY leave_request.starts_at, person.staff_no
        """,
        within=json.dumps(within),
    )


def _away(db: Database, row: Row, lang: Lang) -> str:
    first = clock.local(row["starts_at"], db.zone).date()
    last = (clock.local(row["ends_at"], db.zone) - timedelta(seconds=1)).date()
    return lines.days_away(row["name"], first, last, name_of("away_kind", row["kind"], lang), lang)
