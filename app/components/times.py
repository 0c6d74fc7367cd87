"""Times as the reader's clock shows them, and lengths of time in words."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from rhml_core.figures import duration

__all__ = ["clock", "duration", "in_zone", "reader_date", "reader_time", "reader_zone"]


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
