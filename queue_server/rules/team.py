"""The team of a multi-disciplinary clinic (MDT): several doctors, a quorum and a lead."""

from collections.abc import Iterable, Mapping

import msgspec

from queue_server.rules.terms import QueueId


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A doctor of a team: the id of his own queue, and his name."""

    id: QueueId
    zh: str
    en: str


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """Who sees the patients of an MDT clinic.

    `quorum`: who has to be there before anybody is called; `lead`: who may end a visit early.
    """

    members: tuple[Member, ...]
    quorum: frozenset[QueueId]
    lead: QueueId

    def has(self, doctor: QueueId) -> bool:
        """Tell whether a doctor is of the team."""
        return any(one.id == doctor for one in self.members)

    def named(self, doctors: Iterable[QueueId]) -> tuple[str, str]:
        """Return the names of these doctors in Chinese and English, in the order of the team."""
        wanted = set(doctors)
        named = [one for one in self.members if one.id in wanted]
        return "、".join(one.zh for one in named), ", ".join(one.en for one in named)


Teams = Mapping[QueueId, Team]
"""The teams of MDT clinics, by the clinic's queue."""
