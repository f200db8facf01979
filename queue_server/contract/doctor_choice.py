"""A patient who has booked a clinic says which of its doctors he wants, if he may."""

from queue_server.contract.message import Id, Message, ShortText


class DoctorThere(Message, frozen=True, kw_only=True):
    """A doctor of the clinic who sees patients now."""

    doctor: Id
    """What a `check_in` or `choose_doctor` names; to be handed back as it came."""
    doctor_zh: ShortText
    doctor_en: ShortText
    doctor_title_zh: ShortText
    doctor_title_en: ShortText
    room_zh: ShortText
    room_en: ShortText
    waiting_count: int
    """Patients who wait for this doctor, those included who have asked for him in the area."""


class DoctorChoice(Message, frozen=True, kw_only=True):
    """The patient may ask for one of these doctors, or for none: then he waits for any of them."""

    doctors: list[DoctorThere]
    """In the order of the site file; empty if his is gone and nobody else is there."""
    gone_zh: ShortText = ""
    """The doctor he has asked for, who has stopped since; else empty."""
    gone_en: ShortText = ""


class ChooseDoctor(Message, frozen=True, kw_only=True, tag="choose_doctor"):
    """The doctor whom the identified patient has asked for is gone, and he chooses anew."""

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""
    ticket_id: ShortText
    """The `ticket_id` of the visit, as it came."""
    doctor: Id | None
    """One of its `doctor_choice`; `null`: any of them."""
