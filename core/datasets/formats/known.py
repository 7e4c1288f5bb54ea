"""The headings that mean something in a file of test questions, for whoever looks for them in a file."""

from collections.abc import Iterable

from core.datasets.heading_names import EXPECTED, OTHERS, PERHAPS_EXPECTED, QUESTION
from core.files.table import KnownHeadings, heading_key

_OF_FORMATS = ("kbid", "alternateroute", "description", "messages")


def known_headings(named: Iterable[str] = ()) -> KnownHeadings:
    """Those of our own lists and of the formats that are known here, and those ``named`` by somebody."""
    return KnownHeadings(
        needed=frozenset({*QUESTION, *EXPECTED, "expectedroute", *map(heading_key, named)}),
        others=frozenset({*_OF_FORMATS, *PERHAPS_EXPECTED, *(name for names in OTHERS.values() for name in names)}),
    )
