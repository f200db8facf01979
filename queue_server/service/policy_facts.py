"""What happens to policies, as the journal keeps it; and whether it may happen."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace as replace_in

from queue_server.journal.journal import Journal, JournaledFact, Selection
from queue_server.rules.policy import PolicyError
from queue_server.rules.policy_change import PolicyChange
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode
from queue_server.service.now import Now
from queue_server.service.policy_book import (
    AHEAD_MAX,
    VERSIONS_KEPT,
    PolicyBook,
    PolicyVersion,
    VersionState,
)
from queue_server.service.setup import make_setup
from queue_server.site import Site

_GRACE: Final = timedelta(minutes=1)
"""So long ago still is "at once": asking and writing take their time."""
_FACTS_OF_A_DAY_MAX: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _PolicyFact(ABC):
    """Base: it changes the book, and nothing else of the day."""

    def change(self, now: Now, written_at: datetime) -> Now:
        """Return the day with the book after it."""
        return replace_in(now, policy_book=self.book_after(now.policy_book, written_at))

    @abstractmethod
    def book_after(self, book: PolicyBook, written_at: datetime) -> PolicyBook:
        """Return the book after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySaved(_PolicyFact):
    """A head nurse has saved a version."""

    number: int
    by: str
    effective_at: datetime
    changes: tuple[PolicyChange, ...]
    reason: str
    returns_to: int | None
    file_digest: str
    seen_revision: int
    """Of the book that she had before her."""

    def book_after(self, book: PolicyBook, written_at: datetime) -> PolicyBook:
        """Let it wait for its time."""
        version = PolicyVersion(
            number=self.number,
            by=self.by,
            saved_at=written_at,
            effective_at=self.effective_at,
            changes=self.changes,
            reason=self.reason,
            returns_to=self.returns_to,
            file_digest=self.file_digest,
            state=VersionState.WAITING,
        )
        versions = (*book.versions, version)[-VERSIONS_KEPT:]
        return _with(book, versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCancelled(_PolicyFact):
    """A version that waited will not take effect."""

    number: int
    seen_revision: int

    def book_after(self, book: PolicyBook, written_at: datetime) -> PolicyBook:
        """Mark it."""
        del written_at
        return _with(
            book,
            [
                replace(one, state=VersionState.CANCELLED) if one.number == self.number else one
                for one in book.versions
            ],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTookEffect(_PolicyFact):
    """The time of a version has come: from here on it holds."""

    number: int

    def book_after(self, book: PolicyBook, written_at: datetime) -> PolicyBook:
        """Let it take the place of the one in force."""
        states = {VersionState.IN_FORCE: VersionState.FORMER}
        return _with(
            book,
            [
                replace(one, state=VersionState.IN_FORCE, took_effect_at=written_at)
                if one.number == self.number
                else replace(one, state=states.get(one.state, one.state))
                for one in book.versions
            ],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesCarried(_PolicyFact):
    """The versions as the day finds them: each day's journal tells its policies alone."""

    book: PolicyBook

    def book_after(self, book: PolicyBook, written_at: datetime) -> PolicyBook:
        """Begin with them."""
        del book, written_at
        return self.book


POLICY_FACTS = (PolicySaved, PolicyCancelled, PolicyTookEffect, PoliciesCarried)
AnyPolicyFact = PolicySaved | PolicyCancelled | PolicyTookEffect | PoliciesCarried


def _with(book: PolicyBook, versions: Sequence[PolicyVersion]) -> PolicyBook:
    return PolicyBook(revision=book.revision + 1, versions=tuple(versions))


def require_possible_policy(
    site: Site, book: PolicyBook, fact: PolicySaved | PolicyCancelled, at: datetime
) -> None:
    """Check, with the book as it is at `at`, that `fact` may happen.

    Raises:
        Refused: POLICY_MOVED, POLICY_WAITS, POLICY_IN_FORCE, POLICY_UNCHANGED, POLICY_TIME or
            POLICY_WRONG.
    """
    if isinstance(fact, PolicyCancelled):
        found = book.version(fact.number)
        if found is None or found.state is not VersionState.WAITING:
            raise Refused(RefusalCode.POLICY_IN_FORCE, number=str(fact.number))
        return
    if fact.seen_revision != book.revision or fact.number != book.next_number:
        raise Refused(RefusalCode.POLICY_MOVED)
    if book.waiting is not None:
        raise Refused(RefusalCode.POLICY_WAITS, number=str(book.waiting.number))
    if not at - _GRACE <= fact.effective_at <= at + AHEAD_MAX:
        raise Refused(RefusalCode.POLICY_TIME)
    if sorted(map(repr, fact.changes)) == sorted(map(repr, book.changes)):
        raise Refused(RefusalCode.POLICY_UNCHANGED)
    try:
        make_setup(site, fact.changes)
    except PolicyError as error:
        problem = error.problems[0]
        raise Refused(
            RefusalCode.POLICY_WRONG,
            problem_zh=f"{problem.key}：{problem.message_zh}",
            problem_en=f"{problem.key}: {problem.message_en}",
        ) from error


def carried_book(journal: Journal, day_on: date) -> PolicyBook | None:
    """Return the versions with which the clinic day `day_on` begins; None: there are none.

    Looks at the last day before: whatever day was opened has had them carried into it. May block.
    """
    last = next((day for day in journal.days() if day < day_on), None)
    book = PolicyBook() if last is None else _book_at_end(journal, last)
    return book if book.versions else None


def _book_at_end(journal: Journal, day_on: date) -> PolicyBook:
    kinds = {kind.__name__: kind for kind in POLICY_FACTS}
    selection = Selection(day_on=day_on, kinds=frozenset(kinds), count_max=_FACTS_OF_A_DAY_MAX)
    book = PolicyBook()
    for row in reversed(journal.rows(selection)):
        if isinstance(row.written, JournaledFact):
            fact = msgspec.convert(row.written.body, kinds[row.written.name])
            book = fact.book_after(book, row.written.written_at)
    return book
