"""From a nurse's press that a doctor is away until each screen shows it: the real demo hospital."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, sync_playwright

from queue_server.demo.controls import Window, ask, wait_until
from queue_server.demo.doctors import sign_doctors_in
from queue_server.demo.hospital import OFFSCREEN, DemoHospital, make_demo
from queue_server.demo.pages import PHONE_SIZE, Api, open_browser
from queue_server.demo.users import NURSE, PASSWORD
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.records import Patient
from queue_server.records.virtual_card import CardIssuer, load_or_make_key
from queue_server.rules.terms import QueueId
from tests.benchmark.figure import Figure, figure, percentile

BENCH: Final = "absences"
DOCTOR: Final = QueueId("cardiology-1")
"""Of the door board and the area board of the demo."""
WORDS: Final = "预计 10:30 返回"
RETURNS_AT: Final = "10:30"
AT_MOST_MS: Final = 1000.0
WITHIN_S: Final = 30.0
LOOK_S: Final = 0.01
MS: Final = 1000
WATCH_PHONE: Final = """() => {
  const look = () => {
    const isTold = document.querySelector(".absence") !== null;
    if (isTold !== window.isTold) { window.isTold = isTold; window.toldAt = Date.now() / 1000; }
  };
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""

Screens = dict[str, Callable[[], bool]]
"""Whether each screen says that he is away."""


def absences(folder: Path, rounds: int, count: int) -> list[Figure]:
    """Let a doctor leave and come back `count` times a round, in front of every kind of screen."""
    found: dict[str, list[list[float]]] = {}
    with _running_demo(folder) as demo, sync_playwright() as playwright:
        patient = _patient_of(demo, DOCTOR)
        phone = _open_phone(open_browser(playwright).new_page(viewport=PHONE_SIZE), demo, patient)  # type: ignore[arg-type]  # a TypedDict
        nurse = Api(demo.address, NURSE, PASSWORD)
        for _ in range(rounds):
            # Nobody stays at a kiosk for long.
            _show_card(demo, patient)
            times_s = _one_round(demo, nurse, phone, count)
            Window(demo.ports.kiosk_control).tap("dock-home")
            for screen, took_s in times_s.items():
                found.setdefault(screen, []).append(took_s)
        nurse.close()
    return [
        one
        for screen, times in found.items()
        for one in (
            figure(BENCH, f"{screen}, P50", [percentile(each, 50) * MS for each in times], "ms"),
            figure(
                BENCH,
                f"{screen}, slowest",
                [max(each) * MS for each in times],
                "ms",
                at_most=AT_MOST_MS,
            ),
        )
    ]


@contextmanager
def _running_demo(folder: Path) -> Iterator[DemoHospital]:
    """Start server, kiosk, area board and door board, with TLS as delivered."""
    now = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai"))
    demo = make_demo(
        folder, now=now, broker=None, environment=OFFSCREEN, voice=f"file:{folder}/sounds"
    )
    try:
        demo.start_devices()
        demo.start_sandbox()
        demo.start_server()
        sign_doctors_in(demo.address, demo.doctors, PASSWORD)
        demo.start_kiosk("540x960")
        demo.start_displays("1280x720", "640x400")
        yield demo
    finally:
        demo.programs.stop_all()


def _patient_of(demo: DemoHospital, doctor: QueueId) -> Patient:
    """Return somebody who sees this doctor today, and nobody else."""
    records = Records(demo.folder / "data" / "records.sqlite")
    for visit in records.appointments_on(demo.day_on):
        visits = records.appointments_of(visit.patient_id)
        if visit.queue_id == doctor and len(visits) == 1:
            patient = records.patient(visit.patient_id)
            assert patient is not None
            return patient
    raise AssertionError(f"nobody sees {doctor} alone today")


def _open_phone(page: Page, demo: DemoHospital, patient: Patient) -> Page:
    page.goto(f"{demo.address}/card/{patient.patient_id}")
    page.wait_for_selector(".visit .number")
    page.evaluate(WATCH_PHONE)
    return page


def _show_card(demo: DemoHospital, patient: Patient) -> None:
    """Let the patient come as far as to see his visit on the kiosk."""
    key = load_or_make_key(demo.folder / "data" / "card-key.json")
    card_id = Records(demo.folder / "data" / "records.sqlite").card_id_of(patient.patient_id)
    assert card_id is not None
    kiosk = Window(demo.ports.kiosk_control)
    wait_until(lambda: "连不上" not in kiosk.texts() and "离线" not in kiosk.texts(), "the line")
    at = datetime.fromtimestamp(time.time() + demo.clock_offset_s, UTC)
    code = CardIssuer(key, demo.site.id).issue(card_id, at, uuid4().hex)
    ask(demo.ports.scanner_control, do="scan", value=code)
    kiosk.wait_for("one-visit")


def _one_round(demo: DemoHospital, nurse: Api, phone: Page, count: int) -> dict[str, list[float]]:
    """Return the seconds from each press until each screen had followed."""
    screens = _screens(demo)
    times_s: dict[str, list[float]] = {screen: [] for screen in (*screens, "phone page")}
    with ThreadPoolExecutor(len(screens)) as watchers:
        for number in range(count):
            is_away = number % 2 == 0
            ready = threading.Barrier(len(screens) + 1)
            shown = {
                screen: watchers.submit(_when, look, is_away, ready)
                for screen, look in screens.items()
            }
            ready.wait()
            pressed_at = time.time()
            if is_away:
                nurse.act(DOCTOR, "absence", kind="left", cause="surgery", returns_at=RETURNS_AT)
            else:
                nurse.act(DOCTOR, "attend")
            for screen, when in shown.items():
                times_s[screen].append(when.result() - pressed_at)
            phone.wait_for_function("isTold => window.isTold === isTold", arg=is_away)
            times_s["phone page"].append(phone.evaluate("window.toldAt") - pressed_at)
    return times_s


def _when(look: Callable[[], bool], is_away: bool, ready: threading.Barrier) -> float:
    """Return the time when the screen said what it should."""
    ready.wait()
    give_up_at = time.time() + WITHIN_S
    while look() is not is_away:
        assert time.time() < give_up_at, "a screen does not follow"
        threading.Event().wait(LOOK_S)
    return time.time()


def _screens(demo: DemoHospital) -> Screens:
    ports = demo.ports
    kiosk = Window(ports.kiosk_control)

    def board_says(port: int) -> bool:
        return WORDS in json.dumps(ask(port, do="view"), ensure_ascii=False)

    return {
        "kiosk, a visit on its screen": lambda: WORDS in kiosk.texts(),
        "area board": lambda: board_says(ports.area_control),
        "door board": lambda: board_says(ports.door_control),
    }
