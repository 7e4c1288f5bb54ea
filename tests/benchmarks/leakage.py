"""What counts as nearly the same wording: the figures that the limit was chosen by, and what the look-up takes.

The test questions of banking77 are compared with its training questions: `python -m tests.benchmarks.leakage`.
"""

import time
from collections.abc import Mapping, Sequence

from core.datasets import leakage
from core.datasets.dataset import TestQuestion
from core.datasets.labels import UNLABELLED
from core.questions.entry import Entry
from tests.benchmarks.development_data import banking77, data_folder

LIMITS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
SHOWN = 5


def main() -> None:
    """Print a line for each limit, examples from just above and below the one in use, and the time."""
    folder = data_folder(__doc__ or "")
    stored = _entries(banking77(folder, "train").questions)
    names = {entry.id: entry.answer for entry in stored}
    asked = [(text, label) for label, texts in banking77(folder, "test").questions.items() for text in texts]
    rows = _rows([text for text, _ in asked])
    used = leakage.NEAR
    for limit in LIMITS:
        leakage.NEAR = limit
        near = [leak for leak in leakage.leaks(rows, stored) if not leak.exact]
        same = sum(names[leak.entry_id] == asked[leak.line][1] for leak in near)
        print(f"from {limit}: {len(near)} of {len(rows)} near, {same / len(near):.1%} of them of the same intent")
    leakage.NEAR = used - 0.1
    near = sorted((leak for leak in leakage.leaks(rows, stored) if not leak.exact), key=lambda leak: leak.nearness)
    middle = sum(leak.nearness < used for leak in near)
    for leak in near[max(0, middle - SHOWN) : middle + SHOWN]:
        print(f"  {leak.nearness:.2f}  {leak.question!r}  ~  {leak.phrasing!r}")
    leakage.NEAR = used
    _time(stored, rows)


def _time(stored: Sequence[Entry], rows: Sequence[TestQuestion]) -> None:
    """10,000 questions against 2,000 phrasings."""
    few = [Entry(id=e.id, question=e.question, answer=e.answer, alternates=e.alternates[:25]) for e in stored]
    many = _rows([f"{row.question} {i}" for i in range(4) for row in rows][:10_000])
    start = time.process_time()
    leakage.leaks(many, few)
    seconds = time.process_time() - start
    phrasings = sum(len(entry.phrasings) for entry in few)
    print(f"{len(many):,} questions against {phrasings:,} phrasings: {seconds:.1f} s of processor time")


def _entries(questions: Mapping[str, Sequence[str]]) -> list[Entry]:
    return [
        Entry(id=i, question=texts[0], answer=label, alternates=tuple(texts[1:]))
        for i, (label, texts) in enumerate(questions.items(), 1)
    ]


def _rows(texts: Sequence[str]) -> list[TestQuestion]:
    return [TestQuestion(line=i, question=t, expected_as_given="", label=UNLABELLED) for i, t in enumerate(texts)]


if __name__ == "__main__":
    main()
