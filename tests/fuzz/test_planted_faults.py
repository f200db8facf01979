"""Each fuzzer finds what was broken for it on purpose, and says which input shows it."""

import base64
import json
import tomllib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from hypothesis import Phase
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from display.configuration import load_configuration
from hardware.scanners.code_collector import CodeCollector
from hardware.scanners.keyboard_wedge import KeyboardWedgeScanner
from queue_server.client.line import Line
from queue_server.contract.virtual_card import CardError, CardPayload, CardReader
from queue_server.journal.journal_check import CheckReport, check_journal
from queue_server.journal.journal_file import JournalFile
from queue_server.rules.masking import HIDDEN, mask
from queue_server.rules.terms import RefusalCode
from queue_server.service.door import read_job
from tests.fuzz.board_line import BOARD_LINE
from tests.fuzz.campaign import Fuzzer, run_slice, told
from tests.fuzz.cards import CARDS, gate
from tests.fuzz.configuration import CONFIGURATION, readers
from tests.fuzz.device_line import make_line, real_line
from tests.fuzz.devices import DEVICES, desk
from tests.fuzz.http_api import HTTP, served_site
from tests.fuzz.journals import JOURNALS, cabinet
from tests.fuzz.kiosk_line import KIOSK_LINE
from tests.fuzz.names import NAMES, masks
from tests.fuzz.server_line import SERVER_LINE, BrokerlessDoor, server

SEEDS = range(1, 6)
Target = Callable[[], AbstractContextManager[Any]]


def finding(fuzzer: Fuzzer, name: str, target: Target) -> str:
    """Return what a try says of a broken target; without a word the test fails."""
    broken = replace(fuzzer, target=target)
    [one] = [one for one in fuzzer.tries if one.name == name]
    for seed in SEEDS:
        try:
            # Any input that shows it will do: looking for the smallest takes its time.
            run_slice(broken, one, seed, phases=[Phase.generate])
        except Exception as error:  # noqa: BLE001 - whatever it is, it was looked for
            return "\n".join(told(error))
    raise AssertionError("nobody has noticed")


class LetsBadPayloadsOut(BrokerlessDoor):
    """Takes for granted that what comes in is a message of ours."""

    def _received(self, _client: object, _userdata: object, message: Any) -> None:
        job = read_job(self._site, message.topic, bytes(message.payload), message.mid)
        if job is not None:
            self._put(job)
        self.acknowledge(message.mid)


def test_a_door_that_lets_bad_payloads_out_is_found() -> None:
    said = finding(SERVER_LINE, "everything that devices send", partial(server, LetsBadPayloadsOut))

    assert "BadPayload" in said or "BadTopic" in said
    assert "thrown=" in said


class LetsBadMessagesOut(Line):
    """Takes for granted that the server says nothing else than it should."""

    def _deliver(self, topic: str, payload: bytes) -> None:
        self._followed[topic](payload)


@pytest.mark.parametrize("fuzzer", [BOARD_LINE, KIOSK_LINE], ids=["board", "kiosk"])
def test_a_line_that_lets_bad_messages_out_is_found(fuzzer: Fuzzer) -> None:
    said = finding(
        fuzzer,
        fuzzer.tries[0].name,
        partial(real_line, partial(make_line, kind=LetsBadMessagesOut)),
    )

    assert "BadPayload" in said


class ReadsUnsigned(CardReader):
    """Reads what a token claims, whoever has signed it."""

    def _signed_payload(self, text: str) -> Any:
        try:
            claims = json.loads(base64.urlsafe_b64decode(text.split(".")[1] + "=="))
            return msgspec.convert(claims, CardPayload)
        except (ValueError, LookupError, msgspec.ValidationError) as error:
            raise CardError(RefusalCode.CARD_UNKNOWN, "is no token") from error


def test_a_reader_that_does_not_look_at_the_signature_is_found() -> None:
    said = finding(CARDS, "forged cards", partial(gate, ReadsUnsigned))

    assert "a forged card was let in" in said


def test_a_mask_that_shows_short_names_is_found() -> None:
    def shows_two(name: str) -> str:
        return name + HIDDEN if len(name) == 2 and name.isalpha() else mask(name)

    assert "AssertionError" in finding(NAMES, "any text is masked", partial(masks, shows_two))


class Endless(CodeCollector):
    """Gathers without an end."""

    def _completed(self) -> list[str]:
        code = "".join(self._characters)
        self.clear()
        return [code]


class TakesAnything(KeyboardWedgeScanner):
    """Hands on whatever is typed."""

    def __init__(self, limits: Any) -> None:
        super().__init__(limits)
        self._collector = Endless(limits)


def test_a_scanner_that_hands_on_what_is_no_code_is_found() -> None:
    assert "AssertionError" in finding(DEVICES, "a keyboard", partial(desk, TakesAnything))


def test_a_reader_of_files_that_expects_toml_is_found() -> None:
    def expects_toml(arguments: Sequence[str]) -> object:
        tomllib.loads(Path(arguments[-1]).read_text(encoding="utf-8"))
        return load_configuration(arguments)

    said = finding(CONFIGURATION, "board's file", partial(readers, expects_toml))

    assert "TOMLDecodeError" in said or "UnicodeDecodeError" in said


def test_a_check_of_the_journal_that_stumbles_over_damage_is_found() -> None:
    def stumbles(file: JournalFile) -> CheckReport:
        report = check_journal(file)
        if report.findings:
            raise LookupError("what now?")
        return report

    said = finding(JOURNALS, "journals with other rows", partial(cabinet, stumbles))

    assert "what now?" in said


class AnswersItself:
    """Answers whatever is asked about a queue in place of the application."""

    def __init__(self, application: ASGIApp, answer: Response) -> None:
        self._application = application
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_mine = scope["type"] == "http" and scope["path"].startswith("/api/queues/")
        await (self._answer if is_mine else self._application)(scope, receive, send)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (PlainTextResponse("Traceback: 张晓明", 500), "Traceback"),
        (JSONResponse({}, 418), "Undocumented status code"),
        (JSONResponse({"entry": "x"}), "Response violates schema"),
    ],
    ids=["a trace of the program", "a status of its own", "an answer of another form"],
)
def test_an_answer_that_is_not_described_is_found(answer: Response, said: str) -> None:
    def change(application: FastAPI) -> None:
        application.add_middleware(AnswersItself, answer=answer)

    assert said in finding(HTTP, "requests by the description", partial(served_site, change))
