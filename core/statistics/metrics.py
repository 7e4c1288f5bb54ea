"""The rates of a run, each with the rows it is fairly a share of."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.datasets.labels import Label, LabelKind
from core.statistics.intervals import Interval, wilson
from core.statistics.verdict import Verdict

Counts = Mapping[tuple[str, Verdict], int]
"""How many rows have each (label kind, verdict). Cheap to get from a database."""

_POSSIBLE: Mapping[str, frozenset[Verdict]] = {
    LabelKind.ENTRY: frozenset({Verdict.RIGHT, Verdict.WRONG_ANSWER, Verdict.NEEDLESS_HANDOFF, Verdict.FAILED}),
    LabelKind.FALLBACK: frozenset({Verdict.RIGHT, Verdict.ANSWERED_OUT_OF_SCOPE, Verdict.FAILED}),
    LabelKind.NONE: frozenset({Verdict.NOT_LABELLED, Verdict.FAILED}),
}
_LABELLED = (LabelKind.ENTRY, LabelKind.FALLBACK)
_EVERY = tuple(LabelKind)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """How many rows have a verdict, ``count``, ``of`` how many, and ``of_words`` says which ("12 of 80 …").

    ``rate`` (0 to 1) and ``interval`` (95 %) are None when there is no such row; rows without a label have no interval,
    since how many there are is a fact of the file.
    """

    verdict: Verdict
    count: int
    of: int
    of_words: str
    rate: float | None
    interval: Interval | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """The figures of a run: one rate for each verdict, in their order. ``attempted`` counts every finished row,
    ``labelled`` those that say what is expected, failed ones too."""

    attempted: int
    labelled: int
    rates: tuple[Rate, ...]

    def rate(self, verdict: Verdict) -> Rate:
        """The rate of one verdict."""
        return next(rate for rate in self.rates if rate.verdict is verdict)

    def count(self, verdict: Verdict) -> int:
        """How many rows have this verdict."""
        return self.rate(verdict).count


@dataclass(frozen=True, slots=True)
class _Share:
    """Which rows a verdict is a share of."""

    kinds: tuple[LabelKind, ...]
    with_failures: bool
    words: str


_SHARES = {
    Verdict.RIGHT: _Share(_LABELLED, False, "labelled questions"),
    Verdict.WRONG_ANSWER: _Share((LabelKind.ENTRY,), False, "questions that expect an answer"),
    Verdict.NEEDLESS_HANDOFF: _Share((LabelKind.ENTRY,), False, "questions that expect an answer"),
    Verdict.ANSWERED_OUT_OF_SCOPE: _Share((LabelKind.FALLBACK,), False, "questions that expect a person"),
    Verdict.FAILED: _Share(_EVERY, True, "questions tried"),
    Verdict.NOT_LABELLED: _Share(_EVERY, True, "questions tried"),
}


def of_words(verdict: Verdict) -> str:
    """Which rows the rate of a verdict is a share of."""
    return _SHARES[verdict].words


def counted(rows: Iterable[tuple[Label, Verdict]]) -> Counter[tuple[str, Verdict]]:
    """The counts of rows that are at hand one by one."""
    return Counter((label.kind.value, verdict) for label, verdict in rows)


def summarise(counts: Counts) -> Summary:
    """The rates of a run from its counts.

    Failures are only a share of all rows tried; every other rate leaves them out, so a failed call makes no figure of
    quality better or worse. Raises ValueError for a count that no judged row can have.
    """
    for (kind, verdict), count in counts.items():
        if count < 0 or verdict not in _POSSIBLE.get(kind, ()):
            raise ValueError(f"no {count} rows can be {verdict!r} with the label {kind!r}")
    labelled = sum(number for (kind, _), number in counts.items() if kind in _LABELLED)
    rates = tuple(_rate(verdict, counts) for verdict in Verdict)
    return Summary(attempted=sum(counts.values()), labelled=labelled, rates=rates)


def _rate(verdict: Verdict, counts: Counts) -> Rate:
    share = _SHARES[verdict]
    count = sum(number for (_, found), number in counts.items() if found is verdict)
    of = sum(
        number
        for (kind, found), number in counts.items()
        if kind in share.kinds and (share.with_failures or found is not Verdict.FAILED)
    )
    return Rate(
        verdict=verdict,
        count=count,
        of=of,
        of_words=share.words.replace("questions that expect", "question that expects").replace("questions", "question")
        if of == 1
        else share.words,
        rate=count / of if of else None,
        interval=None if verdict is Verdict.NOT_LABELLED else wilson(count, of),
    )
