"""What stands at the top of every board: where, what time, and whether the board is current."""

from dataclasses import dataclass
from datetime import datetime

from display.texts import NO_TEXT, Bilingual, Texts, plain
from queue_server.contract.boards import AreaBoard, RoomBoard


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """Whether the server is there, and since when not (None: it never was)."""

    is_up: bool
    lost_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundState:
    """What the loudspeaker is up to, as far as the people in front of the board should know."""

    has_fault: bool = False
    is_silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Top of a board; `line_mark` and `sound_mark` are empty while all is well."""

    hospital: Bilingual
    area: Bilingual
    clock: str
    date: Bilingual
    line_mark: Bilingual
    sound_mark: Bilingual


def header(
    board: AreaBoard | RoomBoard | None,
    line: LineState,
    sound: SoundState,
    now: datetime,
    texts: Texts,
) -> Header:
    """Return the header; times are the hospital's, whatever zone this machine is set to."""
    local = now.astimezone(board.published_at.tzinfo) if board else now
    return Header(
        hospital=_names(board.hospital_zh, board.hospital_en) if board else NO_TEXT,
        area=_names(board.area_zh, board.area_en) if board else NO_TEXT,
        clock=f"{local:%H:%M}",
        date=_date(local, texts),
        line_mark=_line_mark(board, line, local, texts),
        sound_mark=_sound_mark(sound, texts),
    )


def _names(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


def _date(local: datetime, texts: Texts) -> Bilingual:
    return texts.merged(
        "date.full",
        year=plain(local.year),
        month=texts.both(f"date.month_{local.month}"),
        day=plain(local.day),
        weekday=texts.both(f"date.weekday_{local.weekday()}"),
    )


def _line_mark(
    board: AreaBoard | RoomBoard | None, line: LineState, local: datetime, texts: Texts
) -> Bilingual:
    if line.is_up:
        return NO_TEXT
    if board is None:
        return texts.both("line.never")
    # While the line was up, the board was current, however long ago it had been published.
    as_of = max(board.published_at, line.lost_at) if line.lost_at else board.published_at
    as_of = as_of.astimezone(board.published_at.tzinfo)
    time = plain(f"{as_of:%H:%M}")
    if as_of.date() != local.date():
        month = texts.both(f"date.month_{as_of.month}")
        time = texts.merged("date.short", month=month, day=plain(as_of.day), time=time)
    return texts.merged("line.down", as_of=time)


def _sound_mark(sound: SoundState, texts: Texts) -> Bilingual:
    if sound.is_silent:
        return texts.both("sound.silent")
    return texts.both("sound.fault") if sound.has_fault else NO_TEXT
