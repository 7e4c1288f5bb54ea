"""Texts of a table to look at again: dates past, instructions to a model, links, markup that visitors would read."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from core.health.dates import past_dates
from core.health.findings import DoubtfulText, TextKind
from core.health.links import doubtful_links
from core.health.raw_markup import RawKind, raw_markup
from core.questions.entry import Entry

_INSTRUCTIONS = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:instruction|prompt|rule|direction)s?\b
    | \b(?:system|developer)\s+(?:prompt|message|instruction)s?\b
    | \byou\s+are\s+(?:now\s+)?an?\s+(?:\w+\s+){0,2}(?:assistant|chat\s?bot|bot|ai|language\s+model)\b
    | \bas\s+an\s+ai(?:\s+language)?\s+(?:model|assistant)\b
    | \b(?:always|only|never)\s+(?:answer|respond|reply)\s+(?:with|in)\b
    | \b(?:answer|respond|reply)\s+only\s+(?:with|in)\b
    | <\|[a-z_]+\|> | \[/?(?:INST|SYS)\] | <<?/?SYS>>?
    | ^\s*\#{2,}\s*(?:instruction|response|system|input|assistant|user)\b
    | ^\s*(?:system|assistant|human)\s*:\s
    | \b(?:ignoriere|vergiss)\b[^.\n]{0,40}\b(?:anweisung|anleitung|regel)(?:en)?\b
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_OUTDATED = "If this is over, change the answer, or switch the entry off."
_OBEYED = "A visitor gets it word for word, and a model that reads the table may obey it. Is it meant to be there?"

_RAW = {
    RawKind.HTML: "Write it as plain text: a visitor sees the tags and the signs themselves.",
    RawKind.MARKDOWN: "Write it as plain text: a visitor sees the stars, brackets and signs themselves.",
    RawKind.PLACEHOLDER: "Nothing fills it in here: write the words that are meant.",
    RawKind.BROKEN_LETTERS: "These letters came out wrong when a file was read: write those that are meant.",
}


def doubtful_texts(entries: Iterable[Entry], today: date) -> Iterator[DoubtfulText]:
    """Every one in the enabled entries, in table order."""
    for entry in entries:
        if entry.enabled:
            yield from _of(entry, today)


def _of(entry: Entry, today: date) -> Iterator[DoubtfulText]:
    def doubtful(kind: TextKind, name: str, found: str, text: str, advice: str) -> DoubtfulText:
        return DoubtfulText(kind=kind, entry_id=entry.id, field=name, found=found, text=text, advice=advice)

    answer = entry.answer
    for found in past_dates(answer, today):
        yield doubtful(TextKind.PAST_DATE, "answer", found, answer, _OUTDATED)
    for kind, found, advice in doubtful_links(answer):
        yield doubtful(kind, "answer", found, answer, advice)
    named = [("question", entry.question), *(("alternates", text) for text in entry.alternates), ("answer", answer)]
    for name, text in named:
        if match := _INSTRUCTIONS.search(text):
            yield doubtful(TextKind.INSTRUCTION, name, match.group().strip(), text, _OBEYED)
        for raw, place in raw_markup(text):
            yield doubtful(TextKind[raw.name], name, place, text, _RAW[raw])
