import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.formats.promptfoo import check_of, read
from core.files.table import Row, Table


@pytest.mark.parametrize(
    ("cell", "check"),
    [
        ("Our hours: 9 to 5", ("equals", "Our hours: 9 to 5")),
        ("equals:a:b", ("equals", "a:b")),
        (" equals: a ", ("equals", "a")),
        ("equals", ("equals", "equals")),
        ("contains", ("contains", "")),
        ("not-equals:a", ("not-equals", "a")),
        ("similar(0.8):a\nb", ("similar", "a\nb")),
        ("is-json", ("is-json", "")),
        ("fn:x", ("javascript", "x")),
        ("eval:x", ("javascript", "x")),
        ("grade: polite", ("llm-rubric", " polite")),
        ("file://check.py", ("file://", "check.py")),
        ("similarly:a", ("equals", "similarly:a")),
        ("Contains:a", ("equals", "Contains:a")),
    ],
)
def test_a_check_is_read_as_promptfoo_reads_it(cell: str, check: tuple[str, str]) -> None:
    assert check_of(cell) == check


CELLS = st.one_of(
    st.text(),
    st.builds(
        lambda a, b, c: f"{a}{b}{c}", *[st.sampled_from(["not-", "equals", "(0.5)", ":", "contains-all", "x", ""])] * 3
    ),
)
NAMES = st.lists(
    st.one_of(st.sampled_from(["__expected", "__expected1", "__metadata:a[]", "__description", "question"]), st.text()),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(st.data(), NAMES)
def test_every_row_of_any_file_is_kept_or_named_as_a_problem(data: st.DataObject, names: list[str]) -> None:
    given_rows = data.draw(st.lists(st.tuples(*[CELLS] * len(names)), max_size=5))
    table = Table(
        name="x.csv", columns=tuple(names), rows=tuple(Row(i, cells) for i, cells in enumerate(given_rows, 2))
    )

    found = read(table)

    if found is None:
        assert not any(name.startswith("__expected") for name in names)
        return
    kept = {row.line for row in found.table.rows} | {problem.line for problem in found.table.problems}
    assert kept == {row.line for row in table.rows}
    assert len(found.table.rows) + len(found.table.problems) == len(table.rows)
    assert all(len(row.cells) == len(found.table.columns) for row in found.table.rows)
    assert set(found.mapping.columns().values()) <= set(found.table.columns)
