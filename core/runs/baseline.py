"""Which earlier run a run is compared with where nobody has chosen one."""

from collections.abc import Sequence

from core.runs.ledger import Run


def likeliest_first(run: Run, others: Sequence[Run]) -> list[Run]:
    """The runs in the order in which they are worth comparing with: those of the same kept test questions, then those
    of the same name, then the rest; within each as they come."""
    return sorted(others, key=lambda one: (not _same_questions(run, one), one.name != run.name))


def usual_baseline(run: Run, others: Sequence[Run]) -> Run | None:
    """The last earlier one of the same kept test questions, else of the same name, else the last earlier one.

    ``others`` are ended runs of the org, newest first. None where none of them is earlier.
    """
    earlier = [one for one in others if one.run_id != run.run_id and one.created_at < run.created_at]
    return next(iter(likeliest_first(run, earlier)), None)


def previous_run(run: Run, others: Sequence[Run]) -> Run | None:
    """The last earlier one of the same kept test questions, if any; ``others`` as for ``usual_baseline``."""
    return usual_baseline(run, [one for one in others if _same_questions(run, one)])


def _same_questions(run: Run, one: Run) -> bool:
    return bool(run.dataset_id) and one.dataset_id == run.dataset_id
