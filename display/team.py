"""The doctors of an MDT clinic on its door board: who is there, and whom the next call awaits."""

from dataclasses import dataclass

from display.texts import Bilingual, Texts
from queue_server.contract.boards import BoardRoom
from queue_server.contract.mdt import TeamDoctor
from queue_server.rules.terms import MemberState


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorLine:
    """One doctor and where he is, in words."""

    doctor: Bilingual
    state: Bilingual
    is_there: bool
    is_awaited: bool
    """Whether nobody is called before he is there."""


def doctor_lines(room: BoardRoom, texts: Texts) -> tuple[DoctorLine, ...]:
    """Return a line for each doctor of the team; none if the room has one doctor."""
    return tuple(
        DoctorLine(
            doctor=Bilingual(zh=one.doctor_zh, en=one.doctor_en),
            state=texts.both(f"team.{one.state.value}"),
            is_there=one.state is not MemberState.ABSENT,
            is_awaited=one in awaited(room),
        )
        for one in room.team
    )


def awaited(room: BoardRoom) -> list[TeamDoctor]:
    """Return the doctors without whom nobody is called, and who are not there."""
    return [one for one in room.team if one.is_required and one.state is MemberState.ABSENT]
