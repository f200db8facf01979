"""What time it is at the server: by its words, however wrong the device's own clock is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from queue_server.client.server_clock import WORDS_COMPARED, ServerClock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Device:
    """A device and the true time; its own clock is wrong by `wrong`."""

    def __init__(self, wrong: timedelta = timedelta(minutes=-3)) -> None:
        self.passed_s = 0.0
        self.wrong = wrong
        self.clock = ServerClock(self.own, lambda: 1000.0 + self.passed_s)

    @property
    def true(self) -> datetime:
        return NOON + timedelta(seconds=self.passed_s)

    def own(self) -> datetime:
        return (self.true + self.wrong).astimezone(ZoneInfo("Asia/Shanghai"))

    def hear(self, late_s: float = 0.0) -> None:
        self.passed_s += 2.0
        self.clock.heard(self.true - timedelta(seconds=late_s))

    def is_off_by(self) -> float:
        return (self.clock.now() - self.true).total_seconds()


def test_a_device_that_has_never_heard_the_server_has_its_own_clock() -> None:
    device = Device()

    assert device.clock.now() == device.own()


def test_a_device_goes_by_the_server_in_its_own_time_zone() -> None:
    device = Device()
    device.clock.connected()
    device.hear()
    device.hear()

    assert device.is_off_by() == 0.0
    assert device.clock.now().tzinfo == ZoneInfo("Asia/Shanghai")


def test_the_clock_goes_on_while_the_server_is_away_and_the_own_one_is_set() -> None:
    device = Device()
    device.clock.connected()
    device.hear()
    device.hear()

    device.passed_s += 3600.0
    device.wrong = timedelta(0)

    assert device.is_off_by() == 0.0


def test_the_first_word_of_a_connection_may_be_hours_old_and_is_not_believed() -> None:
    device = Device(wrong=timedelta(0))
    device.clock.connected()
    device.hear(late_s=7200.0)

    assert device.is_off_by() == 0.0

    device.hear()
    device.clock.connected()
    device.hear(late_s=7200.0)

    assert device.is_off_by() == 0.0


def test_of_words_that_are_late_the_quickest_counts() -> None:
    device = Device()
    device.clock.connected()
    device.hear()
    for late_s in (4.0, 0.5, 9.0, 6.0):
        device.hear(late_s)

    assert device.is_off_by() == -0.5


def test_a_server_whose_clock_is_set_back_is_followed_after_some_words() -> None:
    device = Device()
    device.clock.connected()
    device.hear()
    device.hear()
    for _ in range(WORDS_COMPARED):
        device.hear(late_s=60.0)

    assert device.is_off_by() == -60.0
