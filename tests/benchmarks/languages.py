"""How good the built-in engine is in other languages: a shop's table and 30 questions in four languages.

tests/data/shop_languages.json has 12 entries of 3 phrasings, 22 questions that have an answer there and 8 that have
none, each in English, German, Spanish and French. It chose one constant, how much lower the threshold is for a question
in another language than the table's. Then how often the language detector is wrong on short English questions.
Run: python -m tests.benchmarks.languages --data FOLDER
"""

import csv
import json
import random
from pathlib import Path

from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.languages import Languages
from core.questions.entry import Entry, Published
from tests.benchmarks.development_data import PREPARED, REPOSITORY, data_folder

SHOP = json.loads((REPOSITORY / "tests" / "data" / "shop_languages.json").read_text(encoding="utf-8"))
LANGUAGES = ("en", "de", "es", "fr")
ENGLISH_SETS = ("banking77", "stackfaq", "clinc150", "hwu64")
SAMPLE = 800


def main() -> None:
    folder = data_folder("Measure the built-in engine in other languages.")
    engine = SemanticEngine(PREPARED)
    print(engine.version)
    print("table, questions: best entry is right / answered right / answered wrong / refused, in percent")
    for table in LANGUAGES:
        for language in LANGUAGES:
            print(
                f"  {table} {language}   " + " / ".join(f"{figure:3.0f}" for figure in asked(engine, table, language))
            )
    print("taken for another language than English, in percent")
    languages, generator = Languages(), random.Random(1)
    for name in ENGLISH_SETS:
        texts = generator.sample(_texts(folder / f"{name}.csv"), SAMPLE)
        print(f"  {name:10} {100 * sum(languages.is_other(text) for text in texts) / SAMPLE:.2f}")
    for language in LANGUAGES:
        texts = [each[language] for each in SHOP["questions"]]
        texts += [text for row in SHOP["entries"][language] for text in (row["question"], *row["alternates"])]
        print(f"  shop, {language}   {100 * sum(languages.is_other(text) for text in texts) / len(texts):.1f}")


def asked(engine: SemanticEngine, table: str, language: str) -> tuple[float, float, float, float]:
    """Of the questions with an answer: best entry right, answered right, answered wrong; of the others: refused."""
    rows = enumerate(SHOP["entries"][table])
    published = Published(
        org_id=table,
        revision=1,
        entries=tuple(
            Entry(id=n + 1, question=row["question"], alternates=tuple(row["alternates"]), answer=row["answer"])
            for n, row in rows
        ),
    )
    decisions = [(each["entry"] + 1, engine.decide(each[language], published)) for each in SHOP["questions"]]
    known = [(right, one) for right, one in decisions if right]
    others = [one for right, one in decisions if not right]
    return (
        100 * sum(one.candidates[0].entry_id == right for right, one in known) / len(known),
        100 * sum(one.entry_id == right for right, one in known) / len(known),
        100 * sum(one.entry_id not in (right, None) for right, one in known) / len(known),
        100 * sum(one.entry_id is None for one in others) / len(others),
    )


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


if __name__ == "__main__":
    main()
