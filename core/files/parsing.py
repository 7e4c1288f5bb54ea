"""Reads any kind of file that Frontline knows, in this process. Uploads go through ``reading`` instead."""

from core.files.kinds import FileKind, kind_of
from core.files.table import FileLimits, KnownHeadings, ReadingChoices, Table


def parse(
    data: bytes,
    name: str,
    limits: FileLimits,
    choices: ReadingChoices = ReadingChoices(),  # noqa: B008 - frozen
    known: KnownHeadings = KnownHeadings(),  # noqa: B008 - frozen
) -> Table:
    """The table in a file, whose ``name`` says its format.

    Of ``choices`` only those count that go with that format. Raises FileRejected when the file cannot
    be read; a hostile file can also take all the memory and time there is.
    """
    kind = kind_of(data, name)
    if kind is FileKind.WORKBOOK:
        from core.files.workbook import read_workbook  # noqa: PLC0415 - openpyxl takes longer to load than a CSV to read

        return read_workbook(data, name, limits, choices, known)
    if kind is FileKind.JSON:
        from core.files.json_files import read_json  # noqa: PLC0415 - as above

        return read_json(data, name, limits, choices, known)
    if kind is FileKind.YAML:
        from core.files.yaml_files import read_yaml  # noqa: PLC0415 - as above

        return read_yaml(data, name, limits, choices, known)
    from core.files.delimited import read_delimited  # noqa: PLC0415 - its detector of encodings is not needed above

    return read_delimited(data, name, limits, choices, known)
