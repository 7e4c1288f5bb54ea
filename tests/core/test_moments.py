from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.moments import moment, zone_name

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "2 Jan 2026, 03:04 UTC"),
        ("Europe/Oslo", "2 Jan 2026, 04:04 CET"),
        ("America/Sao_Paulo", "2 Jan 2026, 00:04 UTC−3"),
        ("Asia/Kathmandu", "2 Jan 2026, 08:49 UTC+5:45"),
    ],
)
def test_a_moment_names_the_zone_whose_clock_it_is_on(zone: str, words: str) -> None:
    assert moment(AT, ZoneInfo(zone)) == words


def test_without_a_reader_whose_zone_is_known_it_is_utc() -> None:
    assert moment(AT) == "2 Jan 2026, 03:04 UTC"
    assert zone_name(AT) == "UTC"
