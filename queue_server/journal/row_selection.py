"""A `Selection` as SQL: what the audit list asks, filtered by SQLite and not by Python."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from queue_server.journal.journal import Selection

_KIND_AND_CONTENT: Final = {"entries": ("do", "events"), "facts": ("name", "body")}
_ORDER: Final = {"entries": "number", "facts": "link"}
"""Both go with the index of the day, and are the order of writing."""


def selection_sql(selection: Selection, table: str) -> tuple[str, list[object]]:
    """Return the SQL that asks `table`, with a place `{}` for the columns, and its parameters."""
    conditions, parameters = [], []
    for condition, values in _conditions(selection, table):
        conditions.append(condition)
        parameters += values
    sql = (
        f"SELECT link, {{}} FROM {table} WHERE {' AND '.join(conditions)}"  # noqa: S608
        f" ORDER BY {_ORDER[table]} DESC LIMIT ?"
    )
    return sql, [*parameters, selection.count_max]


def _conditions(selection: Selection, table: str) -> Iterator[tuple[str, list[object]]]:
    kind, content = _KIND_AND_CONTENT[table]
    yield "day_on = ?", [selection.day_on.isoformat()]
    if selection.before is not None:
        yield "link < ?", [selection.before]
    if selection.by:
        yield '("by" = ? OR substr("by", instr("by", \':\') + 1) = ?)', [selection.by] * 2
    if selection.is_by_person is not None:
        # People are written with their role: `nurse:li`.
        yield "(instr(\"by\", ':') > 0) = ?", [int(selection.is_by_person)]
    if selection.kinds:
        marks = ", ".join("?" * len(selection.kinds))
        yield f"{kind} IN ({marks})", list[object](sorted(selection.kinds))
    if selection.texts:
        yield _holds(selection, kind, content)


def _holds(selection: Selection, kind: str, content: str) -> tuple[str, list[object]]:
    of_kind, texts_of_kind = selection.texts_of_kind
    condition, parameters = _any_of(content, selection.texts)
    if texts_of_kind:
        also, more = _any_of(content, sorted(texts_of_kind))
        condition = f"({condition} OR ({kind} = ? AND {also}))"
        parameters = [*parameters, of_kind, *more]
    return condition, parameters


def _any_of(content: str, texts: Iterable[str]) -> tuple[str, list[object]]:
    """Return the condition that one of `texts` is a whole JSON text in the column."""
    written: list[object] = [json.dumps(text, ensure_ascii=False) for text in texts]
    return "(" + " OR ".join([f"instr({content}, ?) > 0"] * len(written)) + ")", written
