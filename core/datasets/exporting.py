"""A version of a dataset as a file that people can open, change, and upload again as it is."""

import json
from collections.abc import Sequence

import pandas as pd

from core.datasets.dataset import Content, DatasetRow
from core.evaluation.dataset import tags_of
from core.evaluation.expectations import FALLBACK_MARK
from core.evaluation.labels import LabelKind
from core.evaluation.several import joined
from core.questions.entry import Entry


def as_file(rows: Sequence[DatasetRow], entries: Sequence[Entry]) -> pd.DataFrame:
    """The rows in our own columns; reading the file gives the same content again.

    What is expected stands as the number of an entry, which stays when the entry is reworded; ``expected_question`` and
    the columns about people and wording are there to be read, and mean nothing when the file is uploaded.
    """
    questions = {entry.id: entry.question for entry in entries}
    return pd.DataFrame(
        [
            (
                row.content.question,
                _expected(row.content),
                joined([str(entry_id) for entry_id in row.content.meant[1:]]),
                _tags(row.content.tags),
                row.content.split,
                row.content.note,
                row.content.group,
                " | ".join(questions.get(entry_id, "") for entry_id in row.content.meant),
                "yes" if row.held_out else "no",
                row.labelled.name if row.labelled else "",
                row.labelled.at.isoformat(timespec="seconds") if row.labelled else "",
            )
            for row in rows
        ],
        columns=[
            *("question", "expected_id", "also_accept", "tags", "split", "note", "group"),
            *("expected_question", "held_out", "corrected_by", "corrected_at"),
        ],
    )


def _expected(content: Content) -> str:
    if content.kind is LabelKind.FALLBACK:
        return FALLBACK_MARK
    return str(content.meant[0]) if content.meant else ""


def _tags(tags: Sequence[str]) -> str:
    """Tags with a semicolon between them; as a list of JSON where a tag holds what separates them."""
    plain = "; ".join(tags)
    return plain if tags_of(plain) == tuple(tags) else json.dumps(list(tags), ensure_ascii=False)
