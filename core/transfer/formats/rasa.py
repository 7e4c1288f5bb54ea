"""Rasa: the examples of intents (``nlu.yml``) with the responses of a domain (``domain.yml``).

An intent is answered by the response that a rule or story gives it, else by the one of its name: ``utter_hours`` for
``hours``, ``utter_faq/hours`` for ``faq/hours``.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml  # type: ignore[import-untyped]  # PyYAML ships no types

from core.errors import FileRejected
from core.files.rasa import KEY, RESPONSES, RULES
from core.files.table import Table
from core.questions.entry import Entry
from core.transfer.formats.names import name_of, number_in
from core.transfer.formats.rows import Phrasing, grouped, items_of, rows_of
from core.transfer.item import Items, Rejected

_UTTER = "utter_"
_ONLY_ONE = (
    "Of Rasa two files are needed: the examples (nlu.yml) and the answers (domain.yml). {} Upload both together, or a "
    "ZIP archive with them."
)
_VERSION = "3.1"


def fits(table: Table) -> bool:
    """Whether a table is a part of files of Rasa."""
    return table.key in (KEY, RESPONSES, RULES)


def read(tables: Sequence[Table]) -> Items:
    """An item for each intent with a response. Raises FileRejected when the examples or the responses are missing."""
    parts = {key: [table for table in tables if table.key == key] for key in (KEY, RESPONSES, RULES)}
    for key, words in ((KEY, "The examples are missing."), (RESPONSES, "The answers are missing.")):
        if not parts[key]:
            raise FileRejected(_ONLY_ONE.format(words))
    answers = {row.text("response"): row.text("text") for row in rows_of(parts[RESPONSES])}
    actions = {row.text("intent"): row.text("action") for row in reversed(list(rows_of(parts[RULES])))}
    phrasings, rejected = [], []
    for row in rows_of(parts[KEY]):
        intent = row.text("intent").strip()
        answer = _answer(intent, actions, answers)
        if answer is None:
            reason = f"The intent “{intent}” has no response: there is no {_UTTER}{intent} in the domain."
            rejected.append(Rejected(row.source, reason))
        else:
            phrasings.append(
                Phrasing(
                    belongs=intent, text=row.text("text"), answer=answer, source=row.source, number=number_in(intent)
                )
            )
    items, others = grouped(phrasings, what="intent")
    return items_of((items, rejected + others), tables)


def _answer(intent: str, actions: Mapping[str, str], answers: Mapping[str, str]) -> str | None:
    named = actions.get(intent, "")
    if named in answers:
        return answers[named]
    return answers.get(f"{_UTTER}{intent}", answers.get(f"{_UTTER}{intent.partition('/')[0]}"))


class _Block(str):
    """A text that YAML writes as a block of lines."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # in C where it was built so
    pass


_Dumper.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")
)


def as_archive(entries: Iterable[Entry]) -> bytes:
    """A ZIP archive with ``domain.yml``, ``nlu.yml`` and ``rules.yml``."""
    named = [(name_of(entry), entry) for entry in entries]
    domain = {
        "intents": [name for name, _ in named],
        "responses": {f"{_UTTER}{name}": [{"text": entry.answer}] for name, entry in named},
    }
    nlu = {"nlu": [{"intent": name, "examples": _examples(entry)} for name, entry in named]}
    rules = {
        "rules": [
            {"rule": f"Answer {name}", "steps": [{"intent": name}, {"action": f"{_UTTER}{name}"}]} for name, _ in named
        ]
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in (("domain.yml", domain), ("data/nlu.yml", nlu), ("data/rules.yml", rules)):
            archive.writestr(zipfile.ZipInfo(file), _yaml(content), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _examples(entry: Entry) -> _Block:
    return _Block("".join(f"- {text}\n" for text in entry.phrasings))


def _yaml(content: Mapping[str, Any]) -> bytes:
    made: bytes = yaml.dump(
        {"version": _VERSION, **content},
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
        encoding="utf-8",
    )
    return made
