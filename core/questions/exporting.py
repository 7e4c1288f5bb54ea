"""An org's table as a file that people can open, change, and upload again as it is."""

from collections.abc import Sequence

import pandas as pd

from core.questions.entry import Entry
from core.questions.lines import as_lines


def table_as_file(entries: Sequence[Entry]) -> pd.DataFrame:
    """The entries as rows: id, question, answer, alternates and tags (one a line in a cell), enabled."""
    return pd.DataFrame(
        [
            (e.id, e.question, e.answer, as_lines(e.alternates), as_lines(e.tags), "yes" if e.enabled else "no")
            for e in entries
        ],
        columns=["id", "question", "answer", "alternates", "tags", "enabled"],
    )
