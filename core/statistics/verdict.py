"""How one reply is judged. A failed call is of a kind of its own, so that it can never count as a wrong answer."""

from enum import StrEnum

from core.datasets.labels import Label, LabelKind


class Verdict(StrEnum):
    """What became of one test question. ``label`` names it for people, ``gloss`` explains it in a line."""

    RIGHT = ("right", "Right", "The expected answer was given, or handed to a person where that was expected.")
    WRONG_ANSWER = ("wrong_answer", "Wrong answer", "Another answer was given than the expected one.")
    NEEDLESS_HANDOFF = (
        "needless_handoff",
        "Needless handoff",
        "Handed to a person, though an answer was expected.",
    )
    ANSWERED_OUT_OF_SCOPE = (
        "answered_out_of_scope",
        "Answered out of scope",
        "An answer was given, though a person was expected.",
    )
    FAILED = ("failed", "Failed", "The engine gave no usable reply. Counts neither as right nor as wrong.")
    NOT_LABELLED = ("not_labelled", "Not labelled", "The file does not say what is expected, so nothing can be judged.")

    label: str
    gloss: str

    def __new__(cls, value: str, label: str, gloss: str) -> "Verdict":
        """Make a member: its value as stored, its name for people, its explanation."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.gloss = gloss
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
