"""Sessions end, and guessing is slowed down for one name from one place only."""

from datetime import UTC, datetime, timedelta
from itertools import count

from queue_server.rules.terms import QueueId
from queue_server.web.sessions import (
    FAILURES_BEFORE_PAUSE,
    FAILURES_KEPT_MAX,
    PAUSE,
    SESSION_LIFE,
    SESSIONS_MAX,
    Sessions,
    Throttle,
)
from queue_server.web.users import Role, User

USER = User(
    name="li",
    role=Role.NURSE,
    display_name="李静",
    password_hash="",
    queues=frozenset({QueueId("q-1")}),
    areas=(),
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_session_lives_until_its_time_is_over() -> None:
    clock, tokens = Clock(), count()
    sessions = Sessions(now=clock, new_token=lambda: f"token-{next(tokens)}")
    token = sessions.open(USER)

    clock.now += SESSION_LIFE - timedelta(seconds=1)
    assert sessions.user(token) is USER
    clock.now += timedelta(seconds=1)
    assert sessions.user(token) is None
    assert sessions.user("") is None


def test_the_oldest_sessions_give_way_when_there_are_too_many() -> None:
    tokens = count()
    sessions = Sessions(now=Clock(), new_token=lambda: f"token-{next(tokens)}")
    for _ in range(SESSIONS_MAX + 1):
        sessions.open(USER)

    assert sessions.user("token-0") is None
    assert sessions.user("token-1") is USER


def test_after_five_wrong_passwords_one_waits_and_then_may_try_again() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(FAILURES_BEFORE_PAUSE):
        assert throttle.wait_s("li", "10.0.0.1") == 0
        throttle.failed("li", "10.0.0.1")

    assert throttle.wait_s("li", "10.0.0.1") == PAUSE.total_seconds()
    assert throttle.wait_s("li", "10.0.0.2") == 0
    assert throttle.wait_s("zhao", "10.0.0.1") == 0
    clock.now += PAUSE
    assert throttle.wait_s("li", "10.0.0.1") == 0
    throttle.succeeded("li", "10.0.0.1")
    throttle.failed("li", "10.0.0.1")
    assert throttle.wait_s("li", "10.0.0.1") == 0


def test_a_flood_of_names_does_not_fill_the_memory_and_forgets_the_oldest() -> None:
    throttle = Throttle(Clock())
    for _ in range(FAILURES_BEFORE_PAUSE):
        throttle.failed("li", "10.0.0.1")
    assert throttle.wait_s("li", "10.0.0.1") > 0

    for index in range(FAILURES_KEPT_MAX):
        throttle.failed(f"name-{index}", "10.0.0.1")

    assert throttle.wait_s("li", "10.0.0.1") == 0
