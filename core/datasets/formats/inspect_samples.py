"""Samples of Inspect: ``input``, a text or messages, and ``target``, a text or a list of them."""

from core.datasets.formats.chat_samples import chat_samples
from core.datasets.formats.recognised import RecognisedFile
from core.files.table import Table


def read(table: Table) -> RecognisedFile | None:
    """The table if it has the columns of such samples. Source: https://inspect.aisi.org.uk/datasets.html."""
    if not {"input", "target"} <= set(table.columns):
        return None
    return chat_samples(table, words="samples of Inspect", question="input", expected="target")
