from pathlib import Path

import pytest

from display.configuration import BadConfiguration, load_configuration

WHO = ["--site", "qingyu", "--device", "board-a"]


def test_flags_alone_are_enough() -> None:
    configuration = load_configuration(
        ["area", "--area", "area-a", "--broker", "10.0.0.5:1883", *WHO, "--voice", "none"]
    )

    assert (configuration.board, configuration.area) == ("area", "area-a")
    assert (configuration.broker, configuration.voice) == ("10.0.0.5:1883", "none")
    assert not configuration.windowed


def test_a_flag_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "door.toml"
    file.write_text('site = "qingyu"\ndevice = "door-1"\nroom = "room-201"\nsize = "1280x800"\n')

    configuration = load_configuration(["door", "--config", str(file), "--room", "room-202"])

    assert (configuration.room, configuration.size) == ("room-202", "1280x800")


def test_a_misspelt_setting_names_the_nearest_one(tmp_path: Path) -> None:
    file = tmp_path / "area.toml"
    file.write_text("voice_rate = 150\n")

    with pytest.raises(BadConfiguration, match="did you mean 'voice_rate_wpm'"):
        load_configuration(["area", "--config", str(file)])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["area", *WHO], "--area is missing"),
        (["door", *WHO], "--room is missing"),
        (["area", "--area", "a", "--device", "b"], "site"),
        (["area", "--area", "A 1", *WHO], "area"),
        (["area", "--area", "a", *WHO, "--broker", "nowhere"], "broker"),
        (["area", "--area", "a", *WHO, "--size", "big"], "size"),
        (["area", "--area", "a", *WHO, "--remote-control", "70000"], "remote_control"),
        (["area", "--area", "a", "--config", "missing.toml"], "missing.toml"),
    ],
)
def test_what_cannot_be_used_is_named(arguments: list[str], told: str) -> None:
    with pytest.raises(BadConfiguration, match=told):
        load_configuration(arguments)


@pytest.mark.parametrize(
    "content",
    [b"\xff", b"site = " + b"[" * 3000, b"x = " + b"9" * 5000],
    ids=["no text", "nested too deeply", "a number too long to read"],
)
def test_a_file_that_can_not_be_read_as_toml_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "area.toml"
    file.write_bytes(content)

    with pytest.raises(BadConfiguration, match=r"area\.toml"):
        load_configuration(["area", "--config", str(file)])
