"""What test questions leave out: entries that none expects, and questions that a person should take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.datasets.dataset import TestQuestion
from core.datasets.labels import LabelKind
from core.questions.entry import Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Of all enabled ``entries``, those that no row expects (``untested``), and whether no row expects a person.

    Without any label nothing is said to be left out.
    """

    entries: int
    untested: tuple[Entry, ...] = ()
    lacks_person: bool = False


def coverage(rows: Iterable[TestQuestion], entries: Sequence[Entry]) -> Coverage:
    """What these rows leave out of this table; an entry is tested too where one with the same answer is."""
    enabled = [entry for entry in entries if entry.enabled]
    labels = {row.label for row in rows if row.label.kind is not LabelKind.NONE}
    if not labels:
        return Coverage(entries=len(enabled))
    tested = {entry_id for label in labels for entry_id in label.entry_ids}
    return Coverage(
        entries=len(enabled),
        untested=tuple(entry for entry in enabled if entry.id not in tested),
        lacks_person=all(label.kind is not LabelKind.FALLBACK for label in labels),
    )
