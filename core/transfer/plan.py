"""What an import would do: for each item of a file an outcome, and the changes that one save makes of them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from core.errors import Problem
from core.health.raw_markup import RawKind
from core.plurals import counted
from core.questions.changes import FIELD_NAMES, Changes, Fields, changed_fields, cleaned, new_entry
from core.questions.checks import LABELS, TableChecks, stored_already
from core.questions.entry import Entry
from core.questions.text import same_question_key
from core.transfer.duplicates import without_duplicates
from core.transfer.item import Item, Items, ItemSource
from core.transfer.matching import Matcher, joined
from core.transfer.options import MatchBy, OnMatch, Options
from core.transfer.raw_texts import raw_texts, without_html

_NEW_ENTRY = re.compile(r"New entry (\d+)")
_JOINED = "{} become {}: rows with the same answer are one."
_CAN_JOIN = "Some rows have the same answer. If these ask the same, let them be one entry: {} become {} then."
_NO_ANSWER = "No entry has this question yet, and the file has no answer for it."
_TAKEN = "No. {} is changed by {} already. Keep one of the two rows."
_NUMBERS_TOLD = 5
_ASKED_ALREADY = "No. {} has this question already, and is left as it is."


class Outcome(StrEnum):
    """What becomes of an item. ``label`` names it for people."""

    NEW = ("new", "New")
    CHANGED = ("changed", "Changed")
    SAME = ("same", "Same")
    """The entry reads so already."""
    KEPT = ("kept", "Left as it is")
    """The entry reads otherwise, and somebody said to leave it."""
    DUPLICATE = ("duplicate", "Twice in the file")
    """An earlier row says the same."""
    INVALID = ("invalid", "Cannot be used")

    label: str

    def __new__(cls, value: str, label: str) -> "Outcome":
        """Make a member: its value, its name for people."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRow:
    """One item: ``before`` is its entry, ``after`` how that would read (number 0: a new one), None where there is none.

    ``reason`` says in a sentence why it is no change; ``sources`` are the rows of the file.
    """

    sources: tuple[ItemSource, ...]
    outcome: Outcome
    reason: str = ""
    before: Entry | None = None
    after: Entry | None = None

    @property
    def place(self) -> str:
        """Where it stands in the file."""
        more = len(self.sources) - 1
        return self.sources[0].place + (f" and {more:,} more" if more else "")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an import would do to the table as it was at ``base_revision``.

    ``matched_by`` is what AUTO came to. ``warnings`` say what of the file visitors would read as it stands,
    ``has_html`` whether there is HTML that can become plain text. ``problems`` are those of the table as a whole: then
    nothing can be imported.
    """

    rows: tuple[PlannedRow, ...]
    changes: Changes
    base_revision: int
    matched_by: MatchBy
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    has_html: bool = False
    problems: tuple[Problem, ...] = ()

    @cached_property
    def counts(self) -> Mapping[Outcome, int]:
        """How many items have each outcome."""
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in Outcome}

    def of(self, *outcomes: Outcome) -> list[PlannedRow]:
        """The rows with these outcomes, in the file's order."""
        return [row for row in self.rows if row.outcome in outcomes]


def plan(found: Items, entries: Sequence[Entry], base_revision: int, options: Options) -> Plan:
    """What importing the items into a table would do; nothing is changed yet.

    Items that break a rule of the table are invalid, with the rule's words; the others can be saved without them.
    """
    read = [without_html(item) for item in found.items] if options.plain_text else found.items
    items, left_out = without_duplicates(read)
    rejected = [PlannedRow(sources=(r.source,), outcome=Outcome.INVALID, reason=r.reason) for r in found.rejected]
    rejected += [
        PlannedRow(sources=one.item.sources, outcome=Outcome.DUPLICATE if one.same else Outcome.INVALID, reason=one.why)
        for one in left_out
    ]
    matcher = Matcher(entries, options.match_by, items)
    notes = list(found.notes)
    if found.joinable:
        together = joined(items, matcher, by_answer=True)
        if len(together) < len(items):
            words = _JOINED if options.join_answers else _CAN_JOIN
            notes.append(words.format(counted(len(items), "row"), counted(len(together), "entry", "entries")))
        items = together if options.join_answers else joined(items, matcher, by_answer=False)
    checked, changes, problems = _checked(_drafts(items, matcher, options.on_match), entries)
    if renumbered := _renumbered(items, checked):
        notes.append(renumbered)
    raw = raw_texts(found.items)
    order = {source: place for place, source in enumerate(_in_file_order(found))}
    rows = sorted([*rejected, *checked], key=lambda row: order.get(id(row.sources[0]), 0))
    return Plan(
        rows=tuple(rows),
        changes=changes,
        base_revision=base_revision,
        matched_by=matcher.by,
        notes=tuple(notes),
        warnings=tuple(one.words(plain=options.plain_text) for one in raw),
        has_html=any(one.kind is RawKind.HTML for one in raw),
        problems=tuple(problems),
    )


def _renumbered(items: Sequence[Item], rows: Sequence[PlannedRow]) -> str:
    """That numbers of the file are not kept, in a sentence; "" where all are."""
    new = [
        f"{item.number}"
        for item, row in zip(items, rows, strict=True)
        if item.number is not None and row.outcome is Outcome.NEW
    ]
    if not new:
        return ""
    named = ", ".join(new[:_NUMBERS_TOLD]) + (" …" if len(new) > _NUMBERS_TOLD else "")
    if len(new) == 1:
        return f"The number {named} of the file is not kept: the new entry gets the next free number."
    return f"{len(new):,} numbers of the file are not kept ({named}): new entries get the next free numbers."


def _in_file_order(found: Items) -> list[int]:
    """The identities of all sources: by the line where both have one, so that rejected rows stand among the others."""
    sources = [source for item in found.items for source in item.sources] + [one.source for one in found.rejected]
    return [id(source) for source in sorted(sources, key=lambda source: _numbers(source.place))]


def _numbers(place: str) -> tuple[str, int]:
    sheet, _, line = place.rpartition("line ")
    return sheet, int(line) if line.isdecimal() else 0


def _drafts(items: Sequence[Item], matcher: Matcher, on_match: OnMatch) -> list[PlannedRow]:
    """What would become of each item. An entry goes to the item that is surest to tell of it."""
    drafts: dict[int, PlannedRow] = {}
    taken: dict[int, PlannedRow] = {}
    for place in sorted(range(len(items)), key=lambda place: matcher.sureness(items[place])):
        item = items[place]
        entry = matcher.find(item, taken)
        if entry is not None and entry.id in taken:
            drafts[place] = _second(item, taken[entry.id], entry, on_match, named=matcher.is_named(item))
            continue
        drafts[place] = _draft(item, entry, on_match)
        if entry is not None:
            taken[entry.id] = drafts[place]
    return [drafts[place] for place in range(len(items))]


def _second(item: Item, first: PlannedRow, entry: Entry, on_match: OnMatch, *, named: bool) -> PlannedRow:
    """What would become of an item whose entry ``first`` has: an entry of its own where that is not asked so any more.

    So two rows of an older file come back as two, though their entries are one by now.
    """
    after = first.after or entry
    keys = set(map(same_question_key, item.phrasings))
    one_is_off = not (item.is_on and after.enabled)  # one that is off may be asked as another is
    if not named and (one_is_off or keys.isdisjoint(map(same_question_key, after.phrasings))):
        return _draft(item, None, on_match)
    if not named and on_match is OnMatch.SKIP:
        reason = _ASKED_ALREADY.format(entry.id)
        return PlannedRow(sources=item.sources, outcome=Outcome.KEPT, reason=reason, before=entry, after=entry)
    reason = _TAKEN.format(entry.id, first.sources[0].place)
    return PlannedRow(sources=item.sources, outcome=Outcome.INVALID, reason=reason)


def _draft(item: Item, entry: Entry | None, on_match: OnMatch) -> PlannedRow:
    """What would become of an item, before the rules of the table are looked at."""
    if entry is None:
        if "answer" not in item.fields:
            return PlannedRow(sources=item.sources, outcome=Outcome.INVALID, reason=_NO_ANSWER)
        return PlannedRow(sources=item.sources, outcome=Outcome.NEW, after=new_entry(0, item.fields))
    wanted = fields = changed_fields(entry, _overwriting(item, entry))
    if on_match is OnMatch.ADD_PHRASINGS or "answer" not in item.fields:
        fields = changed_fields(entry, {"alternates": _with_phrasings(item, entry)})
    if on_match is OnMatch.SKIP:
        fields = {}
    after = replace(entry, **fields)
    if fields:
        return PlannedRow(sources=item.sources, outcome=Outcome.CHANGED, before=entry, after=after)
    differs = bool(wanted) and "answer" in item.fields
    reason = f"No. {entry.id} is different, and is left as it is." if differs else ""
    outcome = Outcome.KEPT if differs else Outcome.SAME
    return PlannedRow(sources=item.sources, outcome=outcome, reason=reason, before=entry, after=entry)


def _overwriting(item: Item, entry: Entry) -> Fields:
    """The fields of the entry as the file has them."""
    fields: dict[str, Any] = {name: value for name, value in item.fields.items() if name in FIELD_NAMES}
    if item.all_phrasings:
        others = tuple(text for text in entry.alternates if text != entry.question)
        if fields["alternates"] == others and item.question == entry.question:
            del fields["alternates"]  # other tools have the question once
        return fields
    if same_question_key(item.question) in map(same_question_key, entry.phrasings):
        del fields["question"]  # one of its phrasings, which need not be the first
        fields["alternates"] = _with_phrasings(item, entry)
    else:
        own = Entry(id=0, question=item.question, answer="", alternates=entry.alternates)
        fields["alternates"] = _with_phrasings(replace(item, fields={**fields, "question": ""}), own)
    return fields


def _with_phrasings(item: Item, entry: Entry) -> tuple[str, ...]:
    """The entry's other phrasings, and those of the item that it lacks."""
    known = set(map(same_question_key, entry.phrasings))
    added = []
    for text in cleaned({"alternates": item.phrasings})["alternates"]:
        if (key := same_question_key(text)) not in known:
            known.add(key)
            added.append(text)
    return (*entry.alternates, *added)


def _checked(drafts: Sequence[PlannedRow], entries: Sequence[Entry]) -> tuple[list[PlannedRow], Changes, list[Problem]]:
    """The rows, those that break a rule of the table as invalid, with the changes of the others.

    What one row may do can depend on another, so the rules are looked at again once a row is refused.
    """
    rows = list(drafts)
    if not _changes_of(rows):
        return rows, Changes(), []
    checks = TableChecks(entries)
    while True:
        added = [place for place, row in enumerate(rows) if row.outcome is Outcome.NEW]
        edited = {row.before.id: place for place, row in enumerate(rows) if _changes(row) and row.before}
        changes = _changes_of(rows)
        problems = checks.problems(changes)
        names = {f"New entry {i}": place for i, place in enumerate(added, start=1)}
        names |= {f"No. {entry_id}": place for entry_id, place in edited.items()}
        broken: dict[int, list[Problem]] = {}
        for problem in problems:
            if problem.row in names:
                broken.setdefault(names[problem.row], []).append(problem)
        if not broken:
            return rows, changes, problems
        _add_those_in_the_way(rows, broken)
        places = [rows[place].place for place in added]
        for place, found in broken.items():
            reason = " ".join(f"{one.field} {_told(one.reason, places)}" for one in found[:3])
            rows[place] = replace(rows[place], outcome=Outcome.INVALID, reason=reason)


def _add_those_in_the_way(rows: Sequence[PlannedRow], broken: dict[int, list[Problem]]) -> None:
    """To the rows that break a rule, by their place, add those that break one because of them.

    An entry whose row is refused stays as it is, so no other row may ask what it asks, which may be refused then too.
    Where a column has slipped by a row, that goes on through the whole file.
    """
    asking: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for place, row in enumerate(rows):
        if place not in broken and row.outcome in (Outcome.NEW, Outcome.CHANGED) and row.after and row.after.enabled:
            for text in row.after.phrasings:
                name = LABELS["question" if text == row.after.question else "alternates"]
                asking[same_question_key(text)].append((place, name, text))
    refused = list(broken)
    for place in refused:
        stays = rows[place].before
        if stays is None or not stays.enabled:
            continue
        for key in {key for text in stays.phrasings if (key := same_question_key(text))}:
            for other, name, text in asking[key]:
                if other == place:
                    continue
                if other not in broken:
                    refused.append(other)
                reason = stored_already(text, f"No. {stays.id}")
                broken.setdefault(other, []).append(Problem(row=rows[other].place, field=name, reason=reason))


def _told(reason: str, places: Sequence[str]) -> str:
    """A rule's words, with the rows of the file in place of the numbers of new entries."""
    return _NEW_ENTRY.sub(lambda found: places[int(found[1]) - 1], reason)


def _changes(row: PlannedRow) -> bool:
    return row.outcome is Outcome.CHANGED


def _changes_of(rows: Iterable[PlannedRow]) -> Changes:
    edited, added = {}, []
    for row in rows:
        if row.outcome is Outcome.NEW and row.after:
            added.append(_fields(row.after))
        elif row.outcome is Outcome.CHANGED and row.before and row.after:
            edited[row.before.id] = changed_fields(row.before, _fields(row.after))
    return Changes(edited=edited, added=tuple(added))


def _fields(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in FIELD_NAMES}
