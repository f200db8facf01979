"""`hospital-kiosk server` and `totp` as a technician types them: HTTPS, second factor, refusals."""

import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from queue_server.cli import USER_ERROR, main
from queue_server.demo.hospital import SITE_FILE
from queue_server.demo.programs import free_port
from queue_server.site import load_site
from queue_server.web.https import HttpsFiles
from queue_server.web.users import load_users, make_password_hash
from tests.integration.web.certificates import DAY, NOW, MakeFiles

ROOT = Path(__file__).parents[3]
PASSWORD = "right"


@pytest.fixture
def users_file(tmp_path: Path) -> Path:
    path = tmp_path / "users.toml"
    path.touch(mode=0o600)
    path.write_text(
        f'[[user]]\nname = "zheng"\nrole = "administrator"\ndisplay_name = "郑工"\n'
        f'password_hash = "{make_password_hash(PASSWORD)}"\n'
    )
    return path


def with_second_factor(users_file: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Write what `hospital-kiosk totp` prints into the users file; return what it printed."""
    with pytest.raises(SystemExit) as ended:
        main(["totp", "zheng"])
    printed = capsys.readouterr().out
    assert not ended.value.code
    [line] = [line for line in printed.splitlines() if line.startswith("totp_secret")]
    users_file.write_text(users_file.read_text() + line + "\n")
    return printed


def arguments(tmp_path: Path, users_file: Path, *more: str) -> list[str]:
    files = ["--site", str(SITE_FILE), "--users", str(users_file), "--data", str(tmp_path / "data")]
    return ["server", *files, *more]


def refusal(capsys: pytest.CaptureFixture[str], typed: list[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(typed)
    assert ended.value.code == USER_ERROR
    return capsys.readouterr().err


def by_https(files: HttpsFiles) -> list[str]:
    return ["--https-certificate", str(files.certificate), "--https-key", str(files.key)]


def test_the_printed_line_is_a_second_factor_and_the_code_can_be_scanned(
    tmp_path: Path, users_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = with_second_factor(users_file, capsys)

    secret = load_users(users_file, load_site(SITE_FILE))["zheng"].totp_secret
    assert secret is not None
    assert re.search("[█▀▄]{10}", printed)


def test_an_administrator_without_a_second_factor_keeps_the_server_from_starting(
    tmp_path: Path, users_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = refusal(capsys, arguments(tmp_path, users_file))

    assert "hospital-kiosk totp zheng" in told
    assert "动态验证码" in told
    assert not (tmp_path / "data").exists()


def test_plain_http_for_other_machines_is_refused_with_what_to_do(
    tmp_path: Path, users_file: Path, capsys: pytest.CaptureFixture[str], make_files: MakeFiles
) -> None:
    told = refusal(capsys, arguments(tmp_path, users_file, "--http", "0.0.0.0:8080"))
    assert "--https-certificate" in told
    assert "127.0.0.1" in told
    key_alone = by_https(make_files())[2:]
    assert "belong together" in refusal(capsys, arguments(tmp_path, users_file, *key_alone))


def test_a_certificate_that_can_not_be_used_is_told_before_anything_starts(
    tmp_path: Path, users_file: Path, capsys: pytest.CaptureFixture[str], make_files: MakeFiles
) -> None:
    with_second_factor(users_file, capsys)
    old = make_files("old", NOW - 9 * DAY, NOW - DAY)
    one, other = make_files("one"), make_files("other")
    mixed = HttpsFiles(certificate=one.certificate, key=other.key)
    missing = HttpsFiles(certificate=tmp_path / "missing.pem", key=one.key)

    for files, sentence in ((old, "ended on"), (mixed, "not the key"), (missing, "No such file")):
        told = refusal(capsys, arguments(tmp_path, users_file, *by_https(files)))
        assert sentence in told
        assert "Traceback" not in told
    assert not (tmp_path / "data").exists()


@pytest.fixture
def served(
    tmp_path: Path, users_file: Path, capsys: pytest.CaptureFixture[str], make_files: MakeFiles
) -> Iterator[tuple[str, Path]]:
    """Where a whole server serves its pages by HTTPS, and what a browser trusts."""
    with_second_factor(users_file, capsys)
    files, http = make_files(), f"127.0.0.1:{free_port()}"
    typed = arguments(tmp_path, users_file, "--http", http, *by_https(files), "--demo-seed", "1")
    with subprocess.Popen(
        [sys.executable, "-m", "queue_server", *typed], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert f"https://{http}" in server.stdout.readline()
        yield f"https://{http}", files.certificate
        server.terminate()
        assert server.wait(30) == 0


@pytest.mark.broker
def test_a_whole_server_serves_its_pages_by_https(served: tuple[str, Path]) -> None:
    address, trusted = served
    with httpx.Client(
        base_url=address, verify=ssl.create_default_context(cafile=trusted)
    ) as client:
        assert client.get("/login").headers["strict-transport-security"]
        typed = {"user": "zheng", "password": PASSWORD}
        assert client.post("/api/login", json=typed).json()["code"] == "CODE_NEEDED"
