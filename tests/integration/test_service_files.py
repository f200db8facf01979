"""The files that make a machine a server, a kiosk or a board."""

import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SERVICES = CHECKOUT / "assets" / "services"
UNITS = sorted([*SERVICES.glob("*.service"), *SERVICES.glob("*.timer")])
SCRIPTS = ["nightly-backup", "set-up", "wait-for-screen"]


def test_there_is_a_unit_for_each_program() -> None:
    assert {unit.name for unit in UNITS} == {
        "hospital-queue-server.service",
        "hospital-kiosk.service",
        "hospital-board@.service",
        "hospital-screen.service",
        "hospital-backup.service",
        "hospital-backup.timer",
    }


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    named = []
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("@CHECKOUT@", str(CHECKOUT))
        # A kiosk's X is not installed where this is only tested.
        text = text.replace("/usr/bin/xinit", "/bin/true")
        name = unit.name.replace("@.", "@area.")
        (tmp_path / name).write_text(text, encoding="utf-8")
        named.append(str(tmp_path / name))

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *named],
        capture_output=True,
        text=True,
        check=False,
    )

    complaints = [line for line in checked.stderr.splitlines() if str(tmp_path) in line]
    assert (checked.returncode, complaints) == (0, []), checked.stderr


def test_systemd_notices_a_word_that_it_does_not_know(tmp_path: Path) -> None:
    unit = tmp_path / "wrong.service"
    unit.write_text("[Service]\nExecStart=/bin/true\nRestartt=always\n", encoding="utf-8")

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Restartt" in checked.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_file_of_ours_that_a_unit_names_is_there(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")

    named = set(re.findall(r"@CHECKOUT@/((?:assets|docs)/[^\s\\]+)", text))

    assert {name for name in named if not (CHECKOUT / name).exists()} == set()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_program_whose_signs_of_life_are_awaited_stays_in_its_service(unit: Path) -> None:
    words = {line.partition("=")[0] for line in unit.read_text(encoding="utf-8").splitlines()}

    # Whoever has a session of logind is moved into it, where systemd hears no word of his.
    assert not {"WatchdogSec", "PAMName"} <= words


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_are_sound_and_may_be_run(name: str) -> None:
    script = SERVICES / name

    subprocess.run(["sh", "-n", str(script)], check=True)

    assert script.stat().st_mode & 0o111 == 0o111


def test_no_key_and_no_click_does_anything_in_the_window_manager() -> None:
    namespace = "{http://openbox.org/3.4/rc}"

    root = ET.parse(SERVICES / "openbox.xml").getroot()

    for part in ("keyboard", "mouse"):
        found = root.find(f"{namespace}{part}")
        assert found is not None, "without the element openbox takes its own keys"
        assert len(found) == 0
