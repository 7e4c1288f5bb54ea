"""Guesses by meaning what labels of test questions stand for, through an engine."""

from collections.abc import Callable, Sequence

from core.datasets.guesses import Guess, Guesses, words_of
from core.datasets.label_values import How, LabelValue, guessed
from core.datasets.labels import Label, LabelKind
from core.engines.protocol import Engine
from core.errors import EngineFailed, EngineUnavailable
from core.questions.entry import Published
from core.statistics.numbers import percent

MOST_VALUES = 300
"""More values than this are not looked up: nobody reads so many guesses, and somebody waits for them."""
LEAST_CONFIDENCE = 0.2
"""Names of labels are a word or two, so their confidence is low even where they are right. All guesses are shown."""
_LONGEST = 200


def by_meaning(values: Sequence[LabelValue], engine: Engine, published: Published) -> tuple[LabelValue, ...]:
    """The values, with a guess for those that are unknown: the entry that is nearest in meaning, or else in words."""
    guess = _guesses(engine, published)
    unknown = [value for value in values if value.how is How.UNKNOWN and len(value.text) <= _LONGEST][:MOST_VALUES]
    known = {value.key: guessed(value, guess) for value in unknown}
    return tuple(known.get(value.key, value) for value in values)


def _guesses(engine: Engine, published: Published) -> Callable[[str], Guess | None]:
    in_words = Guesses(published.entries)

    def guess(text: str) -> Guess | None:
        try:
            found = _nearest(text, engine, published)
        except (EngineFailed, EngineUnavailable):  # a guess less: nothing is said that is not so
            found = None
        return found or in_words.near(text)

    return guess


def _nearest(text: str, engine: Engine, published: Published) -> Guess | None:
    best = next(iter(engine.ask(words_of(text) or text, published).decision.candidates), None)
    if best is None or best.confidence < LEAST_CONFIDENCE:
        return None
    label = Label(kind=LabelKind.ENTRY, entry_ids=(best.entry_id,))
    return Guess(label, f"nearest in meaning to “{best.phrasing}” ({percent(best.confidence)})")
