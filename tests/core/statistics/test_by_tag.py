import math

import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests

from core.statistics.by_tag import by_tag
from core.statistics.intervals import wilson_bounds
from tests.core.statistics.ledgers import line, random_rows, rows


def test_tags_worked_by_hand() -> None:
    run = rows(
        *(line(f"a{i}", 1, 1, tags=("easy",)) for i in range(12)),
        *(line(f"b{i}", 1, 2 if i < 8 else None, tags=("hard", "new")) for i in range(10)),
        line("c", 1, 1, tags=("new",)),
        line("d", 1, 1),
        line("e", 1, None, failed=True, tags=("easy",)),
        line("f", "", 1, tags=("easy",)),
    )

    found = by_tag(run).set_index("tag")

    assert found.index.tolist() == ["easy", "new", "hard"]
    assert found[["rows", "right", "wrong_answer", "needless_handoff"]].to_numpy().tolist() == [
        [12, 12, 0, 0],
        [11, 1, 8, 2],
        [10, 0, 8, 2],
    ]
    assert found.loc["hard", "rest_rate"] == 1
    assert found.loc["easy", "rate_low"] == wilson_bounds([12], [12])[0][0]
    assert found["differs"].tolist() == ["better", "worse", "worse"]


def test_the_p_values_are_fishers_adjusted_by_holm() -> None:
    run = random_rows(11, 300)
    judged = run.take(run.judged)
    found = by_tag(run)
    plain = []
    for tag in found["tag"]:
        inside = [tag in tags for tags in judged.tags]
        table = [
            [sum(r and i for r, i in zip(judged.right, inside, strict=True)), 0],
            [sum(r and not i for r, i in zip(judged.right, inside, strict=True)), 0],
        ]
        table[0][1], table[1][1] = sum(inside) - table[0][0], len(inside) - sum(inside) - table[1][0]
        plain.append(fisher_exact(table).pvalue)

    assert found["p"].tolist() == pytest.approx(multipletests(plain, method="holm")[1].tolist())


def test_small_tags_are_shown_but_not_tested_and_one_tag_for_all_has_no_rest() -> None:
    run = rows(*(line(f"q{i}", 1, 1, tags=("all", "few") if i < 2 else ("all",)) for i in range(9)))

    found = by_tag(run).set_index("tag")

    assert math.isnan(found.loc["few", "p"])
    assert math.isnan(found.loc["all", "rest_rate"])
    assert found["differs"].tolist() == ["", ""]


def test_rows_without_tags_have_no_slices() -> None:
    assert by_tag(rows(line("a", 1, 1))).empty
