"""Times as the reader's clock shows them, and lengths of time in words."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

_MINUTE = 60.0
_HOUR = 3600.0


def reader_zone() -> tzinfo:
    """The browser's time zone; UTC where it is unknown."""
    name = st.context.timezone
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def in_zone(at: datetime, zone: tzinfo) -> datetime:
    """The same moment on a clock of `zone`; a time without a zone counts as UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone)


def clock(at: datetime, zone: tzinfo, now: datetime) -> str:
    """
    A moment for people: day and time, with the year where it is not the present one.

    >>> clock(datetime(2025, 3, 3, 14, 2), UTC, datetime(2025, 4, 1, tzinfo=UTC))
    '3 Mar, 14:02'
    """
    local = in_zone(at, zone)
    year = "" if local.year == now.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"


def reader_time(at: datetime | None) -> str:
    """Day and time in the reader's zone, as in `3 Mar, 14:02`; "" for None."""
    return "" if at is None else clock(at, reader_zone(), datetime.now(UTC))


def reader_date(at: datetime | None) -> str:
    """The day in the reader's zone, as in `3 Mar 2025`; "" for None."""
    if at is None:
        return ""
    local = in_zone(at, reader_zone())
    return f"{local.day} {local:%b} {local.year}"


def duration(seconds: float) -> str:
    """
    A length of time in its largest fitting unit.

    >>> duration(25.2), duration(200), duration(7300)
    ('25 s', '3 min', '2 h 2 min')
    """
    if seconds < _MINUTE:
        return f"{round(seconds)} s"
    if seconds < _HOUR:
        return f"{round(seconds / _MINUTE)} min"
    whole = timedelta(seconds=round(seconds))
    hours, rest = divmod(int(whole.total_seconds()), int(_HOUR))
    return f"{hours} h {round(rest / _MINUTE)} min"
