"""Which clinic day it is, and how instants and seconds of the clinic day belong together."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from queue_server.rules.terms import DaySecond
from queue_server.site import Site


def clinic_day(site: Site, now: datetime) -> date:
    """Return the clinic day at `now`: before the hour of the rollover it is still yesterday."""
    local = now.astimezone(ZoneInfo(site.timezone))
    return (local - timedelta(seconds=site.day_rolls_over_at)).date()


def day_second(site: Site, day_on: date, now: datetime) -> DaySecond:
    """Return the seconds since midnight of `day_on`; after the next midnight it counts on."""
    midnight = datetime.combine(day_on, datetime.min.time(), ZoneInfo(site.timezone))
    return DaySecond(int((now - midnight).total_seconds()))


def local_time(site: Site, now: datetime) -> datetime:
    """Return `now` with the offset of the site."""
    return now.astimezone(ZoneInfo(site.timezone))
