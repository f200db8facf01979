"""The patient's visits: the list, and one of them to be checked in."""

from typing import Final

from kiosk.flow.events import Key
from kiosk.flow.session import page_count, visit_of, visits_a_page, visits_of
from kiosk.flow.state import OneVisit, State, Visits
from kiosk.presenter.absence import absence_message, absence_status
from kiosk.presenter.views import (
    FactView,
    Icon,
    KeyView,
    MessageView,
    OneVisitView,
    RefusalView,
    Tone,
    VisitCardView,
    VisitsView,
)
from kiosk.presenter.wording import Wording
from queue_server.contract.messages import Visit
from queue_server.rules.terms import TicketState

_CHECK_IN_KEYS: Final = {
    TicketState.MISSED: "visit.check_in_missed",
    TicketState.AWAY_FOR_RESULTS: "visit.check_in_results",
}

OVER: Final = frozenset({TicketState.DONE, TicketState.CANCELLED, TicketState.EXPIRED})


def visits(state: State, screen: Visits, words: Wording) -> VisitsView | RefusalView:
    """A page of the visits, or, when there are none, what to do."""
    every = visits_of(state)
    masked_name = state.session.masked_name if state.session else ""
    if not every:
        return _no_visits(masked_name, words)
    pages, page = page_count(state), screen.page
    first = page * visits_a_page(state)
    shown = list(enumerate(every))[first : first + visits_a_page(state)]
    earlier = KeyView(key=Key.EARLIER_VISITS, label=words("visits.earlier"), icon=Icon.EARLIER)
    more = KeyView(key=Key.MORE_VISITS, label=words("visits.more"), icon=Icon.NEXT)
    return VisitsView(
        title=words("visits.title", name=words.name_of(masked_name)),
        lead=words("visits.lead"),
        cards=tuple(_card(index, visit, words) for index, visit in shown),
        earlier=earlier if page > 0 else None,
        page=words("visits.page", page=page + 1, pages=pages) if pages > 1 else "",
        more=more if page < pages - 1 else None,
    )


def one_visit(state: State, screen: OneVisit, words: Wording) -> OneVisitView:
    """The visit's facts and the key to check in; or why not, and what to do."""
    visit = visit_of(state, screen.ticket_id)
    assert visit is not None, "only a visit of the session is shown"
    assert state.session is not None
    title = "visit.title_ready" if visit.can_check_in else "visit.title_not_ready"
    hint = words.of(visit, "hint")
    message = absence_message(visit, words)
    if hint and message is None:
        tone, icon = (Tone.PLAIN, Icon.CLOCK) if visit.can_check_in else (Tone.CAUTION, Icon.CLOCK)
        message = MessageView(tone=tone, icon=icon, text=hint)
    return OneVisitView(
        title=words(title, name=words.name_of(state.session.masked_name)),
        facts=_facts(visit, words),
        message=message,
        keys=_keys(visit, words, has_others=len(visits_of(state)) > 1),
    )


def time_of(visit: Visit, words: Wording, *, says_today: bool = True) -> str:
    """Return day and slot, `今天 09:00-09:30`; a walk-in has no slot.

    Paper outlives the day: there it is always the date (`says_today` false).
    """
    _, month, day = visit.day_on.split("-")
    day_text = words("visits.today")
    if not (visit.is_today and says_today):
        day_text = words("visits.day", month=int(month), day=int(day))
    return f"{day_text}  {visit.slot_text or words('visits.walk_in')}"


def where_of(visit: Visit, words: Wording) -> str:
    """Return floor, area and room in one line."""
    # Whoever has no doctor yet has no room: his is the area itself.
    parts = dict.fromkeys(words.of(visit, field) for field in ("floor", "area", "room"))
    return "  ".join(part for part in parts if part)


def doctor_of(visit: Visit, words: Wording) -> str:
    """Return the doctor's name and title."""
    parts = (words.of(visit, "doctor"), words.of(visit, "doctor_title"))
    return "  ".join(part for part in parts if part)


def _card(index: int, visit: Visit, words: Wording) -> VisitCardView:
    if visit.absence is not None and visit.state not in OVER:
        status, tone = absence_status(visit, words), Tone.CAUTION
    elif visit.can_check_in:
        again = visit.state in _CHECK_IN_KEYS
        status, tone = words("visits.ready_again" if again else "visits.ready"), Tone.GOOD
    elif visit.place is not None:
        status, tone = words(f"place.title_{visit.state.value}"), Tone.PLAIN
    elif not visit.is_today:
        status, tone = words("visits.another_day"), Tone.CAUTION
    else:
        status, tone = words("visits.not_ready"), Tone.CAUTION
    return VisitCardView(
        argument=index,
        time=time_of(visit, words),
        status=status,
        tone=tone,
        clinic=words.of(visit, "clinic"),
        detail="  ".join(
            part for part in (words.of(visit, "doctor"), words.of(visit, "room")) if part
        ),
    )


def _facts(visit: Visit, words: Wording) -> tuple[FactView, ...]:
    facts = (
        ("visit.time", time_of(visit, words)),
        ("visit.clinic", words.of(visit, "clinic")),
        ("visit.doctor", doctor_of(visit, words)),
        ("visit.where", where_of(visit, words)),
        ("visit.number", visit.number),
    )
    return tuple(FactView(label=words(key), value=value) for key, value in facts if value)


def _keys(visit: Visit, words: Wording, *, has_others: bool) -> tuple[KeyView, ...]:
    if visit.can_check_in:
        label = words(_CHECK_IN_KEYS.get(visit.state, "visit.check_in"))
        return (KeyView(key=Key.CHECK_IN, label=label, icon=Icon.CHECK_IN, is_primary=True),)
    call = KeyView(key=Key.CALL_NURSE, label=words("refusal.call_nurse"), icon=Icon.NURSE)
    if has_others:
        others = KeyView(key=Key.BACK, label=words("visit.others"), is_primary=True)
        return (others, call)
    return (KeyView(key=Key.HOME, label=words("refusal.home"), is_primary=True), call)


def _no_visits(masked_name: str, words: Wording) -> RefusalView:
    return RefusalView(
        tone=Tone.CAUTION,
        icon=Icon.CAUTION,
        title=words("visits.none_title"),
        message=words("visits.none_message", name=words.name_of(masked_name)),
        hint=words("visits.none_hint"),
        keys=(
            KeyView(key=Key.HOME, label=words("refusal.home"), is_primary=True),
            KeyView(key=Key.CALL_NURSE, label=words("refusal.call_nurse"), icon=Icon.NURSE),
        ),
    )
