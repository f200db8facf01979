"""Guessing is slowed down: for a name at one place, for one place, and for codes from anywhere."""

from datetime import UTC, datetime, timedelta

from queue_server.web.throttle import FORGOTTEN_AFTER, KEPT_MAX, SignInThrottle, Throttle

PAUSE = timedelta(seconds=30)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def failing(throttle: Throttle, key: str, times: int) -> None:
    for _ in range(times):
        throttle.failed(key)


def test_after_five_failures_one_waits_before_each_further_try() -> None:
    clock = Clock()
    throttle = Throttle(clock, free_count=5, pause=PAUSE)
    failing(throttle, "li", 4)
    assert throttle.wait_s("li") == 0
    throttle.failed("li")

    assert throttle.wait_s("li") == 30
    clock.now += PAUSE
    assert throttle.wait_s("li") == 0
    throttle.failed("li")
    assert throttle.wait_s("li") == 30


def test_old_failures_are_forgotten() -> None:
    clock = Clock()
    throttle = Throttle(clock, free_count=2, pause=PAUSE)
    failing(throttle, "li", 2)
    clock.now += FORGOTTEN_AFTER
    throttle.failed("li")

    assert throttle.wait_s("li") == 0


def test_a_flood_does_not_fill_the_memory_and_forgets_the_oldest() -> None:
    throttle = Throttle(Clock(), free_count=1, pause=PAUSE)
    throttle.failed("oldest")
    for index in range(KEPT_MAX):
        throttle.failed(index)

    assert len(throttle._failures) == KEPT_MAX
    assert throttle.wait_s("oldest") == 0
    assert throttle.wait_s(KEPT_MAX - 1) > 0


def test_nobody_locks_a_nurse_out_from_another_machine() -> None:
    throttle = SignInThrottle(Clock())
    for _ in range(5):
        throttle.began("li", "10.0.0.1")

    assert throttle.wait_s("li", "10.0.0.1") > 0
    assert throttle.wait_s("li", "10.0.0.2") == 0
    assert throttle.wait_s("zhao", "10.0.0.1") == 0


def test_one_password_tried_on_everybody_is_slowed_down_too() -> None:
    throttle = SignInThrottle(Clock())
    for index in range(20):
        throttle.began(f"name-{index}", "10.0.0.1")

    assert throttle.wait_s("li", "10.0.0.1") > 0
    assert throttle.wait_s("li", "10.0.0.2") == 0


def test_an_account_of_ones_own_does_not_wash_failures_of_others_away() -> None:
    throttle = SignInThrottle(Clock())
    for index in range(20):
        throttle.began(f"name-{index}", "10.0.0.1")
        throttle.began("own", "10.0.0.1")
        throttle.knew_password("own", "10.0.0.1")

    assert throttle.wait_s("li", "10.0.0.1") > 0


def test_a_whole_shift_signs_in_from_one_address_without_waiting() -> None:
    throttle = SignInThrottle(Clock())
    for index in range(300):
        assert throttle.wait_s(f"nurse-{index}", "10.0.0.1") == 0
        throttle.began(f"nurse-{index}", "10.0.0.1")
        throttle.knew_password(f"nurse-{index}", "10.0.0.1")


def test_codes_are_counted_for_the_name_from_wherever_they_come() -> None:
    throttle = SignInThrottle(Clock())
    for _ in range(5):
        assert throttle.code_wait_s("zheng") == 0
        throttle.code_failed("zheng")

    assert throttle.code_wait_s("zheng") == 300
    assert throttle.code_wait_s("qian") == 0
    throttle.code_was_right("zheng")
    assert throttle.code_wait_s("zheng") == 0
