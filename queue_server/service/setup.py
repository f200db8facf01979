"""The site with its checked policies: what the service knows before the day begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from queue_server.rules.area_queue import AreaQueues
from queue_server.rules.policy import Policy, PolicyError, parse_policy
from queue_server.rules.policy_change import PolicyChange, PolicyLevel, changed_table
from queue_server.rules.queue import Day
from queue_server.rules.team import Teams
from queue_server.rules.terms import AreaId, QueueId, RoomId
from queue_server.site import Area, QueueSetup, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A site, its queues and areas by id, and the policy of each queue."""

    site: Site
    queues: Mapping[QueueId, QueueSetup]
    areas: Mapping[AreaId, Area]
    policies: Mapping[QueueId, Policy]
    area_queues: AreaQueues = field(default_factory=dict)
    """How area queues lead to doctors; they stand among `queues` too, but have no room."""
    teams: Teams = field(default_factory=dict)
    """Who sees the patients of each MDT clinic; these stand among `queues` too."""
    changes: tuple[PolicyChange, ...] = ()
    """How its policies differ from the site file."""

    def colleagues_of(self, queue: QueueId) -> list[QueueSetup]:
        """Return the other queues of its clinic in its area, in the order of the site file."""
        own = self.queues[queue]
        return [
            one
            for one in self.queues_of(own.area)
            if one.clinic_zh == own.clinic_zh
            and one.id != own.id
            and self.teams.keys().isdisjoint((one.id, own.id))
        ]

    def seated(self, day: Day, queue: QueueId) -> QueueSetup:
        """Return a queue with the room in which its doctor sits today."""
        own, room = self.queues[queue], day.queues[queue].standing.room
        if room is None:
            return own
        usual = self.usual_queue(room)
        return (
            own
            if usual is None
            else replace(own, room=room, room_zh=usual.room_zh, room_en=usual.room_en)
        )

    def usual_queue(self, room: RoomId) -> QueueSetup | None:
        """Return the doctor's queue whose room it is by the site file."""
        return next((one for one in self.site.queues if one.room == room), None)

    def stand_ins(self, area: AreaId) -> list[tuple[QueueId, ...]]:
        """Return the groups of doctors of an area who stand in for each other.

        Those of one clinic whose title is the same: their patients have booked the same thing.
        """
        groups: dict[tuple[str, str], list[QueueId]] = {}
        for one in self.doctors_of(area):
            groups.setdefault((one.clinic_zh, one.doctor_title_zh), []).append(one.id)
        return [tuple(group) for group in groups.values() if len(group) > 1]

    def stand_ins_of(self, queue: QueueId) -> list[QueueId]:
        """Return who stands in for the doctor of `queue`; nobody if there is no such queue."""
        area = self.queues[queue].area if queue in self.queues else None
        groups = self.stand_ins(area) if area is not None else []
        return [one for group in groups if queue in group for one in group if one != queue]

    def all_queues_of(self, area: AreaId) -> list[QueueSetup]:
        """Return the area queues of an area, then its doctors' queues."""
        return [queue for queue in self.all_queues() if queue.area == area]

    def all_queues(self) -> list[QueueSetup]:
        """Return all area queues, then all doctors' queues, in the order of the site file."""
        return [*(one.queue for one in self.site.area_queues), *self.site.queues]

    def doctors_of(self, area: AreaId) -> list[QueueSetup]:
        """Return the queues of single doctors of an area: those of MDT clinics are left out."""
        return [queue for queue in self.queues_of(area) if queue.id not in self.teams]

    def teams_of(self, doctor: QueueId) -> list[QueueId]:
        """Return the MDT clinics to whose team a doctor belongs, by the queue that is his."""
        return [clinic for clinic, team in self.teams.items() if team.has(doctor)]

    def queues_of(self, area: AreaId) -> list[QueueSetup]:
        """Return the queues of doctors and MDT clinics of an area, as the site file has them."""
        return [queue for queue in self.site.queues if queue.area == area]


def make_setup(site: Site, changes: Sequence[PolicyChange] = ()) -> Setup:
    """Check the policies of `site` with `changes`; one about a queue that is gone says nothing.

    Raises:
        PolicyError: with every problem, each key led by where it stands.
    """
    policies: dict[QueueId, Policy] = {}
    problems = []
    queues = [*(one.queue for one in site.area_queues), *site.queues]
    area_queues = {one.rules.id: one.rules for one in site.area_queues}
    for queue in queues:
        try:
            policy = parse_policy(*policy_tables(site, queue, changes))
            # Nobody is told to get ready before he has a doctor.
            policies[queue.id] = (
                replace(policy, standby_count=0) if queue.id in area_queues else policy
            )
        except PolicyError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise PolicyError(problems)
    return Setup(
        site=site,
        queues={queue.id: queue for queue in queues},
        areas={area.id: area for area in site.areas},
        policies=policies,
        area_queues=area_queues,
        teams=site.teams,
        changes=tuple(changes),
    )


def policy_tables(
    site: Site, queue: QueueSetup, changes: Sequence[PolicyChange]
) -> tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]]:
    """Return the tables of hospital, area and queue that make the policy of `queue`."""
    of_area = next((area.policy for area in site.areas if area.id == queue.area), {})
    return (
        changed_table(site.policy, changes, PolicyLevel.HOSPITAL, ""),
        changed_table(of_area, changes, PolicyLevel.AREA, queue.area),
        changed_table(queue.policy, changes, PolicyLevel.QUEUE, queue.id),
    )
