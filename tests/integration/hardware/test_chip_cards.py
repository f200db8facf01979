"""Chip cards: the real PC/SC service and its virtual reader, with a card that is simulated.

The service has one fixed address on a machine, so it runs in namespaces of its own.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
APART = "mount -t tmpfs tmpfs /run && ip link set lo up && exec {} -m {}"
SESSION = "tests.integration.hardware.chip_card_session"


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What the driver delivered in one session."""
    command = APART.format(sys.executable, SESSION)
    session = subprocess.run(
        ["unshare", "-rmnpf", "--kill-child", "--mount-proc", "sh", "-c", command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert session.returncode == 0, session.stdout + session.stderr
    delivered: dict[str, str] = json.loads(session.stdout)
    return delivered


def test_a_hospital_card_is_read_each_time_it_is_put_in(told: dict[str, str]) -> None:
    assert (told["well"], told["again"]) == ("清榆-00017", "清榆-00017")


def test_a_card_that_is_withdrawn_is_told_and_read_when_it_is_back(told: dict[str, str]) -> None:
    assert (told["withdrawn"], told["back"]) == ("CARD_WITHDRAWN", "清榆-00017")


@pytest.mark.parametrize("card", ["file missing", "empty", "other application"])
def test_a_card_without_a_number_is_unreadable(told: dict[str, str], card: str) -> None:
    assert told[card] == "CARD_UNREADABLE"


def test_without_reader_or_service_it_says_so_and_comes_back(told: dict[str, str]) -> None:
    assert told["other reader"] == "unreachable"
    assert told["without pcscd"] == "unreachable"
    assert told["pcscd came"] == "ready"
    assert told["pcscd went"] == "unreachable"


def test_a_chip_card_says_to_a_kiosk_who_has_come(told: dict[str, str]) -> None:
    assert told["at a kiosk"] == "清榆-00018"
    assert told["parts of a kiosk"] == "chip_card:ok"
