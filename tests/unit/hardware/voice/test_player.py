import asyncio
import os
import wave
from pathlib import Path

import pytest

from hardware.errors import ConfigError
from hardware.voice.chime import DURATION_S, write_chime
from hardware.voice.loudspeaker import open_loudspeaker
from hardware.voice.player import Aplay, NoSound, SoundFolder, duration_s
from hardware.voice.synthesiser import check


@pytest.fixture
def chime(tmp_path: Path) -> Path:
    path = tmp_path / "chime.wav"
    write_chime(path)
    return path


def test_the_chime_sounds_and_is_not_too_loud(chime: Path) -> None:
    check(chime)

    with wave.open(str(chime)) as sound:
        data = memoryview(sound.readframes(sound.getnframes())).cast("h")
    assert max(map(abs, data)) < 0.8 * 32768
    assert max(map(abs, data[-20:])) < 200
    assert duration_s([chime]) == pytest.approx(DURATION_S, abs=0.01)


async def test_a_folder_gets_one_file_for_each_announcement(chime: Path, tmp_path: Path) -> None:
    player = SoundFolder(tmp_path / "heard")

    await player.play([chime, chime], name="7 A012")
    await player.play([chime], name="8 张*")

    first, second = sorted((tmp_path / "heard").iterdir())
    assert first.name == "0001-7-A012.wav"
    assert second.name == "0002-8-.wav"
    assert duration_s([first]) == pytest.approx(2 * DURATION_S, abs=0.01)


async def test_a_folder_that_cannot_be_written_is_told_as_no_sound(
    chime: Path, tmp_path: Path
) -> None:
    (tmp_path / "heard").write_text("a file in the way")

    with pytest.raises(NoSound, match="can't be written"):
        await SoundFolder(tmp_path / "heard").play([chime], name="7")


async def test_a_missing_sound_device_is_told_and_does_not_crash(chime: Path) -> None:
    with pytest.raises(NoSound) as refused:
        await Aplay("hw:CARD=NoSuchCard").play([chime], name="7")

    assert refused.value.code == "NO_SOUND"
    assert "NoSuchCard" in refused.value.detail or "No such" in refused.value.detail
    assert "屏幕" in refused.value.sentence_zh


async def test_a_missing_sound_device_is_found_without_a_sound() -> None:
    with pytest.raises(NoSound):
        await Aplay("hw:CARD=NoSuchCard").check()


async def test_a_sound_device_is_found_without_a_sound(null_device: str) -> None:
    await Aplay(null_device).check()


async def test_a_machine_without_aplay_is_told_as_no_sound(
    chime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NoSound, match="does not start"):
        await Aplay().play([chime], name="7")


@pytest.fixture
def null_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An ALSA device that takes sound in real time and drops it."""
    own = tmp_path / "alsa.conf"
    own.write_text("pcm.nowhere { type null }\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", f"/usr/share/alsa/alsa.conf:{own}")
    return "nowhere"


async def test_sounds_are_played_through_alsa(chime: Path, null_device: str) -> None:
    await Aplay(null_device).play([chime, chime], name="7")


async def test_a_cancelled_announcement_falls_silent_at_once(
    chime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    programs = tmp_path / "bin"
    programs.mkdir()
    slow = programs / "aplay"
    slow.write_text(f"#!/bin/sh\necho $$ > {started}\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    playing = asyncio.create_task(Aplay().play([chime], name="7"))
    process_id = int(await asyncio.to_thread(started.read_text))

    playing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await playing
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


@pytest.mark.parametrize("spec", ["", "speaker", "file:", "aplai", "none:x"])
def test_an_unknown_voice_in_the_configuration_names_the_known_ones(
    spec: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="aplay, aplay:DEVICE, file:FOLDER or none"):
        open_loudspeaker(spec, tmp_path)


def test_no_voice_is_a_choice(tmp_path: Path) -> None:
    assert open_loudspeaker("none", tmp_path) is None
