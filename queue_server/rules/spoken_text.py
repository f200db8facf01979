"""What the loudspeaker says at a call, in Chinese and in English.

It says no more than the board shows: the number, the masked name, the room. Reading letters
and digits one by one is the voice's business, so `A012` stays as it is.
"""

import re
from dataclasses import dataclass
from typing import Final

from queue_server.rules.masking import HIDDEN

SPOKEN_HIDDEN: Final = "某"
"""Said for the characters that are hidden, however many they are."""

_HIDDEN_RUN: Final = re.compile(
    rf"[{re.escape(HIDDEN)}·]*{re.escape(HIDDEN)}[{re.escape(HIDDEN)}·]*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenCall:
    """The texts of one announcement. `name_zh` is the part of `zh` that is a name, or empty."""

    zh: str
    en: str
    name_zh: str


def spoken_call(*, number: str, masked_name: str, room_zh: str, room_en: str) -> SpokenCall:
    """Return what is said when `number` is called into a room.

    Args:
        number: the ticket's number, which alone identifies the patient.
        masked_name: as the board shows it; empty in a sensitive clinic: no name is said.
        room_zh: the room's Chinese name, like `3诊室`.
        room_en: the room's English name, like `Room 3`.
    """
    name_zh = spoken_name(masked_name)
    # An English voice can't say Chinese characters, but initials it can.
    name_en = f", {name_zh}" if name_zh.isascii() and name_zh else ""
    return SpokenCall(
        zh=f"请{number}号{name_zh}，到{room_zh}就诊",
        en=f"Number {number}{name_en}, please go to {room_en}",
        name_zh=name_zh,
    )


def spoken_name(masked_name: str) -> str:
    """Return how a masked name is said: 张*三 is 张某三, 麦**·**克 is 麦某克, J. S. stays.

    Of a name that is hidden whole nothing is said.
    """
    said = _HIDDEN_RUN.sub(SPOKEN_HIDDEN, masked_name)
    return "" if said == SPOKEN_HIDDEN else said
