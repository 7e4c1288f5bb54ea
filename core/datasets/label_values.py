"""The distinct values of a column of labels, and what each means: one decision for each, not one for each row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.datasets.columns import ColumnMapping as Columns
from core.datasets.expectations import Expectations, Meaning, is_plain_number, value_key
from core.datasets.guesses import Guess, Guesses
from core.datasets.heading_names import PERHAPS_EXPECTED, heading_keys
from core.datasets.labels import Label
from core.files.table import Table

_LOOKED_AT = 30
_REMEMBERED = 5_000

Chosen = Mapping[str, Label]
"""What somebody said that values mean, by their ``value_key``; of an entry the label has its one id."""


class How(StrEnum):
    """Whence a meaning is known."""

    STORED = "stored"
    """It is the text or the number of an entry, or the mark of a person."""
    CHOSEN = "chosen"
    """Somebody said so."""
    GUESSED = "guessed"
    """It is a guess, which is not taken before somebody says so."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelValue:
    """One value of the column of labels: how many ``rows`` have it, and the question of the first.

    ``meant`` is what it means, or may mean where ``how`` says that it is guessed; None where nobody knows. ``reason``
    says in words why it is a guess, or why nothing is known.
    """

    text: str
    rows: int
    question: str
    how: How
    meant: Label | None = None
    reason: str = ""

    @property
    def key(self) -> str:
        """What its equals have in common."""
        return value_key(self.text)

    @property
    def open(self) -> bool:
        """Whether somebody has to say what it means, before its rows can be run."""
        return self.how in (How.GUESSED, How.UNKNOWN)


def cells_of(table: Table, mapping: Columns) -> list[tuple[str, str, str]]:
    """The question, the expectation and the other right answers of each row, trimmed."""
    nothing = [""] * len(table.rows)
    columns = [
        table.column(column) if column is not None else nothing
        for column in (mapping.question, mapping.expected, mapping.also_accept)
    ]
    return [(q.strip(), e.strip(), o.strip()) for q, e, o in zip(*columns, strict=True)]


def only_plain_numbers(cells: Iterable[str], expectations: Expectations) -> bool:
    """Whether every label is a plain number but for empty cells and the words for a person: they may be of classes."""
    labels = [cell for cell in set(cells) if cell and not _is_person(cell, expectations)]
    return bool(labels) and all(map(is_plain_number, labels))


def _is_person(cell: str, expectations: Expectations) -> bool:
    meaning = expectations.stored(cell)
    return meaning is not None and not meaning.meant


def label_values(
    cells: Sequence[tuple[str, str, str]], expectations: Expectations, chosen: Chosen, guesses: Guesses
) -> tuple[LabelValue, ...]:
    """Each value of the cells (see ``cells_of``), in the order of the file; empty cells say nothing and are none."""
    counts: dict[str, int] = {}
    firsts: dict[str, tuple[str, str]] = {}
    for question, expected, others in cells:
        texts = [expected, *(expectations.parts(others) if expected and others else ())]
        for text in dict.fromkeys(text for text in texts if text):
            key = value_key(text)
            counts[key] = counts.get(key, 0) + 1
            firsts.setdefault(key, (text, question))
    values = (
        LabelValue(text=text, rows=counts[key], question=question, how=How.UNKNOWN)
        for key, (text, question) in firsts.items()
    )
    return tuple(guessed(_known(value, expectations, chosen), guesses.of) for value in values)


def _known(value: LabelValue, expectations: Expectations, chosen: Chosen) -> LabelValue:
    meaning = expectations.one(value.text)
    if not isinstance(meaning, Meaning):
        return replace(value, reason=meaning)
    meant = replace(meaning.label, entry_ids=meaning.meant) if meaning.meant else meaning.label
    how = How.CHOSEN if value.key in chosen else How.STORED
    return replace(value, how=how, meant=meant, reason=meaning.unavailable)


def guessed(value: LabelValue, guess: Callable[[str], Guess | None]) -> LabelValue:
    """The value with a guess where there is one; one that is known already stays as it is."""
    if value.how is not How.UNKNOWN or (found := guess(value.text)) is None:
        return value
    return replace(value, how=How.GUESSED, meant=found.label, reason=found.reason)


def known_texts(values: Iterable[LabelValue]) -> dict[str, int]:
    """The entries that texts of a file name, for later files: not those of numbers, which stay what they are."""
    named = [v for v in values if v.how is How.STORED and v.meant and v.meant.entry_ids and not is_plain_number(v.text)]
    return {value.key: value.meant.entry_ids[0] for value in named[:_REMEMBERED] if value.meant}


def perhaps_expected(table: Table, mapping: Columns, expectations: Expectations) -> tuple[str, ...]:
    """The columns that may say what is expected: by their heading, or as most of their texts are stored ones."""
    others = [column for column in table.columns if column not in (mapping.question, *mapping.ignored)]
    return tuple(
        column
        for column in others
        if not set(PERHAPS_EXPECTED).isdisjoint(heading_keys(column))
        or _mostly_stored(table.column(column), expectations)
    )


def _mostly_stored(cells: Iterable[str], expectations: Expectations) -> bool:
    texts = [cell for cell in dict.fromkeys(map(str.strip, cells)) if cell and not is_plain_number(cell)][:_LOOKED_AT]
    stored = sum((found := expectations.stored(text)) is not None and bool(found.meant) for text in texts)
    return bool(texts) and stored >= len(texts) / 2


def confirmed(values: Iterable[LabelValue]) -> dict[str, Label]:
    """What the values mean once somebody has said that the guesses are right."""
    return {value.key: value.meant for value in values if value.how is How.GUESSED and value.meant is not None}
