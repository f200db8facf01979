"""Messages as they could come over the line: good ones by their types, and what goes wrong."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from queue_server.contract.message import Message
from tests.fuzz.strange import changed_bytes, changed_tree, json_bytes, some_json, strange_text

Known = Mapping[str, SearchStrategy[Any]]
"""Values that mean something to the target, by the name of the field."""

_EXTREMES = (
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00", "0001-01-01T00:00:00Z",
    "2026-11-23T24:00:00+08:00", "2016-12-31T23:59:60Z", "2026-11-23T08:05:00+23:59",
    "9999-12-31T23:59:59-23:59", "2026-11-23T08:05:00",
)  # fmt: skip
_minutes = st.integers(-14 * 60, 14 * 60)
_zones = _minutes.map(lambda minutes: timezone(timedelta(minutes=minutes)))
_near = st.integers(-300, 300).map(
    lambda s: (
        datetime(2026, 11, 23, 8, 5, tzinfo=timezone(timedelta(hours=8))) + timedelta(seconds=s)
    )
)
instants = st.one_of(
    _near.map(datetime.isoformat),
    st.datetimes(timezones=_zones).map(datetime.isoformat),
    st.sampled_from(_EXTREMES),
)


def trees(kind: type[Message], known: Known) -> SearchStrategy[Any]:
    """Return JSON trees of good messages of a kind."""
    return _of(msgspec.inspect.type_info(kind), "", known)


def payloads(kind: type[Message], known: Known) -> SearchStrategy[bytes]:
    """Return payloads of a kind: good ones, ones with something else in them, and any bytes."""
    good = trees(kind, known)
    other = changed_tree(good)
    return st.one_of(
        good.map(json_bytes),
        other.map(json_bytes),
        other.map(json_bytes),
        changed_bytes(good.map(json_bytes)),
        some_json.map(json_bytes),
        st.binary(max_size=60),
    )


def _of(kind: msgspec.inspect.Type, name: str, known: Known) -> SearchStrategy[Any]:
    if name in known:
        return known[name] | known[name] | _plain(kind, name, known)
    return _plain(kind, name, known)


def _plain(kind: msgspec.inspect.Type, name: str, known: Known) -> SearchStrategy[Any]:
    match kind:
        case msgspec.inspect.StructType():
            return _struct(kind, known)
        case msgspec.inspect.UnionType():
            return st.one_of([_of(one, name, known) for one in kind.types])
        case msgspec.inspect.ListType():
            return st.lists(_of(kind.item_type, name, known), max_size=kind.max_length or 4)
        case msgspec.inspect.StrType():
            return _text(kind)
        case msgspec.inspect.EnumType():
            return st.sampled_from([member.value for member in kind.cls])
        case msgspec.inspect.LiteralType():
            return st.sampled_from(kind.values)
        case msgspec.inspect.DictType():
            keys, values = (_of(one, name, known) for one in (kind.key_type, kind.value_type))
            return st.dictionaries(keys, values, max_size=4)
        case _:
            return _SIMPLE[type(kind)]


_SIMPLE: Mapping[type, SearchStrategy[Any]] = {
    msgspec.inspect.IntType: st.integers(-2, 30)
    | st.sampled_from([2**31, 2**63, 2**64 - 1, -(2**63)]),
    msgspec.inspect.DateTimeType: instants,
    msgspec.inspect.BoolType: st.booleans(),
    msgspec.inspect.NoneType: st.none(),
}


def _text(kind: msgspec.inspect.StrType) -> SearchStrategy[str]:
    if kind.pattern is not None:
        return st.from_regex(kind.pattern)
    longest = kind.max_length or 200
    return strange_text.map(lambda text: text[:longest]) | st.just("长" * longest)


def _struct(kind: msgspec.inspect.StructType, known: Known) -> SearchStrategy[Any]:
    fields = {one.encode_name: _of(one.type, one.name, known) for one in kind.fields}
    optional = {one.encode_name for one in kind.fields if not one.required}
    if kind.tag_field is not None:
        fields[kind.tag_field] = st.just(kind.tag)
    return st.fixed_dictionaries(
        {name: value for name, value in fields.items() if name not in optional},
        optional={name: fields[name] for name in optional},
    )
