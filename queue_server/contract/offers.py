"""A patient is asked whether he wants to see another doctor, who would see him sooner."""

from queue_server.contract.message import Id, Message, ShortText


class ColleagueOffer(Message, frozen=True, kw_only=True):
    """Another doctor of the same clinic and title would see the patient sooner; he may say no."""

    doctor_zh: ShortText
    doctor_en: ShortText
    doctor_title_zh: ShortText
    doctor_title_en: ShortText
    room_zh: ShortText
    """Where he would be called to."""
    room_en: ShortText
    before_min: int | None
    """Minutes he will wait where he is, estimated; `null` if nobody knows."""
    after_min: int
    """Minutes he would wait there, estimated."""


class AnswerOffer(Message, frozen=True, kw_only=True, tag="answer_offer"):
    """The identified patient says whether he wants to see the doctor of his visit's `offer`."""

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""
    ticket_id: ShortText
    """The `ticket_id` of the visit, as it came."""
    accepts: bool
    """No: he keeps his place and is not asked again."""
