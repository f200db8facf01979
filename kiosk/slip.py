"""What a slip says: the facts of a check-in in the patient's language, from top to bottom."""

from contextlib import suppress
from datetime import datetime

from hardware.slip import Align, Slip, SlipPart, SlipQr, SlipRow, SlipRule, SlipSpace, SlipText
from kiosk.flow.slip_facts import SlipFacts
from kiosk.presenter.visits import doctor_of, time_of, where_of
from kiosk.presenter.wording import Wording
from queue_server.contract.messages import Place
from queue_server.rules.terms import TicketState

TITLE_DOTS = 34
NUMBER_DOTS = 150
BODY_DOTS = 28
SMALL_DOTS = 22
_IN_THE_LIST = frozenset({TicketState.WAITING, TicketState.STANDBY})


def make_slip(facts: SlipFacts, words: Wording, *, hospital: str, printed_at: datetime) -> Slip:
    """Return the slip; it carries the masked name only."""
    visit = facts.visit
    number = visit.place.number if visit.place else visit.number
    wait = words("slip.wait", floor=words.of(visit, "floor"), area=words.of(visit, "area"))
    parts: list[SlipPart] = [
        SlipText(text=hospital, size_dots=TITLE_DOTS, is_bold=True),
        SlipText(text=words("slip.title"), size_dots=BODY_DOTS),
        SlipRule(),
        SlipText(text=words("slip.number"), size_dots=BODY_DOTS),
        SlipText(text=number, size_dots=NUMBER_DOTS, is_bold=True, is_fitted=True),
        SlipText(text=wait, size_dots=TITLE_DOTS, is_bold=True),
        SlipRule(is_dashed=True),
        *_rows(facts, words),
        SlipRule(is_dashed=True),
        *_rules(facts, words),
        SlipQr(payload=visit.slip_code),
        SlipText(text=words("slip.scan"), size_dots=SMALL_DOTS),
        SlipText(text=_times(facts, words, printed_at), size_dots=SMALL_DOTS),
        SlipSpace(height_dots=8),
    ]
    return Slip(parts=tuple(parts))


def _rows(facts: SlipFacts, words: Wording) -> list[SlipRow]:
    visit = facts.visit
    rows = (
        ("slip.name", facts.masked_name),
        ("slip.clinic", words.of(visit, "clinic")),
        ("slip.doctor", doctor_of(visit, words)),
        ("slip.where", where_of(visit, words)),
        ("slip.slot", time_of(visit, words, says_today=False)),
        ("slip.ahead", _ahead(visit.place, words)),
    )
    return [SlipRow(label=words(key), value=value, is_bold=True) for key, value in rows if value]


def _ahead(place: Place | None, words: Wording) -> str:
    if place is None or place.state not in _IN_THE_LIST:
        return ""
    ahead = words("slip.people", count=place.ahead_count)
    if place.ahead_at_most <= place.ahead_count:
        return ahead
    return f"{ahead} ({words('slip.at_most', count=place.ahead_at_most)})"


def _rules(facts: SlipFacts, words: Wording) -> list[SlipText]:
    sentences = words.pick(zh="\n".join(facts.rule_text_zh), en="\n".join(facts.rule_text_en))
    if not sentences:
        return []
    return [
        SlipText(
            text=f"{words('slip.rules')}\n{sentences}", size_dots=SMALL_DOTS, align=Align.START
        )
    ]


def _times(facts: SlipFacts, words: Wording, printed_at: datetime) -> str:
    times = []
    if facts.checked_in_at is not None:
        checked_in_at = facts.checked_in_at
        with suppress(OverflowError):  # at the edges of the calendar it keeps its own zone
            checked_in_at = checked_in_at.astimezone(printed_at.tzinfo)
        times.append(words("slip.checked_in_at", time=checked_in_at.strftime("%Y-%m-%d %H:%M")))
    times.append(words("slip.printed_at", time=printed_at.strftime("%Y-%m-%d %H:%M:%S")))
    return "\n".join(times)
