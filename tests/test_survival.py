"""Killed, paused, copied and set back while it works: the short form of `make soak`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak import clocks, copies, full, halves, kills, post
from tests.soak.__main__ import faults

SLOW_MACHINE = "ready after"  # by the wall clock that depends on what else runs: `make soak` holds it to 5 s


def wrong(figures: dict[str, object]) -> list[str]:
    return [name for name in faults(figures) if SLOW_MACHINE not in name]


@pytest.mark.slow
def test_what_was_answered_is_there_and_the_ledger_is_exact_however_often_both_are_killed(tmp_path: Path):
    figures = kills.run(tmp_path / "house", 4, seed=7)

    assert wrong(figures) == []
    assert figures["acknowledged"] > 0
    assert figures["seats without their audit row"] == 0
    assert figures["ledger entries"] == 4 * 24


@pytest.mark.slow
def test_a_sender_that_dies_after_delivery_sends_again_under_the_same_id_and_records_once(tmp_path: Path):
    figures = post.killed_between_delivery_and_record(tmp_path / "house", 2)

    assert wrong(figures) == []
    assert 0 < figures["extra copies"] <= 2


@pytest.mark.slow
def test_one_that_was_paused_past_its_lease_neither_writes_nor_sends(tmp_path: Path):
    figures = post.two_processes(tmp_path / "house", 1, seed=7)

    assert wrong(figures) == []
    assert figures["sent by the one that was paused"] == 0


def test_backups_made_while_others_write_hold_one_moment_and_are_restored_equal(tmp_path: Path):
    figures = copies.run(tmp_path, 3)

    assert wrong(figures) == []
    assert figures["pairs written meanwhile"] > 0


@pytest.mark.slow
def test_what_is_killed_while_it_backs_up_imports_or_migrates_leaves_nothing_half(tmp_path: Path):
    figures = halves.run(tmp_path, 1, seed=7)

    assert wrong(figures) == []
    assert sum(figures[f"killed while {doing}"] for doing in ("backing up", "importing", "migrating")) > 0


@pytest.mark.slow
def test_a_clock_that_is_set_repeats_nothing_and_silences_nothing(tmp_path: Path):
    figures = clocks.run(tmp_path / "house")

    assert wrong(figures) == []
    assert figures["extra copies"] == 0


@pytest.mark.slow
@pytest.mark.skipif(not full.is_possible(), reason="mounts a small disk: needs root, or namespaces of one's own")
def test_on_a_disk_without_room_nothing_is_lost_and_all_goes_on_once_there_is_some(tmp_path: Path):
    figures = full.run(tmp_path, seconds=1.5)

    assert wrong(figures) == []
    assert figures["writes refused with 507"] > 0
    assert figures["reads meanwhile"] > 0


def test_in_the_odd_nights_of_a_zone_each_reminder_is_sent_once(tmp_path: Path):
    assert clocks.nights(tmp_path) == {"23 hours": 3, "25 hours": 3}


def test_what_is_wrong_is_seen():
    late = {"web ready after at most s": 6.0, "web ready for at most s of a processor": 5.0}
    assert faults({"ledger rows lost": 1, **late, "sound": False}) == ["ledger rows lost", *late, "sound"]
    assert faults({"kills": 2, "extra copies": 3}) == ["extra copies"]
