"""How a server's program ends when it can't start, which decides whether its service goes on."""

import subprocess
import sys
from pathlib import Path

import pytest

from queue_server.cli import NOT_NOW, USER_ERROR
from queue_server.demo.programs import free_port
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.web.users import make_password_hash

ROOT = Path(__file__).parents[3]
SERVICE = ROOT / "assets" / "services" / "hospital-queue-server.service"


@pytest.fixture
def users_file(tmp_path: Path) -> Path:
    path = tmp_path / "users.toml"
    password_hash = make_password_hash("一朝看尽长安花 7")
    path.write_text(
        f'[[user]]\nname = "li"\nrole = "nurse"\ndisplay_name = "李"\nareas = ["area-a"]\n'
        f'password_hash = "{password_hash}"\n',
        encoding="utf-8",
    )
    return path


def started(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "queue_server", "server", *arguments]
    return subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )


def test_without_its_broker_or_its_journal_a_server_ends_so_that_it_is_tried_again(
    users_file: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    common = ["--site", str(DEMO_SITE_FILE), "--users", str(users_file), "--data", str(data)]

    without_broker = started(*common, "--broker", f"127.0.0.1:{free_port()}")
    (data / JOURNAL_NAME).write_bytes(b"no journal")
    without_journal = started(*common)

    assert (without_broker.returncode, without_journal.returncode) == (NOT_NOW, NOT_NOW)
    assert "no MQTT broker answers" in without_broker.stderr
    assert JOURNAL_NAME in without_journal.stderr


def test_a_file_that_is_wrong_ends_it_for_good(users_file: Path, tmp_path: Path) -> None:
    site_file = tmp_path / "nothing.toml"

    ended = started(
        "--site", str(site_file), "--users", str(users_file), "--data", str(tmp_path / "data")
    )

    assert ended.returncode == USER_ERROR
    assert f"RestartPreventExitStatus={USER_ERROR}\n" in SERVICE.read_text(encoding="utf-8")
