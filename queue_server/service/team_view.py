"""The team of an MDT clinic as boards show it: who is there, with the patient, or done."""

from queue_server.contract.mdt import TeamDoctor
from queue_server.rules.mdt import member_state
from queue_server.rules.terms import QueueId
from queue_server.service.now import Now
from queue_server.service.setup import Setup


def team_shown(setup: Setup, now: Now, clinic: QueueId) -> list[TeamDoctor]:
    """Return the doctors of a clinic in the order of the site file; none if it is no MDT clinic."""
    team = setup.teams.get(clinic)
    if team is None:
        return []
    return [
        TeamDoctor(
            doctor_zh=one.zh,
            doctor_en=one.en,
            clinic_zh=setup.queues[one.id].clinic_zh,
            clinic_en=setup.queues[one.id].clinic_en,
            state=member_state(now.day.queues[clinic], one.id),
            is_required=one.id in team.quorum,
        )
        for one in team.members
    ]
