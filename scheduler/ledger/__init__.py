"""The person-trip ledger: who attended what; corrections are new entries.

Each entry carries the hash of itself and of the entry before it. Entries are written inside
`write(db)` only, which begins IMMEDIATE: one writer at a time, so the chain never forks.
"""

from scheduler.ledger.balances import batch, batches, reverse_batch, store_batch
from scheduler.ledger.chain import COLUMNS, append, find, head, verify
from scheduler.ledger.closed import closed, refuse_closed
from scheduler.ledger.closing import (
    afterwards,
    close_month,
    closes,
    closing,
    days_of,
    months,
    reopen_month,
    reported,
    unconfirmed,
)
from scheduler.ledger.reading import dump, entries, otherwise, standing
from scheduler.ledger.seconds import needs_second
from scheduler.ledger.writing import (
    REASON_LENGTH,
    carry_forward,
    correct,
    credit,
    refuse_bad_reason,
    supplement,
)

__all__ = [
    "COLUMNS",
    "REASON_LENGTH",
    "afterwards",
    "append",
    "batch",
    "batches",
    "carry_forward",
    "close_month",
    "closed",
    "closes",
    "closing",
    "correct",
    "credit",
    "days_of",
    "dump",
    "entries",
    "find",
    "head",
    "months",
    "needs_second",
    "otherwise",
    "refuse_bad_reason",
    "refuse_closed",
    "reopen_month",
    "reported",
    "reverse_batch",
    "standing",
    "store_batch",
    "supplement",
    "unconfirmed",
    "verify",
]
