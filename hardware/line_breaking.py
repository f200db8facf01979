"""Break mixed Chinese and Latin text into lines of a given width."""

import re
from collections.abc import Callable, Iterator

# Marks that must not begin a line, and those that must not end one (the simple part of GB/T 15834).
_NOT_AT_START = set("、。，．：；？！）】》〉」』”’…—～·%‰℃,.:;?!)]}")
_NOT_AT_END = set("（【《〈「『“‘([{￥$№")

# A Latin word with its inner marks is one piece; everything else is one piece a character.
_PIECE = re.compile(r"[0-9A-Za-zÀ-ɏ'’&/*_@+#.,:%-]+|\s+|.", re.DOTALL)


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return `text` as lines of at most `width`, as `measure` measures them.

    A newline always breaks. Only a single character that is wider than `width` by itself is let
    through. No character but white space at a break is lost.
    """
    return [
        line
        for paragraph in text.splitlines() or [""]
        for line in _break_paragraph(paragraph, width, measure)
    ]


def break_lines_evenly(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return as few lines as break_lines(), but of like length, so that no word stands alone."""
    lines = break_lines(text, width, measure)
    too_narrow, wide_enough = 0.0, width
    while len(lines) > 1 and wide_enough - too_narrow > 1:
        middle = (too_narrow + wide_enough) / 2
        narrower = break_lines(text, middle, measure)
        if len(narrower) > len(lines) or any(measure(line) > middle for line in narrower):
            too_narrow = middle
        else:
            wide_enough, lines = middle, narrower
    return lines


def _break_paragraph(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in _unbreakable_pieces(text):
        if measure((line + piece).strip()) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.strip())
        line = ""
        for part in _cut_to_width(piece, width, measure):
            if line:
                lines.append(line.rstrip())
            line = part.lstrip()
    if line.strip() or not lines:
        lines.append(line.strip())
    return lines


def _unbreakable_pieces(text: str) -> Iterator[str]:
    """Yield pieces between which a line may end: marks stay with what they belong to."""
    held = ""
    for piece in _PIECE.findall(text):
        glued = held and (held[-1] in _NOT_AT_END or piece[0] in _NOT_AT_START)
        if held and not glued:
            yield held
            held = ""
        held += piece
    if held:
        yield held


def _cut_to_width(piece: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Yield `piece` in parts that fit: a word longer than a line is cut where the line ends."""
    part = ""
    for character in piece:
        if part and measure(part + character) > width:
            yield part
            part = ""
        part += character
    yield part
