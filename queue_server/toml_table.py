"""Reads a TOML file value by value and collects everything that is wrong, in plain words."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from queue_server.contract.topics import is_id

_FILE_BYTES_MAX: Final = 1_000_000
_TEXT_LENGTH_MAX: Final = 200
"""As long as the contract's short texts may be."""
_NOT_ON_ONE_LINE: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file: line or key, what was found, what was expected."""

    where: str
    message_zh: str
    message_en: str


class Problems:
    """Collects what is wrong, so that one reading of the file tells all of it."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, where: str, message_zh: str, message_en: str) -> None:
        """Note one more."""
        self.found.append(Problem(where=where, message_zh=message_zh, message_en=message_en))


class UnusableFile(Exception):
    """Base: a file that says something impossible; `problems` lists everything that is wrong."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(
            f"{self.path}: {one.where}: {one.message_en} / {one.message_zh}"
            for one in self.problems
        )


def parse_toml(path: Path, problems: Problems) -> dict[str, Any]:
    """Return the file's root table; an empty one, and a problem noted, when it is no TOML."""
    try:
        with path.open("rb") as file:
            content = file.read(_FILE_BYTES_MAX + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problems.add(
            "file", f"无法读取文件（{reason}）", f"can't be read ({reason}): check path and rights"
        )
        return {}
    if len(content) > _FILE_BYTES_MAX:
        problems.add("file", "文件超过 1 MB，不是配置文件", "is larger than 1 MB: no settings file")
        return {}
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.add(f"line {line}", "不是 UTF-8，请另存为 UTF-8", "is not UTF-8: save it as UTF-8")
    except RecursionError:
        problems.add("file", "括号嵌套过深", "has brackets nested too deeply")
    except ValueError as error:
        line_found = re.search(r"line \d+", str(error))
        where = line_found.group() if line_found else "file"
        problems.add(where, f"TOML 格式错误（{error}）", f"is not valid TOML: {error}")
    return {}


class Table:
    """One table of the file: hands out its values and notes what is missing, wrong or unknown.

    A wrong value is noted and replaced by an empty one, so that reading can go on; whoever
    reads looks at the problems before he uses anything.
    """

    def __init__(self, name: str, values: Mapping[str, Any], problems: Problems) -> None:
        self.name = name
        self._values = values
        self._problems = problems

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def wrong(self, key: str, expected_zh: str, expected_en: str) -> None:
        """Note that the value of `key` is missing or not what was expected."""
        if key not in self._values:
            self._note(key, f"缺少；应填{expected_zh}", f"is missing: give {expected_en}")
        else:
            found = shown(self._values[key])
            self._note(
                key, f"{found} 不对；应填{expected_zh}", f"is {found}: expected {expected_en}"
            )

    def taken(self, key: str, holder: str) -> None:
        """Note that `holder` already has this value of `key`, which must be unique."""
        found = shown(self._values[key])
        self._note(
            key, f"{found} 已被 {holder} 使用，不能重复", f"is {found}, which {holder} already has"
        )

    def check_keys(self, known: Sequence[str]) -> None:
        """Note every key that is none of `known`, with the one that was probably meant."""
        for key in self._values:
            if key in known:
                continue
            nearest = "".join(get_close_matches(key, known, n=1, cutoff=0.5))
            if nearest:
                self._note(
                    key, f"没有这个键；是否想写 {nearest}？", f"unknown: did you mean {nearest}?"
                )
            else:
                keys = ", ".join(known)
                self._note(key, f"没有这个键；可用：{keys}", f"unknown: the keys are {keys}")

    def text(self, key: str) -> str:
        """Return a text that people read: one line, not blank."""
        value = self._values.get(key)
        if isinstance(value, str) and _is_line(value):
            return value
        self.wrong(
            key,
            f"一行文字（不能空白，最多 {_TEXT_LENGTH_MAX} 字）",
            f"one line of text, not blank, at most {_TEXT_LENGTH_MAX} characters",
        )
        return ""

    def id(self, key: str) -> str:
        """Return an id that may stand in a topic."""
        value = self._values.get(key)
        if isinstance(value, str) and is_id(value):
            return value
        self.wrong(key, "小写字母、数字或 -（最多 64 个）", "an id of a-z, 0-9 and - (at most 64)")
        return ""

    def matching(self, key: str, pattern: str, expected_zh: str, expected_en: str) -> str:
        """Return a text that is of the form `pattern`."""
        value = self._values.get(key)
        if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII):
            return value
        self.wrong(key, expected_zh, expected_en)
        return ""

    def flag(self, key: str) -> bool:
        """Return true or false; false when the key is left out."""
        value = self._values.get(key, False)
        if isinstance(value, bool):
            return value
        self.wrong(key, " true 或 false", "true or false")
        return False

    def whole_number(self, key: str, default: int, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`; `default` when it is left out."""
        value = self._values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(key, f" {least} 到 {most} 的整数", f"a whole number from {least} to {most}")
        return default

    def some_of(self, key: str, known: Sequence[str], least: int = 0) -> list[str]:
        """Return a list of texts that are all among `known`, at least so many."""
        value = self._values.get(key, [])
        found = value if isinstance(value, list) else None
        if found is not None and len(found) >= least and all(item in known for item in found):
            return found
        listed = ", ".join(known)
        self.wrong(key, f"列表，取自 {listed}", f"a list of some of {listed}")
        return []

    def raw_table(self, key: str) -> Mapping[str, object]:
        """Return a table as it stands, for another reader; an empty one when it is left out."""
        value = self._values.get(key, {})
        if isinstance(value, dict):
            return value
        self.wrong(key, "一个表", "a table")
        return {}

    def table(self, key: str) -> "Table":
        """Return the table `[key]`, which must be there."""
        value = self._values.get(key)
        if isinstance(value, dict):
            return Table(self._name_of(key), value, self._problems)
        self.wrong(key, f"一个表，写作 [{key}]", f"a table, written as [{key}]")
        return Table(key, {}, Problems())

    def optional_table(self, key: str) -> "Table":
        """Return the table `[key]`, an empty one when it is left out."""
        return Table(self._name_of(key), self.raw_table(key), self._problems)

    def tables(self, key: str) -> "list[Table]":
        """Return the tables `[[key]]`, of which there must be at least one."""
        value = self._values.get(key)
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            return [
                Table(_item_name(key, index, item), item, self._problems)
                for index, item in enumerate(value, start=1)
            ]
        self.wrong(key, f"至少一个表，写作 [[{key}]]", f"at least one table, written as [[{key}]]")
        return []

    def optional_tables(self, key: str) -> "list[Table]":
        """Return the tables `[[key]]`; none when they are left out."""
        return self.tables(key) if key in self else []

    def _note(self, key: str, message_zh: str, message_en: str) -> None:
        self._problems.add(self._name_of(key), message_zh, message_en)

    def _name_of(self, key: str) -> str:
        key_shown = key if key.isprintable() else ascii(key)
        return f"{self.name}.{key_shown}" if self.name else key_shown


def shown(value: object) -> str:
    """Write a value of the file shortly, on one line."""
    if isinstance(value, dict):
        return "{...}"
    if isinstance(value, list):
        return "[...]"
    if isinstance(value, bool):
        return str(value).lower()
    # A huge integer can't be written in decimal.
    text = hex(value) if isinstance(value, int) and abs(value) >= 10**18 else str(value)
    quoted = ascii(text) if not text.isprintable() else repr(text)
    written = quoted if isinstance(value, str) else text
    return written if len(written) <= 60 else f"{written[:56]} ..."


def _item_name(key: str, index: int, item: Mapping[str, Any]) -> str:
    name = item.get("id")
    return f"{key}[{name}]" if isinstance(name, str) and is_id(name) else f"{key}[{index}]"


def _is_line(text: str) -> bool:
    if not text.strip() or len(text) > _TEXT_LENGTH_MAX:
        return False
    return not any(unicodedata.category(character) in _NOT_ON_ONE_LINE for character in text)
