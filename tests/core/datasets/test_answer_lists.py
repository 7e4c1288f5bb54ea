import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.answer_lists import joined, parts

KNOWN = {"Mon; Tue", "Sat", "a|b", "x\ny", "1", '["odd"]'}


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("", []),
        ("Sat", ["Sat"]),
        ("Mon; Tue", ["Mon; Tue"]),
        ("Sat; Mon; Tue", ["Sat", "Mon; Tue"]),
        ("Mon; Tue | Sat", ["Mon; Tue", "Sat"]),
        ("a|b|Sat", ["a|b", "Sat"]),
        ("Sat\nx\ny\n", ["Sat", "x\ny"]),
        ("Sat;; 1 ;", ["Sat", "1"]),
        ('["odd"]', ['["odd"]']),
        ('["a|b", 1]', ["a|b", "1"]),
        ("Sat | unknown; 1", ["Sat", "unknown", "1"]),
        ("[not json | Sat", ["[not json", "Sat"]),
        (" | ".join(["1"] * 60), ["1"] * 60),
    ],
)
def test_a_cell_is_cut_only_where_that_gives_known_texts(cell: str, found: list[str]) -> None:
    assert parts(cell, KNOWN.__contains__) == found


@given(st.lists(st.text().map(str.strip).filter(bool), max_size=5))
def test_what_is_joined_reads_back_whatever_it_holds(texts: list[str]) -> None:
    known = {text for text in texts if len(texts) == 1}

    assert parts(joined(texts), known.__contains__) == texts
