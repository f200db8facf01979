"""Which clinic day it is, at every hour and in every zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.rules.terms import DaySecond
from queue_server.service.clinic_day import clinic_day, day_second, local_time
from tests.unit.service.morning import BEIJING, MONDAY, demo_site

SITE = demo_site()  # rolls over at 04:00
TUESDAY = MONDAY + timedelta(days=1)
instants = st.integers(0, 15 * 365 * 86_400).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=BEIJING) + timedelta(seconds=seconds)
)


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(MONDAY, 8), MONDAY),
        (at(MONDAY, 23, 59, 59), MONDAY),
        (at(TUESDAY, 0), MONDAY),
        (at(TUESDAY, 3, 59, 59), MONDAY),
        (at(TUESDAY, 4), TUESDAY),
    ],
)
def test_the_day_begins_at_the_hour_of_the_rollover(now: datetime, expected: date) -> None:
    assert clinic_day(SITE, now) == expected
    assert clinic_day(SITE, now.astimezone(UTC)) == expected
    assert clinic_day(SITE, now.astimezone(timezone(timedelta(hours=-9)))) == expected


def test_a_clinic_that_rolls_over_at_midnight_has_calendar_days() -> None:
    site = replace(SITE, day_rolls_over_at=DaySecond(0))

    assert clinic_day(site, at(MONDAY, 23, 59, 59)) == MONDAY
    assert clinic_day(site, at(TUESDAY, 0)) == TUESDAY


def test_seconds_count_on_through_a_night_clinic() -> None:
    assert day_second(SITE, MONDAY, at(MONDAY, 0)) == 0
    assert day_second(SITE, MONDAY, at(MONDAY, 8, 5)) == 8 * 3600 + 300
    assert day_second(SITE, MONDAY, at(TUESDAY, 0, 30)) == 86_400 + 1800
    assert day_second(SITE, MONDAY, at(MONDAY, 8, 5).astimezone(UTC)) == 8 * 3600 + 300


def test_an_instant_is_told_with_the_offset_of_the_site() -> None:
    told = local_time(SITE, datetime(2026, 11, 23, 0, 5, tzinfo=UTC))

    assert told.isoformat() == "2026-11-23T08:05:00+08:00"


@given(instants)
def test_every_second_belongs_to_its_day(now: datetime) -> None:
    second = day_second(SITE, clinic_day(SITE, now), now)

    assert SITE.day_rolls_over_at <= second < SITE.day_rolls_over_at + 86_400


@given(instants, st.integers(0, 86_400))
def test_days_never_go_back(now: datetime, later_s: int) -> None:
    assert clinic_day(SITE, now) <= clinic_day(SITE, now + timedelta(seconds=later_s))
