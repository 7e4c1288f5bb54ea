"""How small a difference between two runs so many test questions can show: said before they are run."""

import math

from core.plurals import counted
from core.statistics.mcnemar import detectable

CHANGED = 0.1
"""The share of rows that two runs are taken to differ on: about what a revision of a table changes."""


def in_words(labelled: int) -> str:
    """What to expect of a comparison on so many labelled questions; "" for none."""
    if not labelled:
        return ""
    least = detectable(labelled, CHANGED)
    if least is None:
        return (
            f"{counted(labelled, 'labelled question')} {'is' if labelled == 1 else 'are'} few: where a change makes 1 "
            "in 10 replies better or worse, a comparison of two runs would mostly find no clear difference."
        )
    points = max(0.1, math.ceil(least * 1000) / 10)
    return (
        f"With {labelled:,} labelled questions, a comparison of two runs usually finds a difference from about "
        f"{points:g} points on, where a change makes 1 in 10 replies better or worse."
    )
