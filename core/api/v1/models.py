"""What goes over the wire about questions and answers: field limits on the way in, plain shapes on the way out."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.engines.protocol import Unread
from core.questions.checks import ALTERNATES_LIMIT, ANSWER_LIMIT, ENTRIES_LIMIT, QUESTION_LIMIT, TAG_LIMIT, TAGS_LIMIT
from core.questions.entry import Entry
from core.questions.revisions import Revision
from core.questions.text import ASKED_LIMIT, control_character


def storable(text: str) -> str:
    """The text itself. Raises ValueError for one with characters that cannot be stored, NUL first of all."""
    if found := control_character(text):
        raise ValueError(f"it holds the control character {found}")
    return text


StoredQuestion = Annotated[str, Field(max_length=QUESTION_LIMIT), AfterValidator(storable)]
StoredAnswer = Annotated[str, Field(max_length=ANSWER_LIMIT), AfterValidator(storable)]
Alternates = Annotated[list[StoredQuestion], Field(max_length=ALTERNATES_LIMIT)]
Tags = Annotated[
    list[Annotated[str, Field(max_length=TAG_LIMIT), AfterValidator(storable)]], Field(max_length=TAGS_LIMIT)
]


class Received(BaseModel):
    """A body. A misspelt field is refused rather than passed over."""

    model_config = ConfigDict(extra="forbid", strict=True)


class AskRequest(Received):
    """A visitor's question."""

    question: str = Field(max_length=ASKED_LIMIT, examples=["When do you open?"])


class NewEntry(Received):
    """A question with its fixed answer."""

    question: StoredQuestion
    answer: StoredAnswer
    alternates: Alternates = []
    tags: Tags = []
    enabled: bool = True


class EntryChange(Received):
    """The fields to change; those that are not named stay as they are."""

    # Made by factories, so that the document shows no default: what is missing is left alone.
    question: StoredQuestion = Field(default_factory=str)
    answer: StoredAnswer = Field(default_factory=str)
    alternates: Alternates = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    enabled: bool = Field(default_factory=bool)


class Reply(BaseModel):
    """What the visitor gets: ``answer`` is a stored text, byte for byte."""

    answer: str
    handoff: bool = Field(description="Whether a person takes over; answer is the fallback text then")
    entry_id: int | None = Field(description="The entry that was given, null after a handoff")
    confidence: float | None = Field(
        description="The estimated probability (0 to 1) that the given entry is right, measured on the labelled "
        "questions of your evaluations once there are 200; null after a handoff, and where the engine cannot tell"
    )
    not_read: Unread | None = Field(
        default=None,
        description="Why a person takes over, where the built-in engine does not know the language or script of the "
        "question, or of the whole table; null otherwise",
    )
    also_asked: list[int] = Field(
        default_factory=list,
        description="Other entries that a long message asks for, the surest first; a visitor gets one answer",
    )
    revision: int = Field(description="The revision that was answered from; 0 where nothing is published yet")


class EntryShown(BaseModel):
    """An entry as it is stored."""

    id: int
    question: str
    answer: str
    alternates: list[str]
    tags: list[str]
    enabled: bool

    @classmethod
    def of(cls, entry: Entry) -> "EntryShown":
        """The entry for the wire."""
        return cls.model_validate(entry, from_attributes=True)


class EntryAt(EntryShown):
    """An entry, and the revision it was read at."""

    revision: int

    @classmethod
    def at(cls, entry: Entry, revision: int) -> "EntryAt":
        """The entry for the wire."""
        return cls(revision=revision, **EntryShown.of(entry).model_dump())


class EntryPage(BaseModel):
    """A page of a table. All pages that cursors lead to are of one revision."""

    revision: int
    entries: list[EntryShown]
    next: str | None


class RevisionShown(BaseModel):
    """One save."""

    number: int
    author: str
    at: datetime
    note: str
    added: int
    edited: int
    deleted: int

    @classmethod
    def of(cls, revision: Revision) -> "RevisionShown":
        """The revision for the wire."""
        return cls.model_validate(revision, from_attributes=True)


class RevisionPage(BaseModel):
    """Saves, newest first."""

    revisions: list[RevisionShown]
    next: str | None


class Pair(BaseModel):
    """A row of the tutorial's table; other members are passed over, as the tutorial did."""

    model_config = ConfigDict(strict=True)

    question: StoredQuestion
    answer: StoredAnswer


class PairShown(BaseModel):
    """A row of the tutorial's table."""

    question: str
    answer: str


class TableShown(BaseModel):
    """The tutorial's table, whole."""

    questions_and_answers: list[PairShown]


class NewTable(BaseModel):
    """The rows that the table shall have."""

    model_config = ConfigDict(strict=True)

    questions_and_answers: list[Pair] = Field(max_length=ENTRIES_LIMIT)


class TableSaved(BaseModel):
    """What became of a posted table."""

    revision: int
    added: int
    edited: int
    deleted: int


class Prompted(BaseModel):
    """A question to try."""

    model_config = ConfigDict(strict=True)

    question: str = Field(max_length=ASKED_LIMIT)


class Response(BaseModel):
    """What a visitor would get, and nothing else: the tutorial's shape."""

    response: str
