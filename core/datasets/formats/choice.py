"""Which format a file of test questions has: each is known by its headings."""

from collections.abc import Callable
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from core.datasets.columns import ExpectedKind
from core.datasets.formats import (
    chat_training,
    copilot_studio,
    inspect_samples,
    openai_evals,
    ours,
    own_exports,
    promptfoo,
    promptfoo_config,
    qna_maker,
    semantic_router,
)
from core.datasets.formats.recognised import RecognisedFile
from core.errors import FileRejected
from core.files.messages import quoted_cells
from core.files.table import NO_HEADINGS, Table

_FORMATS: tuple[Callable[[Table], RecognisedFile | None], ...] = (
    own_exports.read_results,
    own_exports.read_dataset,
    promptfoo.read,
    promptfoo_config.read,
    qna_maker.read,
    copilot_studio.read,
    openai_evals.read,
    inspect_samples.read,
    semantic_router.read,
    chat_training.read,
)


def recognise_format(table: Table) -> RecognisedFile:
    """The file in columns that are known here, with the words for its format; a list of ours where no other fits."""
    for known in _FORMATS:
        if found := known(table):
            return found
    return ours.read(table)


def understood(table: Table, columns: Dictionary[str, str | None], kind: ExpectedKind | None) -> RecognisedFile:
    """The file as recognised, but for the ``columns`` (by role) and the ``kind`` of expectation that somebody names.

    Of roles that are None, or not named, the recognised column stays. Raises FileRejected where nobody can know which
    row holds the headings, as nobody is there to ask.
    """
    if not table.headings.known:
        raise FileRejected(_which_headings(table))
    found = recognise_format(table)
    named = {role: column for role, column in columns.items() if column is not None}
    mapping = replace(found.mapping, **named)  # type: ignore[arg-type]
    seen = found.mapping.expected_kind if mapping.expected == found.mapping.expected else ExpectedKind.AUTO
    return replace(found, mapping=replace(mapping, expected_kind=kind or seen))


def _which_headings(table: Table) -> str:
    first = "; ".join(f"line {row.line}: {quoted_cells(row.cells)}" for row in table.headings.top[:3])
    return (
        "No row at the top of the file has headings that are known here. Say in which line the headings stand "
        f"(“headings”; {NO_HEADINGS} when the first row is a question), or name the columns. It begins with {first}."
    )
