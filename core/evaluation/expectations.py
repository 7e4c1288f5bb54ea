"""Reads what a file says is the right reply, and says in words when that is nothing stored."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.evaluation import several
from core.evaluation.columns import ExpectedKind
from core.evaluation.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.evaluation.nearest import Nearest
from core.evaluation.quoting import quoted
from core.questions.entry import Entry
from core.questions.text import same_question_key

FALLBACK_MARK = "__fallback__"
"""What a cell says to expect that a person takes over."""

_NUMBER = re.compile(r"(?:no\.?\s*|#)?(\d{1,9})(?:\.0+)?", re.IGNORECASE)
_NOTHING_READS = {
    ExpectedKind.ANSWER: "No stored answer reads {}.",
    ExpectedKind.QUESTION: "No stored question reads {}.",
    ExpectedKind.AUTO: "{} is no stored question, answer or number.",
}
_BY = {ExpectedKind.ID: "number", ExpectedKind.QUESTION: "question", ExpectedKind.ANSWER: "answer"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cell stands for: the label, and the entries that it names, without others of the same answer."""

    label: Label
    meant: tuple[int, ...] = ()


class Expectations:
    """What the cells of one column mean against one table of entries, enabled or not, and its fallback text.

    Wherever an entry is expected, each enabled entry with the same answer is right as well: a visitor sees no
    difference. Texts of answers are compared but for their white space, questions as visitors' questions are.
    """

    def __init__(self, entries: Sequence[Entry], fallback: str, kind: ExpectedKind) -> None:
        self._kind = kind
        self._fallback = flat(fallback)
        self._by_id = {entry.id: entry for entry in entries}
        self._by_question: dict[str, list[Entry]] = defaultdict(list)
        self._by_answer: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._by_answer[flat(entry.answer)].append(entry)
            for key in {same_question_key(phrasing) for phrasing in entry.phrasings}:
                self._by_question[key].append(entry)
        self._nearest = Nearest(entries)
        self._look_up = functools.cache(self._meaning)
        self.read = functools.cache(self._read)
        """What the cells with the expectation and with other right answers mean, or why they mean nothing."""

    def of_entries(self, entry_ids: Sequence[int]) -> Label | str:
        """The label of these entries, of which any is right, or why there is none any more."""
        found = [self._by_id.get(entry_id) for entry_id in entry_ids]
        for entry_id, entry in zip(entry_ids, found, strict=True):
            if entry is None:
                return f"Entry No. {entry_id}, which was expected, is no longer in the table."
            if not entry.enabled:
                return _switched_off(entry)
        label = self._label(entry for entry in found if entry)
        return label or UNLABELLED

    def _read(self, cell: str, others: str = "") -> Meaning | str:
        first = self._one(cell)
        if isinstance(first, str) or not others.strip():
            return first
        if first.label.kind is LabelKind.NONE:
            return "Other right answers are given, but none is expected. Write one of them in the expected column."
        meanings = [first]
        for part in several.parts(others, lambda text: isinstance(self._look_up(text), Meaning)):
            meaning = self._one(part)
            if isinstance(meaning, str):
                return f"Also accepted: {meaning}"
            meanings.append(meaning)
        if len({meaning.label.kind for meaning in meanings}) > 1:
            return "A row expects a person or a stored answer, not both."
        meant = tuple(dict.fromkeys(entry_id for meaning in meanings for entry_id in meaning.meant))
        ids = {entry_id for meaning in meanings for entry_id in meaning.label.entry_ids}
        return Meaning(Label(kind=first.label.kind, entry_ids=tuple(sorted(ids))), meant)

    def _one(self, cell: str) -> Meaning | str:
        return self._look_up(cell) or self._unknown(cell)

    def _meaning(self, cell: str) -> Meaning | str | None:
        """What one text means, or why that is not clear; None when it is nothing stored."""
        text = flat(cell)
        if not text:
            return Meaning(UNLABELLED)
        if text.casefold() == FALLBACK_MARK or text == self._fallback:
            return Meaning(TO_FALLBACK)
        kinds = tuple(_BY) if self._kind is ExpectedKind.AUTO else (self._kind,)
        found = {kind: entries for kind in kinds if (entries := self._lookup(kind, cell))}
        labels = {kind: label for kind, entries in found.items() if (label := self._label(entries))}
        if len(set(labels.values())) > 1:
            return _ambiguous(cell, found, labels)
        if labels:
            kind, label = next(iter(labels.items()))
            return Meaning(label, (next(entry.id for entry in found[kind] if entry.enabled),))
        return _switched_off(next(iter(found.values()))[0]) if found else None

    def _lookup(self, kind: ExpectedKind, cell: str) -> list[Entry]:
        if kind is ExpectedKind.QUESTION:
            return self._by_question.get(same_question_key(cell), [])
        if kind is ExpectedKind.ANSWER:
            return self._by_answer.get(flat(cell), [])
        number = _NUMBER.fullmatch(cell.strip())
        entry = self._by_id.get(int(number.group(1))) if number else None
        return [entry] if entry else []

    def _label(self, entries: Iterable[Entry]) -> Label | None:
        same = {twin.id for e in entries if e.enabled for twin in self._by_answer[flat(e.answer)] if twin.enabled}
        return Label(kind=LabelKind.ENTRY, entry_ids=tuple(sorted(same))) if same else None

    def _unknown(self, cell: str) -> str:
        if self._kind is ExpectedKind.ID:
            if number := _NUMBER.fullmatch(cell.strip()):
                return f"There is no entry No. {int(number.group(1))}."
            return f"{quoted(cell)} is no number of an entry."
        reason = _NOTHING_READS[self._kind].format(quoted(cell))
        near = self._nearest.find(cell)
        return f"{reason} The nearest is the {near.part} {quoted(near.text)} (No. {near.entry_id})." if near else reason


def _switched_off(entry: Entry) -> str:
    return f"Entry No. {entry.id} ({quoted(entry.question)}) is switched off, so nobody can get its answer."


def flat(text: str) -> str:
    """The text with each run of white space as one space, and none at its ends."""
    return " ".join(text.split())


def _ambiguous(cell: str, found: dict[ExpectedKind, list[Entry]], labels: dict[ExpectedKind, Label]) -> str:
    fits = [f"No. {next(e.id for e in found[kind] if e.enabled)} by its {_BY[kind]}" for kind in labels]
    return f"{quoted(cell)} fits entry {' and entry '.join(fits)}. Say what the column holds."
