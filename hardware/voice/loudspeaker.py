"""One loudspeaker: readings become sounds and are heard, one utterance at a time."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from hardware.errors import ConfigError
from hardware.voice.chime import write_chime
from hardware.voice.player import Aplay, NoSound, Player, SoundFolder
from hardware.voice.reading import Reading
from hardware.voice.synthesiser import Synthesiser


class Loudspeaker:
    """Speaks; whoever speaks second waits until the first has finished.

    Args:
        synthesiser: makes the sounds.
        player: lets them be heard.
        chime: WAV file of the chime; written when it is missing.
    """

    def __init__(self, synthesiser: Synthesiser, player: Player, chime: Path) -> None:
        self._synthesiser = synthesiser
        self._player = player
        self._chime = chime
        self._lock = asyncio.Lock()

    async def say(
        self, readings: Sequence[Reading], *, name: str = "", with_chime: bool = False
    ) -> None:
        """Speak the readings one after the other; return when they have been heard.

        Cancelling falls silent at once. Empty readings are left out.

        Raises:
            NoSpeech: the sentences could not be made into sound.
            NoSound: there is no loudspeaker.
        """
        sounds = [await self._synthesiser.sound(said) for said in readings if said.text]
        if with_chime:
            self._make_chime()
            sounds.insert(0, self._chime)
        if not sounds:
            return
        async with self._lock:
            await self._player.play(sounds, name=name)

    async def check(self) -> None:
        """Try the loudspeaker without a sound.

        Raises:
            NoSound: there is none.
        """
        async with self._lock:
            await self._player.check()

    def _make_chime(self) -> None:
        if self._chime.is_file():
            return
        try:
            write_chime(self._chime)
        except OSError as error:
            raise NoSound(f"the chime can't be written: {error}") from error

    async def close(self) -> None:
        """End the processes behind it."""
        await self._synthesiser.close()


def open_loudspeaker(
    spec: str, cache: Path, *, rate_wpm: int = 150, volume_percent: int = 80
) -> Loudspeaker | None:
    """Return the loudspeaker that a configuration names; nothing starts before the first word.

    Args:
        spec: `aplay`, `aplay:DEVICE`, `file:FOLDER`, or `none` (returns None).
        cache: a folder for the sounds.
        rate_wpm: speed of the voice.
        volume_percent: loudness of the voice.

    Raises:
        ConfigError: any other `spec`.
    """
    kind, _, rest = spec.partition(":")
    player: Player
    if spec == "none":
        return None
    if kind == "aplay":
        player = Aplay(rest)
    elif kind == "file" and rest:
        player = SoundFolder(Path(rest))
    else:
        raise ConfigError(f"voice = {spec!r}: give aplay, aplay:DEVICE, file:FOLDER or none")
    synthesiser = Synthesiser(cache, rate_wpm=rate_wpm, volume_percent=volume_percent)
    # The chime lies deeper, where the synthesiser never tidies up.
    return Loudspeaker(synthesiser, player, cache / "chime" / "chime.wav")
