import pytest

from core.errors import FileRejected
from core.files.serialization import dump, load
from core.files.table import HeadingRow, Row, RowProblem, Table


def test_a_table_comes_back_as_it_was() -> None:
    table = Table(
        name="a\ud800.csv",
        columns=("question", "“é😀”"),
        rows=(Row(2, ("a\n", "")), Row(9, ("b", "\x85\u2028"))),
        problems=(RowProblem(4, "why", (("question", "a�"),)),),
        notes=("a note",),
        encoding="UTF-8",
        delimiter=",",
        sheets=("x", "y"),
        key="tests",
        keys=("tests", "more"),
        format="CSV",
        headings=HeadingRow(line=2, known=False, top=(Row(1, ("a title",)),)),
    )

    assert load(dump(table)) == table
    assert load(dump(table)).problems[0].cells == (("question", "a�"),)


def test_a_refusal_comes_back_as_one_and_can_be_shown() -> None:
    with pytest.raises(FileRejected, match=r"^no \? here$"):
        load(dump(FileRejected("no \ud800 here")))


@pytest.mark.parametrize(("payload", "words"), [(b"", "Expecting"), (b"not json", "Expecting"), (b"\xff", "codec")])
def test_anything_else_is_an_error(payload: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        load(payload)
