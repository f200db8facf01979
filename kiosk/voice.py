"""Reads a screen aloud. What it said is forgotten with the patient."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from hardware.errors import HardwareError
from hardware.voice.loudspeaker import Loudspeaker
from hardware.voice.reading import Reading, chinese, english
from queue_server.rules.terms import Language

_log = logging.getLogger(__name__)


class ScreenVoice:
    """One voice for one screen: a new text silences the one before.

    Args:
        loudspeaker: None if the kiosk has none; then everything is said at once, unheard.
        sounds: the folder in which the loudspeaker keeps its sounds.
    """

    def __init__(self, loudspeaker: Loudspeaker | None, sounds: Path) -> None:
        self._loudspeaker = loudspeaker
        self._sounds = sounds
        self._saying: asyncio.Task[None] | None = None

    def say(
        self, texts: Sequence[str], *, language: str, name: str, on_end: Callable[[], None]
    ) -> None:
        """Begin to read `texts`; `on_end` is called when all was said, or nothing can be said.

        `name` is the part of them that is a patient's masked name.
        """
        self.silence()
        saying = self._say([(text, language, name) for text in texts], on_end)
        self._saying = asyncio.get_running_loop().create_task(saying)

    def silence(self) -> None:
        """Fall silent at once; `on_end` of what was being said is not called."""
        if self._saying is not None:
            self._saying.cancel()
        self._saying = None

    def wipe(self) -> None:
        """Fall silent and delete the sounds: they tell numbers and clinics."""
        self.silence()
        for sound in self._sounds.glob("*.wav"):
            sound.unlink(missing_ok=True)

    async def close(self) -> None:
        """End the processes behind it."""
        self.silence()
        if self._loudspeaker is not None:
            await self._loudspeaker.close()

    async def _say(self, texts: Sequence[tuple[str, str, str]], on_end: Callable[[], None]) -> None:
        if self._loudspeaker is not None:
            # The first one loads the dictionary, which must not hold up the screen.
            readings = await asyncio.to_thread(lambda: [_reading(*text) for text in texts])
            try:
                await self._loudspeaker.say(readings, name="screen")
            except HardwareError as error:
                _log.warning("The screen can't be read aloud: %s", error)
        on_end()


def _reading(text: str, language: str, name: str) -> Reading:
    return chinese(text, name=name) if language == Language.CHINESE else english(text)
