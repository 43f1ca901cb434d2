"""What `make run` starts: the web server and the background process, together."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import urllib.request
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

from flask import Flask

from scheduler import accounts, audit, backups, clock, config, demo, people, wording
from scheduler.config import Settings
from scheduler.database import Database
from scheduler.errors import Conflict, Refusal
from web import LARGEST_UPLOAD, create_app, oidc, supervisor
from web.patience import CONNECTIONS, THREADS, Turns

ROOT = Path(__file__).parent.parent
READY_SECONDS = 60  # a cold start on a busy machine takes about five

NAMES = {"web": ("网页服务", "the web server"), "work": ("后台进程", "the background process")}


def application() -> Flask:
    """What gunicorn's workers serve: the pages of the instance that `DUTY_INSTANCE` names."""
    settings = config.load(config.instance_folder())
    app = create_app(settings)
    app.wsgi_app = Turns(app.wsgi_app, LARGEST_UPLOAD)  # type: ignore[method-assign]  # the way of Flask's manual
    app.extensions["in_use"] = backups.in_use(settings)  # for as long as a worker lives
    return app


def main() -> int:
    """Prepare the instance, load the demonstration where there is nothing yet, then run both processes."""
    os.umask(0o077)  # database, journal and lock files are their owner's alone
    lang: wording.Lang = "zh"
    try:
        folder = config.instance_folder()
        config.prepare(folder)
        settings = config.load(folder)
        lang = settings.site.language
        oidc.require_installed(settings)
        _require_free_port()
        greeting = _prepared(settings)
    except Refusal as refusal:
        print(*wording.sentences(refusal, lang), sep="\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(_words("已中断，没有写入任何内容。", "Interrupted; nothing was saved.", lang), file=sys.stderr)
        return 130
    return _run(settings, greeting)


def _words(chinese: str, english: str, lang: wording.Lang) -> str:
    return chinese if lang == "zh" else english


def _require_free_port() -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.HOST, config.port()))
        except OSError as error:
            raise Conflict("port_is_taken", port=config.port(), reason=error.strerror) from error


def _prepared(settings: Settings) -> list[str]:
    """Bring the database up to date, with the demonstration in it where it is empty; gives the lines to greet with."""
    lang = settings.site.language
    with closing(backups.opened(settings, now=clock.now())) as db:
        if not people.is_founded(db):
            print(_words("正在载入演示机构……", "Loading the demonstration organisation…", lang), flush=True)
            demo.load(db, base_url=settings.site.base_url, now=clock.now(), say=_progress, lang=lang)
            return _links(db, settings)
    return [
        _words(
            "登录：.venv/bin/python -m scheduler link 工号，得到一次性登录链接",
            "To sign in: .venv/bin/python -m scheduler link STAFF_NO prints a one-time link",
            lang,
        )
    ]


def _progress(line: str) -> None:
    print(f"  {line}", flush=True)


def _links(db: Database, settings: Settings) -> list[str]:
    lang = settings.site.language
    lines = [_words("一次性登录链接（24 小时内有效）：", "One-time sign-in links (good for 24 hours):", lang)]
    for role, staff_no in demo.CAST.items():
        person_id = people.by_staff_no(db, [staff_no])[staff_no]["id"]
        token = accounts.make_link(db, person_id, by=audit.SYSTEM, now=clock.now())
        name = wording.name_of("access", role, lang)
        lines.append(f"  {name} ({staff_no})  {settings.site.base_url}/signin/{token}")
    return lines


def _run(settings: Settings, greeting: list[str]) -> int:
    lang = settings.site.language
    supervisor.hold_signals()
    running = supervisor.start(
        {"web": pages(config.port()), "work": [sys.executable, "-m", "scheduler", "work"]},
        env={**os.environ, "DUTY_INSTANCE": str(settings.folder)},
        folder=str(ROOT),
    )
    pids = " · ".join(f"{_words(*NAMES[name], lang)} pid {process.pid}" for name, process in running.items())
    ready = _words("轮值已启动：{url}（{pids}；Ctrl-C 结束）", "Lunzhi is ready: {url} ({pids}; Ctrl-C ends it)", lang)
    lines = [*greeting, ready.format(url=settings.site.base_url, pids=pids)]
    threading.Thread(target=_announce, args=(lines,), daemon=True).start()
    ended = supervisor.first_to_end(running)
    supervisor.end(running)
    if ended is None:
        return 0
    other = next(name for name in running if name != ended)
    told = _words(
        "{ended}已退出（{status}），{other}随之结束。", "{ended} ended ({status}); {other} was ended too.", lang
    )
    facts = {"status": _status(running[ended].returncode, lang)}
    facts |= {"ended": _words(*NAMES[ended], lang), "other": _words(*NAMES[other], lang)}
    print(told.format_map(facts), file=sys.stderr)
    return 1


def _status(code: int, lang: wording.Lang) -> str:
    """How a process ended: its exit status, or the signal that ended it."""
    return _words("退出码 {0}", "exit status {0}", lang).format(code) if code >= 0 else f"{signal.Signals(-code).name}"


def pages(port: int) -> list[str]:
    """The command that serves the pages. What they are made of is loaded once, before the workers part."""
    return [
        *(sys.executable, "-m", "gunicorn", "web.serve:application()", "--preload"),
        *("--bind", f"{config.HOST}:{port}"),
        *("--worker-class", "web.patience.Worker", "--workers", "2", "--threads", str(THREADS)),
        *("--worker-connections", str(CONNECTIONS)),
        *("--limit-request-line", "8190", "--limit-request-fields", "60", "--limit-request-field_size", "8190"),
        *("--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"),
    ]


def _announce(lines: list[str]) -> None:
    """Say that we are ready once the pages answer and the background process is at work."""
    deadline = monotonic() + READY_SECONDS
    while not _answers() and monotonic() < deadline:
        sleep(0.1)
    print(*lines, sep="\n", flush=True)


def _answers() -> bool:
    try:
        with urllib.request.urlopen(f"http://{config.HOST}:{config.port()}/healthz", timeout=5):
            return True
    except OSError:  # also of an answer that says that something is wrong
        return False


if __name__ == "__main__":
    sys.exit(main())
