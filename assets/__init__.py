"""Fonts, icons, sounds, translations and the demo hospital: data, and where it lies."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
FONT_REGULAR: Final = FOLDER / "fonts" / "NotoSansCJKsc-Regular.otf"
FONT_BOLD: Final = FOLDER / "fonts" / "NotoSansCJKsc-Bold.otf"
