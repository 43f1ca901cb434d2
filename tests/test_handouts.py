"""Large exports: made in the background, whole or not at all, for who asked and still may."""

from __future__ import annotations

import io
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from python_calamine import CalamineWorkbook

from scheduler import accounts, clock, exports, handouts, jobs, limits
from scheduler.audit import SYSTEM
from scheduler.database import IntegrityError, one, rows, run, value, write
from scheduler.errors import Conflict, Invalid, NotFound, TooMany
from scheduler.handouts import making
from scheduler.jobs import worker
from scheduler.tallies import Question
from tests import builders

YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
MONDAY = date(2026, 3, 2)


@pytest.fixture
def lu(client, db, town, now):
    """吕莉, who coordinates the branch; three trips stand in its ledger."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    builders.held(db, town, MONDAY, [town.party, town.lan])
    builders.held(db, town, MONDAY + timedelta(days=1), [town.party])
    return accounts.actor(db, town.party)


def asked(town, **more):
    return Question(**YEAR, within=town.branch, **more)


def ask(db, town, lu, now, kind="trips.xlsx", **more):
    return handouts.ask(db, asked(town, **more), kind=kind, order="trips", lang="zh", by=lu, now=now)


def held(db, handout_id):
    return one(db, "SELECT * FROM handout WHERE id = :id", id=handout_id)


def in_folder(settings):
    return sorted(path.name for path in (settings.folder / "exports").iterdir())


def sheet(content, name="明细"):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


@pytest.mark.parametrize("kind", handouts.KINDS)
def test_what_is_made_in_the_background_is_what_would_be_answered_at_once(db, town, settings, now, lu, kind):
    made = ask(db, town, lu, now, kind)

    jobs.run_once(db, settings, "exports", now=now)

    path = handouts.file(settings, handouts.handout(db, made, by=lu, now=now))
    cut = asked(town).cut
    if kind == "trips.csv":
        assert path.read_bytes() == exports.trips_csv(db, lang="zh", **cut)
    elif kind == "trips.xlsx":
        assert sheet(path.read_bytes()) == sheet(exports.trips_workbook(db, lang="zh", by=lu, now=now, **cut))
    else:
        at_once = exports.tallies_workbook(db, asked(town), lang="zh", by=lu, now=now)
        assert sheet(path.read_bytes(), "统计") == sheet(at_once, "统计")
        assert sheet(path.read_bytes()) == sheet(at_once)
    found = held(db, made)
    assert (found["state"], found["entries"], found["made"], found["bytes"]) == ("done", 3, 3, path.stat().st_size)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert in_folder(settings) == [found["key"]]


def test_asked_twice_it_is_made_once_and_again_only_when_it_is_done(db, town, settings, now, lu):
    first = ask(db, town, lu, now)

    assert ask(db, town, lu, now) == first
    assert ask(db, town, lu, now, "trips.csv") != first
    jobs.run_once(db, settings, "exports", now=now)
    assert ask(db, town, lu, now) != first


def test_it_is_its_askers_alone_and_only_while_they_may_read_the_unit(db, town, settings, now, lu):
    made = ask(db, town, lu, now)
    handouts.make_one(db, settings, now=now)
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    he = accounts.actor(db, town.head)

    with pytest.raises(NotFound):
        handouts.handout(db, made, by=he, now=now)
    with pytest.raises(NotFound):
        handouts.drop(db, settings, made, by=he, now=now)
    assert handouts.handouts(db, by=he, now=now) == []
    run(
        db,
        "UPDATE access SET ended_at = :at, ended_by = 'x' WHERE person_id = :lu",
        at=clock.to_text(now),
        lu=town.party,
    )
    with pytest.raises(NotFound):
        handouts.handout(db, made, by=lu, now=now)
    assert handouts.handouts(db, by=lu, now=now) == []


def test_who_lost_the_right_meanwhile_gets_no_file(db, town, settings, now, lu):
    made = ask(db, town, lu, now)
    run(db, "UPDATE access SET ended_at = :at, ended_by = 'x'", at=clock.to_text(now))

    handouts.make_one(db, settings, now=now)

    assert (held(db, made)["state"], held(db, made)["refusal"]) == ("failed", "not_found")
    assert not (settings.folder / "exports").exists()


def test_what_is_not_ones_own_to_ask_is_refused(db, town, now, lu):
    county = builders.unit(db, now, "平昌县支行", town.branch)
    accounts.grant(db, town.bo, "unit_head", county, by=SYSTEM, now=now)
    bo = accounts.actor(db, town.bo)

    with pytest.raises(NotFound):
        ask(db, town, bo, now)
    with pytest.raises(Invalid):
        ask(db, town, lu, now, "audit.csv")
    with pytest.raises(Invalid):  # who was absent has no source
        ask(db, town, lu, now, "tallies.xlsx", measures=("no_show",), source="verified")
    with pytest.raises(Invalid):
        handouts.ask(db, Question(**YEAR), kind="trips.csv", order="trips", lang="zh", by=lu, now=now)
    assert value(db, "SELECT COUNT(*) FROM handout") == 0
    assert handouts.ask(db, Question(**YEAR, within=county), kind="trips.csv", order="trips", lang="zh", by=bo, now=now)


def test_three_wait_and_a_fourth_is_refused(db, town, settings, now, lu):
    for month in (1, 2, 3):
        span = replace(asked(town), first=date(2026, month, 1), last=date(2026, month, 20))
        handouts.ask(db, span, kind="trips.csv", order="trips", lang="zh", by=lu, now=now)

    with pytest.raises(Conflict) as refusal:
        ask(db, town, lu, now)

    assert refusal.value.code == "exports_wait"
    handouts.make_one(db, settings, now=now)
    assert ask(db, town, lu, now)


def test_a_second_attempt_voids_the_first_and_no_half_file_gets_the_name(db, town, settings, now, lu, monkeypatch):
    monkeypatch.setattr(making, "TELL_EVERY", 1)
    made, seen = ask(db, town, lu, now), []
    told = making._tell

    def overtaken(telling, row, **counts):
        if counts == {"made": 2}:  # the process that was taken for dead is at its second trip
            handouts.give_back(telling)
            with write(telling):
                run(telling, "UPDATE handout SET state = 'making', attempt = attempt + 1 WHERE id = :id", id=made)
            seen.extend(in_folder(settings))
        told(telling, row, **counts)

    monkeypatch.setattr(making, "_tell", overtaken)
    assert handouts.make_one(db, settings, now=now)

    key = held(db, made)["key"]
    assert seen == [f"{key}.1"]
    assert (held(db, made)["state"], in_folder(settings)) == ("making", [])
    monkeypatch.setattr(making, "_tell", told)
    handouts.give_back(db)
    handouts.make_one(db, settings, now=now)
    assert (held(db, made)["state"], in_folder(settings)) == ("done", [key])


def test_one_that_is_dropped_while_it_is_made_leaves_nothing(db, town, settings, now, lu, monkeypatch):
    monkeypatch.setattr(making, "TELL_EVERY", 1)
    made, told = ask(db, town, lu, now), making._tell

    def dropped(telling, row, **counts):
        if counts == {"made": 2}:
            handouts.drop(telling, settings, made, by=lu, now=now)
        told(telling, row, **counts)

    monkeypatch.setattr(making, "_tell", dropped)
    handouts.make_one(db, settings, now=now)

    assert held(db, made) is None
    assert in_folder(settings) == []
    assert [row["act"] for row in rows(db, "SELECT act FROM audit WHERE subject = 'handout' ORDER BY id")] == [
        "ask_export", "drop",
    ]  # fmt: skip


def test_what_goes_wrong_is_said_and_kept_from_no_other(db, town, settings, now, lu, monkeypatch):
    broken, sound = ask(db, town, lu, now), ask(db, town, lu, now, "trips.csv")

    def full(*_args, **_more):
        raise OSError("no space left")

    monkeypatch.setattr(exports, "put_trips_workbook", full)
    with pytest.raises(OSError, match="no space"):
        handouts.make_one(db, settings, now=now)
    handouts.make_one(db, settings, now=now)

    assert (held(db, broken)["state"], held(db, broken)["refusal"]) == ("failed", "export_failed")
    assert held(db, sound)["state"] == "done"
    assert in_folder(settings) == [held(db, sound)["key"]]
    with pytest.raises(Conflict, match="export_is_gone"):
        handouts.file(settings, held(db, broken))


def test_a_week_after_it_was_made_it_is_forgotten(db, town, settings, now, lu):
    made = ask(db, town, lu, now)
    handouts.make_one(db, settings, now=now)
    (settings.folder / "exports" / ("f" * 32 + ".1")).mkdir()  # of an attempt whose export is no more
    before, after = now + timedelta(days=7), now + timedelta(days=7, seconds=1)

    jobs.run_once(db, settings, "prune", now=before)
    assert in_folder(settings) == [held(db, made)["key"]]
    jobs.run_once(db, settings, "prune", now=after)
    assert (held(db, made), in_folder(settings)) == (None, [])


def test_the_schema_lets_none_be_made_twice_or_be_done_without_a_file(db, town, settings, now, lu):
    made = ask(db, town, lu, now)
    with pytest.raises(IntegrityError):
        run(db, "UPDATE handout SET state = 'done' WHERE id = :id", id=made)
    handouts.make_one(db, settings, now=now)

    with pytest.raises(IntegrityError, match="handout_is_over"):
        run(db, "UPDATE handout SET state = 'waiting', bytes = NULL, ended_at = NULL WHERE id = :id", id=made)


def test_exports_are_counted_against_the_limit(db, town, settings, now, lu, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "export", limits.Limit(2, timedelta(minutes=10)))
    for _ in range(2):
        ask(db, town, lu, now)

    with pytest.raises(TooMany):
        ask(db, town, lu, now)


KILLED_AT_THE_SECOND_TRIP = """
import os, signal, sys
from pathlib import Path
from scheduler import clock, database, handouts
from scheduler.config import Settings, Site
from scheduler.handouts import making

making.TELL_EVERY, told = 1, making._tell

def tell(db, held, **counts):
    told(db, held, **counts)
    if counts == {"made": 2}:
        os.kill(os.getpid(), signal.SIGKILL)

making._tell = tell
settings = Settings(site=Site(secret_key="for tests only " * 3), folder=Path(sys.argv[1]))
handouts.make_one(database.opened(settings), settings, now=clock.now())
"""


def test_one_that_was_killed_at_it_leaves_no_half_file_and_it_is_made_anew(db, town, settings, now, lu):
    made = ask(db, town, lu, now)
    command = [sys.executable, "-c", KILLED_AT_THE_SECOND_TRIP, str(settings.folder)]

    killed = subprocess.run(command, cwd=worker.ROOT, check=False)

    key = held(db, made)["key"]
    assert killed.returncode == -signal.SIGKILL
    assert (held(db, made)["state"], held(db, made)["made"]) == ("making", 2)
    assert in_folder(settings) == [f"{key}.1"]
    handouts.give_back(db)
    assert held(db, made)["state"] == "waiting"
    jobs.run_once(db, settings, "exports", now=now)
    assert (held(db, made)["state"], in_folder(settings)) == ("done", [key])
    assert len(sheet((settings.folder / "exports" / key).read_bytes())) == 1 + 3
