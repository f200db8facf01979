"""Check-ins that are on disk before they are answered, beside an echo over the same broker.

Each patient has identified himself before, which is not measured: what counts here is the
`check_in` of his session.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from queue_server.broker.broker import BrokerAddress
from queue_server.contract import topics
from queue_server.contract.codec import decode, encode
from queue_server.contract.messages import (
    CheckedIn,
    CheckIn,
    Identified,
    Identify,
    Reply,
    Request,
    RequestBody,
)
from queue_server.rules.terms import DeviceId, SiteId
from tests.benchmark.figure import Figure, figure, percentile
from tests.benchmark.hospital import SITE, BenchHospital, Visit, make_hospital
from tests.benchmark.load import Asker, Question, Run
from tests.benchmark.programs import Program, running_broker, running_echo, running_server

ECHO_SITE: Final = SiteId("echo")
KIOSKS: Final = 16
IDENTIFY_IN_FLIGHT: Final = 4
REPLY_BYTES: Final = 1850
"""About what a check-in's reply has."""
RATE_OF_ECHO: Final = 0.7
P99_OF_ECHO: Final = 2.5
MS: Final = 1000
US: Final = 1_000_000
_numbers = itertools.count()


def make_question(
    hospital: BenchHospital, site: SiteId, device: int, body: RequestBody
) -> Question:
    """Return a request of one of the kiosks."""
    request_id = f"{next(_numbers):032x}"
    now = hospital.now()
    request = Request(
        request_id=request_id, sent_at=now, expires_at=now + timedelta(seconds=120), body=body
    )
    return Question(
        topic=topics.request(site, DeviceId(f"kiosk-{device:02d}")),
        payload=encode(request),
        request_id=request_id.encode(),
    )


@dataclass(slots=True)
class CheckInLoad:
    """A server with an echo beside it; each visit of the hospital is checked in once."""

    hospital: BenchHospital
    server: Program
    echo: Program
    asker: Asker
    echo_asker: Asker
    used: int = 0

    def check_ins(self, count: int) -> list[Question]:
        """Let the next `count` patients identify themselves; return their check-ins."""
        visits = self.hospital.visits[self.used : self.used + count]
        assert len(visits) == count, "the hospital has too few visits"
        self.used += count
        sessions = self._sessions(visits)
        return [
            make_question(
                self.hospital,
                SITE,
                index % KIOSKS,
                CheckIn(session_id=sessions[index], ticket_id=visit.ticket),
            )
            for index, visit in enumerate(visits)
        ]

    def echoes(self, count: int) -> list[Question]:
        """Return requests of the same size for the echo."""
        body = CheckIn(session_id="0" * 32, ticket_id="clinic-10:K100")
        return [
            make_question(self.hospital, ECHO_SITE, index % KIOSKS, body) for index in range(count)
        ]

    def _sessions(self, visits: Sequence[Visit]) -> list[str]:
        questions = [
            make_question(self.hospital, SITE, index % KIOSKS, Identify(id_number=visit.id_number))
            for index, visit in enumerate(visits)
        ]
        run = self.asker.keep_in_flight(questions, IDENTIFY_IN_FLIGHT)
        for payload in run.replies:
            assert isinstance(decode(payload, Reply).body, Identified), payload
        return [question.request_id.decode() for question in questions]


@contextmanager
def check_in_load(
    folder: Path,
    address: BrokerAddress,
    visit_count: int,
    environment: dict[str, str] | None = None,
) -> Iterator[CheckInLoad]:
    """Run a server of its own and an echo."""
    hospital = make_hospital(folder, area_count=10, room_count=20, visit_count=visit_count)
    log = folder / "echo.log"
    with (
        running_server(hospital, address, environment) as server,
        running_echo(address, ECHO_SITE, REPLY_BYTES, log) as echo,
    ):
        asker = Asker("load", address, "hk/v1/bench/reply/+")
        echo_asker = Asker("echo-load", address, "hk/v1/echo/reply/+")
        try:
            yield CheckInLoad(hospital, server, echo, asker, echo_asker)
        finally:
            asker.close()
            echo_asker.close()


def require_checked_in(run: Run) -> None:
    """Fail unless every reply says that somebody has been checked in."""
    for payload in run.replies:
        body = decode(payload, Reply).body
        assert isinstance(body, CheckedIn), body
    assert len(set(run.replies)) == len(run.replies)


def closed_loop(folder: Path, kind: str, in_flight: int, rounds: int, count: int) -> list[Figure]:
    """Measure check-ins and echoes in turn, `in_flight` at a time."""
    echoes: list[Run] = []
    runs: list[Run] = []
    server_us: list[float] = []
    echo_us: list[float] = []
    with (
        running_broker(kind, folder / "broker") as address,
        check_in_load(folder, address, count * (rounds + 1)) as load,
    ):
        _warm_up(load, count, in_flight)
        for _ in range(rounds):
            check_ins = load.check_ins(count)
            began_s = load.echo.cpu_s()
            echoes.append(load.echo_asker.keep_in_flight(load.echoes(count), in_flight))
            echo_us.append((load.echo.cpu_s() - began_s) / count * US)
            began_s = load.server.cpu_s()
            runs.append(load.asker.keep_in_flight(check_ins, in_flight))
            server_us.append((load.server.cpu_s() - began_s) / count * US)
            require_checked_in(runs[-1])
    bench = f"check-ins, {kind}, {in_flight} in flight"
    return [
        *_figures(bench, echoes, runs),
        figure(bench, "server's processor time for one", server_us, "us"),
        figure(bench, "echo's processor time for one", echo_us, "us"),
    ]


def _warm_up(load: CheckInLoad, count: int, in_flight: int) -> None:
    """Let everything be imported, cached and connected that is so only once."""
    load.echo_asker.keep_in_flight(load.echoes(count), in_flight)
    require_checked_in(load.asker.keep_in_flight(load.check_ins(count), in_flight))


def _figures(bench: str, echoes: list[Run], runs: list[Run]) -> list[Figure]:
    def p(run: Run, percent: float) -> float:
        return percentile(run.latencies_s, percent) * MS

    both = list(zip(runs, echoes, strict=True))
    return [
        figure(bench, "check-ins", [run.rate_per_s for run in runs], "/s"),
        figure(bench, "echoes", [echo.rate_per_s for echo in echoes], "/s"),
        figure(
            bench,
            "rate, of the echo's",
            [run.rate_per_s / echo.rate_per_s for run, echo in both],
            "x",
            at_least=RATE_OF_ECHO,
        ),
        figure(bench, "P50", [p(run, 50) for run in runs], "ms"),
        figure(bench, "P99", [p(run, 99) for run in runs], "ms"),
        figure(bench, "P99 of the echo", [p(echo, 99) for echo in echoes], "ms"),
        figure(
            bench,
            "P99, of the echo's",
            [p(run, 99) / p(echo, 99) for run, echo in both],
            "x",
            at_most=P99_OF_ECHO,
        ),
    ]
