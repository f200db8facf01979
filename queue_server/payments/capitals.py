"""Amounts in the capital numerals of receipts: what can't be altered by a stroke of the pen."""

from typing import Final

from queue_server.payments.fen import Fen

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")
_ZERO: Final = "零"


def capitals(amount: Fen) -> str:
    """Return an amount as a receipt says it: 壹仟零肆元零伍分, 贰拾伍元整."""
    yuan, rest = divmod(amount.fen, 100)
    jiao, fen = divmod(rest, 10)
    whole = f"{_yuan(yuan)}元" if yuan or not rest else ""
    tenths = f"{_DIGITS[jiao]}角" if jiao else _ZERO if whole and fen else ""
    return whole + tenths + (f"{_DIGITS[fen]}分" if fen else "整")


def _yuan(yuan: int) -> str:
    """Return whole yuan: four digits a group; a gap of zeros is said as one."""
    if not yuan:
        return _ZERO
    said = ""
    for index in reversed(range(len(_GROUPS))):
        group = yuan // 10_000**index % 10_000
        if not group:
            continue
        has_gap = bool(said) and (group < 1000 or not yuan // 10_000 ** (index + 1) % 10_000)
        said += (_ZERO if has_gap else "") + _group(group) + _GROUPS[index]
    return said


def _group(number: int) -> str:
    said, is_gap = "", False
    for place in reversed(range(len(_PLACES))):
        digit = number // 10**place % 10
        if digit:
            said += (_ZERO if is_gap else "") + _DIGITS[digit] + _PLACES[place]
        is_gap = bool(said) and not digit
    return said
