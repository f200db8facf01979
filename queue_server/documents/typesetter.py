"""Sets a page by typst: a template of `assets/documents/` and data. The data is never markup."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import segno
import typst

from assets import FOLDER, FONT_BOLD, FONT_REGULAR

_TEMPLATES: Final = FOLDER / "documents"
_ARCHIVABLE: Final = "a-2b"


class DocumentError(Exception):
    """A document can't be made; the sentence is for the technician and names no patient."""


def require_fonts() -> None:
    """Look whether documents can be made at all.

    Raises:
        DocumentError: typst would set empty boxes in the place of Chinese.
    """
    for font in (FONT_REGULAR, FONT_BOLD):
        if not font.exists():
            raise DocumentError(
                f"{font.name} is missing, reports can't be printed: apt-get install fonts-noto-cjk,"
                " then python -m assets.fonts.extraction / 缺少中文字体，无法生成报告"
            )


def typeset(template: str, data: Mapping[str, object]) -> bytes:
    """Return the PDF (PDF/A-2b) of the template with `data`. Takes some tenths of a second.

    Raises:
        DocumentError: typst can't set it.
    """
    try:
        pdf = typst.compile(
            _TEMPLATES / f"{template}.typ",
            root=_TEMPLATES,
            font_paths=[Path(FONT_REGULAR).parent],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=_ARCHIVABLE,
        )
    except RuntimeError as error:
        # What typst says of the place may hold what stands there.
        raise DocumentError(f"{template}: typst can't set it ({type(error).__name__})") from None
    assert isinstance(pdf, bytes)
    return pdf


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG picture; nothing of no text."""
    if not text:
        return ""
    code: str = segno.make(text, error="m").svg_inline(border=0, dark="#16302B")
    return code.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
