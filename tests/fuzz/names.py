"""Names: whatever text a name is, its mask never shows all of it, and there is one."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hypothesis import strategies as st

from queue_server.rules.masking import COMPOUND_SURNAMES, HIDDEN, mask
from tests.fuzz.campaign import Fuzzer, Try
from tests.fuzz.strange import strange_text

Mask = Callable[[str], str]
_PARTS = (
    *sorted(COMPOUND_SURNAMES)[:8], "之子", "之长女", "·", "•", "・", "*", "**", "张", "晓", "明",
    "(", "（", "]", " ", "1", "２", ".", "J.", "Smith", "O'Neil", "Ⅷ", "ǆ", "ß", "İ", "\u0301",
    "\u200d", "\u202e", "ａ", "𠮷", "〇", "\u3000", "ﬁ", "ŉ", "ა", "Ა",
)  # fmt: skip
names = st.lists(st.sampled_from(_PARTS) | st.characters(), max_size=8).map("".join) | strange_text


@contextmanager
def masks(kind: Mask = mask) -> Iterator[Mask]:
    """Yield the product's own masking."""
    yield kind


def is_masked_without_showing_all(mask: Mask, name: str) -> None:
    """The mask hides something, shows nothing new, and stays what it is when masked again."""
    masked = mask(name)
    assert masked
    assert HIDDEN in masked or "." in masked, masked
    stem, shown = _without_suffix(name), _without_suffix(masked)
    letters = [one for one in stem if unicodedata.category(one)[0] in "LN"]
    # What has the form of a mask already (`J. S.`) is left as it is.
    is_mask = HIDDEN in name or (re.fullmatch(r"\w\.( \w\.)?", masked) and masked in name)
    if len(letters) >= 2 and not is_mask:
        assert not _shows(shown, letters), (name, masked)
    assert mask(masked) == masked, (masked, mask(masked))
    assert not any(character in masked for character in "\n\r\t\0")


def _without_suffix(name: str) -> str:
    """Return the name of the mother, of whom a newborn is called the child."""
    return re.sub("之(长|次)?[子女婴]$", "", name)


def _shows(masked: str, letters: list[str]) -> bool:
    """Tell whether all letters of the name stand in its mask, in their order."""
    rest = iter(masked.casefold())
    return all(letter.casefold() in rest for letter in letters)


NAMES = Fuzzer(
    name="names",
    target=masks,
    tries=(
        Try(
            name="any text is masked",
            inputs=names,
            check=is_masked_without_showing_all,
            examples=500,
        ),
    ),
)
