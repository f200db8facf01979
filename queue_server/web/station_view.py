"""What the nurse station shows: all queues of the nurse's areas in one view. Pure functions."""

from dataclasses import dataclass
from datetime import datetime

from queue_server.rules.terms import AreaId, QueueId
from queue_server.service.clinic_day import day_second
from queue_server.service.conflict_text import CONFLICTS
from queue_server.service.now import HelpCall, Now, OpenConflict
from queue_server.service.setup import Setup
from queue_server.service.take_over import Conflict
from queue_server.web.own_acts import OwnAct
from queue_server.web.queue_parts import QueueParts
from queue_server.web.queue_view import QueueName, QueueView, SharedName
from queue_server.web.spread_view import ProposalView
from queue_server.web.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One line that a waiting area is being told."""

    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """A waiting area and what it is being told."""

    id: AreaId
    name_zh: str
    name_en: str
    notices: list[NoticeView]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """Somebody pressed the help key of a kiosk."""

    help_id: str
    device: str
    called_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """A kiosk has checked somebody in while the server was away, and it does not fit."""

    conflict_id: str
    number: str
    """The provisional one, as on the patient's slip."""
    device: str
    checked_in_s: int
    masked_name: str
    """Empty where nobody knows whose card it was."""
    tickets: list[str]
    """The numbers it would have been for."""
    reason_zh: str
    reason_en: str
    advice_zh: str
    advice_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StationView:
    """Everything on a nurse's screen, as of entry `entry_count` of the day's journal."""

    day_on: str
    now_s: int
    entry_count: int
    change_count: int
    areas: list[AreaView]
    queues: list[QueueView]
    all_queues: list[QueueName]
    """Where a ticket may be transferred, other areas included."""
    shared_names: list[SharedName]
    help_calls: list[HelpView]
    conflicts: list[ConflictView]
    proposals: list[ProposalView]
    """Who would wait less at a colleague."""
    own_act: OwnAct | None
    """What the nurse did last and can take back."""


def station_view(
    parts: QueueParts, user: User, at: datetime, own_act: OwnAct | None
) -> StationView:
    """Return what the nurse `user` sees at the instant `at`."""
    setup, now = parts.setup, parts.now
    now_s = day_second(setup.site, now.day_on, at)
    return StationView(
        day_on=now.day_on.isoformat(),
        now_s=now_s,
        entry_count=now.day.entry_count,
        change_count=now.change_count,
        areas=[_area_view(setup, now, area) for area in user.areas],
        queues=[parts.queue(one.id) for one in setup.all_queues() if one.id in user.queues],
        all_queues=parts.all_queues(),
        shared_names=parts.shared_names(user.areas),
        help_calls=[help_view(setup, now, call) for call in now.help_calls],
        conflicts=[
            _conflict_view(setup, now, conflict)
            for conflict in now.conflicts
            if _concerns(setup, conflict, user)
        ],
        proposals=parts.proposals(user.areas, now_s),
        own_act=own_act,
    )


def _area_view(setup: Setup, now: Now, area: AreaId) -> AreaView:
    return AreaView(
        id=area,
        name_zh=setup.areas[area].name_zh,
        name_en=setup.areas[area].name_en,
        notices=[
            NoticeView(text_zh=notice.text_zh, text_en=notice.text_en)
            for notice in now.notices.get(area, ())
        ],
    )


def _concerns(setup: Setup, conflict: OpenConflict, user: User) -> bool:
    """Tell whether it is about one of the nurse's areas; of no known area, it is about all."""
    queues = [setup.queues.get(QueueId(one.partition(":")[0])) for one in conflict.tickets]
    areas = {queue.area for queue in queues if queue is not None}
    return not areas or not areas.isdisjoint(user.areas)


def _conflict_view(setup: Setup, now: Now, conflict: OpenConflict) -> ConflictView:
    text = CONFLICTS[Conflict(conflict.why)]
    masked_name = now.masked_names.get(conflict.patient, "") if conflict.patient else ""
    return ConflictView(
        conflict_id=conflict.conflict_id,
        number=conflict.number,
        device=conflict.device,
        checked_in_s=day_second(setup.site, now.day_on, conflict.checked_in_at),
        masked_name=masked_name,
        tickets=[one.partition(":")[2] for one in conflict.tickets],
        reason_zh=text.reason_zh,
        reason_en=text.reason_en,
        advice_zh=text.advice_zh,
        advice_en=text.advice_en,
    )


def help_view(setup: Setup, now: Now, call: HelpCall) -> HelpView:
    """Return an open call for help."""
    return HelpView(
        help_id=call.help_id,
        device=call.device,
        called_s=day_second(setup.site, now.day_on, call.called_at),
    )
