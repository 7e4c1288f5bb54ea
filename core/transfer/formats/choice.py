"""Which format a file of questions and answers has: each is known by its columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.files.table import NO_HEADINGS, Table
from core.transfer.columns import TableColumns
from core.transfer.formats import dialogflow, qna_maker, qnabot, rasa, sheet
from core.transfer.item import Items


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFormat:
    """What a file is: ``words`` name it for people. ``read`` is None where columns have to be known by headings.

    ``whole_workbook`` says that every sheet of a workbook belongs to it.
    """

    words: str
    fits: Callable[[Table], bool]
    read: Callable[[Sequence[Table]], Items] | None = None
    whole_workbook: bool = False

    def items(self, tables: Sequence[Table], columns: TableColumns) -> Items:
        """The items of the file."""
        return self.read(tables) if self.read else sheet.read(tables[0], columns)


def _is_dialogflow(table: Table) -> bool:
    return len(table.columns) == 2 and table.headings.line == NO_HEADINGS


RASA = FileFormat(words="files of Rasa", fits=rasa.fits, read=rasa.read)
SHEET = FileFormat(words="a table of questions and answers", fits=lambda _table: True)
_FORMATS = (
    RASA,
    FileFormat(words="a file of QnABot", fits=qnabot.fits, read=qnabot.read, whole_workbook=True),
    FileFormat(
        words="a file of QnA Maker or Azure question answering",
        fits=qna_maker.fits,
        read=qna_maker.read,
    ),
    FileFormat(words="training phrases of Dialogflow CX", fits=dialogflow.fits_cx, read=dialogflow.read_cx),
    FileFormat(words="a file of Frontline", fits=lambda table: sheet.is_own(table.columns)),
    FileFormat(
        words="questions and answers in two columns, as Chatwoot has them too",
        fits=lambda table: sheet.is_pair(table.columns),
    ),
    FileFormat(words="two columns without headings, as Dialogflow ES has them", fits=_is_dialogflow),
    SHEET,
)


def format_of(table: Table) -> FileFormat:
    """The format that a table has; a table like any other where nothing else fits."""
    return next(one for one in _FORMATS if one.fits(table))
