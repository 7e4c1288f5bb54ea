"""Cuts test questions in two halves, so that what is chosen on one can be tried on the other."""

import functools
import hashlib

import numpy as np

from core.questions.text import same_question_key
from core.statistics.proportion import Flags
from core.statistics.rows import Rows


def first_half(rows: Rows) -> Flags:
    """Whether each row belongs to the first half.

    Rows of one ``group`` are in the same half, and so are rows of the same question (but for case and spacing) where
    there is no group: what was chosen must not be tried on a copy of itself. The half follows from the text alone, so
    it is the same in every run and on every machine.
    """
    keys = (f"group {g}" if g else _of_question(q) for g, q in zip(rows.group, rows.question, strict=True))
    is_first = functools.cache(_is_even)
    return np.fromiter((is_first(key) for key in keys), dtype=bool, count=len(rows))


def _of_question(question: str) -> str:
    return f"question {same_question_key(question)}"


def _is_even(key: str) -> bool:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] % 2 == 0
