"""The rows of a run in words: what was asked, expected, given, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.evaluation.dataset import LabelKind
from core.evaluation.outcomes import Verdict
from core.questions.entry import Entry
from core.runs.ledger import Run

TO_A_PERSON = "(to a person)"


@dataclass(frozen=True)
class Results:
    """A run's ledger beside the entries as they stood at its revision."""

    run: Run
    entries: Sequence[Entry]
    ledger: pd.DataFrame

    def table(self, verdicts: Sequence[Verdict] | None = None) -> pd.DataFrame:
        """One line a finished row, in the order of the file, by default of every verdict.

        Columns: Line, Question, Outcome, Expected, Given, Confidence (0 to 1), Nearest question, Nearest phrasing,
        Answer given (what the visitor got, word for word), Time (ms), Problem.
        """
        done = self.ledger[self.ledger["verdict"].notna()]
        if verdicts is not None:
            done = done[done["verdict"].isin([verdict.value for verdict in verdicts])]
        questions = {entry.id: entry.question for entry in self.entries}
        answers = {entry.id: entry.answer for entry in self.entries}
        failed = done["verdict"] == Verdict.FAILED.value
        given = done["given_id"].map(questions).where(done["given_id"].notna(), TO_A_PERSON).where(~failed, "")
        answer = done["given_id"].map(answers).where(done["given_id"].notna(), self.run.policy.fallback)
        return pd.DataFrame(
            {
                "Line": done["line"],
                "Question": done["question"],
                "Outcome": done["verdict"].map({verdict.value: verdict.label for verdict in Verdict}),
                "Expected": [_expected(*row, questions) for row in zip(done["label"], done["label_ids"], strict=True)],
                "Given": given,
                "Confidence": done["confidence"].astype("float64"),
                "Nearest question": done["best_id"].map(questions),
                "Nearest phrasing": done["phrasing"],
                "Answer given": answer.where(~failed, ""),
                "Time (ms)": (done["seconds"].astype("float64") * 1000).round(1),
                "Problem": done["reason"].fillna(""),
            }
        ).reset_index(drop=True)


def _expected(kind: str, entry_ids: Sequence[int], questions: dict[int, str]) -> str:
    if kind == LabelKind.NONE.value:
        return ""
    if kind == LabelKind.FALLBACK.value:
        return TO_A_PERSON
    return " or ".join(questions.get(entry_id, f"No. {entry_id}") for entry_id in entry_ids)
