"""Guesses what a label means that is no stored text: a word for a person, a number, a tag, a text nearly the same.

A guess is never taken for the truth: it is shown, and counts once somebody has said that it is right.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.datasets.expectations import flat, is_plain_number, value_key
from core.datasets.labels import TO_FALLBACK, Label, LabelKind
from core.datasets.nearest_text import NearestText
from core.questions.entry import Entry
from core.questions.text import same_question_key

_PERSON_WORDS = (
    "handoff, hand off, handover, hand over, human, a human, human handoff, human agent, live agent, agent, operator",
    "person, a person, to a person, escalate, escalated, escalation, transfer, transferred, forward, forward to human",
    "fallback, default fallback, default fallback intent, nlu fallback, none, no, null, nil, nan, na, n a, nothing",
    "not applicable, no answer, no match, nomatch, no intent, no route, unknown, unanswerable, unanswered",
    "other, others, out of scope, outofscope, out of domain, oos, ood, off topic, reject, rejected, refuse, refused",
    "mensch, ein mensch, an einen menschen, mitarbeiter, weiterleiten, weiterleitung, keine, keine antwort, nichts",
    "unbekannt, humano, persona, ninguno, ninguna, humain, aucun, aucune, mens, medewerker, geen, umano, nessuno",
)
PERSON_WORDS = frozenset(word.strip() for words in _PERSON_WORDS for word in words.split(","))
"""What people write where a person should take over, in small letters, with spaces for all punctuation."""

_SIGNS = frozenset({"-", "--", "–", "—", "/", "?"})
_WORDS = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a label may mean, and why, in words."""

    label: Label
    reason: str


class Guesses:
    """Guesses against one table; only entries that visitors can get. ``known`` texts named these in earlier files."""

    def __init__(self, entries: Sequence[Entry], known: Mapping[str, int] | None = None) -> None:
        self._known = known or {}
        enabled = [entry for entry in entries if entry.enabled]
        self._by_id = {entry.id: entry for entry in enabled}
        self._by_words: dict[str, list[int]] = defaultdict(list)
        self._by_tag: dict[str, list[int]] = defaultdict(list)
        self._by_answer: dict[str, int] = {}
        for entry in enabled:
            self._by_answer.setdefault(flat(entry.answer), entry.id)
            for phrasing in entry.phrasings:
                self._by_words[words_of(phrasing)].append(entry.id)
            for tag in entry.tags:
                self._by_tag[words_of(tag)].append(entry.id)
        self._nearest = NearestText(enabled)

    def of(self, text: str) -> Guess | None:
        """What a word, a number or a name means most likely, if that can be told by the text alone."""
        if (before := self._by_id.get(self._known.get(value_key(text), 0))) is not None:
            return self._entry(before.id, "it meant this in an earlier file")
        return self._numbered(text) if is_plain_number(text) else self._named(text)

    def _named(self, text: str) -> Guess | None:
        words = words_of(text)
        if words in PERSON_WORDS or value_key(text) in _SIGNS:
            return Guess(TO_FALLBACK, "a word for a person")
        if (of_answer := self._by_answer.get(flat(text))) is not None:
            return self._entry(of_answer, "its answer reads so")
        if words and (same := self._only(self._by_words.get(words))):
            return self._entry(same, "a question of the same words")
        if words and (tagged := self._only(self._by_tag.get(words))):
            return self._entry(tagged, "the only entry with this tag")
        return None

    def near(self, text: str) -> Guess | None:
        """The entry with the text that reads most like this one, if any is like it."""
        found = self._nearest.find(text) or self._nearest.find(words_of(text))
        return self._entry(found.entry_id, f"its {found.part} reads much the same") if found else None

    def _numbered(self, text: str) -> Guess | None:
        number = int(float(text))
        if number < 0:
            return Guess(TO_FALLBACK, "often says that nothing fits")
        return self._entry(number, "its number") if number in self._by_id else None

    @staticmethod
    def _only(found: Sequence[int] | None) -> int | None:
        ids = set(found or ())
        return ids.pop() if len(ids) == 1 else None

    @staticmethod
    def _entry(entry_id: int, reason: str) -> Guess:
        return Guess(Label(kind=LabelKind.ENTRY, entry_ids=(entry_id,)), reason)


def words_of(text: str) -> str:
    """The words of a name: "delivery_status", "DeliveryStatus" and "Delivery status?" are the same."""
    return " ".join(_WORDS.sub(" ", same_question_key(_CAMEL.sub(" ", text))).split())
