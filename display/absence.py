"""What a board says of a doctor who sees nobody: which way, why, and until when."""

from display.texts import NO_TEXT, Bilingual, Texts
from queue_server.contract.absence import Absence
from queue_server.contract.boards import BoardRoom


def absence_word(room: BoardRoom, texts: Texts) -> Bilingual:
    """Return "Doctor late", "Doctor away" or "Stopped today"; empty while he is there."""
    return texts.both(f"absence.{room.absence.kind.value}") if room.absence else NO_TEXT


def absence_note(absence: Absence | None, texts: Texts) -> Bilingual:
    """Return cause and expected return in one line, as far as they are known."""
    if absence is None:
        return NO_TEXT
    returns = _returns(absence, texts)
    return Bilingual(
        zh="，".join(part for part in (absence.cause_zh, returns.zh) if part),
        en=", ".join(part for part in (absence.cause_en, returns.en) if part),
    )


def absence_sentence(room: BoardRoom, texts: Texts) -> Bilingual:
    """Return what a door says in the place of a number: two lines."""
    word, note = absence_word(room, texts), absence_note(room.absence, texts)
    if not note.zh:
        assert room.absence is not None
        note = texts.both(f"absence.wait_{room.absence.kind.value}")
    return Bilingual(zh=f"{word.zh}\n{note.zh}", en=f"{word.en}\n{note.en}")


def _returns(absence: Absence, texts: Texts) -> Bilingual:
    if not absence.returns_text:
        return NO_TEXT
    return texts.both(f"absence.returns_{absence.kind.value}", time=absence.returns_text)
