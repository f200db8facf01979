"""Entries and facts as the columns of their tables, and back."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from queue_server.journal.entry_codec import decode_events, encode_events
from queue_server.journal.journal import JournaledEntry, JournaledFact
from queue_server.rules.events import Entry
from queue_server.rules.terms import DaySecond

DECODING_ERRORS: Final = (msgspec.MsgspecError, LookupError, ValueError, TypeError, AttributeError)
"""What decoding a damaged row may raise."""


def entry_values(row: JournaledEntry) -> tuple[object, ...]:
    """Return the columns of an entry."""
    entry = row.entry
    return (
        row.day_on.isoformat(),
        entry.number,
        row.written_at.isoformat(),
        entry.at_s,
        entry.by,
        entry.do,
        encode_events(entry).decode(),
    )


def read_entry(values: Sequence[Any]) -> JournaledEntry:
    """Read what `entry_values` returned.

    Raises:
        DECODING_ERRORS: it is damaged.
    """
    day_on, number, written_at, at_s, by, do, events = values
    entry = Entry(number=number, at_s=DaySecond(at_s), by=by, do=do, events=decode_events(events))
    return JournaledEntry(
        day_on=date.fromisoformat(day_on),
        written_at=datetime.fromisoformat(written_at),
        entry=entry,
    )


def fact_values(row: JournaledFact) -> tuple[object, ...]:
    """Return the columns of a fact."""
    body = json.dumps(row.body, ensure_ascii=False)
    return (row.day_on.isoformat(), row.written_at.isoformat(), row.by, row.name, body)


def read_fact(values: Sequence[Any]) -> JournaledFact:
    """Read what `fact_values` returned.

    Raises:
        DECODING_ERRORS: it is damaged.
    """
    day_on, written_at, by, name, body = values
    return JournaledFact(
        day_on=date.fromisoformat(day_on),
        written_at=datetime.fromisoformat(written_at),
        by=by,
        name=name,
        body=json.loads(body),
    )
