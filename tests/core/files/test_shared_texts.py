"""Workbooks whose list of shared texts alone would take all the time there is."""

import io
import zipfile

import pytest

from core.errors import FileRejected
from core.files.shared_texts import check_shared_texts
from core.files.table import FileLimits
from tests.core.files.conftest import MakeWorkbook

ROWS = "<row r='1'><c r='A1' t='s'><v>0</v></c></row>"


@pytest.mark.parametrize("text", ["<si><t>a</t></si>", "<si/>", "<x:si xmlns:x='y'>a</x:si>", "<si\n></si>"])
def test_too_many_texts_are_refused_before_they_are_read(make_workbook: MakeWorkbook, text: str) -> None:
    data = make_workbook(ROWS, shared=text * 101)

    with pytest.raises(FileRejected, match="100 different texts"):
        check_shared_texts(data, FileLimits(texts=100))
    check_shared_texts(data, FileLimits(texts=101))


def test_texts_are_counted_once_also_where_two_pieces_of_the_file_meet(make_workbook: MakeWorkbook) -> None:
    data = make_workbook(ROWS, shared="<si><t>abcdefgh</t></si>" * 200_000)

    check_shared_texts(data, FileLimits(texts=200_000))
    with pytest.raises(FileRejected):
        check_shared_texts(data, FileLimits(texts=199_999))


def test_too_much_text_is_refused_whatever_its_part_is_called(make_workbook: MakeWorkbook) -> None:
    data = make_workbook(ROWS, shared="<si><t>a</t></si>" * 70_000)
    renamed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(renamed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name).replace(b"/xl/sharedStrings.xml", b"/xl/other.xml")
            after.writestr(name.replace("sharedStrings", "other"), text)

    for found in (data, renamed.getvalue()):
        with pytest.raises(FileRejected, match="1 MB of text"):
            check_shared_texts(found, FileLimits(shared=1 << 20))


def test_a_workbook_without_shared_texts_passes(make_workbook: MakeWorkbook) -> None:
    check_shared_texts(make_workbook(ROWS), FileLimits(texts=0))
