import pytest

from core.statistics.intervals import Interval
from core.statistics.numbers import as_set, column_format, percent, points, share, span


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.714, "71 %"),
        (0.125, "13 %"),
        (0.0049, "under 1 %"),
        (0.005, "1 %"),
        (0.9949, "99 %"),
        (0.9951, "over 99 %"),
        (0.29, "29 %"),
    ],
)
def test_a_rate_is_written_in_whole_per_cent(rate: float, words: str) -> None:
    assert percent(rate) == words


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_what_is_no_rate_is_not_written_as_one(rate: float) -> None:
    with pytest.raises(ValueError, match="no rate"):
        percent(rate)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.6334, 0.7766, "63–78 %"),
        (0.631, 0.769, "63–77 %"),
        (0.0, 0.161, "0–17 %"),
        (0.955, 1.0, "95–100 %"),
        (0.29, 0.57, "29–57 %"),
        (0.5, 0.5, "50 %"),
    ],
)
def test_an_interval_never_looks_narrower_than_it_is(low: float, high: float, words: str) -> None:
    assert span(Interval(low, high)) == words


@pytest.mark.parametrize(
    ("count", "of", "words"),
    [
        (85, 122, "69.7 %"),
        (86, 122, "70.5 %"),
        (70, 100, "70 %"),
        (0, 122, "0 %"),
        (122, 122, "100 %"),
        (61, 122, "50.0 %"),
        (3, 90_000, "under 0.1 %"),
        (89_997, 90_000, "over 99.9 %"),
    ],
)
def test_a_share_of_more_than_a_hundred_rows_has_a_decimal(count: int, of: int, words: str) -> None:
    assert percent(count / of, of) == words


@pytest.mark.parametrize(
    ("low", "high", "words"), [(0.61001, 0.7719, "61.0–77.2 %"), (0.0, 0.0287, "0–2.9 %"), (0.5, 0.5, "50.0 %")]
)
def test_its_interval_is_as_fine_as_the_share(low: float, high: float, words: str) -> None:
    assert span(Interval(low, high), of=122) == words


def test_differences_settings_and_columns_are_written_here_too() -> None:
    assert [points(one, of=122) for one in (7.0, -2.5, 0.0)] == ["+7.0", "−2.5", "0"]
    assert [as_set(one) for one in (0.0, 0.333, 0.55)] == ["0 %", "33.3 %", "55 %"]
    assert [column_format(of) for of in (100, 101)] == ["%.0f %%", "%.1f %%"]


def test_a_share_names_both_numbers() -> None:
    assert share(12, 80) == "12 of 80"
    assert share(1200, 34000) == "1,200 of 34,000"
