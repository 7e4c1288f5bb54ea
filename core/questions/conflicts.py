"""What becomes of changes after a person chose, row by row, between two texts."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Any

from core.questions.changes import Changes, changed_fields
from core.questions.entry import Entry
from core.questions.revisions import Conflict


def with_choices(changes: Changes, conflicts: Iterable[Conflict], use_mine: Collection[int]) -> Changes:
    """The changes to save on the latest revision: rows in ``use_mine`` read as mine, the other conflicts as theirs.

    A row of mine that somebody deleted comes back as a new entry.
    """
    conflicts = list(conflicts)
    rest = changes.without(conflict.entry_id for conflict in conflicts)
    edited, added, deleted = dict(rest.edited), list(rest.added), set(rest.deleted)
    for conflict in conflicts:
        if conflict.entry_id not in use_mine:
            continue
        if conflict.mine is None:
            deleted.add(conflict.entry_id)
        elif conflict.theirs is None:
            added.append(_fields(conflict.mine))
        else:
            edited[conflict.entry_id] = changed_fields(conflict.theirs, _fields(conflict.mine))
    return Changes(edited=edited, added=tuple(added), deleted=frozenset(deleted))


def _fields(entry: Entry) -> dict[str, Any]:
    fields = asdict(entry)
    del fields["id"]
    return fields
