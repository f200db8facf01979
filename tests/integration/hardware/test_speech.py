"""Real sound from the real engine."""

import asyncio
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hardware.voice.loudspeaker import open_loudspeaker
from hardware.voice.player import duration_s
from hardware.voice.reading import Reading, chinese, english
from hardware.voice.synthesiser import FILES_MAX, NoSpeech, Synthesiser, check

CALL = chinese("请A012号单某某到3诊室就诊。", name="单某某")
CALL_ENGLISH = english("Number A012, please go to Room 3.")


@pytest_asyncio.fixture
async def synthesiser(tmp_path: Path) -> AsyncIterator[Synthesiser]:
    made = Synthesiser(tmp_path / "sounds")
    yield made
    await made.close()


async def test_a_call_sentence_is_spoken_calmly(synthesiser: Synthesiser) -> None:
    sounds = [await synthesiser.sound(reading) for reading in (CALL, CALL_ENGLISH)]

    for sound in sounds:
        check(sound)
    assert 4.0 < duration_s(sounds[:1]) < 8.0
    assert 2.0 < duration_s(sounds[1:]) < 6.0


async def test_a_slower_voice_takes_longer(tmp_path: Path) -> None:
    durations = []
    for rate in (150, 110):
        voice = Synthesiser(tmp_path / str(rate), rate_wpm=rate)
        durations.append(duration_s([await voice.sound(CALL)]))
        await voice.close()

    assert durations[1] > 1.15 * durations[0]


async def test_a_quieter_voice_is_quieter(tmp_path: Path) -> None:
    peaks = []
    for volume in (80, 40):
        voice = Synthesiser(tmp_path / str(volume), volume_percent=volume)
        with wave.open(str(await voice.sound(CALL))) as sound:
            data = memoryview(sound.readframes(sound.getnframes())).cast("h")
        peaks.append(max(map(abs, data)))
        await voice.close()

    assert peaks[1] < 0.7 * peaks[0]


async def test_forty_sentences_asked_at_once_are_forty_files(synthesiser: Synthesiser) -> None:
    readings = [chinese(f"请{number}号到{number % 8}诊室就诊") for number in range(100, 140)]

    sounds = await asyncio.gather(*map(synthesiser.sound, readings))

    assert len(set(sounds)) == 40
    for sound in sounds:
        check(sound)


async def test_what_was_said_once_is_not_made_again(synthesiser: Synthesiser) -> None:
    first = await synthesiser.sound(CALL)
    made_at = first.stat().st_ino

    assert await synthesiser.sound(CALL) == first
    assert first.stat().st_ino == made_at


async def test_a_killed_worker_is_started_again(synthesiser: Synthesiser) -> None:
    await synthesiser.sound(CALL)
    worker = synthesiser._worker
    assert worker is not None
    worker.kill()

    check(await synthesiser.sound(CALL_ENGLISH))


async def test_a_sentence_given_up_half_way_does_not_disturb_the_next(
    synthesiser: Synthesiser,
) -> None:
    await synthesiser.sound(chinese("一"))
    given_up = asyncio.create_task(synthesiser.sound(CALL))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up

    assert duration_s([await synthesiser.sound(chinese("好"))]) < 2.0
    assert duration_s([await synthesiser.sound(CALL)]) > 4.0


async def test_an_unknown_voice_is_told_and_the_next_sentence_works(
    synthesiser: Synthesiser,
) -> None:
    with pytest.raises(NoSpeech):
        await synthesiser.sound(Reading(text="ni3 hao3", voice="no/such-voice"))

    check(await synthesiser.sound(CALL))


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "sounds").write_text("a file in the way")
    voice = Synthesiser(tmp_path / "sounds")

    with pytest.raises(NoSpeech) as refused:
        await voice.sound(CALL)

    assert "espeak-ng" in refused.value.sentence_en


async def test_the_oldest_sounds_are_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    folder.mkdir()
    for number in range(FILES_MAX + 5):
        (folder / f"{number}.wav").write_bytes(b"")
    voice = Synthesiser(folder)

    made = await voice.sound(CALL)

    await voice.close()
    assert made.is_file()
    assert len(list(folder.glob("*.wav"))) == FILES_MAX


def test_a_file_without_speech_is_found_out(tmp_path: Path) -> None:
    silent = tmp_path / "silent.wav"
    with wave.open(str(silent), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(22_050)
        sound.writeframes(bytes(2 * 22_050))
    empty = tmp_path / "empty.wav"
    empty.write_bytes(b"")

    for path in (silent, empty, tmp_path / "missing.wav"):
        with pytest.raises(NoSpeech):
            check(path)


async def test_a_loudspeaker_chimes_and_then_speaks(tmp_path: Path) -> None:
    loudspeaker = open_loudspeaker(f"file:{tmp_path / 'heard'}", tmp_path / "sounds")
    assert loudspeaker is not None

    await loudspeaker.say([CALL, CALL_ENGLISH], name="7-A012", with_chime=True)
    await loudspeaker.say([CALL], name="7-A012")
    await loudspeaker.say([chinese("")])
    await loudspeaker.close()

    whole, alone = sorted((tmp_path / "heard").iterdir())
    check(whole)
    assert duration_s([whole]) > 1.5 + duration_s([alone]) + 2.0
