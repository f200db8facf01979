"""The line at the bottom of an area board."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from display.texts import Bilingual, Texts
from queue_server.contract.boards import AreaBoard, Notices

FOOTER_S: Final = 10
FOOTER_ZH_MAX: Final = 50
FOOTER_EN_MAX: Final = 130
"""Characters that fit into one line at full size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """One line at the bottom: a notice of the nurses, the news, or a rule of the queue."""

    label: Bilingual
    text: Bilingual


def footer(
    board: AreaBoard | None, notices: Notices | None, now: datetime, texts: Texts
) -> Footer | None:
    """Return the line that stands there now: notices, news and rules take turns."""
    lines: list[Footer] = []
    for notice in notices.notices if notices else []:
        lines += _footers("area.notice", notice.text_zh, notice.text_en, texts)
    if board and board.layout.news_zh:
        lines += _footers("area.news", board.layout.news_zh, board.layout.news_en, texts)
    if board and board.layout.shows_rules:
        for zh, en in zip(board.rule_text_zh, board.rule_text_en, strict=False):
            lines += _footers("area.rule", zh, en, texts)
    return lines[int(now.timestamp() // FOOTER_S) % len(lines)] if lines else None


def _footers(label: str, zh: str, en: str, texts: Texts) -> list[Footer]:
    """One line in both languages; a long text is shown in one language after the other."""
    is_short = len(zh) <= FOOTER_ZH_MAX and len(en) <= FOOTER_EN_MAX
    shown = (
        [Bilingual(zh=zh, en=en)]
        if is_short
        else [Bilingual(zh=text, en="") for text in (zh, en) if text]
    )
    return [Footer(label=texts.both(label), text=text) for text in shown]
