"""The doctors of a multi-disciplinary clinic (MDT), as its boards show them."""

from queue_server.contract.message import Message, ShortText
from queue_server.rules.terms import MemberState


class TeamDoctor(Message, frozen=True, kw_only=True):
    """A doctor of the team of an MDT clinic, and where he is."""

    doctor_zh: ShortText
    doctor_en: ShortText
    clinic_zh: ShortText
    """Where he comes from."""
    clinic_en: ShortText
    state: MemberState
    is_required: bool
    """Whether nobody is called before he has signed in."""
