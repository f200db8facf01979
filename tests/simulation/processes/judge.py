"""Judges a run by what was written down: by the devices, by the browsers, and by the journal."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from queue_server.contract.codec import decode
from queue_server.contract.messages import CheckedIn, CheckIn, Refused, Reply, Request
from queue_server.rules.terms import AreaId, RefusalCode, TicketId
from tests.simulation.processes.browsers import Books as ToldBooks
from tests.simulation.processes.building import Placed
from tests.simulation.processes.display_process import ANNOUNCEMENT_S, PACE
from tests.simulation.processes.lives import Clear, Life, lives_of, quiet_troubles
from tests.simulation.processes.records import Received, Record, Sent
from tests.simulation.processes.story import EVERYBODY, Trouble
from tests.simulation.processes.truth import Truth

RIGHT_WITHIN_S: Final = 10.0
"""A board that is older for longer is wrong. The promise is 2 s, on a machine with nothing else to
do; the figures say what it was."""
ARRIVES_WITHIN_S: Final = 3.0
"""A call that is made while the line is there, or stands on the board when it comes back."""
CLOSE_TO_STALE_S: Final = 1.0
BOOTS_WITHIN_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was written down."""

    truth: Truth
    placed: Mapping[str, Placed]
    notes: Mapping[str, Sequence[Record]]
    troubles: Sequence[Trouble]
    replies: Mapping[str, bytes]
    """The answers in the journal, by device and request."""
    browsers: ToldBooks


@dataclass
class Verdict:
    """What was wrong, and the figures."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    return_lags_s: list[float] = field(default_factory=list)
    """From a line's return until its display shows all that was on disk at the return."""
    change_lags_s: list[float] = field(default_factory=list)
    """From a commit until a display with a line shows it."""
    recoveries_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """By kind of fault: from its end, whatever anybody knew, until a display shows the truth of
    then. Only where no other fault came in between."""

    def require(self, is_so: bool, what: str) -> None:
        """Note `what` as wrong unless it is so."""
        if not is_so:
            self.wrong.append(what)


def judge(evidence: Evidence) -> Verdict:
    """Return what was wrong, and the figures."""
    verdict = Verdict()
    for device, placed in sorted(evidence.placed.items()):
        notes = evidence.notes.get(device, [])
        if placed.kind == "kiosk":
            _judge_kiosk(evidence, device, notes, verdict)
        else:
            _judge_display(evidence, device, lives_of(notes), verdict)
    _judge_browsers(evidence, verdict)
    return verdict


# --- answers -----------------------------------------------------------------------------------


def _judge_kiosk(
    evidence: Evidence, device: str, notes: Sequence[Record], verdict: Verdict
) -> None:
    sent: Counter[str] = Counter()
    check_ins: set[str] = set()
    answers: dict[str, set[str]] = defaultdict(set)
    for note in notes:
        if isinstance(note, Sent):
            request = decode(note.payload.encode(), Request)
            sent[request.request_id] += 1
            if isinstance(request.body, CheckIn):
                check_ins.add(request.request_id)
        elif isinstance(note, Received):
            answers[decode(note.payload.encode(), Reply).request_id].add(note.payload)
    verdict.counts["requests of kiosks"] += len(sent)
    verdict.counts["of them sent again"] += sum(1 for count in sent.values() if count > 1)
    for request_id, payloads in answers.items():
        _judge_answer(evidence, f"{device}/{request_id}", payloads, verdict)
    written = sum(
        1 for one in evidence.truth.entries if one.entry.by == device and one.entry.do == "check_in"
    )
    verdict.require(
        written <= len(check_ins),
        f"{device} has asked for {len(check_ins)} check-ins, {written} are written",
    )


def _judge_answer(evidence: Evidence, kept_as: str, payloads: set[str], verdict: Verdict) -> None:
    replies = {payload: decode(payload.encode(), Reply).body for payload in payloads}
    kept = [
        payload
        for payload, body in replies.items()
        if not (isinstance(body, Refused) and body.code is RefusalCode.REQUEST_EXPIRED)
    ]
    verdict.require(len(kept) <= 1, f"{kept_as} was answered in {len(kept)} ways")
    for payload in kept:
        is_kept = evidence.replies.get(kept_as) == payload.encode()
        verdict.require(is_kept, f"{kept_as} was answered, and the journal has no such answer")
        body = replies[payload]
        if isinstance(body, CheckedIn):
            verdict.counts["check-ins answered"] += 1
            ticket = TicketId(body.visit.ticket_id)
            count = evidence.truth.check_ins[ticket, body.checked_in_at]
            verdict.require(count == 1, f"{kept_as}: {ticket} is checked in {count} times")
            number = evidence.truth.number_of(ticket)
            verdict.require(
                number == body.visit.number, f"{ticket} is {number}, told was {body.visit.number}"
            )


def _judge_browsers(evidence: Evidence, verdict: Verdict) -> None:
    entries = evidence.truth.entries
    for told in evidence.browsers.told:
        entry = entries[told.entry - 1].entry if told.entry <= len(entries) else None
        is_there = entry is not None and entry.by == told.by
        verdict.require(is_there, f"{told.by} was told of entry {told.entry} ({told.do})")
    # Whoever signs in is there from then on: that is written without being asked for.
    written = Counter(one.entry.by for one in entries if one.entry.do != "attend")
    for by, asked in evidence.browsers.asked.items():
        verdict.require(written[by] <= asked, f"{by} has asked {asked} times, not {written[by]}")


# --- boards and calls --------------------------------------------------------------------------


def _judge_display(
    evidence: Evidence, device: str, lives: Sequence[Life], verdict: Verdict
) -> None:
    placed = evidence.placed[device]
    quiet = quiet_troubles(evidence.troubles, device)
    for life in lives:
        clear_times = list(life.clear_times(quiet))
        _judge_boards(evidence.truth, device, placed.shows, life, verdict)
        for clear in clear_times:
            _measure(evidence.truth, device, placed.shows, life, clear, verdict)
        _measure_recoveries(evidence, device, life, verdict)
        if placed.kind == "area":
            area = AreaId(placed.shows)
            _judge_spoken(evidence.truth, device, area, life, verdict)
            for clear in clear_times:
                _judge_heard(evidence.truth, device, area, life, clear, verdict)


def _judge_boards(truth: Truth, device: str, place: str, life: Life, verdict: Verdict) -> None:
    """Every board that was ever shown was true at its revision, and none was older than before."""
    revision = 0
    for board in life.boards:
        verdict.counts["boards shown"] += 1
        verdict.require(board.revision >= revision, f"{device} went back to {board.revision}")
        revision = board.revision
        true = truth.boards[place].at_revision(revision)
        verdict.require(
            true is None or true.board.digest == board.digest,
            f"{device} shows at {board.at:.3f}, revision {revision}: {board.rooms}; "
            f"true is: {true.board.rooms if true else ''}",
        )


def _measure(
    truth: Truth, device: str, place: str, life: Life, clear: Clear, verdict: Verdict
) -> None:
    known = truth.boards[place]
    at_return = known.at_time(clear.begin)
    if at_return is not None:
        lag_s = _lag_s(life, clear, clear.begin, at_return.board.revision, device, verdict)
        verdict.return_lags_s += [lag_s] if lag_s is not None else []
    for change in known.between(clear.begin, clear.end):
        lag_s = _lag_s(life, clear, change.at, change.board.revision, device, verdict)
        verdict.change_lags_s += [lag_s] if lag_s is not None else []


def _lag_s(
    life: Life, clear: Clear, since: float, revision: int, device: str, verdict: Verdict
) -> float | None:
    shown_at = life.shows(revision, since)
    had_time = clear.end - since > RIGHT_WITHIN_S
    if shown_at is None or shown_at > clear.end:
        verdict.require(
            not had_time, f"{device} does not show revision {revision} of {since:.3f} in time"
        )
        return None
    verdict.require(
        shown_at - since <= RIGHT_WITHIN_S,
        f"{device} showed revision {revision} {shown_at - since:.1f} s after {since:.3f}",
    )
    return shown_at - since


def _measure_recoveries(evidence: Evidence, device: str, life: Life, verdict: Verdict) -> None:
    known = evidence.truth.boards[evidence.placed[device].shows]
    troubles = [one for one in evidence.troubles if one.device in {EVERYBODY, device}]
    for trouble in troubles:
        over_at, true = trouble.ended_at, known.at_time(trouble.ended_at)
        if true is None or not life.began_at - BOOTS_WITHIN_S <= over_at <= life.ended_at:
            continue
        shown_at, up_at = life.shows(true.board.revision, over_at), life.is_up(over_at)
        if shown_at is None or up_at is None:
            continue
        right_at = max(shown_at, up_at)
        if not any(
            other is not trouble and other.began_at < right_at and other.ended_at > over_at
            for other in troubles
        ):
            verdict.recoveries_s[trouble.kind].append(right_at - over_at)


def _judge_spoken(truth: Truth, device: str, area: AreaId, life: Life, verdict: Verdict) -> None:
    """Whatever was said was a call, was fresh, and was announced once."""
    rounds: Counter[int] = Counter()
    for said in life.said:
        call = truth.calls[area].get(said.sequence)
        verdict.require(call is not None, f"{device} spoke {said.sequence}, which is no call")
        rounds[said.sequence] += 1
        if call is not None:
            late_s = said.at - call.fresh_until.timestamp()
            verdict.require(
                late_s < CLOSE_TO_STALE_S,
                f"{device} spoke {said.sequence}, stale for {late_s:.1f} s",
            )
    announced = Counter(life.spoken())
    verdict.counts["calls spoken"] += len(announced)
    for sequence, count in announced.items():
        is_once = count == 1 and rounds[sequence] <= PACE.rounds
        verdict.require(is_once, f"{device} spoke {sequence} more than once")


def _judge_heard(
    truth: Truth, device: str, area: AreaId, life: Life, clear: Clear, verdict: Verdict
) -> None:
    """Whatever could be heard and was fresh has been spoken, if the display lived long enough."""
    calls, spoken = truth.calls[area], set(life.spoken())
    at_return = truth.boards[area].at_time(clear.begin)
    repeated = [calls[one] for one in (at_return.calls if at_return else ())]
    told_before = {told.sequence for told in life.told if told.at < clear.begin}
    missed = [one for one in repeated if one.sequence not in told_before]
    fresh = [
        one
        for one in missed
        if one.fresh_until.timestamp() > clear.begin + CLOSE_TO_STALE_S + ARRIVES_WITHIN_S
    ]
    came = [one for one in calls.values() if clear.begin < one.called_at.timestamp() < clear.end]
    is_stale = [one for one in missed if one.fresh_until.timestamp() < clear.begin]
    verdict.counts["calls missed on the line that were stale when it was back"] += len(is_stale)
    heard_of_later = [one for one in fresh if one.sequence in spoken]
    verdict.counts["calls missed on the line and spoken when it was back"] += len(heard_of_later)
    backlog_s = ARRIVES_WITHIN_S + 1.5 * ANNOUNCEMENT_S * (1 + len(fresh) + len(came))
    for call in {one.sequence: one for one in [*fresh, *came]}.values():
        since = max(clear.begin, call.called_at.timestamp())
        if since + ARRIVES_WITHIN_S > clear.end or since + backlog_s > life.ended_at:
            continue
        verdict.counts["fresh calls that had to be spoken"] += 1
        verdict.require(
            call.sequence in spoken or call.fresh_until.timestamp() < since + backlog_s,
            f"{device} has not spoken {call.sequence} of {since:.3f}",
        )
