"""The command line: what a stranger may rely on."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from scheduler import accounts, attendance, config, database, feeds, jobs, people
from scheduler.__main__ import main
from scheduler.audit import SYSTEM
from scheduler.database import Database, rows, run, value
from tests import builders

NOW = datetime(2026, 2, 28, 1, 0, tzinfo=UTC)


class Told(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str


Tell = Callable[..., Told]


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tell:
    """Give a command to an installation of its own."""
    monkeypatch.setenv("DUTY_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.delenv("PORT", raising=False)

    def given(*command: object) -> Told:
        try:
            status = main([str(word) for word in command])
        except SystemExit as left:
            status = int(left.code or 0)
        printed = capsys.readouterr()
        return Told(status, printed.out, printed.err)

    return given


@pytest.fixture
def installed(tell: Tell) -> Database:
    """A founded installation with the small town and its March published, two shifts of it confirmed."""
    tell("init", "--name", "总行", "--staff-no", "9999")
    settings = config.load(config.instance_folder())
    db = database.of(settings)
    town = builders.town(db, NOW)
    builders.published(db, town, NOW)
    later = NOW + timedelta(days=4)
    for shift in rows(db, "SELECT id FROM shift WHERE day IN ('2026-03-02', '2026-03-03') ORDER BY id"):
        attendance.confirm(db, shift["id"], absent={}, by=SYSTEM, now=later)
    base_url = settings.site.base_url
    feeds.subscribe(
        db, owner_id=town.lan, of=feeds.Shown("person", town.lan), lang="zh", base_url=base_url, by=SYSTEM, now=NOW
    )
    return db


def lines(told: Told) -> list[dict]:
    return [json.loads(line) for line in told.out.splitlines()]


def use_english() -> None:
    path = config.instance_folder() / "settings.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('language = "zh"', 'language = "en"'), encoding="utf-8")


def test_init_founds_an_empty_organisation_and_its_link_signs_the_administrator_in(tell: Tell):
    told = tell("init", "--name", "总行", "--staff-no", "007", "--person-name", "何远山")

    db = database.of(config.load(config.instance_folder()))
    token = told.out.splitlines()[-1].rpartition("/")[2]
    secret = accounts.sign_in(db, token, now=datetime.now(UTC))
    person = accounts.signed_in(db, secret, now=datetime.now(UTC))
    assert told.status == 0
    assert person is not None
    assert (person["name"], person["staff_no"], bool(person["is_administrator"])) == ("何远山", "007", True)
    assert not accounts.is_demo(db)


def test_init_refuses_an_installation_that_is_founded(tell: Tell):
    tell("init")

    told = tell("init")

    assert told.status == 1
    assert "已经有机构" in told.err


def test_what_init_makes_is_its_owners_alone(tell: Tell):
    tell("init")

    modes = {stat.S_IMODE(path.stat().st_mode) for path in config.instance_folder().iterdir()}
    assert modes == {0o600}


def test_link_prints_nothing_but_a_link(tell: Tell, installed: Database):
    told = tell("link", "0003")

    assert told.status == 0
    assert told.out.startswith("http://127.0.0.1:8000/signin/")
    assert len(told.out.splitlines()) == 1


def test_link_for_a_number_that_nobody_has_is_refused_in_words_of_the_language(tell: Tell, installed: Database):
    use_english()

    told = tell("link", "0099")

    assert told == Told(1, "", "Nobody has the staff number 0099.\n")


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["sing"],
        ["link"],
        ["run", "everything"],
        ["dump", "passwords", "--json"],
        ["dump", "ledger"],
        ["export", "tallies", "-o", "tallies.pdf"],
        ["export", "tallies", "-o", "tallies.txt"],
        ["export", "briefing", "-o", "briefing.csv"],
        ["export", "tallies", "--from", "yesterday", "-o", "tallies.csv"],
        ["import", "dreams", "list.csv"],
        ["solve", "problem.json"],
        ["dump", "ledger", "--json", "--with-addresses"],
        ["export", "tallies", "--from", "2026-03-02", "--to", "2026-03-01", "-o", "tallies.csv"],
        ["init", "--name", " "],
        ["init", "--person-name", ""],
    ],
)
def test_wrong_use_leaves_with_2(tell: Tell, command: list[str]):
    told = tell(*command)

    assert told.status == 2
    assert told.err.startswith("usage:")


def test_run_takes_one_turn_of_a_job(tell: Tell, installed: Database):
    told = tell("run", "feeds")

    assert told.status == 0
    assert value(installed, "SELECT COUNT(*) FROM job_run WHERE job = 'feeds'") == 1


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["init", "--staff-no", ""], "--staff-no 不能为空 · --staff-no may not be empty"),
        (["dump", "ledger", "--json", "--with-addresses"], "--with-addresses is for feeds only"),
        (["export", "tallies", "--from", "2026-03-02", "--to", "2026-03-01", "-o", "x.csv"], "--from is after --to"),
    ],
)
def test_what_is_wrong_is_named(tell: Tell, command: list[str], told: str):
    assert tell(*command).err.endswith(f"{told}\n")
    assert not (config.instance_folder() / "lunzhi.sqlite3").exists()


def test_run_without_a_name_lists_the_jobs(tell: Tell):
    listed = tell("run")
    use_english()

    assert listed.status == 0
    assert [line.split()[0] for line in listed.out.splitlines()] == list(jobs.NAMES)
    assert "send            5 s  Send messages" in tell("run").out


def test_a_ledger_line_has_the_names_that_are_promised(tell: Tell, installed: Database):
    told = lines(tell("dump", "ledger", "--json"))

    promised = {
        "entry",
        "assignment",
        "person",
        "staff_no",
        "unit",
        "place",
        "place_kind",
        "activity",
        "day",
        "minutes",
    }
    assert len(told) == value(installed, "SELECT COUNT(*) FROM ledger") == 2
    assert promised | {"trips", "role", "party", "source"} <= told[0].keys()
    assert (told[0]["trips"], told[0]["place_kind"], told[0]["activity"]) == (1, "outlet", "lobby")


def test_an_assignment_line_has_the_names_that_are_promised(tell: Tell, installed: Database):
    told = lines(tell("dump", "assignments", "--json"))

    promised = {"assignment", "shift", "person", "place", "place_kind", "starts_at", "ends_at", "state"}
    assert len(told) == value(installed, "SELECT COUNT(*) FROM assignment")
    assert promised <= told[0].keys()
    assert (told[0]["starts_at"], told[0]["state"]) == ("2026-03-02T00:30:00Z", "present")


def test_a_reminder_line_has_the_names_that_are_promised(tell: Tell, installed: Database):
    told = lines(tell("dump", "reminders", "--json"))

    promised = {"reminder", "assignment", "channel", "due_at", "state", "attempts", "sent_at", "message_id"}
    assert len(told) == value(installed, "SELECT COUNT(*) FROM reminder")
    assert promised <= told[0].keys()


def test_a_feeds_address_is_told_only_when_asked_and_is_a_fresh_one(tell: Tell, installed: Database):
    (plain,) = lines(tell("dump", "feeds", "--json"))
    (first,) = lines(tell("dump", "feeds", "--json", "--with-addresses"))
    (second,) = lines(tell("dump", "feeds", "--json", "--with-addresses"))

    assert (plain["scope"], plain["owner"]) == ("person", "兰草")
    assert "address" not in plain
    assert first["address"].startswith("http://127.0.0.1:8000/calendar/")
    assert first["address"] != second["address"]


def test_verify_tells_a_ledger_that_is_whole(tell: Tell, installed: Database):
    told = tell("verify")

    assert told.status == 0
    assert "2 条" in told.out


def test_verify_names_a_total_that_is_not_the_ledgers(tell: Tell, installed: Database):
    assert "汇总与台账一致" in tell("verify").out

    run(installed, "DELETE FROM total_of_unit WHERE period = '2019'")
    run(installed, "INSERT INTO total_of_unit VALUES (1, 0, '2019', 1, 480, 0, 1, 1)")

    told = tell("verify")
    assert told.status == 1
    assert "total_of_unit 1/0/2019" in told.out


def test_verify_names_the_entry_that_somebody_altered(tell: Tell, installed: Database):
    run(installed, "DROP TRIGGER ledger_is_never_altered")
    run(installed, "UPDATE ledger SET minutes = minutes + 60 WHERE id = 2")

    told = tell("verify")

    assert told.status == 1
    assert "第 2 条" in told.err


def test_a_printed_head_is_found_in_the_chain_or_refused(tell: Tell, installed: Database):
    printed = value(installed, "SELECT hash FROM ledger WHERE id = 1")

    told, strange = tell("verify", "--head", printed.upper()), tell("verify", "--head", "f" * 64)

    assert (told.status, strange.status) == (0, 1)
    assert "第 1 条的，记于 2026-" in told.out
    assert "之后又有 1 条" in told.out
    assert "链中没有这个哈希" in strange.out


def test_people_are_imported_all_or_none(tell: Tell, installed: Database, tmp_path: Path):
    listed = tmp_path / "people.csv"
    listed.write_text("工号,姓名,单位\n0101,江雪,办公室\n0102,湖月,没有的部门\n", encoding="utf-8-sig")

    told = tell("import", "people", listed)

    assert told.status == 1
    assert "第 3 行" in told.out
    assert people.by_staff_no(installed, ["0101", "0102"]) == {}


def test_what_is_wrong_with_a_whole_file_is_said_without_a_row(tell: Tell, installed: Database, tmp_path: Path):
    listed = tmp_path / "people.csv"
    listed.write_bytes(b"")

    told = tell("import", "people", listed)

    assert told.status == 2
    assert told.out.splitlines()[0] == "文件是空的。"


def test_a_dry_run_counts_and_stores_nothing(tell: Tell, installed: Database, tmp_path: Path):
    listed = tmp_path / "people.csv"
    listed.write_bytes("工号,姓名,单位\n0101,江雪,办公室\n".encode("gbk"))

    tried = tell("import", "people", listed, "--dry-run")
    known = people.by_staff_no(installed, ["0101"])
    done = tell("import", "people", listed)

    assert (tried.status, done.status) == (0, 0)
    assert "新增 1" in tried.out
    assert known == {}
    assert people.by_staff_no(installed, ["0101"])["0101"]["name"] == "江雪"


def test_a_file_that_is_not_there_is_said(tell: Tell, installed: Database):
    told = tell("import", "people", "nowhere.csv")

    assert told.status == 1
    assert "nowhere.csv" in told.err


def test_tallies_are_exported_as_csv_and_workbook(tell: Tell, installed: Database, tmp_path: Path):
    sheet, book = tmp_path / "tallies.csv", tmp_path / "tallies.xlsx"

    assert tell("export", "tallies", "--by", "place", "--from", "2026-03-01", "-o", sheet).status == 0
    assert tell("export", "tallies", "--unit", "巴中市分行", "-o", book).status == 0

    assert sheet.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "江北支行" in sheet.read_text(encoding="utf-8-sig")
    assert book.read_bytes().startswith(b"PK")


def test_a_briefing_is_exported_in_either_language(tell: Tell, installed: Database, tmp_path: Path):
    chinese, english = tmp_path / "zh.txt", tmp_path / "en.txt"

    assert tell("export", "briefing", "--period", "2020Q4", "--unit", "巴中市分行", "-o", chinese).status == 0
    assert tell("export", "briefing", "--period", "2020Q4", "--lang", "en", "-o", english).status == 0
    refused = tell("export", "briefing", "--period", "2020Q5", "-o", tmp_path / "none.txt")

    assert "2020年四季度，巴中市分行台账上没有人次。" in chinese.read_text(encoding="utf-8")
    assert "In Q4 2020, all units: no person-trips in the ledger." in english.read_text(encoding="utf-8")
    assert (refused.status, "2020Q5" in refused.err, (tmp_path / "none.txt").exists()) == (1, True, False)


def test_a_unit_that_is_not_there_is_said(tell: Tell, installed: Database, tmp_path: Path):
    told = tell("export", "tallies", "--unit", "月球分行", "-o", tmp_path / "tallies.csv")

    assert told.status == 1
    assert "月球分行" in told.err
    assert not (tmp_path / "tallies.csv").exists()


def test_solve_needs_no_installation_and_writes_a_roster(tell: Tell, tmp_path: Path):
    problem, roster = tmp_path / "problem.json", tmp_path / "roster.json"
    problem.write_text(json.dumps(one_duty()), encoding="utf-8")

    told = tell("solve", problem, "-o", roster)

    assert told.status == 0
    assert json.loads(roster.read_text(encoding="utf-8"))["assignments"] == [
        {"duty": "D1", "position": "lead", "staff": "S1"}
    ]
    assert not config.instance_folder().exists()


def test_solve_names_what_is_wrong_with_a_problem(tell: Tell, tmp_path: Path):
    problem, roster = tmp_path / "problem.json", tmp_path / "roster.json"
    problem.write_text(json.dumps(one_duty() | {"period": {"start": "soon", "days": 1}}), encoding="utf-8")

    told = tell("solve", problem, "-o", roster)

    assert told.status == 2
    assert "period.start" in told.err
    assert not roster.exists()


def one_duty() -> dict:
    return {
        "format": "roster-instance/1",
        "period": {"start": "2026-03-02", "days": 1},
        "calendar": [{"date": "2026-03-02", "type": "workday"}],
        "units": [{"id": "U1", "region": "R1", "x": 0, "y": 0}],
        "places": [{"id": "P1", "kind": "outlet", "region": "R1", "x": 0, "y": 0}],
        "travel": [["U1", "P1", 10]],
        "duties": [
            {
                "id": "D1", "place": "P1", "kind": "outlet", "weight": 1,
                "start": "2026-03-02T08:30", "end": "2026-03-02T17:00",
                "positions": [
                    {"id": "lead", "count": 1, "requires": {"party": True, "roles": [], "skills": [], "units": []}}
                ],
            }
        ],
        "staff": [
            {
                "id": "S1", "unit": "U1", "role": "staff", "party": True, "skills": [], "fte": 1.0, "max_per_week": 3,
                "max_per_period": None, "history": {"trips": 0, "restday_trips": 0, "avail_days": 0}, "target_trips": 1,
            }
        ],
        "leave": [], "carry_in": [], "quotas": [], "preferences": [], "pinned": [], "previous": None,
        "rules": {"min_rest_minutes": 600},
        "weights": {
            "uncovered": 1000, "quota": 200, "fairness": 10, "avoid": 6, "want": 4, "travel_minute": 0.1, "change": 15
        },
    }  # fmt: skip


def test_a_backup_is_made_restored_and_verified(tell: Tell, installed: Database, tmp_path: Path):
    made = tell("backup", tmp_path / "evening.sqlite3")
    run(installed, "UPDATE person SET name = '错改'")
    installed.close()

    restored = tell("restore", tmp_path / "evening.sqlite3")

    assert (made.status, restored.status) == (0, 0)
    assert "evening.sqlite3" in made.out
    again = database.of(config.load(config.instance_folder()))
    assert value(again, "SELECT COUNT(*) FROM person WHERE name = '错改'") == 0
    again.close()
    assert tell("verify").status == 0


def test_a_new_folder_has_no_second_person_to_ask(tell: Tell, installed: Database, tmp_path: Path, monkeypatch):
    tell("backup", tmp_path / "evening.sqlite3")
    installed.close()
    monkeypatch.setenv("DUTY_INSTANCE", str(tmp_path / "elsewhere"))

    restored = tell("restore", tmp_path / "evening.sqlite3")

    assert (restored.status, restored.out.splitlines()[0].partition("：")[0]) == (0, "已核对并恢复")
    assert tell("verify").status == 0


def test_without_a_name_a_backup_is_put_among_the_others(tell: Tell, installed: Database):
    tell("backup")

    (made,) = (config.instance_folder() / "backups").glob("*.sqlite3")
    assert made.name.endswith("-hand.sqlite3")


def test_a_backup_that_there_is_not_is_told(tell: Tell, installed: Database):
    told = tell("restore", "nowhere.sqlite3")

    assert told == Told(1, "", "没有备份文件 nowhere.sqlite3。\n")


def test_the_doctor_says_a_line_a_finding_and_leaves_with_1_where_anything_is_unsafe(tell: Tell, installed: Database):
    use_english()
    told = tell("doctor")

    assert told.status == 1
    assert {line[:4] for line in told.out.splitlines()} == {"OK  ", "WARN", "FAIL"}
    assert "FAIL  The background process is not running" in told.out


def test_a_database_that_is_gone_is_not_made_again(tell: Tell, installed: Database):
    installed.close()
    for path in config.instance_folder().glob("lunzhi.sqlite3*"):
        path.unlink()

    told = tell("link", "0003")

    assert told.status == 1
    assert "lunzhi.sqlite3 不见了" in told.err
    assert not (config.instance_folder() / "lunzhi.sqlite3").exists()
