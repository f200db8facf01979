"""What espeak-ng would pronounce, asked of its own library: a test without ears."""

import ctypes
from functools import cache

CHINESE = "cmn-latn-pinyin"
ENGLISH = "en-us"


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libespeak-ng.so.1")
    assert library.espeak_Initialize(2, 0, None, 0) > 0
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    return library


def phonemes(text: str, voice: str) -> str:
    """Return the phonemes of `text`; `(en)` among them means: read as if it were English."""
    library = _library()
    assert library.espeak_SetVoiceByName(voice.encode()) == 0
    rest = ctypes.c_char_p(text.encode())
    said = []
    while rest.value is not None:
        said.append(library.espeak_TextToPhonemes(ctypes.byref(rest), 1, 0).decode())
    return " ".join(said)
