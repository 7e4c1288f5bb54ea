"""Spreadsheets of test questions as people make them: whatever the headings say."""

from core.evaluation.columns import recognise
from core.evaluation.formats.recognised import Recognised
from core.files.table import Table


def read(table: Table) -> Recognised:
    """The table as it is, with its columns recognised as far as their headings tell."""
    return Recognised(words="a list of test questions", table=table, mapping=recognise(table))
