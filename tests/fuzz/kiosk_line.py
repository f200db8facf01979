"""What a kiosk is answered: the real line, flow and presenter take it."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from hypothesis import strategies as st

from hardware.slip import Slip
from hardware.ticket_printer import PrinterStatus
from kiosk.conductor import Conductor
from kiosk.flow.events import Scanned, SecondsPassed, Tapped
from kiosk.flow.settings import Settings
from kiosk.input_devices import InputDevices
from kiosk.presenter.views import KeyView, View, VisitCardView, spoken_texts
from kiosk.presenter.window import Presenter
from kiosk.presenter.wording import load_wordings
from queue_server.client.line import Line
from queue_server.contract import topics
from queue_server.contract.messages import (
    CheckedIn,
    HelpCalled,
    Identified,
    PlaceFound,
    Refused,
)
from queue_server.rules.terms import DeviceId
from tests.fuzz.campaign import Fuzzer, Try
from tests.fuzz.device_line import DEVICE, SITE, Clock, Feed, real_line, running, turns
from tests.fuzz.strange import changed_bytes, changed_tree, json_bytes, some_json, strange_text
from tests.fuzz.wire import instants, trees

_CARD = f"{'eyJhbGciOiJFZDI1NTE5In0'}.{'A' * 40}.{'B' * 40}"
_PRESENTER = Presenter(
    wordings=load_wordings(),
    hospital={"zh": "医院", "en": "Hospital"},
    settings=Settings(languages=("zh", "en"), unattended_after_s=60.0, countdown_s=20.0),
)


class _Window:
    def show(self, view: View) -> None:
        list(spoken_texts(view))

    def wipe(self) -> None:
        pass


class _Paper:
    def status(self) -> PrinterStatus:
        return PrinterStatus(conditions=frozenset())

    def print_slip(self, slip: Slip) -> None:
        assert slip.parts


class _Silence:
    def say(
        self, texts: Sequence[str], *, language: str, name: str, on_end: Callable[[], None]
    ) -> None:
        assert all(texts)

    def silence(self) -> None:
        pass

    def wipe(self) -> None:
        pass


def kiosk_goes_on(line: Callable[..., Line], thrown: list[tuple[str, Any]]) -> None:
    """Whatever is answered, scanned and tapped, the kiosk has a screen to show."""
    asyncio.run(_kiosk(line, thrown))


async def _kiosk(line_of: Callable[..., Line], thrown: list[tuple[str, Any]]) -> None:
    feed, clock = Feed(), Clock()
    line = line_of(feed, clock)
    conductor = Conductor(
        _PRESENTER,
        server=line,
        printer=_Paper(),
        voice=_Silence(),
        now=clock,
        monotonic=clock.seconds,
    )
    line.on_change = conductor.line_changed
    conductor.start(_Window(), InputDevices())
    status = topics.status(SITE, DeviceId("queue-server"))
    failed: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
    async with running(line.run()):
        feed.incoming.put_nowait((status, b'{"is_up": true}'))
        await turns()
        for what, value in thrown:
            _do(conductor, feed, what, value)
            await turns()
            assert conductor.view().dock
        tasks = [*conductor._asking.values(), *conductor._in_background]
    await conductor.stop()
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()
    assert not failed, failed


def _do(conductor: Conductor, feed: Feed, what: str, value: Any) -> None:
    match what:
        case "tap":
            offered = list(_offered(conductor.view()))
            if offered:
                conductor.handle(offered[value % len(offered)])
        case "scan":
            conductor.handle(Scanned(code=value))
        case "wait":
            conductor.handle(SecondsPassed(seconds=value, time_text="08:05"))
        case "answer":
            for_request = feed.requests[-1].request_id if feed.requests else "request-0"
            payload = value.replace(b"request-0", for_request.encode())
            feed.incoming.put_nowait((topics.reply(SITE, DEVICE), payload))


def _offered(view: object) -> Iterator[Tapped]:
    """Yield what a finger can tap on a screen."""
    match view:
        case KeyView(is_enabled=True):
            yield Tapped(key=view.key, argument=view.argument)
        case VisitCardView():
            yield Tapped(key=view.key, argument=view.argument)
        case tuple():
            for part in view:
                yield from _offered(part)
        case _ if is_dataclass(view):
            for one in fields(view):
                yield from _offered(getattr(view, one.name))


_VISIT_KNOWN = {
    "ticket_id": st.sampled_from(["a-1:A001", "a-1:A002"]),
    "session_id": st.just("session-1"),
    "day_on": st.sampled_from(["2026-11-23", "2026-99-99", "0000-00-00"]),
}


def _answers() -> st.SearchStrategy[bytes]:
    bodies = st.one_of(
        [trees(kind, _VISIT_KNOWN) for kind in (Identified, CheckedIn, PlaceFound, HelpCalled)]
        + [trees(Refused, _VISIT_KNOWN)]
    )
    whole = st.fixed_dictionaries(
        {"request_id": st.just("request-0"), "replied_at": instants, "body": bodies}
    )
    return st.one_of(
        whole.map(json_bytes),
        whole.map(json_bytes),
        changed_tree(whole).map(json_bytes),
        changed_bytes(whole.map(json_bytes)),
        some_json.map(lambda one: json.dumps({"request_id": "request-0", "body": one}).encode()),
    )


_codes = (
    st.just(_CARD) | st.just("hk:20261123:a-1:A001") | st.just("11010519491231002X") | strange_text
)
_at_a_kiosk = st.one_of(
    st.tuples(st.just("tap"), st.integers(0, 40)),
    st.tuples(st.just("answer"), _answers()),
    st.tuples(st.just("scan"), _codes),
    st.tuples(st.just("tap"), st.integers(0, 40)),
    st.tuples(st.just("answer"), _answers()),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 5.0, 61.0, 1e9])),
)


KIOSK_LINE = Fuzzer(
    name="mqtt",
    target=real_line,
    tries=(
        Try(
            name="what a kiosk is answered",
            inputs=st.lists(_at_a_kiosk, min_size=1, max_size=14),
            check=kiosk_goes_on,
        ),
    ),
)
