"""A table of a rehearsal file: reads its keys, and notes what is wrong with which."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from queue_server.rules.policy import written


class RehearsalTable:
    """One table of the file.

    Args:
        table: as it was parsed.
        where: the start of its keys in what is told: `queue[1].`
        problems: takes what is wrong, a sentence each.
    """

    def __init__(self, table: Mapping[str, object], where: str, problems: list[str]) -> None:
        self._table = table
        self._where = where
        self._problems = problems
        self._known: list[str] = []

    def problem(self, key: str, text: str) -> None:
        """Note that what stands at `key` is wrong."""
        self._problems.append(f"{self._where}{key}: {text}")

    def required(
        self, key: str, fits: Callable[[object], bool], expected: str, otherwise: Any
    ) -> Any:
        """Return what stands at `key`, or note that it does not fit or is missing."""
        if key not in self._table:
            self._known.append(key)
            self.problem(key, f"is missing, expected {expected}")
            return otherwise
        return self.optional(key, fits, expected, otherwise)

    def optional(
        self, key: str, fits: Callable[[object], bool], expected: str, otherwise: Any
    ) -> Any:
        """Return what stands at `key`; `otherwise` if nothing does, or nothing that fits."""
        self._known.append(key)
        if key not in self._table:
            return otherwise
        found = self._table[key]
        if fits(found):
            return found
        self.problem(key, f"is {written(found)}, expected {expected}")
        return otherwise

    def tables(self, key: str) -> list["RehearsalTable"]:
        """Return the tables below `key`."""
        rows = self.optional(key, _is_rows, f"tables [[{self._where}{key}]]", [])
        return [
            RehearsalTable(row, f"{self._where}{key}[{count}].", self._problems)
            for count, row in enumerate(rows, start=1)
        ]

    def nothing_else(self) -> None:
        """Note every key that nobody has asked for."""
        for key in self._table:
            if key not in self._known:
                nearest = get_close_matches(key, self._known, n=1, cutoff=0)[0]
                self.problem(key, f"there is no such key; the nearest is {nearest}")


def is_table(found: object) -> bool:
    """Tell whether it is a table."""
    return isinstance(found, Mapping)


def is_text(found: object) -> bool:
    """Tell whether it is a text."""
    return isinstance(found, str)


def is_word(found: object) -> bool:
    """Tell whether it is a text with something in it."""
    return isinstance(found, str) and found != ""


def is_words(found: object) -> bool:
    """Tell whether it is a list of texts, all of them different, with at least one in it."""
    if not isinstance(found, list) or not found or not all(is_word(one) for one in found):
        return False
    return len(set(found)) == len(found)


def one_of(words: Sequence[str]) -> Callable[[object], bool]:
    """Return what tells whether something is one of `words`."""
    return lambda found: isinstance(found, str) and found in words


def listed(words: Sequence[str]) -> str:
    """Return what was expected, where one of `words` was."""
    return "one of " + ", ".join(words)


def _is_rows(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(row, Mapping) for row in found)
