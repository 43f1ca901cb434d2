"""What lists of 100,000 people cost: seconds and the most memory, of text and of a workbook; and a hostile file."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter

from scheduler import database, people
from scheduler.audit import SYSTEM
from scheduler.imports import people_report, roster_report

ROWS = 100_000
HEAD = ["工号", "姓名", "部门", "职务", "政治面貌", "手机"]
SIGNS = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"


def line(n: int) -> list[str]:
    """A person without a double."""
    name = "王" + SIGNS[n % 20] + SIGNS[n // 20 % 20]
    return [f"B{n:06d}", name, "办公室", "员工", "群众", f"154{n:08d}"]


def text() -> bytes:
    """The list with commas, in GBK."""
    return "\r\n".join(",".join(cells) for cells in [HEAD, *map(line, range(ROWS))]).encode("gbk")


def workbook() -> bytes:
    """The same as a workbook."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet("名单")
    for row, cells in enumerate([HEAD, *map(line, range(ROWS))]):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell)
    book.close()
    return target.getvalue()


def bomb() -> bytes:
    """A sheet that unpacks a thousand times as large."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", " " * 140_000_000)
    return target.getvalue()


def measure(path: str) -> None:
    """Read one file, as a process of its own, and print what it cost."""
    now = datetime(2026, 11, 30, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        db = database.connect(Path(folder) / "a.sqlite3", ZoneInfo("Asia/Shanghai"))
        database.migrate(db)
        people.found_organisation(db, by=SYSTEM, now=now)
        people.add_unit(db, name="办公室", kind="organisation", by=SYSTEM, now=now)
        content, begun = Path(path).read_bytes(), time.perf_counter()
        if "bomb" in path:
            report = roster_report(db, content, Path(path).name)
        else:
            report = people_report(db, content, Path(path).name, within=None, now=now)
        took = time.perf_counter() - begun
        db.close()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    ours = next(int(told.split()[1]) // 1024 for told in status.splitlines() if told.startswith("VmHWM"))
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    spent = f"{took:6.1f} s ({time.process_time():.1f} s of work) {ours:5} MiB, its reader {reader} MiB"
    print(f"{Path(path).name:12} {report.expect:8} {len(report.rows):7} rows {spent}")


def main() -> None:
    """Make the files, and measure each."""
    if len(sys.argv) > 1:
        measure(sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (("people.csv", text), ("people.xlsx", workbook), ("bomb.xlsx", bomb)):
            path = Path(folder) / name
            path.write_bytes(make())
            subprocess.run([sys.executable, "-m", "tools.bench_imports", str(path)], check=True)  # noqa: S603 our own


if __name__ == "__main__":
    main()
