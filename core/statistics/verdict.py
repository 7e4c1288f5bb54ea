"""How one reply is judged. A failed call is of a kind of its own, so that it can never count as a wrong answer."""

from dataclasses import dataclass
from enum import StrEnum

from core.datasets.labels import Label, LabelKind


@dataclass(frozen=True, slots=True)
class ShareOf:
    """Which rows a verdict is fairly a share of: those with these kinds of label, failed ones only if it says so."""

    kinds: tuple[LabelKind, ...]
    words: str
    with_failures: bool = False


_LABELLED = ShareOf((LabelKind.ENTRY, LabelKind.FALLBACK), "labelled questions")
_EXPECT_AN_ANSWER = ShareOf((LabelKind.ENTRY,), "questions that expect an answer")
_EXPECT_A_PERSON = ShareOf((LabelKind.FALLBACK,), "questions that expect a person")
_TRIED = ShareOf(tuple(LabelKind), "questions tried", with_failures=True)


@dataclass(frozen=True, slots=True)
class Counting:
    """How a verdict is counted: its rate is called ``figure`` in files and on the command line, and is a share of the
    rows ``of``. It can come with these ``kinds`` of label; ``is_mistake`` says that a visitor was served wrongly."""

    figure: str
    of: ShareOf
    kinds: tuple[LabelKind, ...]
    is_mistake: bool = False


class Verdict(StrEnum):
    """What became of one test question, with all that figures, reports and files have to know of it.

    ``label`` names it for people, ``gloss`` explains it in a line. To people, a "wrong answer" is one that the visitor
    should not have got: WRONG_ANSWER, named "Wrong entry", and ANSWERED_OUT_OF_SCOPE together.
    """

    RIGHT = (
        "right",
        "Right",
        "The expected answer was given, or handed to a person where that was expected.",
        Counting("accuracy", _LABELLED, _LABELLED.kinds),
    )
    WRONG_ANSWER = (
        "wrong_answer",
        "Wrong entry",
        "A wrong answer: that of another entry than the expected one.",
        Counting("wrong_answers", _EXPECT_AN_ANSWER, (LabelKind.ENTRY,), is_mistake=True),
    )
    NEEDLESS_HANDOFF = (
        "needless_handoff",
        "Needless handoff",
        "Handed to a person, though an answer was expected.",
        Counting("needless_handoffs", _EXPECT_AN_ANSWER, (LabelKind.ENTRY,), is_mistake=True),
    )
    ANSWERED_OUT_OF_SCOPE = (
        "answered_out_of_scope",
        "Answered out of scope",
        "A wrong answer too: one was given, though a person was expected.",
        Counting("answered_out_of_scope", _EXPECT_A_PERSON, (LabelKind.FALLBACK,), is_mistake=True),
    )
    FAILED = (
        "failed",
        "Failed",
        "The engine gave no usable reply. Counts neither as right nor as wrong.",
        Counting("failed", _TRIED, tuple(LabelKind)),
    )
    NOT_LABELLED = (
        "not_labelled",
        "Not labelled",
        "The file does not say what is expected, so nothing can be judged.",
        Counting("not_labelled", _TRIED, (LabelKind.NONE,)),
    )

    label: str
    gloss: str
    counting: Counting

    def __new__(cls, value: str, label: str, gloss: str, counting: Counting) -> "Verdict":
        """Make a member: its value as stored, its name for people, its explanation, and how it is counted."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.gloss, member.counting = label, gloss, counting
        return member


def judge(label: Label, given: int | None, failed: bool) -> Verdict:
    """The verdict on one reply: ``given`` is the entry that was given, None when a person should take over.

    A failed call is FAILED whatever was expected and given.
    """
    if failed:
        return Verdict.FAILED
    if label.kind is LabelKind.NONE:
        return Verdict.NOT_LABELLED
    if label.kind is LabelKind.FALLBACK:
        return Verdict.RIGHT if given is None else Verdict.ANSWERED_OUT_OF_SCOPE
    if given is None:
        return Verdict.NEEDLESS_HANDOFF
    return Verdict.RIGHT if given in label.entry_ids else Verdict.WRONG_ANSWER
