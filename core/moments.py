"""Moments in words: on every page, in every file and on the command line the same, with the zone named."""

from datetime import UTC, datetime, tzinfo


def moment(at: datetime, zone: tzinfo = UTC) -> str:
    """A moment on the clocks of a zone, which is named; UTC where there is no reader whose zone is known.

    >>> moment(datetime(2026, 3, 3, 14, 5, tzinfo=UTC))
    '3 Mar 2026, 14:05 UTC'
    """
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M} {zone_name(at, zone)}"


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
