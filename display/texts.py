"""Texts in Chinese and English side by side: a board shows both at once."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilingual:
    """One text in both languages; Chinese is shown large, English small."""

    zh: str
    en: str


NO_TEXT = Bilingual(zh="", en="")


class Texts:
    """The display's translations, as `assets.translations.load` returns them."""

    def __init__(self, zh: Mapping[str, str], en: Mapping[str, str]) -> None:
        self._zh = zh
        self._en = en

    def both(self, key: str, **parts: str | int) -> Bilingual:
        """Return the text of `key`, its `{parts}` filled in."""
        return Bilingual(zh=self._zh[key].format(**parts), en=self._en[key].format(**parts))

    def merged(self, key: str, **parts: Bilingual) -> Bilingual:
        """Like `both`, with parts that differ by language."""
        return Bilingual(
            zh=self._zh[key].format(**{name: part.zh for name, part in parts.items()}),
            en=self._en[key].format(**{name: part.en for name, part in parts.items()}),
        )


def plain(text: str | int) -> Bilingual:
    """Return a text that is the same in both languages."""
    return Bilingual(zh=str(text), en=str(text))
