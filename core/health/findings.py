"""What can be found in a table: values, each with a key by which somebody may choose to ignore it."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from core.plurals import counted
from core.questions.entry import Entry


def key_of(kind: str, *texts: object) -> str:
    """Names a finding by what it is about: another one as soon as one of the texts changes."""
    content = "\0".join([kind, *map(str, texts)])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True, slots=True)
class SameQuestion:
    """A question that is stored twice: ``entry_ids`` are two entries, or twice the same one."""

    entry_ids: tuple[int, int]
    texts: tuple[str, str]

    @property
    def key(self) -> str:
        """What it is ignored by."""
        return key_of("same", *self.entry_ids, *self.texts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Collision:
    """A phrasing that another entry would win if it were not stored.

    ``rival_phrasing`` is the phrasing of that entry which is nearest. ``severity`` grows with how much better the other
    one fits; it has no unit. ``is_given`` is False where the other one fits better, yet a person would take over.
    """

    entry_id: int
    phrasing: str
    rival_id: int
    rival_phrasing: str
    severity: float
    rival_question: str
    is_given: bool = True

    @property
    def key(self) -> str:
        """What it is ignored by."""
        return key_of("collision", self.entry_id, self.phrasing, self.rival_id, self.rival_question)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlikePair:
    """Two entries that are easily taken for each other; ``same_answer`` says that it makes no difference to a visitor.

    ``lost`` are the phrasings of either that the other one would win, the worst first; none where the one that it is
    about has no other phrasing, so that it cannot be left out.
    """

    entry_ids: tuple[int, int]
    questions: tuple[str, str]
    severity: float
    same_answer: bool = False
    lost: tuple[Collision, ...] = ()

    @property
    def key(self) -> str:
        """What it is ignored by."""
        return key_of("pair", *self.entry_ids, *self.questions)


class TextKind(StrEnum):
    """What is doubtful about a text; the values are the words that are shown."""

    PAST_DATE = "a date in the past"
    INSTRUCTION = "reads like an instruction to a model"
    PLAIN_LINK = "a link that is not encrypted (http)"
    BROKEN_LINK = "a link that leads nowhere"
    HTML = "HTML that visitors read as it stands"
    MARKDOWN = "Markdown that visitors read as it stands"
    PLACEHOLDER = "a placeholder that was not filled in"
    BROKEN_LETTERS = "broken letters"


@dataclass(frozen=True, kw_only=True, slots=True)
class DoubtfulText:
    """A place in a text of an entry: ``field`` as in ``Entry``, ``found`` the words themselves."""

    kind: TextKind
    entry_id: int
    field: str
    found: str
    text: str
    advice: str

    @property
    def key(self) -> str:
        """What it is ignored by."""
        return key_of(self.kind.name, self.entry_id, self.found, self.text)


Finding = SameQuestion | Collision | AlikePair | DoubtfulText


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcomes:
    """What became of phrasings that were left out, each in turn. ``untested`` are the only ones of their entry."""

    right: int = 0
    wrong: int = 0
    to_a_person: int = 0
    untested: int = 0

    @property
    def asked(self) -> int:
        """How many could be asked."""
        return self.right + self.wrong + self.to_a_person

    @property
    def words(self) -> str:
        """For people."""
        if not self.asked:
            return "No entry has a second phrasing yet, so none can be left out and asked."
        lost = self.wrong + self.to_a_person
        if not lost:
            return f"All {counted(self.asked, 'phrasing')} would be recognised in slightly different words too."
        ends = [f"{self.to_a_person:,} would go to a person"] if self.to_a_person else []
        ends += [f"{self.wrong:,} would get a wrong answer"] if self.wrong else []
        are = "is" if lost == 1 else "are"
        return (
            f"{lost:,} of {counted(self.asked, 'phrasing')} {are} not recognised when a visitor uses slightly "
            f"different words: {', '.join(ends)}."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LostPhrasing:
    """A phrasing that would not find its own entry if it were not stored: who would be given, None for a person."""

    entry_id: int
    phrasing: str
    given_id: int | None


@dataclass(frozen=True, kw_only=True)
class TextFindings:
    """What can be told without an engine, in table order."""

    same: tuple[SameQuestion, ...] = ()
    doubtful: tuple[DoubtfulText, ...] = ()
    single: tuple[int, ...] = ()
    """The ids of entries with a single phrasing."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What the built-in engine says of a table, the worst first; and what became of each phrasing left out."""

    pairs: tuple[AlikePair, ...] = ()
    collisions: tuple[Collision, ...] = ()
    unread: tuple[int, ...] = ()
    """The ids of entries in a language or script that it does not know, in table order."""
    left_out: Outcomes = field(default_factory=Outcomes)
    by_entry: Mapping[int, Outcomes] = field(default_factory=dict)
    lost: tuple[LostPhrasing, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HealthReport:
    """All of it. ``entries`` are those of the table that it was found in, by id; ``hidden`` are the findings that
    somebody chose to ignore, which are nowhere else in it. ``found`` is None where the engine could not be asked."""

    entries: Mapping[int, Entry]
    texts: TextFindings
    found: Findings | None
    hidden: "tuple[Finding, ...]" = ()

    @property
    def ignored(self) -> int:
        """How many somebody chose to ignore."""
        return len(self.hidden)

    @property
    def collisions(self) -> int:
        """Phrasings that another entry would win, and pairs that are easily taken for each other."""
        return len(self.found.pairs) + len(self.found.collisions) if self.found else 0

    @property
    def mix_ups(self) -> "tuple[AlikePair | Collision, ...]":
        """Both, those with the worst phrasing first; at the end the pairs without a second phrasing to judge by."""
        if self.found is None:
            return ()

        def worst(one: AlikePair | Collision) -> tuple[bool, float]:
            lost = one.lost if isinstance(one, AlikePair) else (one,)
            return not lost, -(lost[0] if lost else one).severity

        return tuple(sorted((*self.found.pairs, *self.found.collisions), key=worst))

    @property
    def in_short(self) -> str:
        """One line, "" for a healthy table: "15 things to look at: 3 likely mix-ups, 12 with a single phrasing"."""
        return f"{self.things}: {self.kinds}" if self.to_look_at else ""

    @property
    def things(self) -> str:
        """How many there are of all kinds, e.g. "4 things to look at"; "" for a healthy table."""
        return f"{counted(self.to_look_at, 'thing')} to look at" if self.to_look_at else ""

    @property
    def kinds(self) -> str:
        """How many of each kind, e.g. "1 text, 3 phrasings"."""
        return ", ".join(counted(count, one, several) for count, one, several in self._counts() if count)

    @property
    def to_look_at(self) -> int:
        """How many findings there are, and phrasings that would not get their answer in slightly different words."""
        return sum(count for count, _one, _several in self._counts())

    @property
    def _lost_alone(self) -> int:
        """Phrasings that would not get their answer, without those that a likely mix-up is about."""
        if self.found is None:
            return 0
        mixed_up = [*self.found.collisions, *(lost for pair in self.found.pairs for lost in pair.lost)]
        told = {(one.entry_id, one.phrasing) for one in mixed_up}
        return sum((one.entry_id, one.phrasing) not in told for one in self.found.lost)

    def _counts(self) -> tuple[tuple[int, str, str | None], ...]:
        found = self.found
        return (
            (len(found.unread) if found else 0, "entry that cannot be read", "entries that cannot be read"),
            (self.collisions, "likely mix-up", None),
            (len(self.texts.same) + len(self.texts.doubtful), "text", None),
            (self._lost_alone, "phrasing", None),
            (len(self.texts.single), "with a single phrasing", "with a single phrasing"),
        )

    def without(self, keys: Collection[str]) -> "HealthReport":
        """The same but for the findings with these keys, which are hidden."""
        if not keys:  # most tables; each finding's key is a hash of its texts
            return self
        texts = replace(
            self.texts,
            same=tuple(one for one in self.texts.same if one.key not in keys),
            doubtful=tuple(one for one in self.texts.doubtful if one.key not in keys),
        )
        found = self.found and replace(
            self.found,
            pairs=tuple(one for one in self.found.pairs if one.key not in keys),
            collisions=tuple(one for one in self.found.collisions if one.key not in keys),
        )
        each: tuple[Finding, ...] = (*self.mix_ups, *self.texts.same, *self.texts.doubtful)
        return replace(self, texts=texts, found=found, hidden=tuple(one for one in each if one.key in keys))
