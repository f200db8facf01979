"""A display's notes, ordered into lives, and into the times in which its line was a line."""

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.simulation.processes.records import Board, LineIs, Record, Said, Started, Told
from tests.simulation.processes.story import EVERYBODY, Trouble

QUIET: Final = frozenset(
    {
        "server frozen",
        "broker frozen",
        "plug pulled in the lobby",
        "plug pulled on the floors",
        "wire silent",
        "wire slow",
        "server's wire silent",
        "disk full",
    }
)
"""While these last a line is no line, though the device may well believe in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """The line was there from `begin` to `end`."""

    begin: float
    end: float


@dataclass
class Life:
    """From one start of a display to its end."""

    began_at: float
    ended_at: float
    boards: list[Board] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    lines: list[LineIs] = field(default_factory=list)

    def clear_times(self, troubles: Sequence[Trouble]) -> Iterator[Clear]:
        """Yield when the line was there, by the device's own word and by what we did to it.

        After a quiet trouble the line is back when the first thing has come over it again.
        """
        for begin, end in self._up_times():
            cursor = begin
            for trouble in troubles:
                if trouble.ended_at <= cursor or trouble.began_at >= end:
                    continue
                if trouble.began_at > cursor:
                    yield Clear(begin=cursor, end=trouble.began_at)
                cursor = max(cursor, self._first_heard(trouble.ended_at, end))
            if cursor < end:
                yield Clear(begin=cursor, end=end)

    def shows(self, revision: int, since: float) -> float | None:
        """Return when, from `since` on, the display first showed `revision` or a later one."""
        index = bisect.bisect_right(self.boards, since, key=lambda board: board.at)
        if index and self.boards[index - 1].revision >= revision:
            return since
        for board in self.boards[index:]:
            if board.revision >= revision:
                return board.at
        return None

    def is_up(self, since: float) -> float | None:
        """Return when, from `since` on, the line was first up."""
        for begin, end in self._up_times():
            if end >= since:
                return max(begin, since)
        return None

    def spoken(self) -> list[int]:
        """Return the sequences that were announced."""
        return [told.sequence for told in self.told if not told.why_not]

    def _up_times(self) -> Iterator[tuple[float, float]]:
        up_since: float | None = None
        for line in self.lines:
            if line.is_up and up_since is None:
                up_since = line.at
            elif not line.is_up and up_since is not None:
                yield up_since, line.at
                up_since = None
        if up_since is not None and up_since < self.ended_at:
            yield up_since, self.ended_at

    def _first_heard(self, since: float, otherwise: float) -> float:
        index = bisect.bisect_left(self.boards, since, key=lambda board: board.at)
        return self.boards[index].at if index < len(self.boards) else otherwise


def lives_of(notes: Sequence[Record]) -> list[Life]:
    """Return the lives of a display; each ends with the last thing that it wrote."""
    lives: list[Life] = []
    for note in notes:
        if isinstance(note, Started):
            lives.append(Life(began_at=note.at, ended_at=note.at))
            continue
        life = lives[-1]
        life.ended_at = note.at
        match note:
            case Board():
                life.boards.append(note)
            case LineIs():
                life.lines.append(note)
            case Said():
                life.said.append(note)
            case Told():
                life.told.append(note)
            case _:
                pass
    return lives


def quiet_troubles(troubles: Sequence[Trouble], device: str) -> list[Trouble]:
    """Return those that made a device's line none, in order."""
    quiet = [one for one in troubles if one.kind in QUIET and one.device in {EVERYBODY, device}]
    return sorted(quiet, key=lambda one: one.began_at)
