from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from core.statistics.confusions import confused, confusions
from core.statistics.rows import PERSON
from tests.core.statistics.ledgers import line, random_rows, rows


def test_the_most_frequent_confusion_stands_first_with_its_share_and_rows() -> None:
    run = rows(
        line("a", 1, 2),
        line("b", 1, 1),
        line("c", 1, 2),
        line("d", 2, None),
        line("e", "person", 3),
        line("f", 1, 2),
        line("g", 1, 2),
        line("h", 1, None, failed=True),
        line("i", "", 2),
    )

    found = confusions(run)

    assert found[["expected", "given", "count", "of", "share"]].to_numpy().tolist() == [
        [1, 2, 4, 5, 0.8],
        [PERSON, 3, 1, 1, 1.0],
        [2, PERSON, 1, 1, 1.0],
    ]
    assert found["places"].tolist() == [(0, 2, 5), (4,), (3,)]


@given(seed=st.integers(0, 10_000), size=st.integers(1, 80))
@settings(max_examples=25)
def test_the_counts_are_those_of_scikit_learns_matrix(seed: int, size: int) -> None:
    run = random_rows(seed, size)
    judged = run.take(run.judged)
    labels = sorted({PERSON, 1, *judged.expected.tolist(), *judged.given.tolist()})
    matrix = confusion_matrix(judged.expected, judged.given, labels=labels) if len(judged) else None

    for expected, given_id, count in confusions(run)[["expected", "given", "count"]].itertuples(index=False):
        assert matrix is not None
        assert matrix[labels.index(expected), labels.index(given_id)] == count
    assert confusions(run)["count"].sum() == (~judged.right).sum()


def test_a_run_without_a_mistake_has_no_confusions() -> None:
    assert confusions(rows(line("a", 1, 1))).empty


@given(seed=st.integers(0, 10_000), size=st.integers(1, 80))
@settings(max_examples=25)
def test_the_rows_of_all_pairs_are_all_mistakes_once_and_as_many_as_counted(seed: int, size: int) -> None:
    run = random_rows(seed, size)

    found = confusions(run)
    places = [confused(run, *pair) for pair in found[["expected", "given"]].itertuples(index=False)]

    assert [len(of_pair) for of_pair in places] == found["count"].tolist()
    assert all(tuple(of_pair[:3]) == first for of_pair, first in zip(places, found["places"], strict=True))
    together = sorted(place for of_pair in places for place in of_pair.tolist())
    assert together == run.place[run.judged & ~run.right].tolist()
