"""What a person says about an import: how rows find their entries, and what becomes of those."""

from dataclasses import dataclass
from enum import StrEnum


class _Labelled(StrEnum):
    """Members with a name for people."""

    label: str

    def __new__(cls, value: str, label: str) -> "_Labelled":
        """Make a member: its value, its name for people."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class MatchBy(_Labelled):
    """How a row finds the entry that it tells of."""

    AUTO = ("auto", "Whatever fits the file")
    """By number where most numbers of the file stand for the same questions or answers here; else by question."""
    NUMBER = ("number", "Number")
    """The entry of that number, else the one that is asked so."""
    QUESTION = ("question", "Question")
    """The entry that is asked so, in any of its phrasings."""


class OnMatch(_Labelled):
    """What becomes of an entry that a row tells of."""

    OVERWRITE = ("overwrite", "Overwrite it")
    """It reads as in the file; what the file does not say stays."""
    SKIP = ("skip", "Leave it as it is")
    ADD_PHRASINGS = ("add_phrasings", "Only add phrasings")
    """The phrasings that it lacks are added; all else stays."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How a file is imported.

    ``join_answers``: rows with one question each and the same answer are one entry. Not by itself, because many
    questions are answered by "Yes". ``plain_text``: HTML becomes the text that it shows.
    """

    match_by: MatchBy = MatchBy.AUTO
    on_match: OnMatch = OnMatch.OVERWRITE
    join_answers: bool = False
    plain_text: bool = False
