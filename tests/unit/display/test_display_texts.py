import string

import pytest

from assets import translations
from display.texts import Bilingual
from tests.unit.display.samples import texts


def parts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_parts() -> None:
    zh, en = translations.load("display", "zh"), translations.load("display", "en")

    assert zh.keys() == en.keys()
    for key, text in zh.items():
        assert parts(text) == parts(en[key]), key
        assert text
        assert en[key]


def test_a_text_is_filled_in_both_languages() -> None:
    assert texts().both("area.more", count=3) == Bilingual(zh="还有 3 位", en="and 3 more")


def test_a_missing_text_is_an_error_and_not_silence() -> None:
    with pytest.raises(KeyError):
        texts().both("no.such.text")
