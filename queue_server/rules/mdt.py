"""A multi-disciplinary clinic (MDT): one ticket, several doctors, who come to the patient.

Its team is fixed; each doctor is named by his own queue. Nobody is called until the quorum has
signed in. The patient stays in the room: a visit ends when the quorum and all who came are done
with him, or when the lead of the team ends it with a reason.
"""

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.absence import may_attend, returned
from queue_server.rules.desk import Situation, require
from queue_server.rules.queue import Queue
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.refusals import Refused
from queue_server.rules.team import Team
from queue_server.rules.terms import MemberState, QueueId, RefusalCode
from queue_server.rules.ticket import IN_ROOM, Ticket


def missing(team: Team, queue: Queue) -> frozenset[QueueId]:
    """Return who of the quorum has not signed in."""
    return team.quorum - set(queue.standing.present)


def not_done(team: Team, ticket: Ticket) -> frozenset[QueueId]:
    """Return who still has to be done with the patient: the quorum, and all who came."""
    return (team.quorum | set(ticket.came)) - set(ticket.seen_by)


def member_state(queue: Queue, doctor: QueueId) -> MemberState:
    """Return where a doctor of the team is, as colleagues and boards show it."""
    ticket = queue.tickets[queue.in_room] if queue.in_room is not None else None
    if ticket is not None and doctor in ticket.seen_by:
        return MemberState.DONE
    if ticket is not None and doctor in ticket.came:
        return MemberState.WITH_PATIENT
    return MemberState.PRESENT if doctor in queue.standing.present else MemberState.ABSENT


def require_team(situation: Situation, command: asked.Command) -> None:
    """Refuse what is not done at an MDT clinic, or not yet."""
    team = situation.teams.get(command.queue)
    if isinstance(command, asked.CrossCall):
        if team is not None or command.from_queue in situation.teams:
            raise Refused(RefusalCode.TEAM_PATIENT)
    elif team is not None:
        queue = situation.queue(command)
        if isinstance(command, asked.CallNext | asked.CallTicket):
            _require_quorum(team, queue)
        if _ends_early(queue, command):
            assert queue.in_room is not None
            ticket = queue.tickets[queue.in_room]
            zh, en = team.named(not_done(team, ticket))
            raise Refused(RefusalCode.TEAM_NOT_DONE, number=ticket.number, zh=zh, en=en)


def _require_quorum(team: Team, queue: Queue) -> None:
    absent = missing(team, queue)
    if absent:
        zh, en = team.named(absent)
        raise Refused(RefusalCode.QUORUM_MISSING, zh=zh, en=en)


def _ends_early(queue: Queue, command: asked.Command) -> bool:
    """Tell whether `command` would take the patient out of the room before all are done."""
    if queue.in_room is None:
        return False
    if isinstance(command, asked.CallNext | asked.CallTicket):
        return True
    ends = isinstance(command, asked.Finish | asked.Transfer)
    return ends and getattr(command, "ticket", None) == queue.in_room


def join_team(situation: Situation, command: asked.JoinTeam) -> list[happened.Event]:
    """Let a doctor sign in at the clinic; with the last of the quorum it is attended."""
    team, queue = _team(situation, command), situation.queue(command)
    if command.member in queue.standing.present:
        raise Refused(RefusalCode.TEAM_STATE)
    return _joined(team, queue, command.member)


def leave_team(situation: Situation, command: asked.LeaveTeam) -> list[happened.Event]:
    """Let a doctor sign out of the clinic, unless he is with a patient."""
    team, queue = _team(situation, command), situation.queue(command)
    state = member_state(queue, command.member)
    if state is MemberState.WITH_PATIENT:
        assert queue.in_room is not None
        raise Refused(RefusalCode.TURN_OPEN, number=queue.tickets[queue.in_room].number)
    if command.member not in queue.standing.present:
        raise Refused(RefusalCode.TEAM_STATE)
    reason = _of_member(team, command.member, ReasonCode.MEMBER_LEFT)
    return [happened.MemberLeft(queue=queue.id, member=command.member, reason=reason)]


def come_to_patient(situation: Situation, command: asked.ComeToPatient) -> list[happened.Event]:
    """A doctor is with the patient now; with the first one the visit begins."""
    team, queue = _team(situation, command), situation.queue(command)
    ticket = _in_room(queue, command)
    if command.member in ticket.came:
        raise Refused(RefusalCode.TEAM_STATE)
    events: list[happened.Event] = []
    if command.member not in queue.standing.present:
        events += _joined(team, queue, command.member)
    if not ticket.came:
        require(ticket, happened.ServiceStarted)
        started = Reason(ReasonCode.STARTED, {"number": ticket.number})
        events.append(happened.ServiceStarted(queue=queue.id, ticket=ticket.id, reason=started))
    reason = _of_member(team, command.member, ReasonCode.MEMBER_CAME, ticket)
    came = happened.MemberCame(
        queue=queue.id, ticket=ticket.id, member=command.member, reason=reason
    )
    return [*events, came]


def end_turn(situation: Situation, command: asked.EndTurn) -> list[happened.Event]:
    """A doctor is done with the patient; with the last one the visit is over."""
    team, queue = _team(situation, command), situation.queue(command)
    ticket = _in_room(queue, command)
    if command.member not in ticket.came or command.member in ticket.seen_by:
        raise Refused(RefusalCode.TEAM_STATE)
    reason = _of_member(team, command.member, ReasonCode.TURN_ENDED, ticket)
    ended = happened.TurnEnded(
        queue=queue.id, ticket=ticket.id, member=command.member, reason=reason
    )
    if not_done(team, ticket) - {command.member}:
        return [ended]
    over = Reason(ReasonCode.TEAM_DONE, {"number": ticket.number})
    return [ended, happened.Finished(queue=queue.id, ticket=ticket.id, reason=over)]


def end_for_team(situation: Situation, command: asked.EndForTeam) -> list[happened.Event]:
    """The lead ends the visit for everybody, for a reason."""
    team, queue = _team(situation, command), situation.queue(command)
    if command.member != team.lead:
        zh, en = team.named([team.lead])
        raise Refused(RefusalCode.LEAD_ONLY, zh=zh, en=en)
    why = command.why.strip()
    if not why:
        raise Refused(RefusalCode.REASON_MISSING)
    ticket = _in_room(queue, command)
    reason = Reason(ReasonCode.ENDED_BY_LEAD, {"number": ticket.number, "why": why})
    return [happened.Finished(queue=queue.id, ticket=ticket.id, reason=reason)]


def _team(situation: Situation, command: asked.MemberCommand | asked.MemberTicketCommand) -> Team:
    """Return the team of the clinic; refuse who is not of it."""
    team = situation.teams.get(command.queue)
    if team is None or not team.has(command.member):
        raise Refused(RefusalCode.NOT_IN_TEAM)
    return team


def _in_room(queue: Queue, command: asked.TicketCommand) -> Ticket:
    """Return the patient in the room.

    That a colleague has come or gone since the doctor looked changes nothing for him, so it is
    not asked what he has seen.
    """
    ticket = queue.tickets.get(command.ticket)
    if ticket is None:
        raise Refused(RefusalCode.UNKNOWN_TICKET, number=command.ticket.partition(":")[2])
    if ticket.state not in IN_ROOM:
        require(ticket, happened.MemberCame)
    return ticket


def _joined(team: Team, queue: Queue, member: QueueId) -> list[happened.Event]:
    reason = _of_member(team, member, ReasonCode.MEMBER_JOINED)
    joined = happened.MemberJoined(queue=queue.id, member=member, reason=reason)
    if missing(team, queue) - {member} or not may_attend(queue):
        return [joined]
    there = happened.Attended(queue=queue.id, reason=Reason(ReasonCode.ATTENDED))
    return [joined, there, *returned(queue)]


def _of_member(
    team: Team, member: QueueId, code: ReasonCode, ticket: Ticket | None = None
) -> Reason:
    zh, en = team.named([member])
    number = ticket.number if ticket else ""
    return Reason(code, {"number": number, "doctor_zh": zh, "doctor_en": en})
