from hypothesis import given
from hypothesis import strategies as st

from core.questions.word_difference import COMPARED_WORDS, Part, word_difference


@given(st.text(), st.text())
def test_the_pieces_make_both_texts(old: str, new: str) -> None:
    pieces = word_difference(old, new)

    assert "".join(piece.text for piece in pieces if piece.part is not Part.NEW) == old
    assert "".join(piece.text for piece in pieces if piece.part is not Part.GONE) == new
    assert all(piece.text for piece in pieces)


def test_texts_that_share_little_are_shown_whole() -> None:
    assert [piece.part for piece in word_difference("When do you open?", "Is there parking here?")] == [
        Part.GONE,
        Part.NEW,
    ]


def test_long_texts_are_shown_whole() -> None:
    long = "word " * COMPARED_WORDS

    assert [piece.part for piece in word_difference(long, long + "more")] == [Part.GONE, Part.NEW]
