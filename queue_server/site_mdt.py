"""What a `[[mdt]]` table of the site file says: a clinic with a team of doctors."""

from collections.abc import Sequence
from typing import Final

from queue_server.rules.team import Member, Team
from queue_server.rules.terms import QueueId
from queue_server.toml_table import Table

MDT_TEXTS: Final = ("room_zh", "room_en", "clinic_zh", "clinic_en")
MDT_KEYS: Final = (
    *("id", "area", "room", *MDT_TEXTS, "prefix", "is_sensitive", "policy"),
    *("team", "quorum", "lead"),
)
TITLE: Final = {"doctor_title_zh": "多学科团队", "doctor_title_en": "Multidisciplinary Team"}
TEAM_SIZE_MAX: Final = 6
"""More can't be read at a door."""


def team_of(table: Table, doctors: Sequence[Member]) -> Team:
    """Return the team that a table names by the queues of its doctors.

    `quorum` left out is the whole team; `lead` left out, the first of it.
    """
    known = [one.id for one in doctors]
    named = table.some_of("team", known, least=2)
    if len(set(named)) < len(named):
        table.wrong("team", "每位医生只写一次", "each doctor once")
    if len(named) > TEAM_SIZE_MAX:
        table.wrong("team", f"最多 {TEAM_SIZE_MAX} 位医生", f"at most {TEAM_SIZE_MAX} doctors")
    quorum = table.some_of("quorum", named, least=1) if "quorum" in table else named
    lead = named[0] if named else ""
    if "lead" in table:
        lead = table.text("lead")
        if named and lead not in named:
            table.wrong("lead", f"团队中的一位：{'、'.join(named)}", f"one of {', '.join(named)}")
    by_id = {one.id: one for one in doctors}
    return Team(
        members=tuple(by_id[QueueId(one)] for one in named),
        quorum=frozenset(QueueId(one) for one in quorum),
        lead=QueueId(lead),
    )
