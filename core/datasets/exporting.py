"""A version of a dataset as a file that people can open, change, and upload again as it is."""

from collections.abc import Sequence

import pandas as pd

from core.datasets.answer_lists import joined
from core.datasets.dataset import DatasetRow, TestQuestion
from core.datasets.expectations import FALLBACK_MARK
from core.datasets.export_names import DATASET_COLUMNS, others_as_columns
from core.datasets.labels import LabelKind
from core.datasets.preview import tags_cell
from core.questions.entry import Entry


def dataset_as_file(rows: Sequence[DatasetRow], entries: Sequence[Entry]) -> pd.DataFrame:
    """The rows in our own columns; reading the file gives the same content again.

    What is expected stands as the number of an entry, which stays when the entry is reworded; ``expected_question`` and
    the columns about people and phrasing are there to be read, and mean nothing when the file is uploaded. The file's
    other columns follow.
    """
    questions = {entry.id: entry.question for entry in entries}
    own = pd.DataFrame(
        [
            (
                row.content.question,
                _expected(row.content),
                joined([str(entry_id) for entry_id in row.content.meant[1:]]),
                tags_cell(row.content.tags, "; "),
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
        columns=list(DATASET_COLUMNS),
    )
    others = others_as_columns((row.content.others for row in rows), DATASET_COLUMNS)
    return pd.concat([own, pd.DataFrame(others, index=own.index)], axis=1)


def _expected(content: TestQuestion) -> str:
    if content.label.kind is LabelKind.FALLBACK:
        return FALLBACK_MARK
    return str(content.meant[0]) if content.meant else ""
