"""Samples of openai evals: ``input``, a text or messages, and ``ideal``, a text or a list of them."""

from core.datasets.formats.chat_samples import chat_samples
from core.datasets.formats.recognised import RecognisedFile
from core.files.table import Table


def read(table: Table) -> RecognisedFile | None:
    """The table if it has the columns of such samples.

    Source: https://github.com/openai/evals/blob/main/docs/build-eval.md
    """
    if not {"input", "ideal"} <= set(table.columns):
        return None
    return chat_samples(table, words="samples of openai evals", question="input", expected="ideal")
