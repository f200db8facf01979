"""What a resident ID card has in writing: 256 bytes in fields of fixed width. Pure."""

from datetime import date

from hardware.cards.card_reader import IdCard
from hardware.code_kind import is_resident_id
from queue_server.rules.terms import FullName

TEXT_BYTES = 256
FIELDS = {
    "name": (0, 30), "sex": (30, 32), "nation": (32, 36), "born": (36, 52), "address": (52, 122),
    "number": (122, 158), "issuer": (158, 188), "valid_from": (188, 204), "valid_until": (204, 220),
}  # fmt: skip
"""Where each begins and ends, in bytes."""
FOR_EVER = "长期"
ENCODINGS = ("utf-16-le", "gb18030")
"""The first is the standard's; some converters hand out the second."""


def parse_id_card(text: bytes, *, encoding: str) -> IdCard | None:
    """Read the text of a card; None if anything that is asked for is missing or wrong."""
    if len(text) != TEXT_BYTES:
        return None
    try:
        name, number, born, until = (
            _field(text, field, encoding) for field in ("name", "number", "born", "valid_until")
        )
        number = number.upper()
        if not name or not name.isprintable() or not is_resident_id(number):
            return None
        born_on = _day(born)
        if born_on != _day(number[6:14]):
            return None
        return IdCard(
            full_name=FullName(name),
            id_number=number,
            born=born_on,
            valid_until=None if until == FOR_EVER else _day(until),
        )
    except ValueError:  # no such characters, no such day
        return None


def _field(text: bytes, field: str, encoding: str) -> str:
    begin, end = FIELDS[field]
    return text[begin:end].decode(encoding).rstrip("\0 ")


def _day(digits: str) -> date:
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("no day")
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
