"""Reads the public development data, which stays outside the repository."""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.engines.semantic.encoder import Encoder, Matrix, Vector
from core.engines.semantic.prepare import prepared_model
from core.engines.semantic.vectors import Vectors
from core.engines.semantic.weights import model_files
from core.questions.entry import Entry

REPOSITORY = Path(__file__).resolve().parents[2]
PREPARED = REPOSITORY / ".data"
"""Where the prepared model is kept between runs; not part of the repository."""


@dataclass(frozen=True, kw_only=True)
class QuestionSet:
    """Questions by what they ask. ``first`` are the official wordings, ``answers`` texts, both where a set has them."""

    name: str
    questions: Mapping[str, Sequence[str]]
    first: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)


def data_folder(description: str) -> Path:
    """The folder named by --data on the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data", help="default: %(default)s")
    folder: Path = parser.parse_args().data
    if not (folder / "banking77.csv").exists():
        parser.error(f"{folder} does not hold the development data: name its folder with --data")
    return folder


def banking77(folder: Path, split: str) -> QuestionSet:
    """Customers' questions to a bank, 77 intents (PolyAI, CC BY 4.0); ``split`` is train or test."""
    found = defaultdict(list)
    for row in _rows(folder / "banking77.csv"):
        if row["split"] == split:
            found[row["label"]].append(row["text"])
    return QuestionSet(name="banking77", questions=dict(found))


def stackfaq(folder: Path) -> QuestionSet:
    """125 questions of Stack Exchange with people's paraphrases and answers (BERT-FAQ, MIT; texts CC BY-SA)."""
    paraphrases, first = defaultdict(list), {}
    for row in _rows(folder / "stackfaq.csv"):
        if row["split"] == "faq_question":
            first[row["label"]] = row["text"]
        else:
            paraphrases[row["label"]].append(row["text"])
    texts = json.loads((folder / "stackfaq_answers.json").read_text(encoding="utf-8"))
    return QuestionSet(
        name="stackfaq",
        questions=dict(paraphrases),
        first=first,
        answers={item["id"]: item["answers"] for item in texts},
    )


def tutorial(folder: Path) -> list[tuple[str, tuple[Entry, ...], list[tuple[str, str]]]]:
    """For each org its name, its entries, and its examples as (question, expected question or __fallback__)."""
    entries, examples = defaultdict(list), defaultdict(list)
    for row in _rows(folder / "tutorial_entries.csv"):
        table = entries[row["org"]]
        table.append(Entry(id=len(table) + 1, question=row["question"], answer=row["answer"]))
    for row in _rows(folder / "tutorial_examples.csv"):
        examples[row["org"]].append((row["question"], row["expected_question"]))
    return [(org, tuple(table), examples[org]) for org, table in entries.items()]


class KnownVectors:
    """Vectors of all the texts of a benchmark, encoded once: those of all-MiniLM-L6-v2, or of another encoder."""

    def __init__(self, vectors: Vectors | None = None) -> None:
        files = model_files()
        self._vectors = vectors or Vectors(Encoder(prepared_model(files, PREPARED), files.tokenizer))
        self._known: dict[str, Vector] = {}

    def of(self, texts: Sequence[str]) -> Matrix:
        """The texts' vectors, float32 of shape (texts, 384)."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known.update(zip(new, self._vectors.of_stored(new), strict=True))
        if not texts:
            return self._vectors.of_stored([])
        import numpy as np

        return np.stack([self._known[text] for text in texts])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
