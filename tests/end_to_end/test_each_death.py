"""`kill -9` of the real server and the real kiosk, and device faults, at each step of a payment.

A step is a commit of the journal about the payment, before and after it: the server waits at a gate
(`gate.py`) until the test has killed whom it wants, or made a device fail. An ordinary run tries a
few of them; `--every-death` tries all, and takes a good part of an hour.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Final, Literal

import pytest

from queue_server.demo.controls import ask, wait_until
from queue_server.demo.hospital import DemoHospital
from queue_server.payments.fen import Fen, total
from queue_server.payments.terms import AttemptState
from tests.end_to_end.gate import Gate, GatedPrograms, listening
from tests.end_to_end.paying_morning import PayingMorning, running_morning
from tests.end_to_end.persistent_patient import PersistentPatient
from tests.end_to_end.purse import Purse, debtor, untold

pytestmark = [pytest.mark.end_to_end, pytest.mark.broker, pytest.mark.timeout(3600)]
SETTLED_WITHIN_S: Final = 150.0
WAYS: Final = ("shown", "scanned", "cash")
CODES: Final = (f"1345678901{number:08d}" for number in count())
ENDS: Final = frozenset(
    {AttemptState.FULFILLED, AttemptState.CLOSED, AttemptState.FAILED, AttemptState.REFUNDED}
)
Happens = Callable[[PayingMorning], None]


def nothing(_morning: PayingMorning) -> None:
    """A run in which the steps are counted."""


def server_dies(morning: PayingMorning) -> None:
    morning.demo.programs.kill("server")
    morning.is_server_dead = True


def kiosk_dies(morning: PayingMorning) -> None:
    morning.demo.programs.kill("kiosk")


def device_fails(port: str, fault: str) -> Happens:
    def fail(morning: PayingMorning) -> None:
        ask(getattr(morning.demo.ports, port), do="set", value=fault)

    fail.__name__ = f"{port.removesuffix('_control')}-{fault}"
    return fail


DEATHS: Final = (server_dies, kiosk_dies)
FAULTS: Final = (
    device_fails("printer_control", "paper_out"),
    device_fails("printer_control", "unplugged"),
    device_fails("scanner_control", "unplugged"),
    device_fails("cash_control", "note_jam"),
    device_fails("cash_control", "unplugged"),
)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


def how_long(fixture_name: str, config: pytest.Config) -> Literal["function", "module"]:
    """Each long form has a morning of its own: it takes a patient for each step."""
    del fixture_name
    return "function" if config.getoption("--every-death") else "module"


@pytest.fixture(scope=how_long)
def morning(tmp_path_factory: pytest.TempPathFactory, gate: Gate) -> Iterator[PayingMorning]:
    folder = tmp_path_factory.mktemp("hospital")
    path = folder / "gate"

    def gated(demo: DemoHospital) -> DemoHospital:
        return replace(demo, programs=GatedPrograms(demo.programs.logs, gate=path))

    with listening(gate, path), running_morning(folder, change=gated) as running:
        yield running


def recover(morning: PayingMorning) -> None:
    """Start what is dead, and mend what is broken."""
    if morning.is_server_dead:
        morning.start_server()
    if "kiosk" not in morning.demo.programs.running():
        morning.demo.start_kiosk("1080x1920")
    for port in ("printer_control", "scanner_control", "cash_control"):
        ask(getattr(morning.demo.ports, port), do="clear_all")


def pays_once(
    morning: PayingMorning,
    gate: Gate,
    way: str,
    happens: Happens,
    is_then: Callable[[int, str], bool],
) -> list[str]:
    """Let a patient pay while it happens at that step; return the steps, and check every fen."""
    patient = debtor(morning, 1)
    owed = total(charge.self_pay for sheet in morning.sheets(patient) for charge in sheet.charges)
    payer = PersistentPatient(
        morning=morning, patient=patient, owed=owed, way=way, code=next(CODES)
    )
    in_box_yuan = Purse(morning=morning).box_yuan()
    gate.arm(is_then, lambda: happens(morning))

    def is_settled() -> bool:
        if gate.has_acted.is_set():
            recover(morning)
            gate.has_acted.clear()
        payer.act()
        return payer.is_done()

    wait_until(is_settled, "the payment", SETTLED_WITHIN_S)
    # It may happen at the very last step.
    gate.disarm()
    recover(morning)
    wait_until(lambda: is_over(morning, payer), "the end of all attempts", SETTLED_WITHIN_S)
    # The books know of a note before the kiosk has heard so, and before it lies in the box.
    wait_until(lambda: untold(morning) == 0, "the answer to each note", SETTLED_WITHIN_S)
    wait_until(
        lambda: put_in(morning, in_box_yuan) >= cash_in(morning, payer), "the notes in the box"
    )
    assert_every_fen_agrees(morning, payer, in_box_yuan)
    go_home(morning)
    return list(gate.steps)


def is_over(morning: PayingMorning, payer: PersistentPatient) -> bool:
    return all(one.state in ENDS for one in morning.attempts(payer.patient))


def assert_every_fen_agrees(
    morning: PayingMorning, payer: PersistentPatient, in_box_yuan: int
) -> None:
    """Ledger, bank or box, counter and receipt say the same, and he has paid once."""
    attempts = morning.attempts(payer.patient)
    trades = {one["number"]: one for one in morning.trades()}
    [paid] = [one for one in attempts if one.state is AttemptState.FULFILLED]
    for one in attempts:
        trade = trades.get(one.id, {"paid_fen": 0, "refunded_fen": 0})
        came_fen = one.kept.fen if payer.way == "cash" else trade["paid_fen"]
        assert came_fen - trade["refunded_fen"] == one.kept.fen
    assert total(one.kept for one in attempts) == payer.owed
    notes = put_in(morning, in_box_yuan)
    assert cash_in(morning, payer) == notes
    assert total(one.held for one in attempts) == notes - (paid.kept if notes else Fen(0))
    [receipt] = morning.receipts(paid)
    assert receipt.amount == payer.owed
    assert all(sheet.is_paid for sheet in morning.sheets(payer.patient))


def put_in(morning: PayingMorning, in_box_yuan: int) -> Fen:
    """Return what lies in the box since there were so many yuan in it."""
    return Fen((Purse(morning=morning).box_yuan() - in_box_yuan) * 100)


def cash_in(morning: PayingMorning, payer: PersistentPatient) -> Fen:
    return total(one.cash_in for one in morning.attempts(payer.patient))


def go_home(morning: PayingMorning) -> None:
    """Leave the kiosk as it is found by the next patient."""
    morning.wait_for_the_line()
    morning.kiosk.tap("dock-home")
    morning.kiosk.wait_for("home")


EACH: Final = ""
"""In place of the name of a step: at each of them."""
CHOSEN: Final = (
    ("shown", "before MoneyCame", server_dies),
    ("scanned", "after MoneyCame", server_dies),
    ("cash", "after NoteTaken", kiosk_dies),
    ("cash", "before NoteTaken", device_fails("cash_control", "unplugged")),
)
ALL: Final = tuple((way, EACH, happens) for way in WAYS for happens in (*DEATHS, *FAULTS))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try a few moments in an ordinary run, and each if there is the time for it."""
    if "step" in metafunc.fixturenames:
        is_every = metafunc.config.getoption("--every-death")
        metafunc.parametrize(("way", "step", "happens"), [*CHOSEN, *(ALL if is_every else ())])


def test_a_payment_counts_once_whoever_dies_and_whatever_breaks_over_it(
    record_testsuite_property: Callable[[str, object], None],
    morning: PayingMorning,
    gate: Gate,
    way: str,
    step: str,
    happens: Happens,
) -> None:
    if step != EACH:
        pays_once(morning, gate, way, happens, partial(is_named, step))
        assert gate.struck == 1, gate.steps
        return
    steps = pays_once(morning, gate, way, nothing, lambda number, name: False)
    # What is before a commit is after the one before.
    moments = [at for at, name in enumerate(steps, start=1) if at == 1 or name.startswith("after")]
    for at in moments:
        pays_once(morning, gate, way, happens, partial(is_number, at))
    record_testsuite_property(f"{way}, {happens.__name__}", [steps[at - 1] for at in moments])


def is_named(step: str, _number: int, name: str) -> bool:
    when, fact = step.split()
    return name.startswith(when) and fact in name.split()


def is_number(at: int, number: int, _name: str) -> bool:
    return number == at
