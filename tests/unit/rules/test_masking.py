"""The masked form of a name: never the name, and the same for ever."""

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from queue_server.rules.masking import COMPOUND_SURNAMES, HIDDEN, mask

VECTORS = Path(__file__).parents[2] / "vectors" / "masking.tsv"
ROWS = [
    line.split("\t")
    for line in VECTORS.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
SUFFIXES = ("之子", "之女", "之婴", "之长子", "之次子", "之长女", "之次女")

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
CHINESE_NAMES = st.one_of(
    st.text(HAN, min_size=1, max_size=6),
    st.builds(str.__add__, st.sampled_from(sorted(COMPOUND_SURNAMES)), st.text(HAN, max_size=3)),
)
PIECES = st.sampled_from(
    ["张", "三", "欧阳", "*", "**", "·", "•", " ", ".", "J", "s", "é", "ß", "1", "９", "(", "）",
     "【", "之子", "之女", "之长子", "\u200d", "\u202e", "\t", "Ａ", "𠮷", "-", "'", "○", "ا"]
)  # fmt: skip
NAMES = st.one_of(
    CHINESE_NAMES, st.text(min_size=1, max_size=12), st.lists(PIECES, min_size=1).map("".join)
)


@pytest.mark.parametrize(("name", "masked", "why"), ROWS, ids=[row[2] for row in ROWS])
def test_a_name_is_masked_as_the_table_says(name: str, masked: str, why: str) -> None:
    assert mask(name) == masked, why


@given(NAMES)
def test_masking_a_mask_changes_nothing(name: str) -> None:
    assert mask(mask(name)) == mask(name)


@given(NAMES)
def test_a_mask_is_the_name_only_if_that_was_a_mask_already(name: str) -> None:
    masked = mask(name)

    assert masked
    if masked == name:
        assert HIDDEN in name or "." in name


@given(CHINESE_NAMES)
def test_of_a_chinese_name_something_is_hidden_and_at_most_the_last_given_character_stays(
    name: str,
) -> None:
    masked = mask(name)

    assert masked != name
    assert HIDDEN in masked
    for suffix in SUFFIXES:
        if masked.endswith(suffix):
            name, masked = name.removesuffix(suffix), masked.removesuffix(suffix)
            break
    surname, _, last = masked.partition(HIDDEN)
    assert len(surname) <= 1 or surname in COMPOUND_SURNAMES
    assert len(last.replace(HIDDEN, "")) <= 1
    assert name.startswith(surname)
    assert name.endswith(last.replace(HIDDEN, ""))


@given(st.lists(st.text(st.sampled_from("abcdefgXYZéß'-"), min_size=2), min_size=1, max_size=4))
def test_of_a_latin_name_at_most_two_letters_stay(words: list[str]) -> None:
    masked = mask(" ".join(words))

    assert sum(character.isalpha() for character in masked) <= 2


@given(st.lists(st.text(HAN, min_size=2, max_size=4), min_size=2, max_size=4))
def test_of_a_dotted_name_the_first_and_the_last_character_stay(parts: list[str]) -> None:
    name = "·".join(parts)
    assume(not name.endswith(SUFFIXES))
    masked = mask(name)

    assert len(masked) == len(name)
    assert masked.replace("·", "").strip(HIDDEN + parts[0][0] + parts[-1][-1]) == ""
    assert masked.count(HIDDEN) == sum(map(len, parts)) - 2


@given(CHINESE_NAMES)
def test_composed_and_decomposed_names_have_the_same_mask(name: str) -> None:
    assert mask(unicodedata.normalize("NFD", name)) == mask(unicodedata.normalize("NFC", name))


@given(NAMES)
def test_a_mask_holds_no_character_that_turns_or_hides_text(name: str) -> None:
    assert all(unicodedata.category(character)[0] != "C" for character in mask(name))


def test_the_command_masks_names_one_a_line() -> None:
    names = "".join(f"{name}\n" for name, _, _ in ROWS)

    done = subprocess.run(
        [sys.executable, "-m", "queue_server.rules.masking"],
        input=names.encode(),
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env={"PYTHONIOENCODING": "utf-8"},
    )

    assert done.stdout.decode().splitlines() == [masked for _, masked, _ in ROWS]
