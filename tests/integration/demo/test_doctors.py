"""When a demo opens, each doctor is in his room: who tries it sees a hospital at work."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from queue_server.demo.controls import TourStuck
from queue_server.demo.doctors import sign_doctors_in
from queue_server.demo.hospital import make_demo
from queue_server.demo.pages import Api
from queue_server.demo.programs import ProgramFailed
from queue_server.demo.users import NURSE, PASSWORD

pytestmark = pytest.mark.broker


def test_each_doctor_has_signed_in_at_the_real_server(tmp_path: Path) -> None:
    now = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai"))
    demo = make_demo(tmp_path, now=now, broker=None, environment={}, voice="none")
    try:
        demo.start_sandbox()
        demo.start_server()

        sign_doctors_in(demo.address, demo.doctors, PASSWORD)

        nurse = Api(demo.address, NURSE, PASSWORD)
        assert len(demo.doctors) == len(demo.site.queues) - len(demo.site.teams)
        for doctor in demo.doctors:
            # That he is there is no news any more.
            with pytest.raises(TourStuck, match="NOT_ABSENT"):
                nurse.act(doctor, "attend")
        nurse.close()
        with pytest.raises(ProgramFailed, match=f"does not let {demo.doctors[0]} sign in"):
            sign_doctors_in(demo.address, demo.doctors, "not his password")
    finally:
        demo.programs.stop_all()
