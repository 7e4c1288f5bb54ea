"""What readers give on their way to a table: records, and the word that there is no table here."""

from core.errors import FileRejected
from core.files.table import RowProblem

Record = tuple[int, list[str]] | RowProblem
"""A record with the place where it starts, or why it could not be read."""


class NoTable(FileRejected):
    """There is no header with rows below it here. Another sheet of the workbook may have one."""


class NeverCalculated(str):
    """What stands for the value of a formula that no program has worked out yet."""

    __slots__ = ()
