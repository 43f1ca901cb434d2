"""What the doctor calls fit, worth a look, and unsafe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from scheduler import backups, doctor, outbox
from scheduler.audit import SYSTEM
from scheduler.config import Mail, Settings, Site
from scheduler.database import Database, insert, run, write
from scheduler.jobs import lease
from scheduler.wording.findings import FINDINGS, LEVELS
from tests import borders
from tests.mailbox import free_port


@pytest.fixture
def fit(tmp_path, mail_server) -> Settings:
    """The settings of an installation in real use."""
    tmp_path.chmod(0o700)
    site = Site(base_url="https://duty.branch.example", secret_key="for tests only " * 3)
    return Settings(site=site, mail=mail_server, folder=tmp_path)


@pytest.fixture
def installed(fit, now) -> Database:
    """Its database: founded, backed up, with a beating heart."""
    opened = backups.opened(fit, now=now)
    with write(opened):
        insert(opened, "organisation", id=1, zone="Asia/Shanghai", made_at="2026-02-28T01:00:00Z")
    backups.make(opened, fit, "nightly", now=now)
    lease.take(opened, "worker", now=now)
    for path in fit.folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    yield opened
    opened.close()


def codes(settings: Settings, now) -> dict[str, str]:
    return {finding.code: finding.level for finding in doctor.examine(settings, now=now)}


def test_an_installation_in_good_order_is_fit(fit, installed, now):
    found = codes(fit, now)

    assert set(found.values()) == {"ok"}
    assert {"address_is_safe", "mail", "files", "disk", "backup", "sqlite", "database_is_whole", "zone"} <= set(found)
    assert {"year", "background"} <= set(found)


@pytest.mark.parametrize(
    ("change", "code", "level"),
    [
        ({"site": {"base_url": "http://127.0.0.1:8000"}}, "address_is_local", "warn"),
        ({"site": {"base_url": "http://duty.branch.example"}}, "address_is_plain", "fail"),
        ({"site": {"behind_proxy": False}}, "front_is_not_heard", "warn"),
        ({"site": {"base_url": "http://127.0.0.1:8000", "behind_proxy": True}}, "front_is_believed", "warn"),
        ({"site": {"hosts": (".branch.example",)}}, "hosts_are_wide", "warn"),
        ({"site": {"hosts": (".example",)}}, "hosts_are_wide", "fail"),
        ({"site": {"hosts": ("https://duty.example/",)}}, "hosts_are_none", "warn"),
        ({"site": {"secret_key": "generated at first start" * 2}}, "secret_is_weak", "fail"),
        ({"site": {"secret_key": "x" * 40}}, "secret_is_weak", "fail"),
        ({"site": {"zone": "Europe/Berlin"}}, "zone_differs", "fail"),
        ({"mail": {"host": ""}}, "mail_not_set", "warn"),
        ({"mail": {"port": 0}}, "mail_not_reached", "fail"),
        ({"mail": {"sender": "duty@localhost"}}, "mail_sender_is_local", "warn"),
    ],
)
def test_what_is_not_set_well_is_named(fit, installed, now, change, code, level):
    if change.get("mail", {}).get("port") == 0:
        change = {"mail": {"port": free_port()}}
    for section, fields in change.items():
        fit = fit.model_copy(update={section: getattr(fit, section).model_copy(update=fields)})

    assert codes(fit, now)[code] == level


def test_a_password_that_travels_in_the_clear_is_unsafe(fit, installed, now):
    mail = Mail(host="mail.branch.invalid", user="duty", password="for tests", security="none", sender="duty@b.example")
    found = codes(fit.model_copy(update={"mail": mail}), now)

    assert (found["mail_is_plain"], found["mail_not_reached"]) == ("fail", "fail")


def test_a_file_that_others_can_read_is_unsafe_and_named(fit, installed, now):
    (fit.folder / "settings.toml").touch(mode=0o600)
    assert codes(fit, now)["files"] == "ok"
    (fit.folder / "settings.toml").chmod(0o640)

    (found,) = (finding for finding in doctor.examine(fit, now=now) if finding.code == "files_are_open")

    assert (found.level, found.facts) == ("fail", {"files": "settings.toml"})


@pytest.mark.parametrize(("hours", "told"), [(47, ("backup", "ok")), (49, ("backup_is_old", "fail"))])
def test_a_backup_older_than_two_nights_is_unsafe(fit, installed, now, hours, told):
    found = codes(fit, now + timedelta(hours=hours))

    assert (told[0], found[told[0]]) == told


def test_a_silent_background_process_is_unsafe(fit, installed, now):
    assert codes(fit, now + timedelta(minutes=3))["background_is_silent"] == "fail"


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (timedelta(minutes=-4), ("clock", "ok")),
        (timedelta(minutes=-6), ("clock_is_behind", "fail")),
        (timedelta(days=-400), ("clock_is_early", "fail")),
    ],
)
def test_a_clock_that_cannot_be_right_is_unsafe(fit, installed, now, by, told):
    assert codes(fit, now + by)[told[0]] == told[1]


HOLD = """
import os, signal, sys
from sqlite_utils.utils import sqlite3
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
held.execute("COMMIT")
sys.stdin.read()
"""


def test_who_is_stopped_in_the_middle_of_a_write_is_named_and_let_go_on(fit, installed, now, monkeypatch):
    monkeypatch.setattr(doctor, "PATIENCE", 0.2)
    command = [sys.executable, "-c", HOLD, str(fit.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as foreign:
        assert foreign.stdout.readline() == b"held\n"
        os.waitpid(foreign.pid, os.WUNTRACED)
        found = {finding.code: finding for finding in doctor.examine(fit, now=now)}
        told = doctor.house(installed, fit, now=now)["stopped"]
        os.kill(foreign.pid, signal.SIGCONT)
        assert (found["database_is_held"].level, told) == ("fail", [foreign.pid])
        assert found["database_is_held"].facts == {"pids": f"{foreign.pid} (stopped)"}
        foreign.stdin.close()

    assert codes(fit, now)["database_is_free"] == "ok"
    assert doctor.writers(fit) == []


def test_paused_sending_is_worth_a_look(fit, installed, now):
    outbox.pause(installed, by=SYSTEM, now=now)

    assert codes(fit, now)["sending_is_paused"] == "warn"


def test_next_years_holidays_are_missed_from_december_on(fit, installed, now):
    autumn, december = now.replace(year=2030, month=11), now.replace(year=2030, month=12)

    assert [finding.facts for finding in doctor.examine(fit, now=autumn) if finding.code == "year_not_known"] == [
        {"year": 2030}
    ]
    assert [finding.facts["year"] for finding in doctor.examine(fit, now=december) if "year" in finding.facts] == [
        2030,
        2031,
    ]


def test_an_altered_ledger_and_a_missing_database_are_told_and_the_rest_is_looked_at_all_the_same(fit, installed, now):
    run(installed, "DROP TABLE lease")
    assert codes(fit, now)["database_not_read"] == "fail"
    installed.close()
    for path in fit.folder.glob("lunzhi.sqlite3*"):
        path.unlink()

    found = codes(fit, now)

    assert (found["database_not_read"], found["backup"]) == ("fail", "ok")


def test_every_finding_is_a_sentence_in_both_languages(fit, installed, now):
    assert borders.one_sided(FINDINGS) == []
    assert borders.one_sided(LEVELS) == []
    for finding in doctor.examine(fit, now=now):
        assert finding.text("en").startswith("OK    ")
        assert finding.text("zh").startswith("正常  ")
