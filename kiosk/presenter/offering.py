"""The question whether the patient wants to see another doctor, with both waits."""

from kiosk.flow.events import Key
from kiosk.flow.session import visit_of
from kiosk.flow.state import Offered, State
from kiosk.presenter.views import FactView, Icon, KeyView, MessageView, OneVisitView, Tone
from kiosk.presenter.wording import Wording
from queue_server.contract.messages import Visit
from queue_server.contract.offers import ColleagueOffer


def offered(state: State, screen: Offered, words: Wording) -> OneVisitView:
    """Both doctors with their waits, and a key for each answer."""
    visit = visit_of(state, screen.ticket_id)
    assert visit is not None, "only a visit of the session is asked about"
    assert visit.offer is not None, "and only one that has an offer"
    offer = visit.offer
    before = words("offer.unknown")
    if offer.before_min is not None:
        before = words("offer.minutes", count=offer.before_min)
    after = words("offer.minutes", count=offer.after_min)
    if offer.after_min == 0:
        after = words("offer.at_once")
    return OneVisitView(
        title=words("offer.title"),
        facts=(
            FactView(label=words("visit.number"), value=visit.number),
            FactView(label=words("offer.now"), value=_doctor(visit, words)),
            FactView(label=words("offer.wait"), value=before),
            FactView(label=words("offer.instead"), value=_doctor(offer, words)),
            FactView(label=words("offer.wait"), value=after),
        ),
        message=MessageView(tone=Tone.PLAIN, icon=Icon.CLOCK, text=words("offer.lead")),
        keys=(
            KeyView(
                key=Key.ACCEPT_OFFER, label=words("offer.yes"), icon=Icon.CONFIRM, is_primary=True
            ),
            KeyView(key=Key.DECLINE_OFFER, label=words("offer.no")),
        ),
    )


def _doctor(holder: Visit | ColleagueOffer, words: Wording) -> str:
    return "  ".join((words.of(holder, "doctor"), words.of(holder, "room")))
