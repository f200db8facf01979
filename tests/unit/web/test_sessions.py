"""Sessions end, outlive a restart, and their tokens stand nowhere but in the cookies."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from queue_server.rules.terms import QueueId
from queue_server.web.sessions import IDLE_MAX, SESSION_LIFE, SESSIONS_MAX, Sessions
from queue_server.web.users import Role, User

USER = User(
    name="li",
    role=Role.NURSE,
    display_name="李静",
    password_hash="$argon2id$secret",
    queues=frozenset({QueueId("q-1")}),
    areas=(),
)
USERS = {"li": USER}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def make_sessions(clock: Clock, file: Path | None = None) -> Sessions:
    tokens = count()
    return Sessions(now=clock, new_token=lambda: f"token-{next(tokens)}", file=file)


def test_a_session_in_use_lives_until_its_time_is_over() -> None:
    clock = Clock()
    sessions = make_sessions(clock)
    token = sessions.open(USER)
    end = clock.now + SESSION_LIFE

    while clock.now < end:
        assert sessions.user(token) is USER
        clock.now += IDLE_MAX - timedelta(seconds=1)
    assert sessions.user(token) is None
    assert sessions.user("") is None


def test_a_session_that_nobody_uses_ends_by_itself() -> None:
    clock = Clock()
    sessions = make_sessions(clock)
    token = sessions.open(USER)
    clock.now += IDLE_MAX - timedelta(seconds=1)
    assert sessions.user(token) is USER
    clock.now += IDLE_MAX

    assert sessions.user(token) is None


def test_the_oldest_sessions_give_way_when_there_are_too_many() -> None:
    sessions = make_sessions(Clock())
    for _ in range(SESSIONS_MAX + 1):
        sessions.open(USER)

    assert sessions.user("token-0") is None
    assert sessions.user("token-1") is USER


def test_a_restart_signs_nobody_out(tmp_path: Path) -> None:
    clock, file = Clock(), tmp_path / "sessions.json"
    before = make_sessions(clock, file)
    stays, signed_out = before.open(USER), before.open(USER)
    before.close(signed_out)

    after = make_sessions(clock, file)

    assert after.restore(USERS) == [USER]
    assert after.user(stays) is USER
    assert after.user(signed_out) is None
    clock.now += SESSION_LIFE
    assert after.user(stays) is None


@pytest.mark.parametrize(
    "now", [{}, {"li": replace(USER, password_hash="$argon2id$another")},
            {"li": replace(USER, totp_secret="A" * 32)},
            {"li": replace(USER, role=Role.DOCTOR)}],
    ids=["gone", "another password", "another second factor", "another role"],
)  # fmt: skip
def test_a_restart_signs_out_whose_account_has_changed(
    tmp_path: Path, now: dict[str, User]
) -> None:
    file = tmp_path / "sessions.json"
    token = make_sessions(Clock(), file).open(USER)

    after = make_sessions(Clock(), file)

    assert after.restore(now) == []
    assert after.user(token) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"sessions": 1}'])
def test_a_damaged_file_signs_everybody_out_and_does_no_other_harm(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "sessions.json"
    file.write_bytes(content)
    sessions = make_sessions(Clock(), file)

    assert sessions.restore(USERS) == []
    assert sessions.user(sessions.open(USER)) is USER


def test_a_full_disk_keeps_nobody_from_signing_in(tmp_path: Path) -> None:
    sessions = make_sessions(Clock(), tmp_path / "not there" / "sessions.json")

    assert sessions.user(sessions.open(USER)) is USER


def test_no_token_and_no_hash_of_a_password_is_on_disk_or_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "sessions.json"
    sessions = make_sessions(Clock(), file)
    token = sessions.open(USER)

    kept = file.read_text()
    assert '"li"' in kept
    assert token not in kept + repr(sessions._sessions)
    assert "argon2id" not in kept
    assert file.stat().st_mode & 0o077 == 0
