"""Lets WAV files be heard: through ALSA, or written into a folder where a tour or a test looks."""

import asyncio
import re
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from hardware.errors import HardwareError

EXTRA_S: Final = 10.0
"""A player that takes so much longer than its sounds hangs, and is ended."""


class NoSound(HardwareError):
    """There is no loudspeaker, or it can't be used. Expected: everything stays on the screen."""

    code = "NO_SOUND"
    sentence_zh = "没有可用的音箱，叫号只在屏幕上显示，请技术人员检查音箱连接。"
    sentence_en = "No loudspeaker. Calls are shown, not spoken. Ask a technician to check it."


class Player(Protocol):
    """Something that lets sounds be heard."""

    async def play(self, sounds: Sequence[Path], *, name: str) -> None:
        """Play WAV files one after the other; return when the last one has been heard.

        A cancelled call falls silent at once. `name` is for whoever looks for the sound later.

        Raises:
            NoSound: nothing could be heard.
        """

    async def check(self) -> None:
        """Try the way of the sound without a sound.

        Raises:
            NoSound: nothing would be heard.
        """


class Aplay:
    """ALSA's own player, one process for each announcement.

    Args:
        device: as `aplay -L` lists it; empty for the machine's default.
    """

    def __init__(self, device: str = "") -> None:
        self._device = ["-D", device] if device else []

    async def play(self, sounds: Sequence[Path], *, name: str) -> None:
        """See `Player.play`."""
        await self._run([str(sound) for sound in sounds], within_s=duration_s(sounds) + EXTRA_S)

    async def check(self) -> None:
        """See `Player.check`: a tenth of a second of silence."""
        silence = ["-t", "raw", "-f", "S16_LE", "-r", "22050", "-s", "2205", "/dev/zero"]
        await self._run(silence, within_s=EXTRA_S)

    async def _run(self, arguments: list[str], *, within_s: float) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                "aplay",
                "-q",
                *self._device,
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise NoSound(f"aplay does not start: {error}") from error
        try:
            async with asyncio.timeout(within_s):
                _, complaint = await process.communicate()
        except TimeoutError as error:
            raise NoSound("aplay hangs") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()
        if process.returncode != 0:
            raise NoSound(" ".join(complaint.decode(errors="replace").split()))


class SoundFolder:
    """Writes each announcement as one WAV file, `0001-NAME.wav`, and takes no time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def play(self, sounds: Sequence[Path], *, name: str) -> None:
        """See `Player.play`."""
        await self.check()
        try:
            number = 1 + sum(1 for _ in self._folder.glob("[0-9]*-*.wav"))
            plain = re.sub(r"[^A-Za-z0-9-]+", "-", name)
            join(sounds, self._folder / f"{number:04d}-{plain}.wav")
        except OSError as error:
            raise NoSound(f"the folder can't be written: {error.strerror}") from error

    async def check(self) -> None:
        """See `Player.check`."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NoSound(f"the folder can't be written: {error.strerror}") from error


def join(sounds: Sequence[Path], target: Path) -> None:
    """Write the sounds, all of one format, one after the other into `target`."""
    with wave.open(str(target), "wb") as whole:
        for index, path in enumerate(sounds):
            with wave.open(str(path)) as sound:
                if index == 0:
                    whole.setparams(sound.getparams())
                whole.writeframes(sound.readframes(sound.getnframes()))


def duration_s(sounds: Sequence[Path]) -> float:
    """Return how long the sounds last together, in seconds."""
    total_s = 0.0
    for path in sounds:
        with wave.open(str(path)) as sound:
            total_s += sound.getnframes() / sound.getframerate()
    return total_s
