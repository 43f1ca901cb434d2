"""The connection that a thread keeps for calendars: one a file, opened anew when the file is another."""

from __future__ import annotations

import threading

from scheduler import database
from web.connections import kept


def test_a_thread_keeps_its_connection(settings):
    database.of(settings).close()

    assert kept(settings) is kept(settings)


def test_each_thread_has_its_own(settings):
    database.of(settings).close()
    others = []
    thread = threading.Thread(target=lambda: others.append(kept(settings)))
    thread.start()
    thread.join()

    assert others[0] is not kept(settings)


def test_a_file_that_was_swapped_is_opened_anew(settings, tmp_path):
    database.of(settings).close()
    before = kept(settings)
    restored = database.connect(tmp_path / "restored.sqlite3", settings.zone)
    database.migrate(restored)
    restored.close()
    (tmp_path / "restored.sqlite3").replace(settings.database)

    assert kept(settings) is not before
