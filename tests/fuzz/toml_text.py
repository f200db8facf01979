"""Writes a tree as TOML, for fuzzers: any value that TOML knows, anywhere."""

import json
import math
from collections.abc import Mapping
from datetime import date, time, timedelta, timezone
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.fuzz.strange import STRANGE_TEXTS, strange_text


class Written(str):
    """A value as it stands in the file: a number so long that Python refuses to print it."""

    __slots__ = ()


_instants = st.datetimes() | st.datetimes(
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
)
_scalars: SearchStrategy[Any] = (
    strange_text
    | st.just(Written("0x" + "f" * 4000))
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
    | st.integers()
    | st.sampled_from([0, -1, 2**63, 10**30, True, False])
    | st.floats()
    | st.dates()
    | st.times()
    | _instants
)
some_toml: SearchStrategy[Any] = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*STRANGE_TEXTS, "every", "places", "id"]), inner)
    ),
    max_leaves=6,
)
"""Any value of a TOML file."""


def toml_text(tree: Any) -> str:
    """Return a TOML document that says `tree`; what is no table becomes one with a key."""
    table = tree if isinstance(tree, Mapping) else {"value": tree}
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _key(key: str) -> str:
    return json.dumps(_without_surrogates(key), ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    match value:
        case Mapping():
            return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case Written():
            return value
        case _:
            return _scalar(value)


def _scalar(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            # TOML has no sign in front of hexadecimal digits.
            return str(value) if abs(value) < 10**15 else hex(abs(value))
        case float():
            return "nan" if math.isnan(value) else repr(value) if "." in repr(value) else "inf"
        case str():
            return _key(value)
        case _:
            assert isinstance(value, date | time), value
            return value.isoformat()


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
