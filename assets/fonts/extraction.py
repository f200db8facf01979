"""Take the simplified Chinese faces out of Debian's font collection, once, as files of their own.

Kivy loads the first face of a collection, which is the Japanese one: 直 骨 今 令 画 房 would stand
on the screen in Japanese shapes. `python -m assets.fonts.extraction` writes the right faces.
"""

import sys
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTCollection

DEBIAN_FOLDER: Final = Path("/usr/share/fonts/opentype/noto")
FACES: Final = {
    "NotoSansCJKsc-Regular.otf": ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    "NotoSansCJKsc-Bold.otf": ("NotoSansCJK-Bold.ttc", "Noto Sans CJK SC Bold"),
}
_FULL_NAME: Final = 4  # the id of a face's full name in a font's name table


def extract_face(collection: Path, full_name: str, target: Path) -> None:
    """Save the face called `full_name` of a font collection as the font file `target`.

    Raises:
        FileNotFoundError: there is no such collection.
        LookupError: the collection has no such face.
    """
    part = target.with_suffix(".part")
    for font in TTCollection(collection).fonts:
        if font["name"].getDebugName(_FULL_NAME) == full_name:
            font.save(part)
            part.replace(target)
            return
    raise LookupError(f"{full_name!r} is not in {collection}")


def main() -> int:
    """Write every face beside this file; return the exit code."""
    for name, (collection, full_name) in FACES.items():
        try:
            extract_face(DEBIAN_FOLDER / collection, full_name, Path(__file__).parent / name)
        except FileNotFoundError as error:
            sys.stderr.write(f"{error.filename} is missing: install Debian's fonts-noto-cjk\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
