"""The 18 characters of a resident ID number: how they are typed and shown."""

from typing import Final

LENGTH: Final = 18
_GROUPS: Final = ((0, 6), (6, 14), (14, 18))
"""Region, date of birth, sequence and check digit: as they are grouped on the card's back."""
HIDDEN: Final = "*"


def is_complete(characters: str) -> bool:
    """Tell whether nothing more can be typed."""
    return len(characters) == LENGTH


def may_follow(characters: str, character: str) -> bool:
    """Tell whether `character` may be typed after `characters`: X only as the last one."""
    if is_complete(characters):
        return False
    return character in "0123456789" or (character == "X" and len(characters) == LENGTH - 1)


def groups(characters: str, *, is_shown: bool) -> tuple[str, str, str]:
    """Return what is typed in three groups, hidden but for the last four characters typed."""
    hidden_count = 0 if is_shown else max(0, len(characters) - 4)
    shown = HIDDEN * hidden_count + characters[hidden_count:]
    first, second, third = (shown[start:end] for start, end in _GROUPS)
    return first, second, third
