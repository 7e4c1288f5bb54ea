"""Dates that a text writes out with their year, in the ways that people write them in English and German."""

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jan",
            "february februar feb",
            "march märz mar",
            "april apr",
            "may mai",
            "june juni jun",
            "july juli jul",
            "august aug",
            "september sept sep",
            "october oktober oct okt",
            "november nov",
            "december dezember dec dez",
        ),
        start=1,
    )
    for name in names.split()
}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WRITTEN = (
    r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)",
    rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}(?!\d|\.\d)",
    rf"(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})/{_YEAR}(?!\d|\.\d)",
    rf"{_DAY}\s+(?:of\s+)?(?P<name>{_NAMES})\b\.?,?\s+{_YEAR}(?!\d|\.\d)",
    rf"\b(?P<name>{_NAMES})\b\.?\s+{_DAY},?\s+{_YEAR}(?!\d|\.\d)",
)
_PATTERNS = tuple(re.compile(rf"(?<![\d./-]){pattern}", re.IGNORECASE) for pattern in _WRITTEN)
_LONG_AGO = re.compile(r"\b(since|founded|established|born|seit|gegründet|ab)\W+(?:on|in|the|am|im|dem)?\W*$", re.I)
"""Before a date that is meant to be past, and stays right."""


def past_dates(text: str, today: date) -> Iterator[str]:
    """Each date before ``today`` as it is written, but for those that something began on ("since 3 May 2019").

    Of 03/04/2024, which may be a day of March or April, the later one counts.
    """
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            then = _date(found.groupdict())
            if then is not None and then < today and not _LONG_AGO.search(text[: found.start()]):
                yield found.group().strip()


def _date(parts: dict[str, str | None]) -> date | None:
    year = int(parts["year"] or 0)
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        readings = [_made(year, first, second), _made(year, second, first)]
        return max((one for one in readings if one), default=None)
    name = parts.get("name")
    month = _MONTHS[name.lower()] if name else int(parts["month"] or 0)
    return _made(year, month, int(parts["day"] or 0))


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
