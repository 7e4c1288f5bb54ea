import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar as theirs
from statsmodels.stats.multitest import multipletests

from core.statistics.comparison import adjusted, by_groups, compare, entries_compared, newcombe
from core.statistics.conclusion import Conclusion
from core.statistics.pairing import pair
from core.statistics.proportion import Proportion
from core.statistics.rows import PERSON, Rows
from tests.core.statistics.ledgers import line, rows


def run(seed: int, skill: float, *, group: bool = False) -> Rows:
    """The same 300 questions, answered with more or less skill."""
    rng = np.random.default_rng(seed)
    return rows(
        *(
            line(f"q{i}", 1 + i % 3, 1 + i % 3 if rng.random() < skill else 9, group=f"g{i % 50}" if group else "")
            for i in range(300)
        )
    )


def test_what_was_fixed_broken_and_changed_worked_by_hand() -> None:
    before = rows(
        line("fixed", 1, 2),
        line("broken", 1, 1),
        line("other mistake", 1, 2),
        line("same", 1, 1),
        line("other right answer", (1, 2), 1),
        line("no label", "", 1),
        line("failed now", 1, 1),
        line("gone", 1, 1),
    )
    after = rows(
        line("fixed", 1, 1),
        line("broken", 1, None),
        line("other mistake", 1, 3),
        line("same", 1, 1),
        line("other right answer", (1, 2), 2),
        line("no label", "", 2),
        line("failed now", 1, None, failed=True),
    )

    found = compare(before, after)
    asked = after.question[found.pairs.second]

    assert asked[found.fixed].tolist() == ["fixed"]
    assert asked[found.broken].tolist() == ["broken"]
    assert asked[found.changed].tolist() == ["other mistake", "other right answer", "no label"]
    assert (found.failed, found.pairs.only_first, found.pairs.only_second) == (1, 1, 0)
    assert (found.before, found.after) == (Proportion(3, 5), Proportion(3, 5))
    assert (found.difference, found.p, found.ruling) == (0, 1, Conclusion.UNCLEAR)
    assert found.interval == newcombe(2, 1, 1, 1)


def test_the_p_value_is_mcnemars_and_the_word_follows() -> None:
    before, after = run(1, 0.6), run(2, 0.8)
    found = compare(before, after)
    table = [[int((before.right == a).__and__(after.right == b).sum()) for b in (True, False)] for a in (True, False)]

    assert found.p == pytest.approx(theirs(table, exact=True).pvalue)
    assert found.ruling is Conclusion.BETTER
    assert compare(after, before).ruling is Conclusion.WORSE
    assert compare(before, run(3, 0.62)).ruling is Conclusion.UNCLEAR
    assert compare(before, before).ruling is Conclusion.UNCLEAR


def test_grouped_rows_have_the_interval_of_groups() -> None:
    before, after = run(1, 0.6, group=True), run(2, 0.8, group=True)
    found = compare(before, after)

    assert found.grouped
    assert found.interval == by_groups(after.right.astype(int) - before.right.astype(int), after.group)
    assert not compare(run(1, 0.6), run(2, 0.8)).grouped


def test_a_run_against_several_baselines_is_adjusted() -> None:
    after, baselines = run(1, 0.6), [run(seed, 0.6 + seed / 100) for seed in (2, 6, 9, 12)]
    found = adjusted([compare(one, after) for one in baselines])

    plain = [compare(one, after).p for one in baselines]
    assert [one.p for one in found] == plain
    assert [one.adjusted for one in found] == pytest.approx(multipletests(plain, method="holm")[1].tolist())


def test_entries_are_compared_with_an_adjusted_test_each() -> None:
    before = rows(*(line(f"q{i}", 1 + i % 2, 9 if i % 2 == 0 else 2) for i in range(40)), line("p", "person", None))
    after = rows(*(line(f"q{i}", 1 + i % 2, 1 + i % 2) for i in range(40)), line("p", "person", 1))

    found = entries_compared(before, after, pair(before, after)).set_index("expected")

    assert found.loc[1, ["rows", "before", "after", "fixed", "broken"]].tolist() == [20, 0, 20, 20, 0]
    assert found.loc[1, "p"] == pytest.approx(3 * 2 / 2**20)
    assert found.loc[PERSON, ["rows", "before", "after", "fixed", "broken"]].tolist() == [1, 1, 0, 0, 1]
    assert found["ruling"].to_dict() == {
        1: "better",
        PERSON: "no clear difference at this size",
        2: "no clear difference at this size",
    }


def test_runs_that_share_nothing_say_nothing() -> None:
    found = compare(rows(line("a", 1, 1)), rows(line("b", 1, 1)))

    assert (found.difference, found.interval, found.ruling) == (None, None, Conclusion.UNCLEAR)
    assert entries_compared(rows(line("a", 1, 1)), rows(line("b", 1, 1)), found.pairs).empty
