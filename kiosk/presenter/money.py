"""Amounts in words: always two decimals on the screen, yuan, jiao and fen in the ear."""

from kiosk.presenter.views import Said
from kiosk.presenter.wording import Wording


def amount(fen: int, words: Wording) -> Said:
    """Return an amount alone."""
    return Said(shown(fen, words), spoken(fen, words))


def sentence(words: Wording, key: str, fen: int, **parts: object) -> Said:
    """Return our text of that key with an amount in it, at `{amount}`."""
    return Said(
        words(key, amount=shown(fen, words), **parts),
        words(key, amount=spoken(fen, words), **parts),
    )


def shown(fen: int, words: Wording) -> str:
    """Return an amount in figures."""
    return words("money.shown", figure="{}.{:02d}".format(*divmod(fen, 100)))


def spoken(fen: int, words: Wording) -> str:
    """Return an amount as a voice says it, down to the fen."""
    yuan, rest = divmod(fen, 100)
    return words("money.spoken", yuan=yuan, jiao=rest // 10, fen=rest % 10)
