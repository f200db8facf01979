"""The masked form of a name: the only form that a board, a slip or a loudspeaker gets.

For every text of at least one character: the mask differs from it, at least one character
is hidden, of the given name at most the last character stays, and masking a mask changes
nothing. Examples with their reasons: `tests/vectors/masking.tsv`.

`python -m queue_server.rules.masking` reads names, one a line, and prints the masks.
"""

import re
import sys
import unicodedata
from typing import Final

HIDDEN: Final = "*"

COMPOUND_SURNAMES: Final = frozenset(
    # One text reads better than ninety quoted words.
    """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政
    濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马
    公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌
    微生 公户 公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙
    南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 吴铭 纳兰 完颜 耶律 叶赫 那拉 呼延 贺兰 贺若
    """.split()  # noqa: SIM905
)
"""Surnames of two characters; about one person in a thousand has one."""

_DOTS: Final = "·•‧・･．∙⋅"
_SUFFIXES: Final = ("之子", "之女", "之婴", "之长子", "之次子", "之长女", "之次女")
_BRACKETS: Final = re.compile(r"[(（\[【〔「].*?[)）\]】〕」]|[(（\[【〔「].*$")
_MASKED_LATIN: Final = re.compile(r"[^\W\d_]\.( [^\W\d_]\.)?")
_MASKED_DOTTED: Final = re.compile(r"[^*·]?[*·]*·[*·]*[^*·]?")
_PLAIN: Final = re.compile("[\u4e00-\u4e4a\u4e4c-\u9fa5]{1,4}")
"""Chinese characters only, and not 之, with which the suffixes begin."""
_TRAILING_NUMBER: Final = re.compile(r"[0-9０-９]+$")


def mask(name: str) -> str:
    """Return the masked form of `name`; never the name itself.

    A text in which nothing of a name is found is hidden whole: `*`.
    """
    if _PLAIN.fullmatch(name):
        # Most names by far, and a start of the server masks those of the whole day.
        return _masked_chinese(name)
    text = _cleaned(name)
    if _is_masked(text):
        return text
    base = _BRACKETS.sub("", text.replace(HIDDEN, "")).strip()
    base = _TRAILING_NUMBER.sub("", base).strip()
    return _masked(base) or HIDDEN


def _masked(base: str) -> str:
    for suffix in _SUFFIXES:
        if base.endswith(suffix):
            stem = _TRAILING_NUMBER.sub("", base.removesuffix(suffix)).strip()
            if stem:
                # A newborn is called by the mother's name.
                return (_masked_name(stem) or HIDDEN) + suffix
    return _masked_name(base)


def _masked_name(base: str) -> str:
    if any(dot in base for dot in _DOTS):
        return _masked_dotted(base)
    if _is_latin(base):
        return _initials(base)
    return _masked_chinese(_letters(base))


def _masked_chinese(base: str) -> str:
    """张三 → 张*, 张小三 → 张*三, 李四五六 → 李**六, 欧阳明月 → 欧阳*月, 荒 → *."""
    if len(base) < 2:  # a name of one character is hidden whole
        return HIDDEN if base else ""
    surname = base[:2] if base[:2] in COMPOUND_SURNAMES and len(base) > 2 else base[:1]
    given = base[len(surname) :]
    if len(given) == 1:
        return surname + HIDDEN
    return surname + HIDDEN * (len(given) - 1) + given[-1]


def _masked_dotted(base: str) -> str:
    """麦麦提·赛帕克 → 麦**·**克: the first and the last character stay, and the dots."""
    parts = [_letters(part) for part in re.split(f"[{_DOTS}]", base)]
    parts = [part for part in parts if part]
    if len(parts) < 2:  # a dot at the edge parts nothing
        return _masked_name("".join(parts))
    joined = "·".join(parts)
    letters = [index for index, char in enumerate(joined) if char != "·"]
    if len(letters) <= 2:  # nothing would be hidden
        return "".join("·" if char == "·" else HIDDEN for char in joined)
    shown = {letters[0], letters[-1]}
    return "".join(
        char if char == "·" or index in shown else HIDDEN for index, char in enumerate(joined)
    )


def _letters(text: str) -> str:
    """Return what a name is made of: a sign between two characters must not be what is hidden."""
    return "".join(char for char in text if unicodedata.category(char)[0] in "LN")


def _initials(base: str) -> str:
    """John Smith → J. S., Li → L.: of the first and the last word; a b → *."""
    words = [word for word in re.split(r"[\s,]+", base) if any(char.isalpha() for char in word)]
    if not words:
        return ""
    if len(words) == 2 and all(sum(map(str.isalpha, word)) == 1 for word in words):
        return HIDDEN  # the initials would be all of it
    chosen = words if len(words) == 1 else [words[0], words[-1]]
    return " ".join(f"{_first_letter(word)}." for word in chosen)


def _first_letter(word: str) -> str:
    return next(char for char in word if char.isalpha()).upper()[0]


def _is_latin(text: str) -> bool:
    """Tell whether a text is written in an alphabet: its letters have case."""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and all(char.lower() != char.upper() for char in letters)


def _is_masked(text: str) -> bool:
    """Tell whether `text` has the very form of a mask, so that masking it changes nothing."""
    stem = text
    for suffix in _SUFFIXES:
        if text.endswith(suffix):
            stem = text.removesuffix(suffix)
            break
    is_dotted = HIDDEN in stem and _MASKED_DOTTED.fullmatch(stem)
    if is_dotted or _MASKED_LATIN.fullmatch(stem):
        return True
    surname, stars, last = stem.partition(HIDDEN)[0], stem.count(HIDDEN), stem.rpartition(HIDDEN)[2]
    return (
        stars > 0
        and stem == surname + HIDDEN * stars + last
        and len(last) <= 1
        and (len(surname) <= 1 or surname in COMPOUND_SURNAMES)
        and bool(surname or not last)
        and (bool(last) or stars == 1)
    )


def _cleaned(name: str) -> str:
    """Return the name in NFC, without control characters and without spaces around."""
    text = unicodedata.normalize("NFC", name)
    kept = (char if unicodedata.category(char)[0] != "Z" else " " for char in text)
    return "".join(char for char in kept if unicodedata.category(char)[0] != "C").strip()


def main() -> None:
    """Mask the names on standard input, one a line."""
    for line in sys.stdin:
        print(mask(line.rstrip("\n")))


if __name__ == "__main__":
    main()
