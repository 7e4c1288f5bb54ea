"""What a change of the table does to test questions: which of them end otherwise, and by which edit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.datasets.labels import Label, LabelKind
from core.questions.entry import Entry
from core.questions.policy import Policy
from core.statistics.comparison import newcombe
from core.statistics.conclusion import Conclusion, rule
from core.statistics.mcnemar import mcnemar
from core.statistics.proportion import Proportion


class FlipKind(StrEnum):
    """How a test question ends otherwise than before; the values are the words that are shown."""

    BROKEN = "broken"
    """Right before, and not right now: also where the expected answer is gone."""
    FIXED = "fixed"
    NOW_A_PERSON = "now to a person"
    NOW_ANSWERED = "now answered"
    ANOTHER_ANSWER = "another answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedTable:
    """One side of a check: every entry, enabled or not, and the settings."""

    entries: Mapping[int, Entry]
    policy: Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedOutcome:
    """What became of a question on one side: the entry that was given, None for a person, or a failed call."""

    given: int | None = None
    failed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedQuestion:
    """A test question on both sides. A label is None where what the question expects is off or gone on that side."""

    dataset: str
    question: str
    expected_before: Label | None
    expected_after: Label | None
    before: CheckedOutcome
    after: CheckedOutcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Flip:
    """A test question that ends otherwise.

    ``before`` and ``after`` are the entries that were given, None for a person. ``edited`` are the changed entries that
    it has to do with, ``by_settings`` says that only the settings can have done it; neither where it was several
    changes together. ``is_gone`` says that the answer it expects is off or deleted now. ``expected`` are the entries of
    which any is right, () for a person, None where nobody has said.
    """

    kind: FlipKind
    dataset: str
    question: str
    before: int | None
    after: int | None
    edited: tuple[int, ...] = ()
    by_settings: bool = False
    is_gone: bool = False
    expected: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How the questions that say what they expect ended on one side.

    ``right`` counts answers that were expected, and persons that were; ``wrong`` other answers; ``to_a_person`` the
    questions that a person got although an answer was expected.
    """

    right: int
    wrong: int
    to_a_person: int

    @property
    def of(self) -> int:
        """All of them."""
        return self.right + self.wrong + self.to_a_person

    @property
    def share_right(self) -> Proportion:
        """The right ones among all."""
        return Proportion(self.right, self.of)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """What a change does to the test questions.

    ``before`` and ``after`` tell of the questions that say what they expect and failed on neither side; ``failed``
    counts those that failed, ``left_out`` those whose expected answer is on in neither table.
    """

    asked: int
    failed: int
    left_out: int
    before: Tally
    after: Tally
    flips: tuple[Flip, ...]

    @property
    def broken(self) -> tuple[Flip, ...]:
        """Those that were right and are not any more."""
        return self.of(FlipKind.BROKEN)

    def of(self, kind: FlipKind) -> tuple[Flip, ...]:
        """The flips of one kind."""
        return tuple(flip for flip in self.flips if flip.kind is kind)

    @property
    def conclusion(self) -> Conclusion:
        """What may be said of the change as a whole: McNemar's exact test and Newcombe's interval, as in Compare."""
        broken, fixed = len(self.broken), len(self.of(FlipKind.FIXED))
        both = self.before.right - broken
        neither = self.before.of - both - broken - fixed
        return rule(mcnemar(broken, fixed), newcombe(both, broken, fixed, neither) if self.before.of else None)


def checked(
    asked: Sequence[CheckedQuestion], before: CheckedTable, after: CheckedTable, *, left_out: int = 0
) -> CheckResult:
    """What became of the test questions, broken ones first, each kind in the order of the questions."""
    changed = changed_entries(before, after)
    usable = [one for one in asked if not (one.before.failed or one.after.failed)]
    labelled = [one for one in usable if _is_labelled(one)]
    flips = [flip for one in usable if (flip := _flip(one, changed, before.policy != after.policy))]
    order = list(FlipKind)
    return CheckResult(
        asked=len(asked),
        failed=len(asked) - len(usable),
        left_out=left_out,
        before=_tally((one.expected_before, one.before) for one in labelled),
        after=_tally((one.expected_after, one.after) for one in labelled),
        flips=tuple(sorted(flips, key=lambda flip: order.index(flip.kind))),
    )


def changed_entries(before: CheckedTable, after: CheckedTable) -> frozenset[int]:
    """The ids of the entries that were added, edited or deleted."""
    ids = before.entries.keys() | after.entries.keys()
    return frozenset(one for one in ids if before.entries.get(one) != after.entries.get(one))


def _flip(one: CheckedQuestion, changed: frozenset[int], settings_changed: bool) -> Flip | None:
    kind = _kind(one)
    if kind is None:
        return None
    involved = {one.before.given, one.after.given, *_ids(one.expected_before), *_ids(one.expected_after)}
    edited = tuple(sorted(changed.intersection(i for i in involved if i is not None)))
    if not edited and len(changed) == 1 and not settings_changed:
        edited = tuple(changed)
    return Flip(
        kind=kind,
        dataset=one.dataset,
        question=one.question,
        before=one.before.given,
        after=one.after.given,
        edited=edited,
        by_settings=not edited and not changed and settings_changed,
        is_gone=one.expected_before is not None and one.expected_after is None,
        expected=_expected(one.expected_after or one.expected_before),
    )


def _expected(label: Label | None) -> tuple[int, ...] | None:
    return None if label is None or label.kind is LabelKind.NONE else label.entry_ids


def _kind(one: CheckedQuestion) -> FlipKind | None:
    if _is_labelled(one):
        was, now = _is_right(one.expected_before, one.before), _is_right(one.expected_after, one.after)
        if was != now:
            return FlipKind.FIXED if now else FlipKind.BROKEN
        if was:  # right on both sides: another entry with the same answer is no difference to a visitor
            return None
    before, after = one.before.given, one.after.given
    if before == after:
        return None
    if after is None:
        return FlipKind.NOW_A_PERSON
    return FlipKind.NOW_ANSWERED if before is None else FlipKind.ANOTHER_ANSWER


def _is_labelled(one: CheckedQuestion) -> bool:
    labels = [label for label in (one.expected_before, one.expected_after) if label is not None]
    return any(label.kind is not LabelKind.NONE for label in labels)


def _tally(ended: Iterable[tuple[Label | None, CheckedOutcome]]) -> Tally:
    pairs = list(ended)
    right = sum(_is_right(label, outcome) for label, outcome in pairs)
    wrong = sum(outcome.given is not None and not _is_right(label, outcome) for label, outcome in pairs)
    return Tally(right=right, wrong=wrong, to_a_person=len(pairs) - right - wrong)


def _is_right(label: Label | None, outcome: CheckedOutcome) -> bool:
    if label is None:
        return False
    if label.kind is LabelKind.FALLBACK:
        return outcome.given is None
    return outcome.given in label.entry_ids


def _ids(label: Label | None) -> Iterable[int]:
    return label.entry_ids if label else ()
