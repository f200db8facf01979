"""Versions of the policies: saved, waiting, in force; restarts, days and site files around them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from queue_server.journal.snapshot_file import SnapshotFile
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules import commands as asked
from queue_server.rules.policy import PolicyError
from queue_server.rules.policy_change import PolicyChange, PolicyLevel
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import QueueId, RefusalCode
from queue_server.service.now import open_now
from queue_server.service.parts import Parts
from queue_server.service.policy_book import VersionState, file_digest
from queue_server.service.policy_facts import PolicyCancelled, PolicySaved
from queue_server.service.queue_service import QueueService
from queue_server.service.replay import replayed
from queue_server.service.setup import make_setup
from queue_server.service.snapshot import Snapshots
from queue_server.site import load_site
from tests.integration.web.hospital_day import (
    CARDIOLOGY,
    COLLEAGUE,
    DERMATOLOGY,
    HospitalDay,
    NoDoor,
    make_users,
)

BY = "head_nurse:tang"


def change(
    key: str, value: str | None, level: PolicyLevel = PolicyLevel.HOSPITAL, of: str = ""
) -> PolicyChange:
    return PolicyChange(level=level, of=of, key=key, value=value)


ANY_TIME = change("check_in_opens_min", '"any"')


@pytest.fixture
def day(tmp_path: Path) -> Iterator[HospitalDay]:
    site = load_site(DEMO_SITE_FILE)
    site = replace(site, policy={**site.policy, "doctor_late_after_min": 15})
    running = HospitalDay(tmp_path, make_users(site), per_queue=12, site=site)
    running.start()
    yield running
    running.stop()


def save(
    day: HospitalDay,
    *changes: PolicyChange,
    at: datetime | None = None,
    seen_revision: int | None = None,
) -> None:
    book = day.service.now.policy_book
    fact = PolicySaved(
        number=book.next_number,
        by=BY,
        effective_at=at or day.service.clock(),
        changes=changes,
        reason="试行",
        returns_to=None,
        file_digest=file_digest(day.site),
        seen_revision=book.revision if seen_revision is None else seen_revision,
    )
    day.service.note(fact, by=BY).result(5)


def step(day: HospitalDay) -> None:
    """Let the service look at the clock, and return when it has."""
    day.act(asked.AddWalkIn(queue=DERMATOLOGY, prefix="D"))


def restart(day: HospitalDay) -> None:
    day.service.stop()
    day.service = day.new_service()
    day.service.start()


def opens(day: HospitalDay, queue: QueueId = CARDIOLOGY) -> int | None:
    return day.service.setup.policies[queue].check_in_opens_min


def states(day: HospitalDay) -> Sequence[str]:
    return [version.state for version in day.service.now.policy_book.versions]


def refused(day: HospitalDay, *changes: PolicyChange, at: datetime | None = None) -> RefusalCode:
    with pytest.raises(Refused) as told:
        save(day, *changes, at=at)
    return told.value.code


def test_a_version_holds_from_its_time_on_and_not_before(day: HospitalDay) -> None:
    eleven = day.ticket(CARDIOLOGY, 12)
    assert eleven.slot is not None
    save(day, ANY_TIME, at=day.service.clock() + timedelta(minutes=10))
    with pytest.raises(Refused) as told:
        day.act(asked.CheckIn(queue=CARDIOLOGY, ticket=eleven.id))
    assert told.value.code is RefusalCode.TOO_EARLY
    assert states(day) == [VersionState.WAITING]

    day.clock.set(8, 10)
    day.act(asked.CheckIn(queue=CARDIOLOGY, ticket=eleven.id))

    assert states(day) == [VersionState.IN_FORCE]
    [version] = day.service.now.policy_book.versions
    assert version.took_effect_at == day.service.clock()


def test_an_area_overrides_the_hospital_and_a_queue_its_area(day: HospitalDay) -> None:
    save(
        day,
        ANY_TIME,
        change("check_in_opens_min", "60", PolicyLevel.AREA, "area-a"),
        change("check_in_opens_min", "90", PolicyLevel.QUEUE, COLLEAGUE),
    )
    step(day)

    assert [opens(day, queue) for queue in (DERMATOLOGY, CARDIOLOGY, COLLEAGUE)] == [None, 60, 90]


def test_what_the_file_says_of_a_queue_can_be_taken_away(day: HospitalDay) -> None:
    assert day.service.setup.policies[COLLEAGUE].recall_max == 5

    save(day, change("recall_max", None, PolicyLevel.QUEUE, COLLEAGUE))
    step(day)

    assert day.service.setup.policies[COLLEAGUE].recall_max is None


@pytest.mark.parametrize("has_snapshot", [False, True])
def test_versions_survive_a_restart(
    day: HospitalDay, tmp_path: Path, *, has_snapshot: bool
) -> None:
    if has_snapshot:
        day.new_service = lambda: with_snapshot(day, tmp_path)  # type: ignore[method-assign]
        restart(day)
    save(day, ANY_TIME)
    step(day)
    save(day, at=day.service.clock() + timedelta(minutes=10))
    before = day.service.now

    restart(day)

    assert day.service.now.policy_book == before.policy_book
    assert day.service.now.day == before.day
    assert opens(day) is None
    day.clock.set(8, 10)
    step(day)
    assert states(day) == [VersionState.FORMER, VersionState.IN_FORCE]
    assert opens(day) == 30


def with_snapshot(day: HospitalDay, folder: Path) -> QueueService:
    setup = make_setup(day.site)
    return QueueService(
        setup,
        Parts(
            journal=day.journal,
            records=day.records,
            cards=day.card_reader,
            door=NoDoor(),
            clock=day.clock,
            fatal=lambda error: None,
            snapshots=Snapshots(setup, SnapshotFile(folder / "journal.snapshot", None)),
        ),
    )


def test_a_time_that_passes_while_the_server_is_away_has_come_when_it_is_back(
    day: HospitalDay,
) -> None:
    save(day, ANY_TIME, at=day.service.clock() + timedelta(minutes=10))
    day.service.stop()
    day.clock.set(9)
    day.service = day.new_service()
    day.service.start()
    step(day)

    assert opens(day) is None


def test_the_next_days_begin_with_what_is_in_force_and_what_waits(day: HospitalDay) -> None:
    save(day, ANY_TIME)
    step(day)
    save(day, at=day.service.clock() + timedelta(days=3))
    for days in (1, 2):
        day.service.stop()
        day.clock.set(8 + 24 * days)
        day.service = day.new_service()
        day.service.start()
        step(day)
        assert states(day) == [VersionState.IN_FORCE, VersionState.WAITING]
        assert opens(day) is None

    day.clock.set(8 + 24 * 3, 1)
    restart(day)
    step(day)
    assert states(day) == [VersionState.FORMER, VersionState.IN_FORCE]


def test_the_past_stays_as_it_was(day: HospitalDay) -> None:
    """What was decided before stands, and the journal tells the same day under any policy."""
    day.check_in(CARDIOLOGY, 1, 2, 3, 4)
    day.act(asked.CallNext(queue=CARDIOLOGY))
    before = [written.entry for written in day.service.entries()]
    order = day.order(CARDIOLOGY)
    save(day, change("missed_rule", '"end_of_queue"'), change("standby_count", "3"))
    step(day)
    assert day.order(CARDIOLOGY) == order
    day.act(asked.Miss(queue=CARDIOLOGY, ticket=day.ticket(CARDIOLOGY, 1).id))
    assert day.order(CARDIOLOGY)[-1] == "A001"

    entries = [written.entry for written in day.service.entries()]
    assert entries[: len(before)] == before
    now = day.service.now
    for setup in (make_setup(day.site), day.service.setup):
        again = replayed(setup, day.journal, open_now(setup, now.day_on, now.patients))
        assert again.day == now.day
        assert again.policy_book == now.policy_book


def test_of_two_who_save_the_second_is_told_that_the_base_has_moved(day: HospitalDay) -> None:
    seen = day.service.now.policy_book.revision
    save(day, ANY_TIME, seen_revision=seen)
    step(day)

    with pytest.raises(Refused) as told:
        save(day, change("standby_count", "2"), seen_revision=seen)

    assert told.value.code is RefusalCode.POLICY_MOVED
    assert day.service.setup.policies[CARDIOLOGY].standby_count == 1


def test_one_version_waits_at_a_time_and_can_be_cancelled(day: HospitalDay) -> None:
    at = day.service.clock() + timedelta(minutes=10)
    save(day, ANY_TIME, at=at)
    assert refused(day, change("standby_count", "2")) is RefusalCode.POLICY_WAITS
    revision = day.service.now.policy_book.revision
    cancelled = PolicyCancelled(number=1, seen_revision=revision)
    day.service.note(cancelled, by=BY).result(5)
    day.clock.set(8, 30)
    step(day)

    assert states(day) == [VersionState.CANCELLED]
    assert opens(day) == 30
    with pytest.raises(Refused) as told:
        day.service.note(cancelled, by=BY).result(5)
    assert told.value.code is RefusalCode.POLICY_IN_FORCE


def test_what_changes_nothing_is_wrong_or_too_late_is_not_saved(day: HospitalDay) -> None:
    at = day.service.clock()
    assert refused(day) is RefusalCode.POLICY_UNCHANGED
    assert refused(day, ANY_TIME, at=at - timedelta(minutes=2)) is RefusalCode.POLICY_TIME
    assert refused(day, ANY_TIME, at=at + timedelta(days=367)) is RefusalCode.POLICY_TIME
    assert refused(day, change("late_rule", '"never"')) is RefusalCode.POLICY_WRONG
    assert refused(day, change("late_after_min", "45")) is RefusalCode.POLICY_WRONG
    assert day.service.now.policy_book.versions == ()


def test_under_a_version_the_site_file_is_still_the_base(day: HospitalDay) -> None:
    save(day, ANY_TIME)
    step(day)
    policy = {**day.site.policy, "standby_count": 2, "check_in_opens_min": 45}
    day.site = replace(day.site, policy=policy)
    restart(day)

    assert day.service.setup.policies[CARDIOLOGY].standby_count == 2
    assert opens(day) is None


def test_a_site_file_that_does_not_go_with_a_version_is_told_at_the_start(
    day: HospitalDay,
) -> None:
    save(day, change("late_after_min", "25"), at=day.service.clock() + timedelta(days=1))
    day.service.stop()
    site = day.site
    day.site = replace(site, policy={**site.policy, "late_refused_after_min": 20})

    with pytest.raises(PolicyError, match=r"policy version 1: late_refused_after_min") as told:
        day.new_service().start()

    assert "put the file's policy back" in str(told.value)
    day.site = site
    day.service = day.new_service()
    day.service.start()


def test_who_is_late_goes_by_the_policy_in_force(day: HospitalDay) -> None:
    save(day, change("doctor_late_after_min", '"never"', PolicyLevel.QUEUE, CARDIOLOGY))
    step(day)
    day.clock.set(8, 20)
    step(day)

    queues = day.service.now.day.queues
    assert queues[DERMATOLOGY].standing.absence is not None
    assert queues[CARDIOLOGY].standing.absence is None
