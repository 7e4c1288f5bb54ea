import io
import zipfile

import pytest

from core.errors import FileRejected
from core.files.kinds import FileKind, kind_of


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


WORKBOOK = zipped("[Content_Types].xml", "xl/workbook.xml")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"question\nhi\n", "a.csv", FileKind.TEXT),
        (b"question\nhi\n", "A.CSV", FileKind.TEXT),
        (b"question\thi\n", "a.tsv", FileKind.TEXT),
        (b"question\n", "my.list.txt", FileKind.TEXT),
        (WORKBOOK, "a.xlsx", FileKind.WORKBOOK),
        (WORKBOOK, "A.XLSM", FileKind.WORKBOOK),
    ],
)
def test_a_file_is_known_by_what_it_holds(data: bytes, name: str, kind: FileKind) -> None:
    assert kind_of(data, name) is kind


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "is empty"),
        (b" \n\n", "a.xlsx", "is empty"),
        (b"question\n", "a.xlsx", "no Excel workbook"),
        (WORKBOOK, "a.csv", "this is an Excel workbook"),
        (WORKBOOK, "a.xls", "this is an Excel workbook"),
        (b"<table><tr><td>a</td></tr></table>", "a.xls", "no Excel workbook"),
        (OLE, "a.xls", r"old Excel workbook \(.xls\)"),
        (OLE, "a.xlsx", r"old Excel workbook \(.xls\)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "protected by a password"),
        (b"%PDF-1.7 ...", "a.csv", "a PDF document"),
        (b"\x89PNG\r\n", "a.csv", "a picture"),
        (b"\x1f\x8b\x08", "a.csv", "a packed file"),
        (zipped("a.csv"), "a.xlsx", "ZIP archive"),
        (zipped("[Content_Types].xml", "word/document.xml"), "a.xlsx", "Word document"),
        (zipped("[Content_Types].xml", "xl/workbook.bin"), "a.xlsx", "binary Excel workbook"),
        (b"<tests/>", "a.xml", r"cannot read .xml files"),
        (b"x", "a", "cannot read this kind of file"),
    ],
)
def test_any_other_file_is_refused_with_what_it_is(data: bytes, name: str, words: str) -> None:
    with pytest.raises(FileRejected, match=words):
        kind_of(data, name)
