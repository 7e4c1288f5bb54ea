"""The headings that mean something in a file of test questions, for whoever looks for them in a file."""

from collections.abc import Iterable

from core.evaluation.columns import _EXPECTED, _OTHERS, _QUESTION
from core.files.table import KnownHeadings, heading_key

_OF_FORMATS = ("kbid", "expectedroute", "alternateroute", "description")


def known_headings(named: Iterable[str] = ()) -> KnownHeadings:
    """Those of our own lists and of the formats that are known here, and those ``named`` by somebody."""
    return KnownHeadings(
        needed=frozenset({*_QUESTION, *_EXPECTED, *map(heading_key, named)}),
        others=frozenset({*_OF_FORMATS, *(name for names in _OTHERS.values() for name in names)}),
    )
