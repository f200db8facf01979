"""What the service counts while it works, in the form that Prometheus reads.

Rule 1: no label is a name, a ticket number, a patient or anything else that somebody typed.
Rule 2: counting costs a microsecond or two and waits for nobody. What can be looked up when
somebody asks for it (queues, devices, alarms) is not counted here but in `site_collector.py`.
"""

from collections.abc import Callable
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from queue_server.contract.device_messages import Heard

ANSWER_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
COMMIT_BUCKETS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
BATCH_BUCKETS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)
RECORDS_BUCKETS_S: Final = (0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10)
WHY_NOT: Final = frozenset({"stale", "silenced", "no loudspeaker is set up"})
"""What boards give as a reason; everything else, as a driver's code, counts as `broken`."""


class Metrics:
    """Counters and histograms of one server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        requests = Counter(
            "hospital_requests",
            "Requests of devices, by what became of them: ok, repeated, or the refusal's code",
            ["kind", "outcome"],
            registry=registry,
        )
        acts = Counter(
            "hospital_acts",
            "Acts at browsers, by what became of them: ok, or the refusal's code",
            ["command", "outcome"],
            registry=registry,
        )
        answer_s = Histogram(
            "hospital_answer_seconds",
            "From the arrival of a device's request to its reply, the disk included",
            ["kind"],
            buckets=ANSWER_BUCKETS_S,
            registry=registry,
        )
        # A child found by its labels costs more than the counting itself.
        self._request = _cached(requests.labels)
        self._act = _cached(acts.labels)
        self._answer_s = _cached(answer_s.labels)
        self._commit_s = Histogram(
            "hospital_journal_commit_seconds",
            "Writing one batch to the journal until it is on the disk",
            buckets=COMMIT_BUCKETS_S,
            registry=registry,
        )
        self._batch = Histogram(
            "hospital_journal_commit_jobs",
            "How many jobs were decided in one commit",
            buckets=BATCH_BUCKETS,
            registry=registry,
        )
        published = Counter(
            "hospital_published", "Messages to everybody", ["what"], registry=registry
        )
        self._published = _cached(published.labels)
        self._heard = Counter(
            "hospital_calls_heard",
            "What boards said of calls: spoken, stale, silenced, no loudspeaker, broken",
            ["outcome"],
            registry=registry,
        )
        self._records_s = Histogram(
            "hospital_records_seconds",
            "Questions to the hospital's records; outcome is ok or failed",
            ["question", "outcome"],
            buckets=RECORDS_BUCKETS_S,
            registry=registry,
        )

    def answered(self, kind: str, outcome: str, seconds: float) -> None:
        """A device got its reply."""
        self._request(kind, outcome).inc()
        self._answer_s(kind).observe(seconds)

    def acted(self, command: str, outcome: str) -> None:
        """Somebody at a browser got his answer."""
        self._act(command, outcome).inc()

    def committed(self, job_count: int, seconds: float) -> None:
        """A batch is on the disk."""
        self._commit_s.observe(seconds)
        self._batch.observe(job_count)

    def published(self, what: str) -> None:
        """A board, a call or notices went out."""
        self._published(what).inc()

    def heard(self, heard: Heard) -> None:
        """A board has spoken a call, or has not."""
        outcome = heard.why_not if heard.why_not in WHY_NOT else "broken"
        self._heard.labels("spoken" if heard.was_spoken else outcome).inc()

    def asked_records(self, question: str, seconds: float, *, has_failed: bool) -> None:
        """The hospital's records have answered, or have not."""
        self._records_s.labels(question, "failed" if has_failed else "ok").observe(seconds)


def _cached(labels: Callable[..., Any]) -> Callable[..., Any]:
    children: dict[tuple[str, ...], Any] = {}

    def child_of(*values: str) -> Any:
        child = children.get(values)
        if child is None:
            child = children[values] = labels(*values)
        return child

    return child_of
