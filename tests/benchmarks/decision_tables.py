"""Random tables of stored questions and what visitors ask them, drawn from the development data by a fixed seed.

A family is one set of public questions. Of each, a part chooses constants (``fit``) and another part only reports
(``report``); stackfaq and the shop have no such split, so they report only for constants that were fitted without them.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.questions.entry import Entry
from tests.benchmarks.development_data import stackfaq

KNOWN, NEAR, FAR = range(3)
"""Kinds of questions: of an entry of the table, of the same family without an entry, of another subject."""

MOST_ASKED = 120
"""Questions of each kind that a table is asked."""

NOT_ASKED = "oos"
FIT, REPORT = "fit", "report"


@dataclass(frozen=True, kw_only=True)
class Family:
    """Texts by label: ``stored`` may become phrasings, ``asked`` are asked by visitors; ``far`` are on no label's
    subject. ``first`` and ``answers`` are official questions and answers, where a family has them."""

    name: str
    stored: Mapping[str, Sequence[str]]
    asked: Mapping[str, Sequence[str]]
    far: Sequence[str]
    first: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question: its kind, and the place of the entry that is right, -1 where there is none."""

    text: str
    kind: int
    right: int = -1


@dataclass(frozen=True, kw_only=True)
class Table:
    """A drawn table with its questions."""

    family: str
    phrasings: int
    entries: tuple[Entry, ...]
    questions: tuple[Asked, ...]


def families(folder: Path, use: str) -> list[Family]:
    """All of them; ``use`` is FIT or REPORT. Phrasings are from the training split in both."""
    found = [_split_family(folder, name, use) for name in ("banking77", "clinc150", "hwu64")]
    stack = stackfaq(folder)
    texts = {label: list(those) for label, those in stack.questions.items()}
    unrelated = _out_of_scope(folder, use)
    bank = [text for those in found[0].asked.values() for text in those]
    others = [text for those in texts.values() for text in those]
    far = {"banking77": [*unrelated, *others[: len(unrelated)]], "hwu64": [*unrelated, *others[: len(unrelated)]]}
    found = [_with_far(each, far.get(each.name, unrelated)) for each in found]
    answers = {label: those[0] for label, those in stack.answers.items()}
    far_of_stack = [*unrelated, *bank[: len(unrelated)]]
    return [
        *found,
        Family(name="stackfaq", stored=texts, asked=texts, far=far_of_stack, first=dict(stack.first), answers=answers),
    ]


def shop(folder: Path, language: str = "en") -> tuple[tuple[Entry, ...], list[tuple[str, int]]]:
    """The entries of the shop, and its questions, each with the place of the right entry or -1."""
    content = json.loads((folder / "shop_languages.json").read_text(encoding="utf-8"))
    entries = tuple(
        Entry(id=place + 1, question=one["question"], alternates=tuple(one["alternates"]), answer=one["answer"])
        for place, one in enumerate(content["entries"][language])
    )
    return entries, [(one[language], one["entry"]) for one in content["questions"]]


def halves(family: Family, phrasings: int, count: int, seed: int) -> Iterator[Table]:
    """Tables of half of a family's labels: what is reported."""
    size = len(family.stored) // 2
    for number in range(count):
        generator = np.random.default_rng([seed, number])
        yield drawn(family, size, phrasings, generator)


def drawn(
    family: Family,
    size: int,
    phrasings: int,
    generator: np.random.Generator,
    neighbours: Sequence[int] | None = None,
) -> Table:
    """A table of so many entries. With ``neighbours``, all labels from the nearest of one to the farthest, the entries
    are the first of these and the near questions come from those right after them, as in a table on one subject.

    A table larger than two thirds of the labels is filled up with entries that nobody asks for, each made of one label
    of another third or of what is far.
    """
    labels = list(family.stored)
    order = list(generator.permutation(len(labels))) if neighbours is None else list(neighbours)
    own = min(size, len(labels) // 3 if size > 2 * len(labels) // 3 else size)
    outside = [labels[place] for place in order[own:]]
    entries, known = [], []
    for place, label in enumerate(labels[place] for place in order[:own]):
        entry, asked = _entry(family, label, place, phrasings, generator)
        entries.append(entry)
        known += [Asked(text=text, kind=KNOWN, right=place) for text in asked]
    if size > own:
        crowd, outside = outside[: len(outside) // 2], outside[len(outside) // 2 :]
        entries += _crowd(family, crowd, range(own, size), phrasings, generator)
    elif neighbours is not None:
        outside = outside[: max(10, size)]
    known = [known[place] for place in generator.permutation(len(known))[:MOST_ASKED]]
    count = min(MOST_ASKED, max(24, len(known)))
    near = [str(generator.choice(list(family.asked[label]))) for label in generator.choice(outside, count)]
    far = [str(text) for text in generator.choice(list(family.far), min(count, len(family.far)), replace=False)]
    questions = [*known, *(Asked(text=text, kind=NEAR) for text in near), *(Asked(text=text, kind=FAR) for text in far)]
    return Table(family=family.name, phrasings=phrasings, entries=tuple(entries), questions=tuple(questions))


def _entry(
    family: Family, label: str, place: int, phrasings: int, generator: np.random.Generator
) -> tuple[Entry, list[str]]:
    texts = [str(text) for text in generator.permutation(list(family.stored[label]))]
    if label in family.first:
        texts.insert(0, family.first[label])
    stored = texts[: min(phrasings, len(texts) - 3)]
    apart = set(stored)
    asked = [text for text in generator.permutation(list(family.asked[label])) if text not in apart][:6]
    entry = Entry(id=place + 1, question=stored[0], alternates=tuple(stored[1:]), answer=family.answers.get(label, ""))
    return entry, [str(text) for text in asked]


def _crowd(
    family: Family, labels: Sequence[str], places: range, phrasings: int, generator: np.random.Generator
) -> list[Entry]:
    """Entries that nobody asks for: neighbouring texts of these labels."""
    texts = [text for label in labels for text in family.stored[label]]
    starts = [int(start) for start in generator.permutation(max(1, len(texts) - phrasings))]
    return [
        Entry(id=place + 1, question=texts[start], alternates=tuple(texts[start + 1 : start + phrasings]), answer="")
        for place, start in zip(places, starts, strict=False)
    ]


def _split_family(folder: Path, name: str, use: str) -> Family:
    stored: dict[str, list[str]] = defaultdict(list)
    asked: dict[str, list[str]] = defaultdict(list)
    for row in _rows(folder / f"{name}.csv"):
        if row["label"] == NOT_ASKED:
            continue
        if row["split"] == "train":
            stored[row["label"]].append(row["text"])
        elif row["split"] == "test":
            asked[row["label"]].append(row["text"])
    return Family(name=name, stored=dict(stored), asked=dict(stored) if use == FIT else dict(asked), far=())


def _with_far(family: Family, far: Sequence[str]) -> Family:
    return Family(name=family.name, stored=family.stored, asked=family.asked, far=far)


def _out_of_scope(folder: Path, use: str) -> list[str]:
    """clinc150's questions on none of its subjects."""
    wanted = {"oos_train", "oos_val"} if use == FIT else {"oos_test"}
    return [row["text"] for row in _rows(folder / "clinc150.csv") if row["split"] in wanted]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
