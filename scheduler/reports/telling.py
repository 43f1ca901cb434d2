"""Who is told of a problem: whoever follows it up, and, once it is closed, whoever found it. Once each."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler import messages
from scheduler.audit import Actor
from scheduler.database import Database, Row, rows
from scheduler.wording import Lang
from scheduler.wording.messages import DutyFacts

OF_USE = timedelta(days=14)  # a message that could not leave for so long is dropped: the page tells of it all the while

PROBLEM = """
SELECT shift_problem.shift_id, shift_problem.text, shift_problem.follow_up_id, shift_problem.found_by,
       shift_problem.closed_by, shift_problem.outcome, shift.starts_at, shift.ends_at, place.name AS place,
       activity.name_zh AS activity_zh, activity.name_en AS activity_en,
       (
           SELECT person_id FROM audit
           WHERE subject = 'shift_problem' AND subject_id = shift_problem.id AND act = 'find'
           ORDER BY id LIMIT 1
       ) AS finder_id
FROM shift_problem
JOIN shift ON shift.id = shift_problem.shift_id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
WHERE shift_problem.id = :id
"""


def tell_found(db: Database, problem_id: int, *, base_url: str, by: Actor, now: datetime) -> int:
    """Tell who follows a problem up, unless they noted it themselves."""
    found = _problem(db, problem_id)
    to = {found["follow_up_id"]} - {by.person_id}
    told = {"other": found["found_by"], "finding": found["text"], "link": f"{base_url}/problems?mine=1"}
    return _tell(db, "problem_found", problem_id, found, to, told, base_url=base_url, now=now)


def tell_closed(db: Database, problem_id: int, *, base_url: str, by: Actor, now: datetime) -> int:
    """Tell who found a problem and who follows it up what became of it, but not who closed it."""
    found = _problem(db, problem_id)
    told = {"other": found["closed_by"], "finding": found["text"], "outcome": found["outcome"]}
    report = {found["finder_id"]: f"{base_url}/shifts/{found['shift_id']}/report"}  # they stood it, or coordinate it
    links = {found["follow_up_id"]: f"{base_url}/problems?mine=1&state=all"} | report
    return sum(
        _tell(db, "problem_closed", problem_id, found, {person_id}, told | {"link": link}, base_url=base_url, now=now)
        for person_id, link in links.items()
        if person_id not in (by.person_id, None)
    )


def _problem(db: Database, problem_id: int) -> Row:
    return rows(db, PROBLEM, id=problem_id)[0]  # written by the same transaction


def _tell(
    db: Database,
    kind: str,
    problem_id: int,
    found: Row,
    to: set[int],
    told: dict[str, str],
    *,
    base_url: str,
    now: datetime,
) -> int:
    def gaps(lang: Lang) -> dict[str, str]:
        line = messages.line_of(db, found)
        facts = DutyFacts(
            person="", activity=found[f"activity_{lang}"], place=found["place"], starts=line.starts, ends=line.ends,
            address="", contact="", phone="", tasks="", procedure="", link="",
        )  # fmt: skip
        return facts.gaps(lang) | told

    receivers = [messages.receiver(db, person_id, now=now) for person_id in sorted(to)]
    return sum(
        messages.queue(
            db, kind, receiver, gaps, key=f"{kind}:{problem_id}:{receiver['person_id']}", base_url=base_url,
            expires_at=now + OF_USE, now=now,
        )
        for receiver in receivers
        if receiver is not None
    )  # fmt: skip
