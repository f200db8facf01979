"""The two gentle notes before an announcement, made at run time: no sound file to license."""

import array
import math
import wave
from pathlib import Path
from typing import Final

SAMPLES_PER_S: Final = 22_050
DURATION_S: Final = 1.5
NOTES: Final = ((0.0, 659.26), (0.45, 523.25))
"""When each note begins, in s, and its pitch in Hz: E5, then C5."""
_OVERTONES: Final = ((1, 1.0), (2, 0.28), (3, 0.09))


def write_chime(target: Path) -> None:
    """Write the chime as a WAV file: 22,050 Hz, mono, 16 bit."""
    samples = array.array("h", (_sample(i / SAMPLES_PER_S) for i in range(_sample_count())))
    target.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(target), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLES_PER_S)
        sound.writeframes(samples.tobytes())


def _sample_count() -> int:
    return int(DURATION_S * SAMPLES_PER_S)


def _sample(at_s: float) -> int:
    level = 0.0
    for starts_s, pitch_hz in NOTES:
        age_s = at_s - starts_s
        if age_s < 0:
            continue
        # Struck softly (20 ms), dying away like a bell; silent at the very end.
        envelope = min(age_s / 0.02, 1.0) * math.exp(-4.0 * age_s)
        for multiple, share in _OVERTONES:
            level += envelope * share * math.sin(2 * math.pi * multiple * pitch_hz * age_s)
    fade = min((DURATION_S - at_s) / 0.1, 1.0)
    return int(9_000 * level * fade)
