"""Makes each reading a WAV file once, checks it, and keeps the most recent ones."""

import array
import asyncio
import hashlib
import json
import math
import sys
import wave
from contextlib import suppress
from pathlib import Path
from typing import Final

from hardware.errors import HardwareError
from hardware.voice.reading import Reading

ANSWER_WITHIN_S: Final = 10.0
TRIES: Final = 2
FILES_MAX: Final = 300
"""About 60 MB; the announcements of one area for a morning."""
DURATION_MIN_S: Final = 0.3
LOUDNESS_MIN: Final = 0.01
_WORKER: Final = Path(__file__).with_name("worker.py")


class NoSpeech(HardwareError):
    """The sentence could not be made into sound."""

    code = "NO_SPEECH"
    sentence_zh = "语音合成不可用，请技术人员检查 espeak-ng 是否已安装。"
    sentence_en = "Speech is not available. Ask a technician whether espeak-ng is installed."


class Synthesiser:
    """One long-lived worker process behind one lock; it is started again when it fails.

    Args:
        folder: where the WAV files are kept, named by a digest of what they say.
        rate_wpm: speed; 150 is calm, 200 is too fast for a waiting area.
        volume_percent: above 80 the voice begins to distort.
    """

    def __init__(self, folder: Path, *, rate_wpm: int = 150, volume_percent: int = 80) -> None:
        self._folder = folder
        self._rate_wpm = rate_wpm
        self._volume_percent = volume_percent
        self._worker: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._made_count = 0

    async def sound(self, reading: Reading) -> Path:
        """Return a WAV file (22,050 Hz, mono, 16 bit) that says `reading`.

        Raises:
            NoSpeech: the engine made nothing, twice.
        """
        words = json.dumps([reading.text, reading.voice, self._rate_wpm, self._volume_percent])
        target = self._folder / f"{hashlib.sha256(words.encode()).hexdigest()[:32]}.wav"
        async with self._lock:
            if target.is_file():
                target.touch()
                return target
            for _ in range(TRIES):
                with suppress(NoSpeech):
                    await self._make(reading, target)
                    self._forget_oldest()
                    return target
                await self._stop_worker()
        raise NoSpeech(f"no sound from the engine for {len(reading.text)} letters")

    async def close(self) -> None:
        """End the worker process."""
        async with self._lock:
            await self._stop_worker()

    async def _make(self, reading: Reading, target: Path) -> None:
        self._made_count += 1
        part = target.with_suffix(f".{self._made_count}.part")
        request = {
            "text": reading.text,
            "voice": reading.voice,
            "rate": self._rate_wpm,
            "volume": self._volume_percent / 100,
            "path": str(part),
        }
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._ask(json.dumps(request) + "\n", str(part))
            check(part)
            part.replace(target)
        except TimeoutError as error:
            raise NoSpeech("the speech worker does not answer") from error
        except OSError as error:
            raise NoSpeech(f"no worker, or no place for the sound: {error}") from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    async def _ask(self, line: str, path: str) -> None:
        worker = self._worker
        if worker is None or worker.returncode is not None:
            worker = self._worker = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                str(_WORKER),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(line.encode())
        await worker.stdin.drain()
        while answered := await worker.stdout.readline():
            answer = json.loads(answered)
            # Whoever asked before may have left before his answer came.
            if answer["path"] == path:
                if not answer["done"]:
                    raise NoSpeech("the engine did not finish")
                return
        raise NoSpeech("the speech worker has ended")

    async def _stop_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        if worker.returncode is None:
            worker.kill()
        await worker.communicate()

    def _forget_oldest(self) -> None:
        kept = sorted(self._folder.glob("*.wav"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-FILES_MAX]:
            path.unlink(missing_ok=True)


def check(path: Path) -> None:
    """Look into a WAV file: the engine reports success for files without speech.

    Raises:
        NoSpeech: missing, no WAV file, shorter than 0.3 s, or silent.
    """
    try:
        with wave.open(str(path)) as sound:
            samples = array.array("h", sound.readframes(sound.getnframes()))
            duration_s = len(samples) / sound.getframerate()
    except (OSError, EOFError, wave.Error) as error:
        raise NoSpeech(f"no WAV file: {error}") from error
    loudness = math.sqrt(sum(s * s for s in samples) / max(len(samples), 1)) / 32768
    if duration_s < DURATION_MIN_S or loudness < LOUDNESS_MIN:
        raise NoSpeech(f"{duration_s:.2f} s, RMS {loudness:.4f}: no speech in it")
