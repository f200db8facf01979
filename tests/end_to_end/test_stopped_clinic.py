"""A clinic is stopped: everybody who was booked there is told once, whoever dies meanwhile."""

import pytest

from queue_server.demo.cast import STOPPED_QUEUE
from queue_server.demo.controls import wait_until
from queue_server.demo.pages import Api
from queue_server.demo.users import NURSE, PASSWORD
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.rules.masking import mask
from tests.end_to_end.paying_morning import PayingMorning, at_home, morning

__all__ = ["at_home", "morning"]
pytestmark = [pytest.mark.end_to_end, pytest.mark.broker, pytest.mark.timeout(600)]


def booked_with_phone(morning: PayingMorning) -> set[str]:
    """Return the phone numbers of those who are expected at the clinic."""
    records = Records(morning.records)
    patients = [
        records.patient(visit.patient_id)
        for visit in records.appointments_on(morning.demo.day_on)
        if visit.queue_id == STOPPED_QUEUE
    ]
    return {one.phone_number for one in patients if one is not None and one.phone_number}


def test_each_is_told_once_and_without_a_name_though_line_and_server_fail(
    morning: PayingMorning,
) -> None:
    expected = booked_with_phone(morning)
    morning.fault_of_messages(do="lose_reply", times=2)
    morning.fault_of_messages(do="delay", times=1000, seconds=0.05)
    nurse = Api(morning.demo.address, NURSE, PASSWORD)

    nurse.act(STOPPED_QUEUE, "absence", kind="stopped", cause="consultation")
    nurse.close()
    wait_until(lambda: len(morning.messages()) >= 5, "the first messages")
    morning.kill_server()
    morning.start_server()

    wait_until(lambda: len(morning.messages()) >= len(expected), "everybody to be told")
    told = [one["phone_number"] for one in morning.messages()]
    assert sorted(told) == sorted(expected)
    assert len({one["id"] for one in morning.messages()}) == len(told)

    texts = "".join(one["text_zh"] + one["text_en"] for one in morning.messages())
    names = [one.full_name.reveal() for one in Records(morning.records).patients()]
    assert "停诊（会诊）" in texts
    assert [
        name for name in names if len(name) > 1 and (name in texts or mask(name) in texts)
    ] == []
