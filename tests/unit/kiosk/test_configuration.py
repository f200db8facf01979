"""The configuration file: what may be left out, and what is said of a mistake."""

from pathlib import Path

import pytest

from kiosk.configuration import BadConfiguration, load_configuration

LEAST = """
site = "qingyu"
device = "kiosk-1"
hospital = { zh = "北京清榆医院", en = "Beijing Qingyu Hospital" }
printer = { driver = "network", host = "127.0.0.1" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_left_out_takes_its_default(tmp_path: Path) -> None:
    configuration = load_configuration(written(tmp_path, LEAST))

    assert configuration.broker.port == 1883
    assert configuration.session.unattended_after_s == 60
    assert configuration.window.is_fullscreen
    assert configuration.scanners() == []


def test_one_scanner_or_several_may_be_given(tmp_path: Path) -> None:
    one = LEAST + '[scanner]\ndriver = "keyboard_wedge"\n'
    two = LEAST + '[[scanner]]\ndriver = "keyboard_wedge"\n[[scanner]]\ndriver = "serial"\n'

    assert len(load_configuration(written(tmp_path, one)).scanners()) == 1
    assert len(load_configuration(written(tmp_path, two)).scanners()) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site = ", "kiosk.toml"),
        (LEAST.replace("device", "devise"), "devise"),
        (LEAST.replace('"kiosk-1"', '"Kiosk 1"'), "device"),
        (LEAST.replace("printer =", "# printer ="), "printer"),
        (LEAST + "[session]\ncountdown_s = 5\n", "countdown_s"),
        (LEAST + "[session]\nunattended_after_s = 30\ncountdown_s = 30\n", "shorter"),
        (LEAST + "[broker]\nport = 70000\n", "port"),
        (LEAST + '[reports]\nserver = "http://10.0.0.5"\nprinter = {}\n', "in the clear"),
        (LEAST + '[reports]\nserver = "ftp://10.0.0.5"\nprinter = {}\n', "server"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(BadConfiguration, match=said):
        load_configuration(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="nowhere"):
        load_configuration(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    "content",
    [b"\xff", b"site = " + b"[" * 3000, b"x = " + b"9" * 5000],
    ids=["no text", "nested too deeply", "a number too long to read"],
)
def test_a_file_that_can_not_be_read_as_toml_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_bytes(content)

    with pytest.raises(BadConfiguration, match=r"kiosk\.toml"):
        load_configuration(path)


def test_the_authority_of_the_pages_lies_beside_the_file(tmp_path: Path) -> None:
    text = '[reports]\nserver = "https://10.0.0.5"\nauthority = "ca.crt"\nprinter = {}\n'

    reports = load_configuration(written(tmp_path, LEAST + text)).reports

    assert reports is not None
    assert reports.authority == str(tmp_path / "ca.crt")


def test_without_its_table_no_reports_are_offered(tmp_path: Path) -> None:
    assert load_configuration(written(tmp_path, LEAST)).reports is None
