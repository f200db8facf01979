import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.voice.reading import chinese, english
from hardware.voice.surnames import SURNAMES
from tests.unit.hardware.voice.phonemes import CHINESE, ENGLISH, phonemes

TONE_NUMBER = {"55": 1, "35": 2, "214": 3, "21": 3, "51": 4, "11": 5}


def tones(text: str) -> list[int]:
    return [TONE_NUMBER[mark] for mark in re.findall(r"(?:214|55|51|35|21|11)", text)]


def test_a_ticket_number_is_spelt_letter_by_letter_and_digit_by_digit() -> None:
    assert chinese("请A012号").text == "qing3 A ling2 yi1 er4 hao4"


def test_the_digit_one_can_be_said_yao() -> None:
    assert chinese("A112", one="yao1").text == "A yao1 yao1 er4"


def test_a_plain_small_number_is_never_said_yao() -> None:
    assert chinese("1号，11号", one="yao1").text == "yi1 hao4, shi2 yi1 hao4"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("14号", "shi2 si4 hao4"),
        ("301诊室", "san1 ling2 yi1 zhen3 shi4"),
        ("还有2位", "hai2 you3 liang3 wei4"),
        ("09:00-09:30", "jiu3 dian3 dao4 jiu3 dian3 san1 shi2 fen1"),
        ("15:05", "shi2 wu3 dian3 ling2 wu3 fen1"),
        ("12.50元", "shi2 er4 dian3 wu3 ling2 yuan2"),
        ("1205元", "yi1 qian1 er4 bai3 ling2 wu3 yuan2"),
        ("10010元", "yi1 wan4 ling2 yi1 shi2 yuan2"),
        ("１２号", "shi2 er4 hao4"),
        ("大夫", "dai4 fu5"),
        ("重庆，绿色", "chong2 qing4, lv4 se4"),
    ],
)
def test_numbers_times_and_words_are_read_as_people_say_them(text: str, reading: str) -> None:
    assert chinese(text).text == reading


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("单某", "shan4 mou3"),
        ("仇某某", "qiu2 mou3 mou3"),
        ("区某", "ou1 mou3"),
        ("解某", "xie4 mou3"),
        ("查某", "zha1 mou3"),
        ("曾某", "zeng1 mou3"),
        ("翟某", "zhai2 mou3"),
        ("任某", "ren2 mou3"),
        ("华某", "hua4 mou3"),
        ("朴某", "piao2 mou3"),
        ("乐某", "yue4 mou3"),
        ("盖某", "ge3 mou3"),
        ("长孙某", "zhang3 sun1 mou3"),
        ("尉迟某", "yu4 chi2 mou3"),
        ("万俟某", "mo4 qi2 mou3"),
        ("张某", "zhang1 mou3"),
        ("麦麦提某", "mai4 mai4 ti2 mou3"),
        ("𠮷田某", "ji2 tian2 mou3"),
    ],
)
def test_a_surname_is_read_as_a_surname_in_the_name_only(name: str, reading: str) -> None:
    said = chinese(f"请A007号{name}，到单人华乐诊室", name=name).text

    assert said == (f"qing3 A ling2 ling2 qi1 hao4 {reading}, dao4 dan1 ren2 hua2 le4 zhen3 shi4")


def test_every_surname_of_the_table_is_pronounceable() -> None:
    for surname, pinyin in SURNAMES.items():
        said = phonemes(pinyin, CHINESE)

        assert len(pinyin.split()) == len(surname)
        assert "(en)" not in said
        assert [int(syllable[-1]) for syllable in pinyin.split()] == tones(said), surname


def test_a_whole_call_has_the_right_tones_and_nothing_read_as_english() -> None:
    reading = chinese("请A012号单某某到3诊室就诊。", name="单某某").text

    said = phonemes(reading, CHINESE)

    assert "(en)" not in said
    syllables = [syllable.rstrip(".,") for syllable in reading.split() if syllable != "A"]
    assert tones(said.replace("'ei51", "", 1)) == [int(syllable[-1]) for syllable in syllables]


def test_the_engine_alone_would_read_the_surname_wrongly() -> None:
    assert phonemes("单", CHINESE).startswith("t'a55n")
    assert phonemes(chinese("单", name="单").text, CHINESE).startswith("s.'a51n")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_no_chinese_character_and_no_mark_ever_reaches_the_voice(text: str) -> None:
    for reading in (chinese(text), chinese(text, name=text[:3])):
        assert re.fullmatch(r"(([A-Z]|[a-zêü]+[1-5])[.,]? ?)*", reading.text)


@given(st.text(alphabet="张欧阳某A012 *，。请到诊室麦提·", max_size=30))
def test_english_holds_latin_letters_only(text: str) -> None:
    assert not re.search(r"[\u3400-\u9fff*·]", english(text).text)


def test_an_english_ticket_number_is_spelt_and_its_letter_is_no_article() -> None:
    reading = english("Number A012, please go to Room 3.")

    assert reading.text == "Number A, 0 1 2, please go to Room 3."
    assert phonemes(reading.text, ENGLISH).startswith("n'Vmb3r- 'eI z'i@roU w'Vn t'u:")


def test_a_masked_chinese_name_is_romanised_in_an_english_sentence() -> None:
    assert english("Number 14, 张*, at 09:00.").text == "Number 14, Zhang, at 9 o'clock."
