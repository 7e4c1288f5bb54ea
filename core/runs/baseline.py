"""Which earlier run a run is compared with where nobody has chosen one."""

from collections.abc import Sequence

from core.runs.ledger import Run


def usual_baseline(run: Run, others: Sequence[Run]) -> Run | None:
    """The last earlier one of the same kept test questions, else of the same name, else the last earlier one.

    ``others`` are ended runs of the org, newest first. None where none of them is earlier.
    """
    earlier = [one for one in others if one.run_id != run.run_id and one.created_at < run.created_at]
    same = [one for one in earlier if run.dataset_id and one.dataset_id == run.dataset_id]
    named = [one for one in earlier if one.name == run.name]
    return next(iter([*same, *named, *earlier]), None)
