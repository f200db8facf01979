"""The port `Journal`: the append-only log that is the truth, and what goes into it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import msgspec

from queue_server.journal.hash_chain import Link
from queue_server.rules.events import Entry
from queue_server.rules.terms import RequestId


class JournaledEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the rules, with its clinic day and the instant it was written."""

    day_on: date
    written_at: datetime
    entry: Entry


class JournaledFact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened beside the queues: a help call, a notice, an identification."""

    day_on: date
    written_at: datetime
    by: str
    name: str
    body: dict[str, object]


class StoredReply(msgspec.Struct, frozen=True, kw_only=True):
    """The answer that a request got, kept so that a repeated request gets the very same."""

    request_id: RequestId
    replied_at: datetime
    payload: bytes


@dataclass(slots=True, kw_only=True)
class Batch:
    """What one commit writes: all of it or nothing."""

    entries: list[JournaledEntry] = field(default_factory=list)
    facts: list[JournaledFact] = field(default_factory=list)
    replies: list[StoredReply] = field(default_factory=list)
    redeemed_cards: list[str] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not (self.entries or self.facts or self.replies or self.redeemed_cards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which entries and facts of a clinic day are asked for; an empty part excludes nothing."""

    day_on: date
    by: str = ""
    """Whose: as it is written, or without the role."""
    is_by_person: bool | None = None
    kinds: frozenset[str] = frozenset()
    """What an entry's `do` or a fact's `name` may be."""
    texts: tuple[str, ...] = ()
    """One of these texts is a value in it: a ticket, a patient."""
    texts_of_kind: tuple[str, frozenset[str]] = ("", frozenset())
    """Or, in facts of this kind, one of these."""
    before: int | None = None
    """Only rows of the journal before this one."""
    count_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry or a fact, and its place in the whole journal."""

    number: int
    written: JournaledEntry | JournaledFact


class JournalUnusable(Exception):
    """The journal can't be opened or written; the sentence says what to do about it."""


class Journal(Protocol):
    """One writer appends; anybody may read, from any thread.

    Each method raises `JournalUnusable` when the journal can't be read or written.
    """

    def append(self, batch: Batch) -> None:
        """Write `batch` durably, in one transaction. Nothing may be answered before it returns.

        Raises:
            JournalUnusable: nothing was written.
        """

    def entries(self, day_on: date, after: int = 0) -> Iterator[JournaledEntry]:
        """Yield the entries of a clinic day in order, those behind number `after` only."""

    def facts(self, day_on: date, after: int = 0) -> Iterator[JournaledFact]:
        """Yield the facts of a clinic day in order, those behind link `after` only."""

    def head(self) -> Link:
        """Return the last link of the chain: it stands for all that is written."""

    def has_link(self, link: Link) -> bool:
        """Tell whether the chain has run through `link`."""

    def rows(self, selection: Selection) -> list[Row]:
        """Return what is selected, the latest first."""

    def days(self) -> Sequence[date]:
        """Return the clinic days that have entries or facts, the latest first."""

    def reply_to(self, request_id: RequestId) -> bytes | None:
        """Return the answer a request got, or None if it is new."""

    def replies_to(self, request_ids: Sequence[RequestId]) -> dict[RequestId, bytes]:
        """Return the answers that those of the requests got which are not new."""

    def card_is_redeemed(self, token_id: str) -> bool:
        """Tell whether the code of a virtual card was used already."""
