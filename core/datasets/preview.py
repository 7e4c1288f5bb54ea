"""Checks test questions before anything is run: which rows can be, which not and why, and what is odd."""

import functools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from core.datasets.answer_lists import json_texts
from core.datasets.columns import ColumnMapping, ExpectedKind
from core.datasets.dataset import TestQuestion
from core.datasets.expectations import Expectations, value_key
from core.datasets.guesses import Guesses
from core.datasets.label_values import (
    How,
    LabelValue,
    cells_of,
    label_values,
    only_plain_numbers,
    perhaps_expected,
)
from core.datasets.labels import TO_FALLBACK, Label, LabelKind
from core.datasets.quoting import quoted
from core.datasets.understanding import NOTHING_SAID, Understanding
from core.files.table import Row, Table
from core.questions.entry import Entry
from core.questions.text import ASKED_LIMIT, control_character, same_question_key

_SAYS_MORE = re.compile(r"[^\d\s.,'’+%()-]")
_SEPARATORS = re.compile(r"[,;|\n]")


@dataclass(frozen=True, kw_only=True, slots=True)
class BadRow:
    """A row that cannot be run, and why, in sentences.

    ``kept`` is the test question that it is all the same, where its entry is only switched off or gone today.
    ``unread`` are the labels in it that mean nothing stored: with a guess for each the row only waits for a word.
    """

    line: int
    question: str
    reason: str
    kept: TestQuestion | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Contradiction:
    """One question with several expectations: the first line of each."""

    question: str
    lines: tuple[int, ...]

    def __str__(self) -> str:
        *first, last = map(str, self.lines) if len(self.lines) <= 5 else (*map(str, self.lines[:5]), "others")
        return f"Lines {', '.join(first)} and {last} expect different replies to {quoted(self.question)}."


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What came of checking a file. ``repeated`` counts the rows that say the same as an earlier one.

    ``values`` are the labels of the file, ``offered`` columns that may hold labels where none is taken for them;
    ``stored`` are the questions of the table by the number of their entry. Rows of a
    contradiction and repeated rows are good ones: whether they should be is for people to say.
    """

    good: tuple[TestQuestion, ...]
    bad: tuple[BadRow, ...]
    contradictions: tuple[Contradiction, ...] = ()
    repeated: int = 0
    values: tuple[LabelValue, ...] = ()
    offered: tuple[str, ...] = ()
    stored: Mapping[int, str] = field(default_factory=dict)

    @functools.cached_property
    def counts(self) -> Counter[LabelKind]:
        """How many good rows expect a stored answer, the fallback, or say nothing."""
        return Counter(row.label.kind for row in self.good)

    @functools.cached_property
    def kept(self) -> tuple[TestQuestion, ...]:
        """The rows to keep, in the order of the file: the good ones, and those whose entry is off or gone today."""
        resting = [row.kept for row in self.bad if row.kept is not None]
        return tuple(sorted([*self.good, *resting], key=lambda row: row.line)) if resting else self.good

    @functools.cached_property
    def waiting(self) -> tuple[BadRow, ...]:
        """The rows that can be run once somebody has said that the guesses for their labels are right."""
        guessed = {value.key for value in self.values if value.how is How.GUESSED}
        return tuple(row for row in self.bad if row.unread and guessed.issuperset(map(value_key, row.unread)))

    @functools.cached_property
    def faulty(self) -> tuple[BadRow, ...]:
        """The other rows that cannot be run."""
        waiting = set(self.waiting)
        return tuple(row for row in self.bad if row not in waiting)

    @property
    def perhaps_a_person(self) -> bool:
        """Whether some label may mean a person, and nobody has said so yet."""
        return any(value.how is How.GUESSED and value.meant == TO_FALLBACK for value in self.values)

    @functools.cached_property
    def left_out(self) -> tuple[BadRow, ...]:
        """All rows that cannot be run now, in the order of the file, each with the reason that people are told."""
        waiting = set(self.waiting)
        return tuple(replace(row, reason=_awaits(row)) if row in waiting else row for row in self.bad)

    def bad_frame(self) -> pd.DataFrame:
        """The rows that cannot be run, to look at and to take away. Columns: Line, Question, Reason."""
        return _told((row.line, row.question, row.reason) for row in self.faulty)

    def waiting_frame(self) -> pd.DataFrame:
        """The rows that wait for a word on their labels, as in ``bad_frame``."""
        return _told((row.line, row.question, _awaits(row)) for row in self.waiting)


def check(
    table: Table,
    mapping: ColumnMapping,
    entries: Sequence[Entry],
    fallback: str,
    *,
    said: Understanding = NOTHING_SAID,
    last_id: int = 0,
) -> Preview:
    """Read each row of ``table`` as a test question, as ``mapping`` says.

    ``entries`` is the whole table of one revision, those switched off as well, so that a row that expects one can be
    told why it cannot be met; ``fallback`` is the org's fallback text. ``said`` is what somebody said that labels mean,
    and what is known of earlier files; numbers up to ``last_id`` were those of entries once. Where all labels are plain
    numbers and the mapping does not say that these are of entries, none is taken for one. Rows keep the order of the
    file. Raises InvalidInput when the mapping does not fit the table.
    """
    mapping.check(table.columns)
    chosen, known = said.labels, said.known
    expectations = Expectations(entries, fallback, mapping.expected_kind, chosen=chosen, known=known, last_id=last_id)
    cells = cells_of(table, mapping)
    if mapping.expected_kind is ExpectedKind.AUTO and only_plain_numbers((e for _, e, _ in cells), expectations):
        expectations = Expectations(entries, fallback, ExpectedKind.AUTO, chosen=chosen, known=known, numbers=False)
    read = _Reader(table, mapping, expectations)
    checked = [read.row(row) for row in table.rows]
    bad = [BadRow(line=p.line, question=p.cell(mapping.question), reason=p.reason) for p in table.problems]
    values = label_values(cells, expectations, chosen, Guesses(entries, known))
    preview = preview_of([*checked, *bad], entries, values)
    return preview if mapping.expected else replace(preview, offered=perhaps_expected(table, mapping, expectations))


def preview_of(
    rows: Iterable[TestQuestion | BadRow], entries: Iterable[Entry], values: tuple[LabelValue, ...] = ()
) -> Preview:
    """The rows sorted into good and bad ones, good ones in the order given, and what is odd about them."""
    rows = list(rows)
    good = [row for row in rows if isinstance(row, TestQuestion)]
    bad = [row for row in rows if isinstance(row, BadRow)]
    keyed = [(same_question_key(row.question), row) for row in good]
    return Preview(
        good=tuple(good),
        bad=tuple(sorted(bad, key=lambda row: row.line)),
        contradictions=tuple(_contradictions(keyed)),
        repeated=len(keyed) - len({(row.question, row.label) for _, row in keyed}),
        values=values,
        stored={entry.id: entry.question for entry in entries},
    )


def _told(rows: Iterable[tuple[int, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["Line", "Question", "Reason"])


def _awaits(row: BadRow) -> str:
    return f"Waits for you to confirm what {' and '.join(map(quoted, row.unread))} {_means(row.unread)}."


def _means(labels: Sequence[str]) -> str:
    return "means" if len(labels) == 1 else "mean"


class _Reader:
    """Reads rows of one table by one mapping."""

    def __init__(self, table: Table, mapping: ColumnMapping, expectations: Expectations) -> None:
        self._places = {role: table.columns.index(column) for role, column in mapping.columns().items()}
        self._columns = mapping.columns()
        self._others = [(column, table.columns.index(column)) for column in mapping.kept(table.columns)]
        self._expectations = expectations
        questions = table.column(mapping.question) if mapping.question else []
        self._lettered = 2 * sum(map(_is_number, questions)) <= sum(map(bool, map(str.strip, questions)))

    def row(self, row: Row) -> TestQuestion | BadRow:
        """The row as a test question, or why it is none."""
        cells = {role: row.cells[place].strip() for role, place in self._places.items()}
        question = cells["question"]
        expected = cells.get("expected", "")
        others = cells.get("also_accept", "")
        if unusable := self._unusable(cells):
            return BadRow(line=row.line, question=question, reason=unusable)
        meaning = self._expectations.read(expected, others)
        if isinstance(meaning, str):
            return BadRow(line=row.line, question=question, reason=meaning, unread=self._unread(expected, others))
        found = TestQuestion(
            line=row.line,
            question=question,
            expected_as_given=f"{expected} | {others}" if others else expected,
            label=meaning.label,
            meant=meaning.meant,
            tags=tags_of(cells.get("tags", "")),
            split=cells.get("split", ""),
            note=cells.get("note", ""),
            group=cells.get("group", ""),
            others=tuple((column, cell) for column, place in self._others if (cell := row.cells[place].strip())),
        )
        if meaning.unavailable:
            return BadRow(line=row.line, question=question, reason=meaning.unavailable, kept=found)
        return found

    def _unread(self, expected: str, others: str) -> tuple[str, ...]:
        texts = [expected, *(self._expectations.parts(others) if expected and others else ())]
        return tuple(text for text in dict.fromkeys(texts) if text and self._expectations.stored(text) is None)

    def _unusable(self, cells: dict[str, str]) -> str | None:
        question = cells["question"]
        if not question:
            return "The question is empty."
        if len(question) > ASKED_LIMIT:
            return f"The question has {len(question):,} characters; {ASKED_LIMIT:,} is the limit."
        if self._lettered and _is_number(question):
            return (
                f"The question is only a number: {quoted(question)}. Is this a line of totals? If visitors do ask so, "
                "write it with a word."
            )
        if _is_json(question):
            return "The question is a list or an object of JSON, not a text. Choose a column that holds the text alone."
        for role, cell in cells.items():
            if found := control_character(cell):
                return f"The cell “{self._columns[role]}” holds the control character {found}. Delete it."
        return None


def _is_number(text: str) -> bool:
    """Whether a cell holds a number and no letter, in digits of any script, as lines of totals do."""
    return any(map(str.isdecimal, text)) and not any(map(str.isalpha, text)) and not _SAYS_MORE.search(text)


def _is_json(text: str) -> bool:
    """Whether a cell holds a list or an object, as files of programs do."""
    if text[0] + text[-1] not in ("[]", "{}"):
        return False
    try:
        return bool(json.loads(text))
    except (ValueError, RecursionError):
        return False


def tags_of(cell: str) -> tuple[str, ...]:
    """The tags in a cell: a JSON list of texts, else the text between ``,``, ``;``, ``|`` and line breaks."""
    listed = json_texts(cell) or _SEPARATORS.split(cell)
    return tuple(dict.fromkeys(tag for part in listed if (tag := part.strip()))) if cell else ()


def tags_cell(tags: Sequence[str], separator: str) -> str:
    """One cell for these tags: with a separator between them, or a list of JSON where a tag holds what separates."""
    plain = separator.join(tags)
    return plain if tags_of(plain) == tuple(tags) else json.dumps(list(tags), ensure_ascii=False)


def _contradictions(keyed: Iterable[tuple[str, TestQuestion]]) -> Iterator[Contradiction]:
    """A row without a label contradicts nothing."""
    firsts: dict[str, dict[Label, TestQuestion]] = {}
    for key, row in keyed:
        if row.label.kind is not LabelKind.NONE:
            firsts.setdefault(key, {}).setdefault(row.label, row)
    for rows in firsts.values():
        if len(rows) > 1:
            first = next(iter(rows.values()))
            yield Contradiction(question=first.question, lines=tuple(row.line for row in rows.values()))
