"""A table of answers as files of many formats, and what each of them cannot hold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from core.errors import NotFound
from core.files.escaping import escape
from core.files.rasa import without_marks
from core.files.writing import CELL_LIMIT, to_csv, to_xlsx
from core.plurals import counted
from core.questions.entry import Entry
from core.transfer.formats import dialogflow, qna_maker, qnabot, rasa, sheet
from core.transfer.own_columns import own_frame

Held = Mapping[str, Any]
"""What a file says of an entry: its ``number`` where it has one, and the fields that the format holds."""
_ALL = ("question", "answer", "alternates", "tags", "enabled")


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportFormat:
    """A kind of file to export. ``label`` is its name for people; ``write`` makes the file of these entries.

    Formats of other tools get no entry that is off, for there it would be on. ``fields`` are those that the format
    has, ``text`` and ``tags`` what becomes of a text and of tags in it, ``altered`` the words for that.
    """

    key: str
    label: str
    suffix: str
    mime: str
    write: Callable[[Sequence[Entry]], bytes]
    fields: tuple[str, ...] = _ALL
    numbered: bool = True
    text: Callable[[str], str] = str
    phrasing: Callable[[str], str] = str
    tags: Callable[[Iterable[str]], tuple[str, ...]] = tuple
    altered: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether it holds everything."""
        return "enabled" in self.fields

    def file(self, entries: Sequence[Entry]) -> bytes:
        """The file of these entries."""
        return self.write(self._written(entries))

    def held(self, entries: Sequence[Entry]) -> list[Held]:
        """What reading the file will give, entry by entry; what is missing is lost."""
        found = [self._held(entry) for entry in self._written(entries)]
        return found if self.numbered else _joined(found)

    def losses(self, entries: Sequence[Entry]) -> list[str]:
        """What of these entries the file cannot hold, in sentences; empty when it holds everything."""
        written = self._written(entries)
        off = len(entries) - len(written)
        told = [f"{counted(off, 'entry', 'entries')} switched off {_are(off)} left out."] if off else []
        tagged = sum(bool(entry.tags) for entry in written)
        if tagged and "tags" not in self.fields:
            told.append(f"The tags of {counted(tagged, 'entry', 'entries')} are left out.")
        if written and "answer" not in self.fields:
            told.append("The answers are left out: this format has only questions.")
        changed = sum(self._is_altered(entry) for entry in written)
        if changed:
            told.append(f"{self.altered} This concerns {counted(changed, 'entry', 'entries')}.")
        told += self.remarks if written else ()
        apart = len(written) - len(self.held(entries))
        if apart:
            told.append(f"Then entries with one answer come back as one: {counted(apart, 'entry', 'entries')} less.")
        return told

    def _written(self, entries: Sequence[Entry]) -> list[Entry]:
        return [entry for entry in entries if entry.enabled or self.is_own]

    def _held(self, entry: Entry) -> Held:
        found: dict[str, Any] = {
            "question": self.phrasing(entry.question),
            "answer": self.text(entry.answer),
            "alternates": tuple(map(self.phrasing, self._alternates(entry))),
            "tags": self.tags(entry.tags),
            "enabled": entry.enabled,
        }
        number = {"number": entry.id} if self.numbered else {}
        return number | {name: value for name, value in found.items() if name in self.fields}

    def _alternates(self, entry: Entry) -> tuple[str, ...]:
        """The other phrasings; other tools have one list of all, in which the question stands once."""
        if self.is_own:
            return entry.alternates
        return tuple(text for text in entry.alternates if text != entry.question)

    def _is_altered(self, entry: Entry) -> bool:
        held, plain = self._held(entry), replace(entry, alternates=self._alternates(entry))
        return any(held[name] != getattr(plain, name) for name in self.fields)


def _joined(found: Sequence[Held]) -> list[Held]:
    """Those with the same answer as one, whose further questions are phrasings."""
    groups: dict[str, list[Held]] = {}
    for held in found:
        groups.setdefault(held["answer"], []).append(held)
    return [_one(group) for group in groups.values()]


def _one(group: Sequence[Held]) -> Held:
    texts = dict.fromkeys(text for held in group for text in (held["question"], *held["alternates"]))
    question, *others = texts
    return {**group[0], "question": question, "alternates": tuple(others)}


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _own_xlsx(entries: Sequence[Entry]) -> bytes:
    return to_xlsx({"Questions": own_frame(entries, most=CELL_LIMIT)})


def _own_json(entries: Sequence[Entry]) -> bytes:
    return sheet.as_objects(
        {
            "id": entry.id,
            "question": entry.question,
            "answer": entry.answer,
            "alternates": list(entry.alternates),
            "tags": list(entry.tags),
            "enabled": entry.enabled,
        }
        for entry in entries
    )


def _qna_maker_tsv(entries: Sequence[Entry]) -> bytes:
    return to_csv(qna_maker.frame(entries).map(qna_maker.folded), "\t")


def _qna_maker_xlsx(entries: Sequence[Entry]) -> bytes:
    return to_xlsx({"QnAs": qna_maker.frame(entries).map(qna_maker.folded)})


def _chatwoot(entries: Sequence[Entry]) -> bytes:
    rows = [(text, entry.answer) for entry in entries for text in entry.phrasings]
    return to_csv(pd.DataFrame(rows, columns=["question", "answer"]))


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV, _TSV, _JSON, _ZIP = "text/csv", "text/tab-separated-values", "application/json", "application/zip"
_OF_TOOL = ("question", "answer", "alternates", "tags")
_PAIRS = ("question", "answer", "alternates")
_ROW_EACH = "Each phrasing is a row. When you import the file again, say that rows with the same answer are one entry."
_FOLDED = "Line breaks become “\\n” and tabs spaces, and a “|” in a tag becomes “/”, as QnA Maker has it."
_FOLD = {
    "text": qna_maker.held_text,
    "phrasing": qna_maker.held_phrasing,
    "tags": qna_maker.tags_held,
    "altered": _FOLDED,
}
_TOPICS = "QnABot has one topic: tags are written into it with a “;” between them, and read apart at each “;”."

FORMATS: Mapping[str, ExportFormat] = {
    one.key: one
    for one in (
        ExportFormat(key="xlsx", label="Excel workbook", suffix="xlsx", mime=_XLSX, write=_own_xlsx),
        ExportFormat(key="csv", label="CSV", suffix="csv", mime=_CSV, write=lambda entries: to_csv(own_frame(entries))),
        ExportFormat(
            key="tsv", label="TSV", suffix="tsv", mime=_TSV, write=lambda entries: to_csv(own_frame(entries), "\t")
        ),
        ExportFormat(key="json", label="JSON", suffix="json", mime=_JSON, write=_own_json),
        ExportFormat(
            key="qna_maker_tsv",
            label="QnA Maker, Azure question answering (TSV)",
            suffix="tsv",
            mime=_TSV,
            write=_qna_maker_tsv,
            fields=_OF_TOOL,
            **_FOLD,  # type: ignore[arg-type]
        ),
        ExportFormat(
            key="qna_maker_xlsx",
            label="QnA Maker, Azure question answering (XLSX)",
            suffix="xlsx",
            mime=_XLSX,
            write=_qna_maker_xlsx,
            fields=_OF_TOOL,
            **_FOLD,  # type: ignore[arg-type]
        ),
        ExportFormat(
            key="qnabot_json",
            label="QnABot on AWS (JSON)",
            suffix="json",
            mime=_JSON,
            write=qnabot.as_json,
            fields=_OF_TOOL,
            tags=qnabot.topics_held,
            altered=_TOPICS,
        ),
        ExportFormat(
            key="qnabot_xlsx",
            label="QnABot on AWS (XLSX)",
            suffix="xlsx",
            mime=_XLSX,
            write=lambda entries: to_xlsx({"Questions": qnabot.frame(entries)}),
            fields=_OF_TOOL,
            tags=qnabot.topics_held,
            altered=_TOPICS,
        ),
        ExportFormat(
            key="chatwoot",
            label="Chatwoot (CSV)",
            suffix="csv",
            mime=_CSV,
            write=_chatwoot,
            fields=_PAIRS,
            numbered=False,
            remarks=(_ROW_EACH,),
        ),
        ExportFormat(
            key="dialogflow_es",
            label="Dialogflow ES knowledge base (CSV)",
            suffix="csv",
            mime=_CSV,
            write=dialogflow.es_csv,
            fields=_PAIRS,
            numbered=False,
            text=escape,
            phrasing=escape,
            altered="A text that a spreadsheet would run as a formula (it begins with = + - @) gets an apostrophe.",
            remarks=(_ROW_EACH,),
        ),
        ExportFormat(
            key="dialogflow_cx",
            label="Dialogflow CX training phrases (CSV)",
            suffix="csv",
            mime=_CSV,
            write=lambda entries: to_csv(dialogflow.cx_frame(entries)),
            fields=("question", "alternates"),
        ),
        ExportFormat(
            key="rasa",
            label="Rasa (ZIP with domain.yml, nlu.yml and rules.yml)",
            suffix="zip",
            mime=_ZIP,
            write=rasa.as_archive,
            fields=_PAIRS,
            phrasing=without_marks,
            altered="Rasa reads brackets such as [Oslo](city) in a question as marks: only “Oslo” comes back.",
        ),
    )
}
"""Every format, by its key."""


def format_named(key: str) -> ExportFormat:
    """The format with this key. Raises NotFound."""
    if key not in FORMATS:
        raise NotFound(f"There is no format “{key}”. There are: {', '.join(FORMATS)}.")
    return FORMATS[key]
