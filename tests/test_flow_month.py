"""One month walked on a real database: from a list of people to person-trips in the ledger.

The walk is made once; each test then states one fact about what it left behind.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

import icalendar
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from python_calamine import CalamineWorkbook

from scheduler import (
    assignments,
    attendance,
    clock,
    config,
    database,
    duties,
    exports,
    feeds,
    imports,
    jobs,
    ledger,
    people,
    places,
    reminders,
    rosters,
    tallies,
    wording,
)
from scheduler.audit import SYSTEM
from scheduler.database import Database, Row, one, rows, value
from scheduler.errors import Conflict
from tests.builders import MARCH
from tests.conftest import SHANGHAI
from tests.running import free_port

BEFORE = clock.instant(date(2026, 2, 20), time(9), SHANGHAI)
SATURDAY = date(2026, 3, 7)
WHOLE = {"first": MARCH[0], "last": MARCH[1]}
PEOPLE = """工号,姓名,单位,职务,党员,邮箱
0001,何远山,巴中市分行,一把手,是,h1@branch.example
0011,江雪,办公室,员工,是,h11@branch.example
0012,湖月,办公室,员工,是,h12@branch.example
0013,河清,办公室,员工,是,h13@branch.example
0014,海晏,办公室,员工,否,h14@branch.example
0015,池鱼,办公室,员工,否,h15@branch.example
0016,溪云,办公室,员工,否,
"""


@dataclass
class Mailbox:
    """A mail server's other end: whatever was handed in."""

    letters: list[Message] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a letter."""
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content))
        return "250 OK"


@dataclass
class Walked:
    """What the month left behind, and what was seen on the way."""

    db: Database
    roster: int
    read: list[Row]
    conflict: Conflict
    feed: bytes
    subscriber: int
    letters: list[Message]
    letters_again: int
    absent: Row
    corrected: Row


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    mailbox = Mailbox()
    post = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    post.start()
    try:
        yield walk(tmp_path_factory.mktemp("month"), post.port, mailbox)
    finally:
        post.stop()


def walk(folder: Path, smtp_port: int, mailbox: Mailbox) -> Walked:
    """The month as its people live it; every step through the function that a page or job calls."""
    config.prepare(folder)
    path = folder / "settings.toml"
    set_up = path.read_text(encoding="utf-8").replace('host = ""', 'host = "127.0.0.1"')
    path.write_text(set_up.replace("port = 25", f"port = {smtp_port}"), encoding="utf-8")
    settings = config.load(folder)
    db = database.of(settings)

    branch = people.add_unit(db, name="巴中市分行", kind="branch", by=SYSTEM, now=BEFORE)
    people.add_unit(db, name="办公室", kind="department", parent_id=branch, by=SYSTEM, now=BEFORE)
    read, problems = imports.read_people(db, PEOPLE.encode("gbk"), "people.csv", within=branch, now=BEFORE)
    assert problems == []
    imports.store_people(db, read, by=SYSTEM, now=BEFORE)
    ask_for_duties(db, branch)

    roster = rosters.draft(db, unit_id=branch, starts_on=MARCH[0], ends_on=MARCH[1], by=SYSTEM, now=BEFORE)
    rosters.ask_fill(db, roster, by=SYSTEM, now=BEFORE)
    jobs.run_once(db, settings, "fill", now=BEFORE)
    conflict = adjust_by_hand(db, roster)
    rosters.publish(db, roster, by=SYSTEM, now=BEFORE)

    subscriber = value(db, "SELECT id FROM person WHERE staff_no = '0011'")
    token = feeds.subscribe(
        db,
        owner_id=subscriber,
        of=feeds.Shown("person", subscriber),
        lang="zh",
        base_url=settings.site.base_url,
        by=SYSTEM,
        now=BEFORE,
    )
    served = feeds.fetch(db, token, gzipped=False, now=BEFORE)
    assert served is not None
    assert served.body is not None

    the_day_before = clock.instant(date(2026, 3, 1), time(17, 1), SHANGHAI)
    for job in ("remind", "send"):
        jobs.run_once(db, settings, job, now=the_day_before)
    letters = list(mailbox.letters)
    for job in ("remind", "send"):
        jobs.run_once(db, settings, job, now=the_day_before + timedelta(minutes=5))

    absent = confirm_first_shift(db)
    after = clock.instant(MARCH[1] + timedelta(days=3), time(9), SHANGHAI)
    jobs.run_once(db, settings, "close", now=after)
    corrected = correct_one(db, after)
    rosters.close(db, roster, by=SYSTEM, now=after)
    return Walked(
        db,
        roster,
        read,
        conflict,
        served.body,
        subscriber,
        letters,
        len(mailbox.letters) - len(letters),
        absent,
        corrected,
    )


def ask_for_duties(db: Database, branch: int) -> None:
    outlet = places.add(db, name="江北支行", kind="outlet", unit_id=branch, by=SYSTEM, now=BEFORE)
    community = places.add(db, name="东风路社区", kind="community", unit_id=branch, by=SYSTEM, now=BEFORE)
    places.sponsor(
        db, community, unit_id=branch, starts_on=date(2026, 1, 1), procedure="先到社区签到", by=SYSTEM, now=BEFORE
    )
    school = places.add(db, name="城北小学", kind="school", unit_id=branch, by=SYSTEM, now=BEFORE)
    duties.add_template(
        db, unit_id=branch, name="进校园宣传", activity="publicity", places=[school], days="every", starts=time(10),
        ends=time(12), roles=["staff"], valid_from=SATURDAY, valid_to=SATURDAY, by=SYSTEM, now=BEFORE,
    )  # fmt: skip
    duties.add_template(
        db, unit_id=branch, name="厅堂服务", activity="lobby", places=[outlet], days="workday", starts=time(8, 30),
        ends=time(17), party=True, roles=["staff"], valid_from=date(2026, 1, 1), by=SYSTEM, now=BEFORE,
    )  # fmt: skip
    duties.add_template(
        db, unit_id=branch, name="社区值班", activity="community", places=[community], days="weekdays", weekdays=[5],
        starts=time(9), ends=time(11, 30), headcount=2, roles=["staff"], valid_from=date(2026, 1, 1),
        by=SYSTEM, now=BEFORE,
    )  # fmt: skip


def adjust_by_hand(db: Database, roster: int) -> Conflict:
    """The school's morning changes hands; one who stands at the community at that time is refused first."""
    at = {
        row["kind"]: row
        for row in rows(
            db,
            """
            SELECT place.kind, shift.id AS shift_id, assignment.id AS assignment_id, assignment.person_id
            FROM shift
            JOIN place ON place.id = shift.place_id
            JOIN assignment ON assignment.shift_id = shift.id
            WHERE shift.roster_id = :roster AND shift.day = :day
            """,
            roster=roster,
            day=SATURDAY.isoformat(),
        )
    }
    assignments.release(db, at["school"]["assignment_id"], by=SYSTEM, now=BEFORE)
    with pytest.raises(Conflict) as refused:
        assignments.seat(db, at["school"]["shift_id"], at["community"]["person_id"], by=SYSTEM, now=BEFORE)
    able = [row["person_id"] for row in rosters.candidates(db, at["school"]["shift_id"], 1).able]
    other = next(person_id for person_id in able if person_id != at["school"]["person_id"])
    assignments.seat(db, at["school"]["shift_id"], other, by=SYSTEM, now=BEFORE)
    return refused.value


def confirm_first_shift(db: Database) -> Row:
    """The first Saturday's roll call, with one of the two absent."""
    shift = one(db, "SELECT id, ends_at FROM shift WHERE day = '2026-03-07' AND headcount = 2")
    assert shift is not None
    absent = attendance.sheet(db, shift["id"])[0]
    attendance.confirm(
        db, shift["id"], absent={absent["assignment_id"]: "临时出差"}, by=SYSTEM, now=clock.from_text(shift["ends_at"])
    )
    return absent


def correct_one(db: Database, now: datetime) -> Row:
    """Somebody who was entered as present was not there."""
    entry = one(db, "SELECT id, assignment_id, person_id, minutes FROM ledger WHERE source = 'default' ORDER BY id")
    assert entry is not None
    attendance.mark_absent(db, entry["assignment_id"], reason="核对签到表", by=SYSTEM, now=now)
    return entry


def counted(entries: list[Row], key: str) -> dict[object, dict[str, int]]:
    """The tally as one would make it by hand: by going through the ledger's entries one by one."""
    net: dict[tuple, int] = Counter()
    minutes: dict[object, int] = Counter()
    for entry in entries:
        net[entry[key], entry["shift"], entry["person_id"]] += entry["trips"]
        minutes[entry[key]] += entry["trips"] * entry["minutes"]
    standing = [at for at, trips in net.items() if trips]
    by_key: dict[object, list[tuple]] = defaultdict(list)
    for at in standing:
        by_key[at[0]].append(at)
    return {
        name: {
            "trips": len(made),
            "people": len({person for _, _, person in made}),
            "sessions": len({shift for _, shift, _ in made}),
            "minutes": minutes[name],
        }
        for name, made in by_key.items()
    }


def test_the_list_is_read_with_its_zeros_and_its_chinese(month: Walked):
    assert [(row["staff_no"], row["name"]) for row in month.read][:2] == [("0001", "何远山"), ("0011", "江雪")]


def test_every_slot_of_the_month_was_filled(month: Walked):
    roster = rosters.roster(month.db, month.roster)

    # 20 workdays at the outlet, 2 people on each of 4 Saturdays, one morning at the school
    assert (roster["slots"], roster["filled"]) == (29, 29)


def test_who_stands_elsewhere_at_the_time_was_refused_and_the_other_duty_named(month: Walked):
    assert month.conflict.code == "double_booking"
    assert "东风路社区" in wording.sentences(month.conflict, "zh")[0]


def test_the_feed_holds_the_subscribers_published_duties(month: Walked):
    calendar = icalendar.Calendar.from_ical(month.feed)
    starts = sorted(event.decoded("DTSTART") for event in calendar.walk("VEVENT"))

    held = rows(
        month.db,
        "SELECT starts_at FROM assignment WHERE person_id = :id AND state <> 'released' ORDER BY starts_at",
        id=month.subscriber,
    )
    assert starts == [clock.from_text(row["starts_at"]) for row in held]


def test_on_the_eve_exactly_those_of_the_next_three_days_are_written_to_each_of_each_duty_once(month: Walked):
    """Those of the next day by the ladder's second rung, whose first it overtook; the others by their first."""
    reminded = rows(
        month.db,
        """
        SELECT person.email, shift.day, place.name
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        JOIN person ON person.id = assignment.person_id
        JOIN place ON place.id = shift.place_id
        WHERE shift.day BETWEEN '2026-03-02' AND '2026-03-04' AND person.email <> ''
        """,
    )

    told = sorted((letter["To"], str(make_header(decode_header(letter["Subject"])))) for letter in month.letters)
    days = {"2026-03-02": "3月2日 周一", "2026-03-03": "3月3日 周二", "2026-03-04": "3月4日 周三"}
    assert told == sorted((row["email"], f"值班提醒：{days[row['day']]} 08:30–17:00 {row['name']}") for row in reminded)
    assert {row["day"] for row in reminded} == days.keys()
    assert month.letters_again == 0


def test_a_letter_is_recorded_under_the_id_that_it_bears(month: Walked):
    recorded = [row for row in reminders.dump(month.db) if row["sent_at"]]

    assert {row["message_id"] for row in recorded} == {letter["Message-ID"] for letter in month.letters}


def test_the_absent_made_no_trip(month: Walked):
    entries = rows(month.db, "SELECT id FROM ledger WHERE assignment_id = :id", id=month.absent["assignment_id"])

    assert entries == []


def test_the_corrected_trip_stands_beside_its_correction_and_counts_nothing(month: Walked):
    entries = rows(
        month.db,
        "SELECT trips, reason FROM ledger WHERE assignment_id = :id ORDER BY id",
        id=month.corrected["assignment_id"],
    )

    assert entries == [{"trips": 1, "reason": ""}, {"trips": -1, "reason": "核对签到表"}]


def test_everybody_who_stood_is_in_the_ledger_once(month: Walked):
    stood = value(month.db, "SELECT COUNT(*) FROM assignment WHERE state = 'present'")

    # 29 slots, one absent, one corrected
    assert stood == value(month.db, "SELECT SUM(trips) FROM ledger") == 27
    assert ledger.verify(month.db) is None


@pytest.mark.parametrize(
    ("by_what", "key"),
    [("person", "person_id"), ("unit", "unit_id"), ("place", "place_id"), ("activity", "activity"), ("month", "month")],
)
def test_the_tally_is_the_ledger_counted_row_by_row(month: Walked, by_what: str, key: str):
    entries = [{**entry, "month": entry["day"][:7]} for entry in ledger.dump(month.db)]

    tally = tallies.tally(month.db, by_what, **WHOLE)

    assert {
        row["key"]: {name: row[name] for name in ("trips", "people", "sessions", "minutes")} for row in tally
    } == counted(entries, key)


def test_each_figure_opens_into_the_trips_that_it_is_made_of(month: Walked):
    for row in tallies.tally(month.db, "person", **WHOLE):
        opened = tallies.trips(month.db, person_id=row["key"], **WHOLE)

        assert sum(trip["trips"] for trip in opened) == row["trips"]


def test_csv_and_workbook_hold_the_same_figures_as_the_page(month: Walked):
    shown = [(row["label"], row["trips"]) for row in tallies.tally(month.db, "place", **WHOLE)]
    total = ("合计", sum(trips for _, trips in shown))

    question = tallies.Question(**WHOLE, rows=("place",))
    sheet = exports.tallies_csv(month.db, question, lang="zh", now=BEFORE).decode("utf-8-sig")
    book = exports.tallies_workbook(month.db, question, lang="zh", by=SYSTEM, now=BEFORE)

    assert figures(list(csv.reader(io.StringIO(sheet)))) == [*shown, total]
    assert figures(CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()) == [
        *shown,
        total,
    ]


def figures(table: list[list]) -> list[tuple[str, int]]:
    """Label and person-trips of each line below the head."""
    at = table[0].index("人次")
    return [(line[0], int(line[at])) for line in table[1:]]


def test_the_month_is_archived(month: Walked):
    assert rosters.roster(month.db, month.roster)["state"] == "closed"
