"""Reports: shown to who has proved himself, released once, counted; their text is never on MQTT."""

import json
import shutil
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from queue_server.broker.broker_process import BrokerProcess
from queue_server.contract.messages import Identified, Identify
from queue_server.contract.report_messages import (
    RELEASE_LIFE_S,
    REPORT_PATH,
    ListReports,
    PrintingNoted,
    PrintReport,
    ProveIdentity,
    Proven,
    ReportReleased,
    ReportsListed,
    TellPrinted,
)
from queue_server.documents.check_code import CheckCodes
from queue_server.documents.report_maker import ReportMaker
from queue_server.journal.journal import Selection
from queue_server.records.demo_hospital import DemoHospital
from queue_server.records.demo_report_shelf import DemoReports
from queue_server.rules.report_printing import PrintAgain, ReportPolicy
from queue_server.rules.terms import PrintOutcome, RefusalCode, ReportState, SiteId
from queue_server.web.application import make_application
from queue_server.web.web_server import WebServer
from tests.integration.service.known_hospital import (
    MONDAY,
    ON_TIME,
    SECOND,
    id_number,
    phone_number,
    write_known_hospital,
)
from tests.integration.service.served_site import Device, ServedSite, setup_of

CODE = RefusalCode
_numbers = count(1)
FINAL, BEING_MADE, ORDERED = (f"lab-p-0-{number}" for number in (1, 2, 3))


@pytest.fixture
def served(broker: BrokerProcess, tmp_path: Path) -> Iterator[ServedSite]:
    """A site with a hospital of its own: what is printed is counted there."""
    records = tmp_path / "records.db"
    write_known_hospital(records)
    made = ServedSite(tmp_path, broker.address, SiteId(f"reports-{next(_numbers)}"), records)
    made.start()
    yield made
    made.stop()
    assert made.fatal.empty(), made.fatal.get()


@pytest.fixture
def web(served: ServedSite) -> Iterator[str]:
    """The address of the pages of the running site."""
    maker = ReportMaker(
        site=setup_of(served.site, public_address="https://queue.test").site,
        records=DemoHospital(served.records_file),
        reports=DemoReports(served.records_file, served.clock),
        codes=CheckCodes(bytes(32)),
    )
    application = make_application(
        served.service, {}, new_token=lambda: "unused", report_maker=maker
    )
    server = WebServer(application, host="127.0.0.1", port=0)
    yield f"http://127.0.0.1:{server.start()}"
    server.stop()


def proven_session(kiosk: Device, name: str = ON_TIME) -> str:
    session = kiosk.identify(name).session_id
    proof = ProveIdentity(session_id=session, phone_end=phone_number(name)[-4:])
    assert isinstance(kiosk.ask(proof), Proven)
    return session


def listed(kiosk: Device, session: str) -> ReportsListed:
    reply = kiosk.ask(ListReports(session_id=session))
    assert isinstance(reply, ReportsListed), reply
    return reply


def released(kiosk: Device, session: str, report_id: str = FINAL) -> ReportReleased:
    reply = kiosk.ask(PrintReport(session_id=session, report_id=report_id))
    assert isinstance(reply, ReportReleased), reply
    return reply


def fetch(web: str, kiosk: Device, release: ReportReleased, **other: str) -> tuple[int, bytes]:
    """Return status and body of what a kiosk is given for its release."""
    said = {"device": kiosk.name, "release_id": release.release_id, "token": release.token}
    request = urllib.request.Request(
        f"{web}{REPORT_PATH}",
        data=json.dumps({**said, **other}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, context=ssl.create_default_context()) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def facts(served: ServedSite, kind: str) -> list[dict[str, object]]:
    rows = served.service.rows(Selection(day_on=MONDAY, kinds=frozenset({kind}), count_max=99))
    return [dict(row.written.body) for row in rows]  # type: ignore[union-attr]


def test_nothing_is_listed_or_released_before_a_second_factor(kiosk: Device) -> None:
    session = kiosk.identify(ON_TIME).session_id

    assert kiosk.code_of(ListReports(session_id=session)) is CODE.PROOF_MISSING
    assert kiosk.code_of(PrintReport(session_id=session, report_id=FINAL)) is CODE.PROOF_MISSING


def test_a_patient_sees_what_is_final_what_is_being_made_and_what_is_only_ordered(
    kiosk: Device,
) -> None:
    reports = listed(kiosk, proven_session(kiosk)).reports

    assert [one.report_id for one in reports] == [FINAL, BEING_MADE, ORDERED]
    assert [one.state for one in reports] == [
        ReportState.FINAL,
        ReportState.IN_PROGRESS,
        ReportState.ORDERED,
    ]
    assert [one.can_print for one in reports] == [True, False, False]
    assert reports[1].ready_in_min == 40
    assert "40 分钟" in reports[1].hint_zh
    assert "40 minutes" in reports[1].hint_en
    assert reports[2].hint_zh


def test_what_is_being_made_is_final_when_its_time_has_come(
    kiosk: Device, served: ServedSite
) -> None:
    served.clock.advance(45 * 60)

    reports = listed(kiosk, proven_session(kiosk)).reports

    assert {one.report_id: one.can_print for one in reports}[BEING_MADE]


@pytest.mark.parametrize(
    ("report_id", "code"),
    [
        (BEING_MADE, CODE.REPORT_NOT_FINAL),
        (ORDERED, CODE.REPORT_NOT_FINAL),
        ("lab-p-1-1", CODE.UNKNOWN_REPORT),  # somebody else's
        ("nothing", CODE.UNKNOWN_REPORT),
    ],
)
def test_only_a_final_report_of_his_own_is_released(
    kiosk: Device, report_id: str, code: RefusalCode
) -> None:
    session = proven_session(kiosk)

    assert kiosk.code_of(PrintReport(session_id=session, report_id=report_id)) is code


def test_the_id_number_proves_who_came_with_his_card_and_nobody_else(
    kiosk: Device, served: ServedSite
) -> None:
    by_card = kiosk.ask(Identify(card=served.card(ON_TIME, "token-1")))
    assert isinstance(by_card, Identified)
    by_number = kiosk.identify(SECOND)

    def prove(session: str, name: str) -> ProveIdentity:
        return ProveIdentity(session_id=session, id_number=id_number(name))

    assert isinstance(kiosk.ask(prove(by_card.session_id, ON_TIME)), Proven)
    assert kiosk.code_of(prove(by_number.session_id, SECOND)) is CODE.PROOF_IMPOSSIBLE


def test_wrong_tries_close_the_way_also_at_another_kiosk_and_after_a_restart(
    served: ServedSite, device_of: Callable[..., Device]
) -> None:
    first, second = device_of(served, "kiosk-01"), device_of(served, "kiosk-02")
    session = first.identify(ON_TIME).session_id
    wrong = ProveIdentity(session_id=session, phone_end="9999")

    codes = [first.code_of(wrong) for _ in range(3)]
    served.restart()

    assert codes == [CODE.PROOF_WRONG, CODE.PROOF_WRONG, CODE.PROOF_LOCKED]
    right = ProveIdentity(
        session_id=second.identify(ON_TIME).session_id, phone_end=phone_number(ON_TIME)[-4:]
    )
    assert second.code_of(right) is CODE.PROOF_LOCKED
    served.clock.advance(30 * 60)
    assert isinstance(
        second.ask(
            ProveIdentity(
                session_id=second.identify(ON_TIME).session_id, phone_end=phone_number(ON_TIME)[-4:]
            )
        ),
        Proven,
    )


def test_a_repeated_try_counts_once(kiosk: Device, served: ServedSite) -> None:
    session = kiosk.identify(ON_TIME).session_id
    request = kiosk.request(ProveIdentity(session_id=session, phone_end="9999"))

    for _ in range(4):
        kiosk.ask_payload(request)

    assert len(facts(served, "ProofGiven")) == 1


def test_a_kiosk_fetches_what_was_released_to_it_once(
    kiosk: Device, served: ServedSite, web: str
) -> None:
    release = released(kiosk, proven_session(kiosk))

    status, pdf = fetch(web, kiosk, release)

    assert status == 200
    assert pdf.startswith(b"%PDF-")
    assert fetch(web, kiosk, release)[0] == 410
    assert len(facts(served, "ReportFetched")) == 1


def test_a_fetched_report_stays_fetched_when_the_server_begins_anew(
    kiosk: Device, served: ServedSite, web: str
) -> None:
    release = released(kiosk, proven_session(kiosk))
    assert fetch(web, kiosk, release)[0] == 200

    served.restart()

    assert served.service.now.report_desk.releases[release.release_id].is_fetched


@pytest.mark.parametrize(
    "other",
    [{"token": "x" * 43}, {"device": "kiosk-02"}, {"release_id": "another"}],
    ids=lambda other: next(iter(other)),
)
def test_nobody_fetches_with_another_token_device_or_release(
    kiosk: Device, web: str, other: dict[str, str]
) -> None:
    release = released(kiosk, proven_session(kiosk))

    status, body = fetch(web, kiosk, release, **other)

    assert status == 410
    assert json.loads(body)["code"] == "RELEASE_OVER"
    assert fetch(web, kiosk, release)[0] == 200


def test_a_release_is_over_after_two_minutes(kiosk: Device, served: ServedSite, web: str) -> None:
    release = released(kiosk, proven_session(kiosk))

    served.clock.advance(RELEASE_LIFE_S + 1)

    assert fetch(web, kiosk, release)[0] == 410


def test_a_printed_report_is_counted_and_not_printed_again_for_nothing(
    kiosk: Device, served: ServedSite
) -> None:
    session = proven_session(kiosk)
    release = released(kiosk, session)

    told = TellPrinted(release_id=release.release_id, outcome=PrintOutcome.PRINTED)
    assert isinstance(kiosk.ask(told), PrintingNoted)
    assert isinstance(kiosk.ask(told), PrintingNoted)

    [line] = [one for one in listed(kiosk, session).reports if one.report_id == FINAL]
    assert (line.printed_count, line.can_print) == (1, False)
    assert line.hint_zh
    again = PrintReport(session_id=session, report_id=FINAL)
    assert kiosk.code_of(again) is CODE.REPORT_PRINTED_ALREADY
    [fact] = facts(served, "ReportPrinted")
    assert (fact["device"], fact["outcome"]) == ("kiosk-01", "printed")


def test_the_count_outlives_the_clinic_day(kiosk: Device, served: ServedSite) -> None:
    release = released(kiosk, proven_session(kiosk))
    kiosk.ask(TellPrinted(release_id=release.release_id, outcome=PrintOutcome.PRINTED))

    served.stop()
    served.clock.advance(timedelta(days=1).total_seconds())
    served.start()

    [line] = [one for one in listed(kiosk, proven_session(kiosk)).reports if one.report_id == FINAL]
    assert line.printed_count == 1


@pytest.mark.parametrize("outcome", [PrintOutcome.FAILED, PrintOutcome.UNCERTAIN])
def test_what_did_not_come_out_may_be_printed_again(kiosk: Device, outcome: PrintOutcome) -> None:
    session = proven_session(kiosk)
    release = released(kiosk, session)

    kiosk.ask(TellPrinted(release_id=release.release_id, outcome=outcome))

    assert released(kiosk, session).release_id != release.release_id


def test_a_site_may_print_as_often_as_patients_like(
    served: ServedSite, device_of: Callable[..., Device]
) -> None:
    served.stop()
    served.site_changes["reports"] = ReportPolicy(again=PrintAgain.FREE)
    served.start()
    kiosk = device_of(served)
    session = proven_session(kiosk)
    for _ in range(3):
        release = released(kiosk, session)
        kiosk.ask(TellPrinted(release_id=release.release_id, outcome=PrintOutcome.PRINTED))

    assert released(kiosk, session).token


def test_a_site_without_reports_says_so(
    served: ServedSite, device_of: Callable[..., Device]
) -> None:
    served.stop()
    served.site_changes["reports"] = None
    served.start()
    kiosk = device_of(served)
    session = kiosk.identify(ON_TIME).session_id

    assert kiosk.code_of(ListReports(session_id=session)) is CODE.REPORTS_OFF


def test_another_kiosk_can_use_neither_session_nor_release(
    served: ServedSite, device_of: Callable[..., Device]
) -> None:
    first, second = device_of(served, "kiosk-01"), device_of(served, "kiosk-02")
    session = proven_session(first)
    release = released(first, session)

    assert second.code_of(ListReports(session_id=session)) is CODE.SESSION_ENDED
    told = TellPrinted(release_id=release.release_id, outcome=PrintOutcome.PRINTED)
    assert second.code_of(told) is CODE.UNKNOWN_REPORT


def test_neither_a_name_nor_a_result_is_on_the_line_or_in_the_journal(
    kiosk: Device, served: ServedSite, web: str
) -> None:
    session = proven_session(kiosk)
    listed(kiosk, session)
    assert fetch(web, kiosk, released(kiosk, session))[0] == 200
    served.stop()

    on_the_line = b"".join(one.payload for one in kiosk.heard)
    written = b"".join(path.read_bytes() for path in served.folder.glob("journal.db*"))
    for secret in (ON_TIME, "白细胞", "12.37", phone_number(ON_TIME)):
        assert secret.encode() not in on_the_line
        assert secret.encode() not in written


def test_the_pages_verify_what_they_have_printed_and_show_a_masked_name_only(
    kiosk: Device, served: ServedSite, web: str
) -> None:
    said = f"{FINAL}/{CheckCodes(bytes(32)).code('report', FINAL, _reported_at(served))}"

    with urllib.request.urlopen(f"{web}/verify/report/{said}") as answer:
        page = answer.read().decode()

    assert "真实有效" in page
    assert "张*三" in page
    assert ON_TIME not in page
    assert "白细胞" not in page
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(f"{web}/verify/report/{FINAL}/AAAABBBBCCCCDDDD")
    with told.value as error:
        assert error.code == 404
        assert "无法核验" in error.read().decode()


def _reported_at(served: ServedSite) -> str:
    report = DemoReports(served.records_file, served.clock).report(FINAL)  # type: ignore[arg-type]
    assert report is not None
    assert report.content is not None
    return report.content.reported_at.isoformat()


def test_without_the_hospitals_systems_a_patient_is_asked_to_try_again(
    kiosk: Device, served: ServedSite
) -> None:
    session = proven_session(kiosk)
    kept = served.records_file.with_suffix(".away")
    shutil.move(served.records_file, kept)

    code = kiosk.code_of(ListReports(session_id=session))

    shutil.move(kept, served.records_file)
    assert code is CODE.BUSY
    assert listed(kiosk, session).reports
