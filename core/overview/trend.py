"""How the share right went over the evaluations of the same test questions, as a picture."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from core.overview.track_record import RunRecord
from core.plurals import counted
from core.report.charts import trend
from core.report.section import Picture

SHOWN = 8
"""Evaluations in the picture."""


def picture(records: Sequence[RunRecord], latest: RunRecord) -> Picture | None:
    """The last evaluations of the test questions of ``latest`` up to it; None where it is the only one.

    ``records`` come newest first. The title says no more of the two last ones than *Compare* does.
    """
    shown = [one for one in records if _belongs(one, latest)][:SHOWN]
    if len(shown) < 2:
        return None
    shown.reverse()
    return Picture(
        name="trend",
        title=_title(latest, len(shown)),
        see="The share right of each evaluation of these test questions, the newest last. The upright lines show "
        "where the true share likely lies.",
        chart=trend(_frame(shown)),
    )


def _belongs(one: RunRecord, latest: RunRecord) -> bool:
    same = bool(one.run.dataset_id) and one.run.dataset_id == latest.run.dataset_id
    known = one.right is not None and one.right.of > 0
    return same and known and one.run.created_at <= latest.run.created_at


def _title(latest: RunRecord, shown: int) -> str:
    if latest.previous is None or not latest.ruling:
        return f"The last {counted(shown, 'evaluation')} of these test questions"
    return (
        f"{latest.ruling[0].upper()}{latest.ruling[1:]}, against the one before (revision {latest.previous.revision})"
    )


def _frame(shown: Sequence[RunRecord]) -> pd.DataFrame:
    seen: Counter[int] = Counter()
    lines = []
    for one in shown:
        seen[one.run.revision] += 1
        again = f" ({seen[one.run.revision]})" if seen[one.run.revision] > 1 else ""
        if one.right is not None and one.right.interval is not None:
            interval = one.right.interval
            lines.append((f"Revision {one.run.revision}{again}", one.right.rate, interval.low, interval.high))
    return pd.DataFrame(lines, columns=["run", "rate", "low", "high"])
