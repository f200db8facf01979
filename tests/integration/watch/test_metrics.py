"""`/metrics` as Prometheus reads it: what an engineer wants to know, and no patient."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from queue_server.contract import topics
from queue_server.contract.device_messages import Heard
from queue_server.contract.messages import FindPlace
from queue_server.rules.commands import CallNext
from queue_server.rules.terms import DeviceId, QueueId
from queue_server.service.facts import AlarmBegan
from queue_server.watch.metrics_server import MetricsServer
from queue_server.watch.site_collector import Asked, SiteCollector
from queue_server.watch.watch import Sources, Watch
from tests.integration.service.conftest import *  # noqa: F403  # a served site
from tests.integration.service.known_hospital import ON_TIME
from tests.integration.service.served_site import Device, ServedSite, wait_until_now

pytestmark = pytest.mark.broker
Read = Callable[[], dict[str, float]]


@pytest.fixture
def read(served: ServedSite, tmp_path: Path) -> Iterator[Read]:
    """Read all figures: name and labels in one text."""
    service = served.service
    watch = Watch(service, Sources(data_folder=tmp_path), started_at=served.clock())
    asked = Asked(
        service=service,
        watch=watch,
        journal_file=served.folder / "journal.db",
        line_is_up=lambda: True,
        web_session_count=lambda: 3,
    )
    registry = service._parts.metrics.registry
    registry.register(SiteCollector(asked))
    server = MetricsServer(registry, host="127.0.0.1", port=0)
    port = server.start()

    def figures() -> dict[str, float]:
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
        return {
            " ".join([sample.name, *sample.labels.values()]): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    yield figures
    server.stop()


def test_a_morning_is_told_in_figures(kiosk: Device, served: ServedSite, read: Read) -> None:
    checked_in = kiosk.check_in(ON_TIME)
    kiosk.code_of(FindPlace(slip_code="nobody's"))
    queue = QueueId(checked_in.visit.ticket_id.partition(":")[0])
    served.act(CallNext(queue=queue))
    board = DeviceId("board-1")
    area = served.service.setup.queues[queue].area
    heard = Heard(
        sequence=1, area=area, heard_at=served.clock(), was_spoken=False, why_not="NO_SOUND"
    )
    kiosk.tell(topics.heard(served.site, board), heard)
    wait_until_now(served.service, lambda service: board in service.now.devices)
    served.service.note(AlarmBegan(code="DISK_LOW", about="", parts={}), by="watch").result(5)

    told = read()

    assert told["hospital_requests_total identify ok"] == 1
    assert told["hospital_requests_total check_in ok"] == 1
    assert [name for name in told if name.startswith("hospital_requests_total find_place")] != []
    assert told["hospital_answer_seconds_count check_in"] == 1
    assert told["hospital_acts_total CallNext ok"] == 1
    assert told["hospital_journal_commit_seconds_count"] >= 3
    assert told[f"hospital_tickets {queue} called"] == 1
    assert told[f"hospital_day_calls {area}"] == 1
    assert told["hospital_published_total call"] == 1
    assert told["hospital_published_total area_board"] >= 1
    assert told["hospital_calls_heard_total broken"] == 1
    assert told["hospital_device_up board-1 "] == 1
    assert told["hospital_sessions kiosk"] == 1
    assert told["hospital_sessions pages"] == 3
    assert told["hospital_alarms DISK_LOW critical"] == 1
    assert told["hospital_journal_bytes"] > 1000
    assert told["hospital_line_up"] == 1
    assert told["process_resident_memory_bytes"] > 1e6


def test_no_figure_names_a_patient_or_a_ticket(
    kiosk: Device, served: ServedSite, read: Read
) -> None:
    identified = kiosk.identify(ON_TIME)
    checked_in = kiosk.check_in(ON_TIME)

    told = " ".join(read())

    secrets = (
        ON_TIME,
        identified.masked_name,
        identified.session_id,
        checked_in.visit.number,
        checked_in.visit.slip_code,
    )
    assert [secret for secret in secrets if secret in told] == []


def test_labels_stay_few_whatever_devices_ask(kiosk: Device, read: Read) -> None:
    for number in range(30):
        kiosk.send(b'{"request_id": "x%d", "no": "request"}' % number)
        kiosk.code_of(FindPlace(slip_code=f"anything {number}"))

    requests = [name for name in read() if name.startswith("hospital_requests_total")]

    assert len(requests) == 1
