"""Logs are in UTC, say where they come from, and hold nothing that somebody typed."""

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from queue_server.client.logs import Form, set_up_logs

SECRET = "王小明 110105194912310025"
log = logging.getLogger("queue_server.somewhere")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks


def written(form: Form) -> StringIO:
    stream = StringIO()
    set_up_logs(site="qingyu", device="kiosk-01", form=form, level="DEBUG", stream=stream)
    return stream


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail() -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(SECRET) from error


def test_a_line_of_json_says_when_where_and_what() -> None:
    stream = written("json")

    log.warning("a request of %s can't be read", "kiosk-01", extra={"payload": SECRET})

    [line] = lines(stream)
    assert SECRET not in stream.getvalue()
    assert line["message"] == "a request of kiosk-01 can't be read"
    assert (line["site"], line["device"], line["level"]) == ("qingyu", "kiosk-01", "WARNING")
    assert line["logger"] == "queue_server.somewhere"
    assert line["at"].endswith("Z")


@pytest.mark.parametrize("form", ["text", "json"])
def test_times_are_utc_whatever_the_machine_is_set_to(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = written(form)
    record = logging.LogRecord("x", logging.INFO, "", 0, "now", None, None)
    record.created, record.msecs = 0.25, 250.0

    logging.getLogger().handle(record)

    assert "1970-01-01T00:00:00" in stream.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_of_an_exception_the_place_is_told_and_never_its_text(form: Form) -> None:
    stream = written(form)

    try:
        fail()
    except ValueError:
        log.exception("it failed")

    text = stream.getvalue()
    assert "ValueError" in text
    assert "KeyError" in text
    assert "in fail" in text
    assert SECRET not in text
    assert "110105" not in text


def test_what_nobody_caught_is_told_without_its_text() -> None:
    stream = written("json")

    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    first, second = lines(stream)
    assert (first["level"], second["level"]) == ("CRITICAL", "CRITICAL")
    assert "110105" not in stream.getvalue()


def test_a_task_that_failed_unseen_does_not_tell_what_it_held() -> None:
    stream = written("text")
    loop = asyncio.new_event_loop()
    loop.call_exception_handler(
        {"message": "Task exception was never retrieved", "exception": KeyError(SECRET),
         "task": SECRET}
    )  # fmt: skip
    loop.close()

    assert "Task exception was never retrieved" in stream.getvalue()
    assert "110105" not in stream.getvalue()
