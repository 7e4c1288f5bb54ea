"""What a file is, by what it holds: its name may be wrong, and then its reader needs to hear that."""

from enum import StrEnum
from pathlib import PurePath

from core.errors import FileRejected

_TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
_JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")
_YAML_SUFFIXES = (".yaml", ".yml")
_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a packed file",
    b"7z\xbc\xaf": "a packed file",
    b"Rar!": "a packed file",
    b"PAR1": "a Parquet file",
    b"SQLite format 3\0": "a database",
}
SUFFIXES = _TEXT_SUFFIXES + _JSON_SUFFIXES + _YAML_SUFFIXES + _WORKBOOK_SUFFIXES
"""The endings of the files that can be read."""
_WHAT_TO_DO = "Upload a CSV, TSV, TXT, JSON, JSONL or YAML file, or an Excel workbook (.xlsx)."


class FileKind(StrEnum):
    """What reads a file."""

    TEXT = "text"
    """One record a line, cells separated by a character."""
    JSON = "json"
    """A list of JSON objects, an object that holds one, or one object a line."""
    YAML = "yaml"
    """The same in YAML."""
    WORKBOOK = "workbook"
    """An Excel workbook, a ZIP archive of XML parts."""


def kind_of(data: bytes, name: str) -> FileKind:
    """Which reader a file needs. Raises FileRejected when there is none, or its name says something else."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES and suffix != ".xls":
        raise FileRejected(
            f"Frontline cannot read {f'{suffix} files' if suffix else 'this kind of file'}. {_WHAT_TO_DO}"
        )
    if not data.strip():
        raise FileRejected("The file is empty. Choose another, or save it again and upload that.")
    if data.startswith(_OLD_OFFICE):
        if _ENCRYPTED in data:
            raise FileRejected("The workbook is protected by a password. Save it without one, and upload that.")
        raise FileRejected("This is an old Excel workbook (.xls). Save it as .xlsx, and upload that.")
    for start, what in _OTHERS.items():
        if data.startswith(start):
            raise FileRejected(f"This is {what}, not a table. {_WHAT_TO_DO}")
    of_text = (
        FileKind.JSON if suffix in _JSON_SUFFIXES else FileKind.YAML if suffix in _YAML_SUFFIXES else FileKind.TEXT
    )
    kind = _zipped(data) if data.startswith(b"PK\x03\x04") else of_text
    if kind is FileKind.TEXT and suffix not in _TEXT_SUFFIXES:
        raise FileRejected(f"The name ends in {suffix}, but this is no Excel workbook. Name it for what it is (.csv?).")
    if kind is FileKind.WORKBOOK and suffix not in _WORKBOOK_SUFFIXES:
        raise FileRejected(
            f"The name ends in {suffix}, but this is an Excel workbook. Name it .xlsx, and upload it again."
        )
    return kind


def _zipped(data: bytes) -> FileKind:
    """A ZIP archive is a workbook, or named for what it is. The list of its parts stands at its end, in plain text."""
    listing = data[-256 * 1024 :]
    for part, what in (
        (b"application/vnd.oasis.opendocument", "an OpenDocument file. Save it as .xlsx"),
        (b"xl/workbook.bin", "a binary Excel workbook (.xlsb). Save it as .xlsx"),
        (b"word/document.xml", "a Word document. Save its table as .xlsx or .csv"),
        (b"ppt/presentation.xml", "a presentation. Save its table as .xlsx or .csv"),
    ):
        if part in listing or part in data[:200]:
            raise FileRejected(f"This is {what}, and upload that.")
    if b"[Content_Types].xml" not in data[:4096] and b"[Content_Types].xml" not in listing:
        raise FileRejected("This is a ZIP archive. Unpack it, and upload the table that is in it.")
    return FileKind.WORKBOOK
