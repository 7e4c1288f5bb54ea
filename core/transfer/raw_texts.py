"""What of a file visitors would read as it stands, in sentences; and its HTML as plain text."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

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
_PLAIN = "HTML, such as “{found}”, which becomes plain text"


def has_html(items: Iterable[Item]) -> bool:
    """Whether a question, a phrasing or an answer holds HTML."""
    kinds = (kind for item in items for text in (_answer(item), *item.phrasings) for kind, _ in raw_markup(text))
    return RawKind.HTML in kinds


def without_html(item: Item) -> Item:
    """The same with its HTML as plain text. The cells of its rows stay as they are in the file."""
    fields = dict(item.fields)
    fields["question"] = one_line(plain_text(item.question))
    if "answer" in fields:
        fields["answer"] = plain_text(_answer(item))
    if "alternates" in fields:
        fields["alternates"] = tuple(one_line(plain_text(text)) for text in fields["alternates"])
    return replace(item, fields=fields)


def told(items: Sequence[Item], *, plain: bool) -> Iterator[str]:
    """A sentence for each kind of raw text, with its rows: first those of answers. ``plain``: HTML becomes text."""
    for what, texts_of, end in (
        ("answer", _answers, "visitors would read it as it stands"),
        ("question", _questions, "nobody asks like that"),
    ):
        places: dict[RawKind, list[str]] = defaultdict(list)
        shown: dict[RawKind, str] = {}
        for item in items:
            for kind, found in dict(one for text in texts_of(item) for one in raw_markup(text)).items():
                places[kind].append(item.place)
                shown.setdefault(kind, found)
        for kind in (one for one in RawKind if one in places):
            count = len(places[kind])
            words = _PLAIN if plain and kind is RawKind.HTML else _WORDS[kind]
            said = words.format(found=shortened(shown[kind], 30), end=end)
            yield f"{counted(count, what)} {'holds' if count == 1 else 'hold'} {said} ({_named(places[kind])})."


def _named(places: Sequence[str]) -> str:
    more = len(places) - _PLACES
    return ", ".join(places[:_PLACES]) + (f" and {more:,} more" if more > 0 else "")


def _answer(item: Item) -> str:
    return str(item.fields.get("answer", ""))


def _answers(item: Item) -> tuple[str, ...]:
    return (_answer(item),)


def _questions(item: Item) -> tuple[str, ...]:
    return item.phrasings
