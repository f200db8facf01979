"""`python -m hardware`, as a technician and the demo run it: processes of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.cli import main
from hardware.simulated.control import send_order

ROOT = Path(__file__).parents[3]
WIDE_TERMINAL = {**os.environ, "COLUMNS": "160"}


class Simulation:
    """A running `python -m hardware simulate …`."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hardware", "simulate", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert ready["ready"], ready
        self.address: str = ready["address"]
        self.control_port: int = ready["control_port"]

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)
        return self.process.returncode


Simulate = Callable[..., Simulation]


@pytest.fixture
def simulate() -> Iterator[Simulate]:
    running: list[Simulation] = []

    def start(*arguments: str) -> Simulation:
        running.append(Simulation(*arguments))
        return running[-1]

    yield start
    for simulation in running:
        simulation.stop()


def checked(*arguments: str) -> tuple[int, str]:
    """Run `python -m hardware check` and return its exit code and what it prints."""
    run = subprocess.run(
        [sys.executable, "-m", "hardware", "check", *arguments],
        cwd=ROOT,
        env=WIDE_TERMINAL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return run.returncode, run.stdout


def test_a_technician_checks_devices_that_are_well(simulate: Simulate, tmp_path: Path) -> None:
    printer = simulate("printer", "--port", "0", "--slips", str(tmp_path / "slips"))
    scanner = simulate("scanner", "--link", str(tmp_path / "scanner"))
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'[printer]\ndriver = "network"\nhost = "127.0.0.1"\n'
        f"port = {printer.address.split(':')[1]}\n"
        f'[scanner]\ndriver = "serial"\nport = "{scanner.address}"\n'
        '[kiosk]\nname = "K03"\n',
        encoding="utf-8",
    )

    exit_code, printed = checked("--config", str(config), "--print")

    assert exit_code == 0, printed
    assert "全部正常 All is well" in printed
    assert "就绪 Ready" in printed
    assert [slip.name for slip in (tmp_path / "slips").iterdir()] == ["slip-001.png"]
    assert printer.stop() == 0
    assert scanner.stop() == 0
    assert not (tmp_path / "scanner").is_symlink()


def test_a_technician_sees_what_is_wrong(simulate: Simulate, tmp_path: Path) -> None:
    printer = simulate(
        "printer", "--port", "0", "--slips", str(tmp_path), "--fault", "paper_out"
    )  # fmt: skip
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'[printer]\ndriver = "network"\nhost = "127.0.0.1"\n'
        f"port = {printer.address.split(':')[1]}\n"
        f'[scanner]\ndriver = "serial"\nport = "{tmp_path}/nothing-here"\n',
        encoding="utf-8",
    )

    exit_code, printed = checked("--config", str(config), "--print")

    assert exit_code == 1
    assert "缺纸，请更换纸卷" in printed
    assert "Out of paper" in printed
    assert "PAPER_OUT" in printed
    assert "Unreachable" in printed

    send_order(printer.control_port, "clear_all")
    assert "Out of paper" not in checked("--config", str(config))[1]


def test_without_a_configuration_it_says_what_to_write(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    empty = tmp_path / "empty.toml"
    empty.touch()

    for arguments in (["check"], ["check", "--config", str(empty)]):
        assert main(arguments) == 1
        printed = capsys.readouterr().out
        assert "[printer]" in printed
        assert "[scanner]" in printed


@pytest.mark.parametrize(
    "text",
    ["[printer", "printer = 7", "scanner = [7]", "x = " + "[" * 3000, "x = " + "9" * 5000, None],
    ids=["cut off", "a number", "a list", "nested too deeply", "endless", "not there"],
)
def test_a_file_that_cannot_be_read_is_said_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str | None
) -> None:
    file = tmp_path / "kiosk.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")

    assert main(["check", "--config", str(file)]) == 1
    assert "kiosk.toml" in capsys.readouterr().out.replace("\n", "")


def test_a_mistake_in_the_configuration_is_shown_with_the_nearest_word(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    file = tmp_path / "kiosk.toml"
    file.write_text('[printer]\ndriver = "netwrok"\n', encoding="utf-8")

    assert main(["check", "--config", str(file)]) == 1
    assert "did you mean 'network'?" in capsys.readouterr().out


def test_a_code_is_scanned_from_the_command_line_and_its_kind_shown_but_not_the_code(
    simulate: Simulate, tmp_path: Path
) -> None:
    scanner = simulate("scanner", "--link", str(tmp_path / "scanner"))
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'[scanner]\ndriver = "serial"\nport = "{scanner.address}"\n', encoding="utf-8"
    )
    control = [sys.executable, "-m", "hardware", "control", str(scanner.control_port)]

    with subprocess.Popen(
        [sys.executable, "-m", "hardware", "check", "--config", str(config), "--scan", "20"],
        cwd=ROOT,
        env=WIDE_TERMINAL,
        stdout=subprocess.PIPE,
        text=True,
    ) as check:
        assert check.stdout is not None
        assert "Scan a code now" in check.stdout.readline()
        ordered = subprocess.run(
            [*control, "scan", "134650000000000017"], cwd=ROOT, capture_output=True, check=False
        )
        printed, _ = check.communicate(timeout=20)

    assert ordered.returncode == 0
    assert check.returncode == 0
    assert "wechat_payment" in printed
    assert "134650000000000017" not in printed


@pytest.fixture
def money_and_cards(simulate: Simulate, tmp_path: Path) -> tuple[Path, Simulation, Simulation]:
    """A configuration of a bill validator and an ID card reader, and the two."""
    cash = simulate("cash", "--link", str(tmp_path / "cash"))
    reader = simulate("id-card", "--link", str(tmp_path / "id-card"))
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'[cash]\ndriver = "ssp"\nport = "{cash.address}"\n'
        f'[id_card]\ndriver = "serial"\nport = "{reader.address}"\n',
        encoding="utf-8",
    )
    return config, cash, reader


def test_a_technician_checks_what_takes_notes_and_reads_cards(
    money_and_cards: tuple[Path, Simulation, Simulation],
) -> None:
    config, cash, reader = money_and_cards

    exit_code, printed = checked("--config", str(config))

    assert exit_code == 0, printed
    assert "Bill validator" in printed
    assert "ID card reader" in printed
    assert "全部正常 All is well" in printed
    assert (cash.stop(), reader.stop()) == (0, 0)


def test_a_technician_is_told_what_to_do_about_a_full_box_and_a_reader_that_is_silent(
    money_and_cards: tuple[Path, Simulation, Simulation],
) -> None:
    config, cash, reader = money_and_cards
    send_order(cash.control_port, "set", "stacker_full")
    send_order(reader.control_port, "set", "mute")

    exit_code, printed = checked("--config", str(config))

    assert exit_code == 1
    assert "两人到场清点" in printed
    assert "two people count" in printed
    assert "连接不上" in printed


@pytest.mark.parametrize(
    ("valid_until", "told"), [("20991231", "A card was read"), ("20200101", "has expired")]
)
def test_a_card_is_read_for_the_technician_and_nothing_on_it_is_shown(
    money_and_cards: tuple[Path, Simulation, Simulation], valid_until: str, told: str
) -> None:
    config, _, reader = money_and_cards
    card = {"name": "欧阳示范", "number": "11010519491231002X", "born": "19491231"}
    order = send_order(reader.control_port, "put", json.dumps(card | {"valid_until": valid_until}))
    assert order["ok"], order

    exit_code, printed = checked("--config", str(config), "--scan", "20")

    assert (exit_code == 0) is (told == "A card was read")
    assert told in printed
    assert "欧阳" not in printed
    assert "11010519491231002X" not in printed


def test_a_note_is_pushed_in_from_the_command_line(simulate: Simulate, tmp_path: Path) -> None:
    cash = simulate("cash", "--link", str(tmp_path / "cash"))

    refused = send_order(cash.control_port, "insert", "50")

    assert refused == {"ok": False, "error": "ValueError: the slot is closed"}
    assert send_order(cash.control_port, "state") == {
        "ok": True, "faults": [], "box_fen": [], "returned_fen": []
    }  # fmt: skip


def test_an_order_to_nobody_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["control", "1", "state"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    printed = capsys.readouterr().out
    assert ended.value.code == 0
    for command in ("check", "simulate", "control", "自检"):
        assert command in printed
