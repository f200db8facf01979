"""The question which doctor the patient wants: any of them first, then who is there."""

from kiosk.flow.events import Key
from kiosk.flow.session import doctors_a_page, doctors_of, doctors_page_count, visit_of
from kiosk.flow.state import ChooseDoctor, State
from kiosk.presenter.doctor_views import DoctorsView
from kiosk.presenter.views import ChoiceView, Icon, KeyView, MessageView, Tone, VisitCardView
from kiosk.presenter.wording import Wording
from queue_server.contract.doctor_choice import DoctorThere


def doctors(state: State, screen: ChooseDoctor, words: Wording) -> DoctorsView:
    """A page of the doctors, with how many wait for each."""
    visit = visit_of(state, screen.ticket_id)
    assert visit is not None, "only a visit of the session is asked about"
    assert visit.doctor_choice is not None, "and only one that has a choice"
    there = doctors_of(state)
    pages, first = doctors_page_count(state), screen.page * doctors_a_page(state)
    shown = list(enumerate(there))[first : first + doctors_a_page(state)]
    earlier = KeyView(key=Key.EARLIER_DOCTORS, label=words("visits.earlier"), icon=Icon.EARLIER)
    more = KeyView(key=Key.MORE_DOCTORS, label=words("visits.more"), icon=Icon.NEXT)
    gone = words.of(visit.doctor_choice, "gone")
    message = None
    if gone:
        text = words("doctors.gone", doctor=gone)
        message = MessageView(tone=Tone.CAUTION, icon=Icon.CAUTION, text=text)
    return DoctorsView(
        title=words("doctors.title"),
        message=message,
        any_doctor=ChoiceView(
            key=Key.ANY_DOCTOR,
            icon=Icon.CONFIRM,
            label=words("doctors.any"),
            hint=words("doctors.any_hint"),
        ),
        lead=words("doctors.lead") if there else "",
        cards=tuple(_card(index, one, words) for index, one in shown),
        earlier=earlier if screen.page > 0 else None,
        page=words("visits.page", page=screen.page + 1, pages=pages) if pages > 1 else "",
        more=more if screen.page < pages - 1 else None,
    )


def _card(index: int, doctor: DoctorThere, words: Wording) -> VisitCardView:
    return VisitCardView(
        argument=index,
        key=Key.DOCTOR,
        time=words.of(doctor, "room"),
        status=words("doctors.waiting", count=doctor.waiting_count),
        tone=Tone.PLAIN if doctor.waiting_count else Tone.GOOD,
        clinic=words.of(doctor, "doctor"),
        detail=words.of(doctor, "doctor_title"),
    )
