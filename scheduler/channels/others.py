"""Whatever else Apprise brings, from a process of its own, which keeps to the listed hosts and can be ended.

Apprise is an optional extra. Which of its services are allowed, and which hosts, stands in settings.toml.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from scheduler.channels.apart import NOT_LISTED
from scheduler.channels.kinds import KINDS
from scheduler.channels.texts import joined
from scheduler.config import Channels
from scheduler.database import Row
from scheduler.outbox import Sent
from scheduler.wording.failures import because

ROOT = Path(__file__).parent.parent.parent


def wrong_with(url: str, allowed: Channels) -> str:
    """Which rule an Apprise address breaks, as the code of a refusal; empty if none."""
    scheme, mark, _ = url.partition("://")
    if not mark or not url.isprintable():
        return "bad_url"
    return "" if scheme.lower() in map(str.lower, allowed.apprise) else "service_not_listed"


def send(settings: dict[str, str], messages: list[Row], allowed: Channels, *, seconds: float) -> Sent:
    """Hand the messages to Apprise, which only says whether it worked."""
    if wrong := wrong_with(settings["url"], allowed):
        return Sent(False, temporary=True, down=True, reason=wrong)
    if find_spec("apprise") is None:
        return Sent(False, temporary=True, down=True, reason="no_apprise")
    told = {
        "url": settings["url"],
        "title": messages[0]["subject"],
        "body": joined(messages, KINDS["apprise"]),
        "hosts": allowed.hosts,
        "inner": allowed.inner,
    }
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "scheduler.channels.apart"],
            cwd=ROOT,
            input=json.dumps(told).encode(),
            timeout=seconds,
            capture_output=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Sent(False, temporary=True, down=True, reason="timed_out")
    if ended.returncode == 0:
        return Sent(True, reason="apprise_ok")
    if ended.returncode == NOT_LISTED:
        return Sent(False, temporary=True, down=True, reason="host_not_listed")
    return Sent(False, temporary=True, down=True, reason=because("apprise_refused", str(ended.returncode)))
