"""Reads what a file says is the right reply, and says in words when that is nothing stored."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.datasets import answer_lists
from core.datasets.columns import ExpectedKind
from core.datasets.export_names import A_PERSON
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.datasets.nearest_text import NearestText
from core.datasets.quoting import quoted
from core.questions.entry import Entry
from core.questions.text import same_question_key

FALLBACK_MARK = "__fallback__"
"""What a cell says to expect that a person takes over."""

_NUMBER = re.compile(r"(?:no\.?\s*|#)?(\d{1,9})(?:\.0+)?", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"[-+]?\d{1,9}(?:\.0+)?")
_NOTHING_READS = {
    ExpectedKind.ANSWER: "No stored answer reads {}.",
    ExpectedKind.QUESTION: "No stored question reads {}.",
    ExpectedKind.AUTO: "{} is no stored question, answer or number.",
}
_BY = {ExpectedKind.ID: "number", ExpectedKind.QUESTION: "question", ExpectedKind.ANSWER: "answer"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cell stands for: the label, and the entries that it names, without others of the same answer.

    ``unavailable`` says why nobody can get what it names today, "" where somebody can.
    """

    label: Label
    meant: tuple[int, ...] = ()
    unavailable: str = ""


class Expectations:
    """What the cells of one column mean against one table of entries, enabled or not, and its fallback text.

    Wherever an entry is expected, each enabled entry with the same answer is right as well: a visitor sees no
    difference. Texts of answers are compared but for their white space, questions as visitors' questions are.

    ``chosen`` says what some cells mean, by their ``value_key``: an entry (one id), a person, or nothing. Without
    ``numbers`` a number is not read as that of an entry, unless the column holds these. Up to ``last_id`` a number was
    an entry's once, whether it is still there or not. ``known`` are the entries that texts named in earlier files:
    where nothing stored reads so, and the entry is off or gone, that is said.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        fallback: str,
        kind: ExpectedKind,
        *,
        chosen: Mapping[str, Label] | None = None,
        known: Mapping[str, int] | None = None,
        numbers: bool = True,
        last_id: int = 0,
    ) -> None:
        self._kind = kind
        self._fallback = flat(fallback)
        self._chosen = chosen or {}
        self._known = known or {}
        self._kinds = tuple(k for k in _BY if k is kind or (kind is ExpectedKind.AUTO and (numbers or k != "id")))
        self._last_id = last_id
        self._by_id = {entry.id: entry for entry in entries}
        self._by_question: dict[str, list[Entry]] = defaultdict(list)
        self._by_answer: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._by_answer[flat(entry.answer)].append(entry)
            for key in {same_question_key(phrasing) for phrasing in entry.phrasings}:
                self._by_question[key].append(entry)
        self._nearest = NearestText(entries)
        self._look_up = functools.cache(self._meaning)
        self._unknown = functools.cache(self._why_unknown)
        self.read = functools.cache(self._read)
        """What the cells with the expectation and with other right answers mean, or why they mean nothing."""

    def of_entries(self, entry_ids: Sequence[int]) -> Label | str:
        """The label of these entries, of which any is right, or why there is none any more."""
        found = [self._by_id.get(entry_id) for entry_id in entry_ids]
        for entry_id, entry in zip(entry_ids, found, strict=True):
            if entry is None:
                return _gone(entry_id)
            if not entry.enabled:
                return _switched_off(entry)
        label = self._label(entry for entry in found if entry)
        return label or UNLABELLED

    def _read(self, cell: str, others: str = "") -> Meaning | str:
        first = self.one(cell)
        if isinstance(first, str) or not others.strip():
            return first
        if first.label.kind is LabelKind.NONE:
            return "Other right answers are given, but none is expected. Write one of them in the expected column."
        meanings = [first]
        for part in self.parts(others):
            meaning = self.one(part)
            if isinstance(meaning, str):
                return f"Also accepted: {meaning}"
            meanings.append(meaning)
        if len({meaning.label.kind for meaning in meanings}) > 1:
            return "A row expects a person or a stored answer, not both."
        meant = tuple(dict.fromkeys(entry_id for meaning in meanings for entry_id in meaning.meant))
        ids = {entry_id for meaning in meanings for entry_id in meaning.label.entry_ids}
        others_off = [f"Also accepted: {meaning.unavailable}" for meaning in meanings[1:] if meaning.unavailable]
        unavailable = first.unavailable or next(iter(others_off), "")
        return Meaning(Label(kind=first.label.kind, entry_ids=tuple(sorted(ids))), meant, unavailable)

    def parts(self, others: str) -> list[str]:
        """The texts in a cell with other right answers."""
        return answer_lists.parts(others, lambda text: self.stored(text) is not None)

    def stored(self, cell: str) -> Meaning | None:
        """What one text means; None where it means nothing, or not clearly."""
        found = self._look_up(cell)
        return found if isinstance(found, Meaning) else None

    def one(self, cell: str) -> Meaning | str:
        """What one text means, or why it means nothing."""
        return self._look_up(cell) or self._unknown(cell)

    def _meaning(self, cell: str) -> Meaning | str | None:
        """What one text means, or why that is not clear; None when it is nothing stored."""
        text = flat(cell)
        if not text:
            return Meaning(UNLABELLED)
        if text.casefold() == FALLBACK_MARK or text == self._fallback:
            return Meaning(TO_FALLBACK)
        chosen = self._chosen.get(value_key(cell))
        if chosen is not None:
            return self._as_chosen(chosen)
        found = self._in_table(cell)
        # As the app itself says it, and so as it is in files that came from here.
        return Meaning(TO_FALLBACK) if found is None and text.casefold() == A_PERSON else found

    def _in_table(self, cell: str) -> Meaning | str | None:
        found = {kind: entries for kind in self._kinds if (entries := self._lookup(kind, cell))}
        labels = {kind: label for kind, entries in found.items() if (label := self._label(entries))}
        if len(set(labels.values())) > 1:
            return _ambiguous(cell, found, labels)
        if labels:
            kind, label = next(iter(labels.items()))
            return Meaning(label, (next(entry.id for entry in found[kind] if entry.enabled),))
        if len({entries[0].id for entries in found.values()}) > 1:
            return _ambiguous(cell, found, found)
        if found:
            first = next(iter(found.values()))[0]
            return _unavailable(first.id, _switched_off(first))
        gone = self._number(cell) if ExpectedKind.ID in self._kinds else None
        gone = gone or self._known.get(value_key(cell))
        reason = self.of_entries((gone,)) if gone else None
        return _unavailable(gone, reason) if gone and isinstance(reason, str) else None

    def _as_chosen(self, chosen: Label) -> Meaning:
        if chosen.kind is not LabelKind.ENTRY:
            return Meaning(chosen)
        label = self.of_entries(chosen.entry_ids)
        if isinstance(label, str):
            return Meaning(chosen, chosen.entry_ids, unavailable=label)
        return Meaning(label, chosen.entry_ids)

    def _number(self, cell: str) -> int | None:
        """The number in a cell that was an entry's once."""
        number = _NUMBER.fullmatch(cell.strip())
        found = int(number.group(1)) if number else 0
        return found if 0 < found <= self._last_id else None

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

    def _why_unknown(self, cell: str) -> str:
        if self._kind is ExpectedKind.AUTO and ExpectedKind.ID not in self._kinds and is_plain_number(cell):
            return f"{quoted(cell)} is a plain number: say what the labels mean."
        if self._kind is ExpectedKind.ID:
            if number := _NUMBER.fullmatch(cell.strip()):
                return f"There is no entry No. {int(number.group(1))}."
            return f"{quoted(cell)} is no number of an entry."
        reason = _NOTHING_READS[self._kind].format(quoted(cell))
        near = self._nearest.find(cell)
        return f"{reason} The nearest is the {near.part} {quoted(near.text)} (No. {near.entry_id})." if near else reason


def _gone(entry_id: int) -> str:
    return f"Entry No. {entry_id}, which was expected, is no longer in the table."


def _unavailable(entry_id: int, reason: str) -> Meaning:
    return Meaning(Label(kind=LabelKind.ENTRY, entry_ids=(entry_id,)), (entry_id,), unavailable=reason)


def is_plain_number(cell: str) -> bool:
    """Whether a cell holds a whole number and nothing else, as labels of classes do."""
    return _PLAIN_NUMBER.fullmatch(cell.strip()) is not None


def value_key(cell: str) -> str:
    """What is equal for two cells that say the same label: but for case and white space."""
    return flat(cell).casefold()


def _switched_off(entry: Entry) -> str:
    return f"Entry No. {entry.id} ({quoted(entry.question)}) is switched off, so nobody can get its answer."


def flat(text: str) -> str:
    """The text with each run of white space as one space, and none at its ends."""
    return " ".join(text.split())


def _ambiguous(cell: str, found: dict[ExpectedKind, list[Entry]], kinds: Iterable[ExpectedKind]) -> str:
    named = {kind: next((e.id for e in found[kind] if e.enabled), found[kind][0].id) for kind in kinds}
    fits = [f"No. {entry_id} by its {_BY[kind]}" for kind, entry_id in named.items()]
    return f"{quoted(cell)} fits entry {' and entry '.join(fits)}. Say what the column holds."
