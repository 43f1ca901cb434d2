"""What the background process does, and how often."""

from scheduler.jobs.catalogue import JOBS, NAMES, Job, Turn, ask, last_turns, run_once
from scheduler.jobs.due import queue_due
from scheduler.jobs.lease import heartbeat_age, holder, pulse
from scheduler.jobs.worker import work

__all__ = [
    "JOBS",
    "NAMES",
    "Job",
    "Turn",
    "ask",
    "heartbeat_age",
    "holder",
    "last_turns",
    "pulse",
    "queue_due",
    "run_once",
    "work",
]
