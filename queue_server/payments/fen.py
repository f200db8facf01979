"""Money: whole fen, never a float, always two decimals when it is shown, printed or spoken."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, order=True, slots=True)
class Fen:
    """An amount of at least 0 fen (100 fen are 1 yuan)."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int or self.fen < 0:
            raise ValueError(f"not a fen amount: {self.fen!r}")

    @classmethod
    def from_yuan(cls, text: str) -> "Fen":
        """Read yuan as gateways write them: `25.5`, `25.50`.

        Raises:
            ValueError: it is no amount of whole fen.
        """
        try:
            fen = Decimal(text) * 100
            if fen != fen.to_integral_value():
                raise ValueError(f"not a fen amount: {text!r}")
            return cls(int(fen))
        except (InvalidOperation, OverflowError) as error:
            raise ValueError(f"not a fen amount: {text!r}") from error

    def __str__(self) -> str:
        return "{}.{:02d}".format(*divmod(self.fen, 100))

    def __add__(self, other: "Fen") -> "Fen":
        return Fen(self.fen + other.fen)

    def __sub__(self, other: "Fen") -> "Fen":
        """Take `other` away; there must be as much."""
        return Fen(self.fen - other.fen)

    def __bool__(self) -> bool:
        return self.fen > 0


NOTHING = Fen(0)


def total(amounts: Iterable[Fen]) -> Fen:
    """Return the sum of amounts."""
    return Fen(sum(amount.fen for amount in amounts))


def spoken_zh(amount: Fen) -> str:
    """Return how a voice says it, down to the fen: 25元5角0分."""
    yuan, rest = divmod(amount.fen, 100)
    return "{}元{}角{}分".format(yuan, *divmod(rest, 10))


def spoken_en(amount: Fen) -> str:
    """Return how an English voice says it, down to the fen: 25 yuan and 50 fen."""
    return "{} yuan and {} fen".format(*divmod(amount.fen, 100))
