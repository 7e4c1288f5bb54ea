"""What goes over the wire about publishing: which revision visitors get, what a check found, who published what."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from core.api.v1.limits import LARGEST_NUMBER
from core.api.v1.models import Received, storable
from core.publishing.flips import CheckResult, Flip, FlipKind, Tally
from core.publishing.publication import LiveState, Publication
from core.questions.service import NOTE_LIMIT
from core.statistics.conclusion import Conclusion

FLIPS_TOLD = 1_000
"""Of more flips than these only the number is told."""

RevisionNumber = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]


class PublicationState(BaseModel):
    """Where the organisation stands."""

    live: int = Field(description="The revision that visitors get, 0 where nothing was published yet")
    live_saved_at: datetime | None
    newest: int
    waiting: int = Field(description="Saves that visitors do not get yet")
    each_save_is_live: bool = Field(description="Then nothing is to be published")
    max_broken: int | None = Field(description="More broken test questions than these need a reason; null: no rule")

    @classmethod
    def of(cls, state: LiveState) -> "PublicationState":
        """The state for the wire."""
        return cls(
            live=state.live,
            live_saved_at=state.live_at,
            newest=state.newest,
            waiting=state.waiting,
            each_save_is_live=state.each_save_is_live,
            max_broken=state.rules.max_broken,
        )


class NewPublication(Received):
    """What is to become live."""

    revision: RevisionNumber = Field(description="The revision that visitors shall get")
    live: int = Field(ge=0, le=LARGEST_NUMBER, description="The one that they get now, as you saw it; 0 for none")
    reason: Annotated[str, AfterValidator(storable)] = Field(default="", max_length=NOTE_LIMIT)


class PublicationShown(BaseModel):
    """A revision that was made live, and in place of which one."""

    number: int
    revision: int
    replaced: int
    at: datetime
    author: str
    reason: str
    broken: int | None = Field(description="Test questions that it broke; null where no rule asked for a check")

    @classmethod
    def of(cls, publication: Publication) -> "PublicationShown":
        """The publication for the wire."""
        return cls.model_validate(publication, from_attributes=True)


class PublicationList(BaseModel):
    """The last 50 publications, newest first."""

    publications: list[PublicationShown]


class CheckRequest(Received):
    """What to check against what visitors get now."""

    revision: RevisionNumber | None = Field(default=None, description="By default the newest")
    may_cost: bool = Field(default=False, description="Whether a model server may be asked, where one has to be")


class TallyShown(BaseModel):
    """How the labelled test questions end. Each is in one of the three."""

    right: int
    wrong: int
    to_a_person: int = Field(description="Those that a person gets although an answer is expected")

    @classmethod
    def of(cls, tally: Tally) -> "TallyShown":
        """The tally for the wire."""
        return cls.model_validate(tally, from_attributes=True)


class FlipShown(BaseModel):
    """A test question that would end otherwise."""

    kind: FlipKind
    dataset: str
    question: str
    before: int | None = Field(description="The entry that is given now, null for a person")
    after: int | None = Field(description="The entry that would be given, null for a person")
    edited: list[int] = Field(description="The changed entries that it has to do with")
    by_settings: bool = Field(description="Whether only the settings can have done it")
    is_gone: bool = Field(description="Whether the answer that it expects is off or deleted")

    @classmethod
    def of(cls, flip: Flip) -> "FlipShown":
        """The flip for the wire."""
        return cls.model_validate(flip, from_attributes=True)


class CheckShown(BaseModel):
    """What becomes of the test questions. Those that failed count in no tally."""

    revision: int
    live: int
    asked: int
    failed: int
    left_out: int = Field(description="Questions whose expected answer is on in neither revision")
    before: TallyShown
    after: TallyShown
    conclusion: Conclusion
    broken: int
    flips: list[FlipShown] = Field(description=f"Broken ones first, at most {FLIPS_TOLD:,}")
    flips_total: int

    @classmethod
    def of(cls, found: CheckResult, *, revision: int, live: int) -> "CheckShown":
        """The check for the wire."""
        return cls(
            revision=revision,
            live=live,
            asked=found.asked,
            failed=found.failed,
            left_out=found.left_out,
            before=TallyShown.of(found.before),
            after=TallyShown.of(found.after),
            conclusion=found.conclusion,
            broken=len(found.broken),
            flips=[FlipShown.of(flip) for flip in found.flips[:FLIPS_TOLD]],
            flips_total=len(found.flips),
        )
