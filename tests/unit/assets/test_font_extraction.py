from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from assets.fonts.extraction import DEBIAN_FOLDER, FACES, extract_face

RARE_IN_NAMES = "直骨今令画房堃喆镕䶮㛃𠮷𬀩𠅤"


def test_an_extracted_face_is_the_simplified_chinese_one_and_has_rare_characters(
    tmp_path: Path,
) -> None:
    collection, full_name = FACES["NotoSansCJKsc-Regular.otf"]
    target = tmp_path / "sc.otf"

    extract_face(DEBIAN_FOLDER / collection, full_name, target)

    font = TTFont(target)
    assert font["name"].getDebugName(4) == "Noto Sans CJK SC"
    assert set(map(ord, RARE_IN_NAMES)) <= set(font.getBestCmap())
    assert list(tmp_path.iterdir()) == [target]


def test_a_face_that_is_not_there_is_named(tmp_path: Path) -> None:
    collection, _ = FACES["NotoSansCJKsc-Regular.otf"]

    with pytest.raises(LookupError, match="No Such Face"):
        extract_face(DEBIAN_FOLDER / collection, "No Such Face", tmp_path / "sc.otf")
