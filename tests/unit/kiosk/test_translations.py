"""Every language says the same things."""

import string

import pytest

from kiosk.presenter.wording import Wording, load_wordings
from tests.unit.kiosk.hospital_for_tests import visit

WORDINGS = load_wordings()


def parts_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_chinese_comes_first() -> None:
    assert list(WORDINGS)[:2] == ["zh", "en"]


@pytest.mark.parametrize("language", [name for name in WORDINGS if name != "zh"])
def test_every_language_has_the_same_sentences_with_the_same_parts(language: str) -> None:
    chinese, other = WORDINGS["zh"].texts, WORDINGS[language].texts

    assert sorted(other) == sorted(chinese)
    differing = [key for key in chinese if not parts_of(other[key]) <= parts_of(chinese[key])]
    assert differing == []


@pytest.mark.parametrize("language", list(WORDINGS))
def test_no_sentence_is_empty(language: str) -> None:
    assert [key for key, text in WORDINGS[language].texts.items() if not text.strip()] == []


def test_who_reads_a_third_language_gets_the_server_in_english() -> None:
    french = Wording(language="fr", texts={})

    assert french.of(visit(), "clinic") == "Cardiology"
