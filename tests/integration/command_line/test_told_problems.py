"""What can't be used is told by the command line, with exit code 2 and without a traceback."""

from pathlib import Path

import pytest

from queue_server.cli import USER_ERROR, main
from queue_server.records.demo_hospital import DEMO_SITE_FILE


def exit_code(*arguments: str) -> object:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "UTF-8"),
        (b"[[queue]", "rehearsal.toml: "),
        (b"x = " + b"[" * 3000, "nested too deeply"),
        (b"x = " + b"9" * 5000, "rehearsal.toml: "),
        (b"policy = 0x" + b"f" * 5000, "thousands of digits"),
    ],
    ids=["no text", "no TOML", "nested too deeply", "endless", "endless in hexadecimal digits"],
)
def test_a_rehearsal_that_can_not_be_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    file = tmp_path / "rehearsal.toml"
    file.write_bytes(content)

    assert exit_code("rehearse", str(file)) == USER_ERROR
    assert said in capsys.readouterr().err


def test_a_server_whose_card_key_is_broken_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    users = tmp_path / "users.toml"
    users.write_text(
        """
        [[user]]
        name = "li"
        role = "nurse"
        display_name = "李静"
        password_hash = "$argon2id$"
        areas = ["area-a"]
        """
    )
    (tmp_path / "card-key.json").write_text("{}")
    files = ("--site", str(DEMO_SITE_FILE), "--users", str(users), "--data", str(tmp_path))

    assert exit_code("server", *files) == USER_ERROR
    assert "move it away" in capsys.readouterr().err
