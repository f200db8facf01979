"""Strange inputs that any part may meet: texts, JSON, bytes, and good ones with something wrong."""

import copy
import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

STRANGE_TEXTS = (
    "", " ", "\0", "\n", "\x02", "\x1b@", "\ufeff", "\u202eabc", "e\u0301",
    "👨‍👩‍👧", "𠮷野", "欧阳**", "ﬃ",
    "张三", "²", "٣", "१२", "12:60", "99:99", "A" * 201, "%s%n{0}{x}", "{", "../../etc/passwd",
    "1e999", "NaN", "2026-02-30", "hk:", "hk:20261123:cardiology-1:A001", "İ", "ß", "a\u2028b",
)  # fmt: skip
"""Each has upset some program."""

strange_text = st.sampled_from(STRANGE_TEXTS) | st.text(max_size=40)

_numbers = (
    st.integers()
    | st.sampled_from([-1, 0, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**300])
    | st.floats()
)
scalars: SearchStrategy[Any] = st.none() | st.booleans() | _numbers | strange_text
some_json: SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(strange_text, inner, max_size=4),
    max_leaves=8,
)

_FRAGMENTS = (
    b"", b"\0", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b'"', b"{", b"}", b"[",
    b"]", b",", b":", b"\\", b"\\ud800", b"\\u0000", b"null", b"NaN", b"-Infinity", b"1e999",
    b"-0", b"9" * 400, b"9" * 5000, b"[" * 3000, b'{"a":' * 2000, b"\xef\xbb\xbf", b"\r\n",
    b"//", b"true", b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:60-14:00", b"+23:59",
)  # fmt: skip


@st.composite
def changed_bytes(draw: DrawFn, whole: SearchStrategy[bytes]) -> bytes:
    """Bytes in which up to three places were overwritten, taken out, doubled or added to."""
    content = draw(whole)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 8)))
        new = draw(
            st.sampled_from(_FRAGMENTS)
            | st.binary(max_size=8)
            | st.just(content[start:end] * 2)
            | st.just(content[:start])
        )
        content = content[:start] + new + content[end:]
    return content


@st.composite
def changed_tree(draw: DrawFn, tree: Any, values: SearchStrategy[Any] = some_json) -> Any:
    """A copy of a tree of tables and lists in which up to three places are something else.

    Args:
        draw: hypothesis's.
        tree: a tree, or a strategy for one.
        values: what is put there.
    """
    changed = draw(tree) if isinstance(tree, SearchStrategy) else copy.deepcopy(tree)
    for _ in range(draw(st.integers(1, 3))):
        changed = _changed_once(draw, changed, values)
    return changed


def _changed_once(draw: DrawFn, tree: Any, values: SearchStrategy[Any]) -> Any:
    if not isinstance(tree, dict | list) or not tree or draw(st.integers(0, 9)) == 0:
        return draw(values)
    action = draw(st.sampled_from(["into"] * 6 + ["drop", "add", "double"]))
    if isinstance(tree, list):
        index = draw(st.integers(0, len(tree) - 1))
        match action:
            case "into":
                new = [_changed_once(draw, tree[index], values)]
            case "add":
                new = [tree[index], draw(values)]
            case _:
                new = [tree[index]] * (2 if action == "double" else 0)
        return [*tree[:index], *new, *tree[index + 1 :]]
    key = draw(st.sampled_from(list(tree)))
    match action:
        case "into":
            return {**tree, key: _changed_once(draw, tree[key], values)}
        case "drop":
            return {name: value for name, value in tree.items() if name != key}
        case "add":
            return {**tree, draw(strange_text): draw(values)}
        case _:
            return {**tree, key: tree[draw(st.sampled_from(list(tree)))]}


def json_bytes(value: Any) -> bytes:
    """Return `value` as JSON, with NaN and lone surrogates as a careless program writes them."""
    return json.dumps(value).encode()
