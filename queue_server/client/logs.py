"""How every program of ours logs: one line an event, in UTC, as text or as JSON, nobody in it.

What is logged is chosen with care; what an exception says of itself is not. So of exceptions
only the kinds and the places in the code are written, never their texts: those may hold what
somebody typed.
"""

import argparse
import logging
import sys
import threading
import time
import traceback
from types import TracebackType
from typing import Any, Final, Literal, TextIO, get_args

from pythonjsonlogger.json import JsonFormatter

Form = Literal["text", "json"]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
FORMS: Final = get_args(Form)
LEVELS: Final = get_args(Level)
_FIELDS: Final = {"asctime": "at", "levelname": "level", "name": "logger"}
KEPT: Final = ("at", "level", "site", "device", "logger", "message", "exc_info", "stack_info")
"""The fields of a line of JSON, in their order."""
_UTC: Final = "%Y-%m-%dT%H:%M:%S"


def add_log_options(parser: argparse.ArgumentParser) -> None:
    """Let a program take `--log-format` and `--log-level`."""
    parser.add_argument(
        "--log-format", choices=FORMS, help="lines of text or of JSON / 日志格式（默认 text）"
    )
    parser.add_argument(
        "--log-level", choices=LEVELS, help="what is less is left out / 日志级别（默认 INFO）"
    )


def set_up_logs(
    *,
    site: str,
    device: str,
    form: Form = "text",
    level: Level = "INFO",
    stream: TextIO | None = None,
) -> None:
    """Send everything that is logged, and what nobody caught, to `stream`.

    Args:
        site: written into each line of JSON.
        device: the same; of the server its own id.
        form: `text` or `json`.
        level: what is less important is left out.
        stream: standard error if it is None.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_json(site, device) if form == "json" else _text())
    handler.addFilter(_without_context)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


class _Text(logging.Formatter):
    def formatException(self, ei: Any) -> str:  # noqa: N802  # logging's own name
        return nameless(ei)


class _Json(JsonFormatter):
    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        # What a library adds to its records on the way is none of ours, and not looked at.
        return {key: log_data[key] for key in KEPT if log_data.get(key)}

    def formatException(self, ei: Any) -> str:  # noqa: N802  # logging's own name
        return nameless(ei)


def _text() -> logging.Formatter:
    formatter = _Text("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", _UTC)
    formatter.converter = time.gmtime
    return formatter


def _json(site: str, device: str) -> logging.Formatter:
    formatter = _Json(
        "%(asctime)s %(levelname)s %(name)s %(message)s",
        datefmt=f"{_UTC}Z",
        rename_fields=_FIELDS,
        static_fields={"site": site, "device": device},
        json_ensure_ascii=False,
    )
    formatter.converter = time.gmtime
    return formatter


def nameless(
    ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
) -> str:
    """Return the kinds of an exception and its causes, with the places in the code."""
    lines: list[str] = []
    error = ei[1]
    while error is not None:
        lines = [*traceback.format_tb(error.__traceback__), type(error).__name__, *lines]
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)
    return "\n".join(line.rstrip("\n") for line in lines)


def _without_context(record: logging.LogRecord) -> bool:
    """Keep of asyncio's reports the first line: the others show exceptions and what tasks hold."""
    if record.name == "asyncio":
        record.msg, record.args = record.getMessage().partition("\n")[0], None
    return True


def _uncaught(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, where)
        return
    logging.getLogger("uncaught").critical(
        "the program ends: %s", kind.__name__, exc_info=(kind, error, where)
    )


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    error = arguments.exc_value
    if error is not None:
        logging.getLogger("uncaught").critical(
            "a thread has ended: %s",
            arguments.exc_type.__name__,
            exc_info=(arguments.exc_type, error, arguments.exc_traceback),
        )
