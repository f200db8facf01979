"""What stands on the screen that asks which doctor the patient wants."""

from dataclasses import dataclass

from kiosk.presenter.views import ChoiceView, KeyView, MessageView, VisitCardView


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorsView:
    """Any doctor, large and first, then those who are there, a page at a time."""

    title: str
    message: MessageView | None
    any_doctor: ChoiceView
    lead: str
    cards: tuple[VisitCardView, ...]
    earlier: KeyView | None
    page: str
    more: KeyView | None
