"""The rows of a run in words: what was asked, expected, given, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.datasets.export_names import A_PERSON, RESULT_COLUMNS, name_in_export, others_as_columns
from core.datasets.labels import LabelKind
from core.datasets.preview import tags_cell
from core.questions.entry import Entry
from core.runs.ledger import Run
from core.runs.run_threshold import deciding_confidence
from core.statistics.proportion import Ints
from core.statistics.verdict import Verdict

__all__ = ["A_PERSON", "Results", "others_of"]

_NANO = 1e9


@dataclass(frozen=True)
class Results:
    """A run's ledger beside the entries as they stood at its revision; ``tested`` is the name of its kept test
    questions, "" for those of a file that was not kept."""

    run: Run
    entries: Sequence[Entry]
    ledger: pd.DataFrame
    tested: str = ""

    def places(self, verdicts: Sequence[Verdict] | None = None) -> Ints:
        """The positions in the ledger of the finished rows, by default of every verdict, in the order of the file."""
        verdict = self.ledger["verdict"]
        wanted = verdict.notna() if verdicts is None else verdict.isin([one.value for one in verdicts])
        return np.flatnonzero(wanted.to_numpy())

    def table(self, verdicts: Sequence[Verdict] | None = None, *, places: Ints | None = None) -> pd.DataFrame:
        """One line a finished row, in the order of the file, by default of every verdict; or the rows at ``places``.

        Columns: Line, Question, Outcome, Expected, Given, Confidence (0 to 1), Nearest question, Nearest phrasing,
        Answer given (what the visitor got, word for word), Time (ms), Problem.
        """
        done = self.ledger.iloc[self.places(verdicts) if places is None else places]
        questions = {entry.id: entry.question for entry in self.entries}
        answers = {entry.id: entry.answer for entry in self.entries}
        failed = done["verdict"] == Verdict.FAILED.value
        given = done["given_id"].map(questions).where(done["given_id"].notna(), A_PERSON).where(~failed, "")
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

    def of_file(self, place: int) -> dict[str, str]:
        """What the file says of the row at a place beside question and expectation, by headings: tags, note and all."""
        extra = self.ledger["extra"].iloc[place] or {}
        told = {"Tags": tags_cell(extra.get("tags") or (), ", ")}
        told |= {name.capitalize(): extra.get(name) or "" for name in ("split", "note", "group")}
        told = {name: value for name, value in told.items() if value}
        return told | {name_in_export(name, told): value for name, value in others_of(extra).items()}

    def whole_table(self, verdicts: Sequence[Verdict] | None = None, *, places: Ints | None = None) -> pd.DataFrame:
        """As ``table``, with everything else that is known of each row, for files.

        Further columns: Threshold (the confidence from which on this run gave an entry), Expected as given (the cell of
        the file), Expected No., Named No. (those of them that the file names, where others have the same answer),
        Given No., Nearest No. (numbers of entries), Score (the engine's own), Tags, Split, Note, Group (as in the
        file), Tokens sent, Tokens received, Tokens from cache, Cost (USD), Kept reply, Expected was offered (by a
        shortlist), and then the other columns of the file. Empty where nothing is known.
        """
        done = self.ledger.iloc[self.places(verdicts) if places is None else places].reset_index(drop=True)
        table = self.table(verdicts, places=places)
        extra = [one or {} for one in done["extra"]]
        further = {
            "Threshold": deciding_confidence(self.run),
            "Expected as given": done["expected"],
            "Expected No.": [" ".join(map(str, ids or ())) for ids in done["label_ids"]],
            "Named No.": [" ".join(map(str, one.get("meant") or ())) for one in extra],
            "Given No.": done["given_id"].astype("Int64"),
            "Nearest No.": done["best_id"].astype("Int64"),
            "Score": done["score"].astype("float64"),
            "Tags": [tags_cell(one.get("tags") or (), ", ") for one in extra],
            **{name.capitalize(): [one.get(name) or "" for one in extra] for name in ("split", "note", "group")},
            "Tokens sent": done["sent"].astype("Int64"),
            "Tokens received": done["received"].astype("Int64"),
            "Tokens from cache": done["cached"].astype("Int64"),
            "Cost (USD)": done["nano_usd"].astype("float64") / _NANO,
            "Kept reply": _yes_or_no(done["reused"]),
            "Expected was offered": _yes_or_no(done["offered"]),
            **others_as_columns((others_of(one).items() for one in extra), RESULT_COLUMNS),
        }
        return pd.concat([table, pd.DataFrame(further, index=table.index)], axis=1)


def others_of(extra: Mapping[str, Any] | None) -> dict[str, str]:
    """The cells of the file's other columns that a row of the ledger has, by their headings."""
    found: dict[str, str] = (extra or {}).get("others") or {}
    return found


def _yes_or_no(flags: "pd.Series[bool]") -> list[str]:
    return ["" if pd.isna(flag) else "yes" if flag else "no" for flag in flags]


def _expected(kind: str, entry_ids: Sequence[int], questions: dict[int, str]) -> str:
    if kind == LabelKind.NONE.value:
        return ""
    if kind == LabelKind.FALLBACK.value:
        return A_PERSON
    return " or ".join(questions.get(entry_id, f"No. {entry_id}") for entry_id in entry_ids)
