"""Dialogflow: the questions and answers of a knowledge base (ES), and the training phrases of intents (CX), as CSV.

Sources: https://cloud.google.com/dialogflow/es/docs/how/knowledge-bases (questions in the first column, answers in the
second, no headings); https://cloud.google.com/dialogflow/cx/docs/concept/intent (Intent Display Name, Language,
Phrase; the name stands on the first row of each intent only).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from core.files.escaping import escape
from core.files.table import Table, heading_key
from core.questions.entry import Entry
from core.transfer.formats.names import name_of, number_in
from core.transfer.formats.rows import Phrasing, grouped, items_of, rows_of
from core.transfer.item import Items

CX_COLUMNS = ("Intent Display Name", "Language", "Phrase")
_LANGUAGE = "en"
_NO_ANSWERS = (
    "The file has training phrases and no answers: they are added to entries that have such a question already."
)


def fits_cx(table: Table) -> bool:
    """Whether a table has the training phrases of intents."""
    return {heading_key(name) for name in CX_COLUMNS} <= {heading_key(column) for column in table.columns}


def read_cx(tables: Sequence[Table]) -> Items:
    """An item without an answer for each intent, of all its languages."""
    return items_of(grouped(list(_phrases(tables)), what="intent", all_phrasings=False), tables, (_NO_ANSWERS,))


def _phrases(tables: Sequence[Table]) -> Iterator[Phrasing]:
    intent = ""
    for row in rows_of(tables):
        intent = row.text("intentdisplayname").strip() or intent
        text = row.text("phrase")
        if text.strip():
            yield Phrasing(belongs=intent, text=text, source=row.source, number=number_in(intent))


def cx_frame(entries: Iterable[Entry]) -> pd.DataFrame:
    """The phrasings of the entries as training phrases; the name on each row, which its import takes too."""
    return pd.DataFrame(
        [(name_of(entry), _LANGUAGE, text) for entry in entries for text in entry.phrasings], columns=list(CX_COLUMNS)
    )


def es_csv(entries: Iterable[Entry]) -> bytes:
    """A knowledge base: one row a phrasing. A cell that a spreadsheet would run gets an apostrophe, which stays."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerows((escape(text), escape(entry.answer)) for entry in entries for text in entry.phrasings)
    return buffer.getvalue().encode("utf-8")
