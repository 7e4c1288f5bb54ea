"""What of a file visitors would read as it stands, in sentences; and its HTML as plain text."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.health.raw_markup import RawKind, plain_text, raw_markup
from core.plurals import counted
from core.questions.changes import one_line
from core.questions.text import shortened
from core.transfer.item import Item

_PLACES = 5
_WORDS: Mapping[RawKind, str] = {
    RawKind.HTML: "HTML, such as “{found}”: {end}",
    RawKind.MARKDOWN: "Markdown, such as “{found}”: {end}",
    RawKind.PLACEHOLDER: "a placeholder, such as “{found}”: nothing fills it in, and {end}",
    RawKind.BROKEN_LETTERS: "broken letters, such as “{found}”: save the file as UTF-8 and upload it again",
}
_ENDS = {"answer": "visitors would read it as it stands", "question": "nobody asks like that"}
_PLAIN = "HTML, such as “{found}”, which becomes plain text"


@dataclass(frozen=True, kw_only=True, slots=True)
class RawTexts:
    """The rows of a file with one kind of raw text in their ``field`` ("answer" or "question"), and the first of it."""

    kind: RawKind
    field: str
    found: str
    places: tuple[str, ...]

    def words(self, *, plain: bool) -> str:
        """A sentence for people. ``plain``: HTML becomes text."""
        words = _PLAIN if plain and self.kind is RawKind.HTML else _WORDS[self.kind]
        end = _ENDS[self.field]
        count = len(self.places)
        said = words.format(found=shortened(self.found, 30), end=end)
        return f"{counted(count, self.field)} {'holds' if count == 1 else 'hold'} {said} ({_named(self.places)})."


def without_html(item: Item) -> Item:
    """The same with its HTML as plain text. The cells of its rows stay as they are in the file."""
    fields = dict(item.fields)
    fields["question"] = one_line(plain_text(item.question))
    if "answer" in fields:
        fields["answer"] = plain_text(_answer(item))
    if "alternates" in fields:
        fields["alternates"] = tuple(one_line(plain_text(text)) for text in fields["alternates"])
    return replace(item, fields=fields)


def raw_texts(items: Sequence[Item]) -> list[RawTexts]:
    """What visitors would read as it stands: that of answers first, then that of questions and phrasings."""
    told: list[RawTexts] = []
    for name, texts_of in (("answer", _answers), ("question", _questions)):
        places: dict[RawKind, list[str]] = defaultdict(list)
        shown: dict[RawKind, str] = {}
        for item in items:
            for kind, found in dict(one for text in texts_of(item) for one in raw_markup(text)).items():
                places[kind].append(item.place)
                shown.setdefault(kind, found)
        told += [
            RawTexts(kind=kind, field=name, found=shown[kind], places=tuple(places[kind]))
            for kind in RawKind
            if kind in places
        ]
    return told


def _named(places: Sequence[str]) -> str:
    more = len(places) - _PLACES
    return ", ".join(places[:_PLACES]) + (f" and {more:,} more" if more > 0 else "")


def _answer(item: Item) -> str:
    return str(item.fields.get("answer", ""))


def _answers(item: Item) -> tuple[str, ...]:
    return (_answer(item),)


def _questions(item: Item) -> tuple[str, ...]:
    return item.phrasings
