"""The team of an MDT clinic as nurse station and doctor console show it. Pure functions."""

from dataclasses import dataclass

from queue_server.rules.mdt import member_state, missing
from queue_server.rules.terms import QueueId
from queue_server.service.now import Now
from queue_server.service.setup import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """A doctor of the team: the id of his own queue, and where he is."""

    id: QueueId
    doctor_zh: str
    doctor_en: str
    clinic_zh: str
    clinic_en: str
    state: str
    is_required: bool
    """Whether nobody is called before he has signed in."""
    is_lead: bool
    """Whether he may end a visit for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamView:
    """A team, and who of its quorum has not signed in."""

    members: list[MemberView]
    missing_zh: str
    missing_en: str


def team_view(setup: Setup, now: Now, clinic: QueueId) -> TeamView | None:
    """Return the team of a clinic; None if it is no MDT clinic."""
    team, queue = setup.teams.get(clinic), now.day.queues[clinic]
    if team is None:
        return None
    missing_zh, missing_en = team.named(missing(team, queue))
    return TeamView(
        members=[
            MemberView(
                id=one.id,
                doctor_zh=one.zh,
                doctor_en=one.en,
                clinic_zh=setup.queues[one.id].clinic_zh,
                clinic_en=setup.queues[one.id].clinic_en,
                state=member_state(queue, one.id),
                is_required=one.id in team.quorum,
                is_lead=one.id == team.lead,
            )
            for one in team.members
        ],
        missing_zh=missing_zh,
        missing_en=missing_en,
    )
