"""Messages waiting to leave: queue once, claim one, send, retry or give up."""

from scheduler.outbox.attaching import attach, with_file
from scheduler.outbox.draining import Door, Post, drain, note, rest, send_due
from scheduler.outbox.failing import TIMED_OUT, reason_of
from scheduler.outbox.overview import backlog, counts, failures, give_up, messages, retry
from scheduler.outbox.pausing import pause, paused, resume
from scheduler.outbox.reasons import reasons, retry_all
from scheduler.outbox.sending import (
    EMAIL,
    LEASE,
    Outcome,
    Sent,
    claim,
    expire,
    prune,
    queue,
    settle,
    wait,
    withdraw,
)
from scheduler.outbox.setback import follow_setback

__all__ = [
    "EMAIL",
    "LEASE",
    "TIMED_OUT",
    "Door",
    "Outcome",
    "Post",
    "Sent",
    "attach",
    "backlog",
    "claim",
    "counts",
    "drain",
    "expire",
    "failures",
    "follow_setback",
    "give_up",
    "messages",
    "note",
    "pause",
    "paused",
    "prune",
    "queue",
    "reason_of",
    "reasons",
    "rest",
    "resume",
    "retry",
    "retry_all",
    "send_due",
    "settle",
    "wait",
    "with_file",
    "withdraw",
]
