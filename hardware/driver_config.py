"""Check the configuration of a device against the keys its driver knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from hardware.errors import ConfigError

Values = Mapping[str, Any]
"""Checked values: every key of the driver is there, with the right type."""

_KIND_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a driver. Without a default it must be given. Numbers lie within the limits."""

    kind: type[str | float | bool]
    default: str | float | None = None
    choices: tuple[str, ...] = ()
    minimum: float = 0.0
    maximum: float = float("inf")


def checked_config(
    config: Mapping[str, object], drivers: Mapping[str, Mapping[str, Key]]
) -> tuple[str, Values]:
    """Return the driver's name and its values, defaults filled in.

    Raises:
        ConfigError: its detail names every mistake, and for a word that is not known the nearest.
    """
    driver = config.get("driver")
    if not isinstance(driver, str) or driver not in drivers:
        raise ConfigError(
            f"driver = {_written(driver)}{_nearest(driver, drivers)}; "
            f"known drivers: {', '.join(sorted(drivers))}"
        )
    keys = drivers[driver]
    given = {name: value for name, value in config.items() if name != "driver"}
    mistakes = [
        f"{name}: unknown key of driver {driver!r}{_nearest(name, keys)}"
        for name in given
        if name not in keys
    ]
    values: dict[str, Any] = {}
    for name, key in keys.items():
        value = given.get(name, key.default)
        mistake = _mistake_in(value, key)
        if mistake:
            mistakes.append(f"{name}: {mistake}")
        values[name] = value
    if mistakes:
        raise ConfigError("; ".join(mistakes))
    return driver, values


def _mistake_in(value: object, key: Key) -> str:
    """Return what is wrong with `value`, or nothing."""
    if value is None:
        return f"missing, it must be {_KIND_NAMES[key.kind]}"
    # To Python True is a number, to whoever writes a configuration it is not.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = is_number if key.kind is float else type(value) is key.kind
    if not fits:
        return f"{_written(value)} is not {_KIND_NAMES[key.kind]}"
    if key.choices and value not in key.choices:
        return (
            f"{_written(value)} is none of {', '.join(key.choices)}{_nearest(value, key.choices)}"
        )
    if is_number and isinstance(value, int | float) and not key.minimum <= value <= key.maximum:
        return f"{_written(value)} is not between {key.minimum:g} and {key.maximum:g}"
    return ""


def _written(value: object) -> str:
    """Return a value as Python writes it; of endless numbers only what they are."""
    try:
        return repr(value)
    except ValueError:
        return "a number of thousands of digits"


def _nearest(word: object, known: Mapping[str, object] | tuple[str, ...]) -> str:
    found = get_close_matches(word, list(known), n=1, cutoff=0.5) if isinstance(word, str) else []
    return f" (did you mean {found[0]!r}?)" if found else ""
