"""Moments in words: on every page, in every file and on the command line the same, with the zone named."""

from datetime import UTC, date, datetime, tzinfo

from core.plurals import counted


def moment(at: datetime, zone: tzinfo = UTC) -> str:
    """A moment on the clocks of a zone, which is named; UTC where there is no reader whose zone is known.

    >>> moment(datetime(2026, 3, 3, 14, 5, tzinfo=UTC))
    '3 Mar 2026, 14:05 UTC'
    """
    local = at.astimezone(zone)
    return f"{day(local)}, {local:%H:%M} {zone_name(at, zone)}"


def day(of: date) -> str:
    """A day as it stands in a calendar.

    >>> day(date(2026, 3, 3))
    '3 Mar 2026'
    """
    return f"{of.day} {of:%b %Y}"


def ago(at: datetime, now: datetime) -> str:
    """How long ago a moment of the last hours was, roughly.

    >>> [ago(datetime(2026, 3, 3, 14, m, tzinfo=UTC), datetime(2026, 3, 3, 16, tzinfo=UTC)) for m in (0, 1)]
    ['2 hours ago', '1 hour ago']
    >>> [ago(datetime(2026, 3, 3, 15, m, tzinfo=UTC), datetime(2026, 3, 3, 16, tzinfo=UTC)) for m in (57, 59)]
    ['3 minutes ago', 'just now']
    """
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 2:
        return "just now"
    return f"{minutes} minutes ago" if minutes < 60 else f"{counted(minutes // 60, 'hour')} ago"


def zone_name(at: datetime, zone: tzinfo = UTC) -> str:
    """What the zone is called at this moment: "CET" in winter, "CEST" in summer, "UTC−3" where it has no letters.

    >>> from zoneinfo import ZoneInfo
    >>> [zone_name(datetime(2026, 7, 1, tzinfo=UTC), ZoneInfo(name)) for name in ("Europe/Oslo", "America/Sao_Paulo")]
    ['CEST', 'UTC−3']
    """
    local = at.astimezone(zone)
    name, offset = local.tzname() or "", local.utcoffset()
    if name.isalpha() or offset is None:
        return name or "UTC"
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"
