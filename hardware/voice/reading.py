"""Turns a sentence into what the voice can read without error: numbered pinyin, or English.

The voice `cmn-latn-pinyin` reads `shan4` rightly whatever the dictionary of the engine holds;
a Chinese character it would read as a code number, so none ever reaches it. Letters and
digits are spelt out here, because the engine's own reading of them is wrong or unclear.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from hardware.voice.surnames import SURNAMES

CHINESE_VOICE: Final = "sit/cmn-latn-pinyin"
ENGLISH_VOICE: Final = "gmw/en-us"
UNREADABLE: Final = "mou3"
"""某: said for a character that no dictionary reads."""

_WORDS: Final = {"大夫": "dai4 fu5", "𠮷": "ji2"}
"""What pypinyin reads wrongly, or not at all, and a hospital says often."""

_DIGITS: Final = ("ling2", "yi1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3")
_HAN: Final = r"[〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
_MEASURES: Final = "元位人个张份项次天分"
"""Behind these a number is a count: 120元, 2位."""
_CHINESE_PARTS: Final = re.compile(
    rf"""(?P<name>\x02)
      | (?P<time>(?<![\d:])\d{{1,2}}:\d\d(?![\d:]))
      | (?P<to>(?<=:\d\d)\s*[-~–—]\s*(?=\d{{1,2}}:\d\d))
      | (?P<decimal>\d+\.\d+)
      | (?P<run>[A-Za-z0-9]+)
      | (?P<han>{_HAN})
      | (?P<comma>[,:;、]+)
      | (?P<stop>[.!?。]+)""",
    re.VERBOSE,
)
_ENGLISH_PARTS: Final = re.compile(
    rf"""(?P<time>(?<![\d:])\d{{1,2}}:\d\d(?![\d:]))
      | (?P<decimal>\d+\.\d+)
      | (?P<run>(?=[A-Za-z]*\d)[A-Za-z0-9]+)
      | (?P<han>{_HAN})
      | (?P<hidden>[*＊•‧・·]+)""",
    re.VERBOSE,
)
_WORD: Final = re.compile(f"({'|'.join(_WORDS)})")
_SYLLABLE: Final = re.compile(r"[a-zêü]+[1-5]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the engine is given: `text` holds Latin letters and digits only."""

    text: str
    voice: str


def load_dictionary() -> None:
    """Load what Chinese is read with, half a second's work, which else the first text waits for."""
    _dictionary("医")


def chinese(text: str, *, name: str = "", one: str = "yi1") -> Reading:
    """Return the reading of a Chinese sentence.

    Args:
        text: the sentence; digits, letters and Chinese characters.
        name: the part of it that is a person's name: its surname is read as a surname.
        one: how the digit 1 is said where digits are spelt: `yi1`, or `yao1` (幺).
    """
    plain = unicodedata.normalize("NFKC", text.replace("\x02", ""))
    wanted = unicodedata.normalize("NFKC", name)
    if wanted:
        plain = plain.replace(wanted, "\x02")
    said: list[str] = []
    for part in _CHINESE_PARTS.finditer(plain):
        match part.lastgroup:
            case "name":
                said += _name_syllables(wanted)
            case "time":
                said += _time(part[0])
            case "to":
                said.append("dao4")
            case "decimal":
                whole, _, rest = part[0].partition(".")
                said += [*_cardinal(int(whole)), "dian3", *(_DIGITS[int(d)] for d in rest)]
            case "run":
                said += _run(part[0], plain[part.end() : part.end() + 1], one)
            case "han":
                said += _syllables(part[0])
            case _:
                if said:
                    said[-1] = said[-1].rstrip(",.") + ("," if part.lastgroup == "comma" else ".")
    return Reading(text=" ".join(said), voice=CHINESE_VOICE)


def english(text: str) -> Reading:
    """Return the reading of an English sentence: ticket numbers spelt, Chinese names romanised."""

    def said(part: re.Match[str]) -> str:
        match part.lastgroup:
            case "time":
                hour, minute = (int(piece) for piece in part[0].split(":"))
                return f"{hour} {minute}" if minute > 9 else f"{hour} {_MINUTES[minute]}".strip()
            case "run":
                return _spelt(part[0])
            case "han":
                return f" {_romanised(part[0]).capitalize()} "
            case "hidden":
                return " "
            case _:
                return part[0]

    plain = unicodedata.normalize("NFKC", text)
    spaced = " ".join(_ENGLISH_PARTS.sub(said, plain).split())
    return Reading(text=spaced.replace(" ,", ",").replace(" .", "."), voice=ENGLISH_VOICE)


_MINUTES: Final = ("o'clock", *(f"oh {digit}" for digit in range(1, 10)))


def _spelt(run: str) -> str:
    """`A012` as `A, 0 1 2`; up to two plain digits stay a number."""
    if run.isdigit() and len(run) < 3 and not run.startswith("0"):
        return run
    # Without a comma behind it, `A` is read as the article.
    return " ".join("A," if letter in "Aa" else letter.upper() for letter in run)


def _run(run: str, follower: str, one: str) -> list[str]:
    """Letters and digits without a gap: a ticket number, a room, a count."""
    if run.isdigit():
        number = int(run)
        if number == 2 and len(run) == 1 and follower and follower in _MEASURES:
            return ["liang3"]
        is_count = bool(follower) and follower in _MEASURES and len(run) < 6
        if not run.startswith("0") and (len(run) < 3 or is_count):
            return _cardinal(number)
    said = []
    for character in run:
        if character == "1":
            said.append(one)
        else:
            said.append(_DIGITS[int(character)] if character.isdigit() else character.upper())
    return said


def _time(text: str) -> list[str]:
    hour, minute = (int(part) for part in text.split(":"))
    said = [*_cardinal(hour), "dian3"]
    if minute:
        said += ["ling2"] if minute < 10 else []
        said += [*_cardinal(minute), "fen1"]
    return said


def _cardinal(number: int) -> list[str]:
    """Read a whole number as a quantity, up to 99,999; a larger one digit by digit."""
    if number > 99_999:
        return [_DIGITS[int(digit)] for digit in str(number)]
    if number < 10:
        return [_DIGITS[number]]
    if 10 <= number < 20:
        return ["shi2", *(_cardinal(number - 10) if number > 10 else [])]
    said: list[str] = []
    owes_zero = False
    for unit, word in ((10_000, "wan4"), (1000, "qian1"), (100, "bai3"), (10, "shi2"), (1, "")):
        digit, number = divmod(number, unit)
        if digit == 0:
            owes_zero = bool(said)
            continue
        said += ["ling2"] * owes_zero + [_DIGITS[digit]] + [word] * bool(word)
        owes_zero = False
    return said


def _name_syllables(name: str) -> list[str]:
    for length in (2, 1):
        if name[:length] in SURNAMES and len(name) >= length:
            rest = "".join(re.findall(_HAN, name[length:]))
            return [*SURNAMES[name[:length]].split(), *_syllables(rest)]
    said: list[str] = []
    for part in re.findall(rf"{_HAN}|[A-Za-z]+", name):
        said += [*part.upper()] if part.isascii() else _syllables(part)
    return said


def _syllables(han: str) -> list[str]:
    said: list[str] = []
    for piece in _WORD.split(han):
        said += _WORDS[piece].split() if piece in _WORDS else _dictionary(piece)
    return said


def _romanised(han: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - see `_dictionary`

    return "".join(lazy_pinyin(han, errors=lambda _: ""))


def _dictionary(han: str) -> list[str]:
    # It takes half a second to load: a kiosk shows its first screen before that.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    found = lazy_pinyin(han, style=Style.TONE3, neutral_tone_with_five=True)
    return [syllable if _SYLLABLE.fullmatch(syllable) else UNREADABLE for syllable in found]
