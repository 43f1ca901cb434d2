"""What fills each kind of message for a preview: real duties and figures where there are any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from scheduler import acknowledgements, clock, messages
from scheduler.database import Database, Row, one, rows
from scheduler.errors import Problem
from scheduler.notices import digest, monthly
from scheduler.notices import quotas as risks
from scheduler.wording import Lang, name_of, sentence
from scheduler.wording.approvals import what
from scheduler.wording.dates import day_text, month_text
from scheduler.wording.leave import LeaveFacts
from scheduler.wording.messages import Changed, DutyFacts, DutyLine, PlaceFacts, lines

SAMPLES = 3  # duties in the example of a list


def example(
    db: Database, kind: str, lang: Lang, *, unit_ids: list[int], base_url: str, now: datetime
) -> dict[str, str]:
    """What fills the gaps of a kind of message, taken from these units: the next duties, this week, the last month."""
    return _BY_KIND[kind](db, lang, unit_ids, base_url.rstrip("/"), now)


def _duties(db: Database, unit_ids: list[int], now: datetime) -> list[Row]:
    """The next duties that people were told of, else the latest ones; made up where there was never one."""
    found = rows(
        db,
        """
        SELECT standing.id
        FROM standing
        JOIN shift ON shift.id = standing.shift_id
        WHERE shift.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:unit_ids))
        )
        ORDER BY standing.starts_at < :now, ABS(julianday(standing.starts_at) - julianday(:now)), standing.id
        LIMIT :samples
        """,
        unit_ids=str(unit_ids),
        now=clock.to_text(now),
        samples=SAMPLES,
    )
    return [messages.duty_facts(db, row["id"]) for row in found] or [_invented(db, now)]


def _invented(db: Database, now: datetime) -> Row:
    first, last = clock.span(clock.today(now, db.zone) + timedelta(days=1), time(8, 30), time(17), db.zone)
    activity = one(db, "SELECT name_zh, name_en FROM activity WHERE code = 'lobby'") or {}
    return {
        "person": "兰草", "place": "江北支行", "address": "江北大道 118 号", "contact": "吕莉", "phone": "",
        "activity_zh": activity.get("name_zh", ""), "activity_en": activity.get("name_en", ""), "tasks": "",
        "procedure": "", "starts_at": clock.to_text(first), "ends_at": clock.to_text(last),
    }  # fmt: skip


def _one_duty(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    row = _duties(db, unit_ids, now)[0]
    facts = DutyFacts(
        **{name: row[name] for name in ("person", "place", "address", "contact", "phone", "tasks", "procedure")},
        activity=row["activity_zh"] if lang == "zh" else row["activity_en"],
        starts=clock.local(row["starts_at"], db.zone),
        ends=clock.local(row["ends_at"], db.zone),
        link=f"{base}/me",
        acknowledge=acknowledgements.address(base, "…"),
    )
    return facts.gaps(lang) | {"other": row["person"], "note": ""}


def _publication(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    return _changes(db, unit_ids, base, now, lambda line: (None, line), 1).gaps(lang)


def _change(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    later = timedelta(days=1)

    def moved(line: DutyLine) -> tuple[DutyLine | None, DutyLine | None]:
        return line, replace(line, starts=line.starts + later, ends=line.ends + later)

    return _changes(db, unit_ids, base, now, moved, 2).gaps(lang)


def _cancellation(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    return _changes(db, unit_ids, base, now, lambda line: (line, None), 2).gaps(lang)


def _changes(
    db: Database,
    unit_ids: list[int],
    base: str,
    now: datetime,
    change: Callable[[DutyLine], tuple[DutyLine | None, DutyLine | None]],
    number: int,
) -> Changed:
    found = _duties(db, unit_ids, now)
    told = [messages.line_of(db, row) for row in found]
    places = {row["place"]: row for row in found}
    return Changed(
        person=found[0]["person"],
        first=clock.monday(told[0].starts.date()),
        last=clock.monday(told[0].starts.date()) + timedelta(days=27),
        number=number,
        lines=[change(line) for line in told],
        note="",
        link=f"{base}/me",
        places=[
            PlaceFacts(p["place"], p["address"], p["contact"], p["phone"], p["procedure"]) for p in places.values()
        ],
        acknowledge=acknowledgements.address(base, "…"),
    )


def _swap(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    found = _duties(db, unit_ids, now)
    offered, wanted = found[0], found[-1]
    return {
        "person": wanted["person"], "other": offered["person"], "answer": name_of("swap_answer", "yes", lang),
        "offered": messages.line_of(db, offered).text(lang), "wanted": messages.line_of(db, wanted).text(lang),
        "note": "", "link": f"{base}/me",
    }  # fmt: skip


def _open(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    line = messages.line_of(db, _duties(db, unit_ids, now)[0])
    told = {"seats": "6", "answer": name_of("sign_up_answer", "waiting", lang), "link": f"{base}/me/open"}
    return _one_duty(db, lang, unit_ids, base, now) | told | {"closes": f"{day_text(line.starts.date(), lang)} 08:00"}


def _problem(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    problem, outcome = ("路灯坏了", "已报修") if lang == "zh" else ("A street lamp is broken", "Repaired")
    told = {"other": "闵行", "finding": problem, "outcome": outcome, "link": f"{base}/problems"}
    return _one_duty(db, lang, unit_ids, base, now) | told


def _leave(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    row = _duties(db, unit_ids, now)[0]
    line = messages.line_of(db, row)
    first = line.starts.replace(hour=0, minute=0)
    facts = LeaveFacts(
        row["person"], "leave", "approved", first, first + timedelta(days=1), "", [line], f"{base}/leave"
    )
    return facts.gaps(lang)


def _shifts(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    found = [messages.line_of(db, row) for row in _duties(db, unit_ids, now)]
    told = [lines.short_shift(line, 2, 1, 0, lang) for line in found]
    return {"count": str(len(told)), "shifts": lines.listed(told, lang), "link": f"{base}/rosters"}


def _silent(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    row = _duties(db, unit_ids, now)[0]
    near = lines.stand_in(1, "闵行", 3, 4.0, None, True, lang)
    told = lines.silent_duty(messages.line_of(db, row), row["person"], "", [near], f"{base}/rosters/…", lang)
    return {"count": "1", "silent": told, "link": f"{base}/rosters"}


def _unconfirmed(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    told = [messages.line_of(db, row).text(lang) for row in _duties(db, unit_ids, now)]
    return {"count": str(len(told)), "shifts": lines.listed(told, lang), "link": f"{base}/attendance"}


def _quota(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    """The leaders at risk this week; where there is none, the first leader."""
    monday = clock.monday(clock.today(now, db.zone))
    leader = one(
        db,
        """
        SELECT person.name, unit.name AS unit, activity.name_zh AS activity_zh, activity.name_en AS activity_en
        FROM activity
        LEFT JOIN person ON person.role = 'head' AND person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:unit_ids))
        )
        LEFT JOIN unit ON unit.id = person.unit_id
        WHERE activity.code = 'visit'
        ORDER BY person.staff_no
        LIMIT 1
        """,
        unit_ids=str(unit_ids),
    )
    stand_in = {**(leader or {}), "period": "week", "need": 1, "done": 0, "planned": 0}
    stand_in = {name: "" if held is None else held for name, held in stand_in.items()}
    found = risks.at_risk(db, monday, now=now, within=unit_ids)[:SAMPLES] or [stand_in]
    return {
        "week": lines.week_text(monday, lang),
        "visits": risks.line(found[0], lang, own=True),
        "leaders": "\n".join(risks.line(row, lang, own=False) for row in found),
        "count": str(len(found)),
        "link": f"{base}/quotas",
    }


def _digest(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    return digest.gaps(db, unit_ids, clock.monday(clock.today(now, db.zone)), lang, base, now=now)


def _month(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    unit = one(db, "SELECT id, name FROM unit WHERE id = :id", id=unit_ids[0]) or {}
    last = clock.today(now, db.zone).replace(day=1) - timedelta(days=1)
    return monthly.gaps(db, unit["id"], unit["name"], date(last.year, last.month, 1), lang, base)


def _year(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    year = clock.today(now, db.zone).year + 1
    return {"year": str(year), "link": f"{base}/workdays?month={year}-01"}


def _settled(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    return {**_one_duty(db, lang, unit_ids, base, now), "answer": name_of("swap_news", "taken", lang)}


def _waiting_swap(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    swap = _swap(db, lang, unit_ids, base, now)
    told = {"asker": swap["other"], "other": swap["person"], "wanted": swap["wanted"], "note": ""}
    return {**_one_duty(db, lang, unit_ids, base, now), **told, "link": f"{base}/swaps"}


def _calendar(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    return {"problem": sentence(Problem("calendar_unreachable"), lang), "link": f"{base}/me/leave"}


def _second(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    unit = one(db, "SELECT name FROM unit WHERE id = :id", id=unit_ids[0]) or {"name": ""}
    facts = {"unit": unit["name"], "month": f"{now:%Y-%m}", "trips": 128}
    told = {"other": _duties(db, unit_ids, now)[0]["person"], "act": what("reopen_month", facts, lang)}
    return {**told, "why": "", "answer": name_of("approval", "approved", lang), "link": f"{base}/approvals"}


def _mailed(db: Database, lang: Lang, unit_ids: list[int], base: str, now: datetime) -> dict[str, str]:
    last = clock.today(now, db.zone).replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    return {
        "report": "各单位人次" if lang == "zh" else "Person-trips by unit", "span": month_text(first, lang),
        "file": f"tallies-{first}-{last}.xlsx", "link": f"{base}/tallies?period={first:%Y-%m}",
    }  # fmt: skip


_BY_KIND: dict[str, Callable[[Database, Lang, list[int], str, datetime], dict[str, str]]] = {
    "reminder": _one_duty,
    "published": _publication,
    "changed": _change,
    "cancelled": _cancellation,
    "swap_asked": _swap,
    "swap_answered": _swap,
    "cover_wanted": _one_duty,
    "swap_settled": _settled,
    "swap_waits": _waiting_swap,
    "open_duty": _open,
    "open_seat": _open,
    "open_missed": _open,
    "leave_asked": _leave,
    "leave": _leave,
    "leave_decided": _leave,
    "leave_calendar": _calendar,
    "second_asked": _second,
    "second_decided": _second,
    "problem_found": _problem,
    "problem_closed": _problem,
    "understaffed": _shifts,
    "silent": _silent,
    "unconfirmed": _unconfirmed,
    "quota_risk": _quota,
    "quota_risks": _quota,
    "digest": _digest,
    "monthly": _month,
    "calendar_missing": _year,
    "mailed_tally": _mailed,
    "mailed_tally_ended": _mailed,
}
