"""Leaders whose visits of the week are not planned by Wednesday: to them, and to their coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from scheduler import clock, messages, quotas
from scheduler.database import Database, Row, rows, write
from scheduler.notices.telling import Item, tell
from scheduler.notices.understaffed import by_coordinator
from scheduler.quotas.owing import RISK_AT, RISK_WEEKDAY
from scheduler.wording import Lang
from scheduler.wording.messages import lines

FROM, UNTIL = (RISK_WEEKDAY, RISK_AT), (6, time(18, 0))  # Wednesday morning; on Sunday evening nobody goes any more


def queue_due(db: Database, *, base_url: str, now: datetime) -> int:
    """Tell each leader, and who coordinates their unit, once a week of what is not planned; gives how many messages.

    A week that is waived owes nothing. Between Wednesday and Sunday only: late is better than never, too late is not.
    """
    monday = clock.monday(clock.today(now, db.zone))
    opens, closes = (clock.instant(monday + timedelta(days=day), at, db.zone) for day, at in (FROM, UNTIL))
    if not opens <= now < closes:
        return 0
    with write(db):
        found = at_risk(db, monday, now=now)
        ends = clock.midnight(monday + timedelta(days=7), db.zone)
        told, in_charge = 0, by_coordinator(db, found, now=now)
        for to, theirs in in_charge:
            told += _tell(db, "quota_risks", to, theirs, monday, base_url, ends, now)
        known = {(to["person_id"], row["person_id"]) for to, theirs in in_charge for row in theirs}
        for person_id in dict.fromkeys(row["person_id"] for row in found):
            leader = messages.receiver(db, person_id, now=now)
            if leader is not None and (person_id, person_id) not in known:  # one message a person
                mine = [row for row in found if row["person_id"] == person_id]
                told += _tell(db, "quota_risk", leader, mine, monday, base_url, ends, now)
        return told


def at_risk(db: Database, monday: date, *, now: datetime, within: Sequence[int] | None = None) -> list[Row]:
    """Leaders' quotas of a week, and from the 15th on of its month, that are neither met, planned nor waived.

    Rows of `quotas.weeks` and `quotas.months`: what the board calls not planned, and from Wednesday on at risk.
    """
    tops = [row["id"] for row in rows(db, "SELECT id FROM unit WHERE parent_id IS NULL ORDER BY id")]
    this = clock.today(now, db.zone).replace(day=1)
    found: dict[tuple[int, int], Row] = {}
    for unit_id in tops if within is None else within:
        week = quotas.weeks(db, unit_id, monday, monday, now=now)
        open_now = [row for row in week if row["state"] in ("open", "risk")]
        month = [row for row in quotas.months(db, unit_id, this, this, now=now) if row["state"] == "risk"]
        found |= {(row["person_id"], row["quota_id"]): row for row in (*open_now, *month)}
    return list(found.values())


def line(row: Row, lang: Lang, *, own: bool) -> str:
    """What is not planned: to the leader, or about them."""
    activity = row["activity_zh"] if lang == "zh" else row["activity_en"]
    missing = row["need"] - row["done"] - row["planned"]
    if own:
        return lines.visits_owed(activity, row["period"], row["need"], missing, lang)
    return lines.leader_owes(row["name"], row["unit"], activity, missing, lang)


def gaps_of(items: Sequence[Item], monday: date, lang: Lang, base_url: str, *, own: bool) -> dict[str, str]:
    """What fills the message."""
    told = lines.listed([item.line(lang) for item in items], lang)
    return {
        "week": lines.week_text(monday, lang),
        "visits" if own else "leaders": told,
        "count": str(len({item.subject.split(":")[1] for item in items})),
        "link": f"{base_url.rstrip('/')}/{'me' if own else 'quotas'}",
    }


def items_of(found: Sequence[Row], monday: date, *, own: bool) -> list[Item]:
    """The rows as things to tell of."""
    return [
        Item(
            f"{monday.isoformat()}:{row['person_id']}:{row['quota_id']}", "open",
            line(row, "zh", own=own), line(row, "en", own=own),
        )
        for row in found
    ]  # fmt: skip


def _tell(
    db: Database, kind: str, to: Row, found: Sequence[Row], monday: date, base_url: str, ends: datetime, now: datetime
) -> int:
    own = kind == "quota_risk"

    def gaps(new: Sequence[Item], lang: Lang) -> dict[str, str]:
        return gaps_of(new, monday, lang, base_url, own=own)

    return tell(db, kind, to, items_of(found, monday, own=own), gaps, base_url=base_url, expires_at=ends, now=now)
