"""Tables and questions for the benchmark of shortlists, drawn from development data or made up."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.engines.semantic.index import first_sentence
from core.questions.entry import Entry, Published
from tests.benchmarks.development_data import banking77, stackfaq
from tests.benchmarks.embedded_engine import ACTIONS, PLACES, STARTS, TAILS, THINGS

ANSWER = "You find all that you need for this on our website: " + "open the page, sign in and go on from there. " * 4
"""For entries of sets without answers: 232 characters."""

TALK = """
Hello there, I hope that you all have a good day. My name is Anna and I live in Leeds with my two children. I was
always happy with what you do. Yesterday I was on the train when this came to my mind. My brother said that somebody
would be able to help. Thank you very much in advance for your time. It is raining here and I am a bit tired, so
excuse any typing errors. My neighbour has a dog that barks each morning before seven. We went to the seaside last
summer and stayed in a small hotel. The children start school again next week. I was never good with computers, my
daughter does these things for me. I wrote to you in spring about something else. I hope that this reaches the right
person in your office. The screen of my phone has a crack in the corner. At work everybody is busy, so I only found
the time tonight. I had my lunch and then thought that I should write at last. They say that the weather gets better
by Thursday. My wife is from Portugal and her English is better than mine. Anyway, I will try to be brief. I do not
want to take too much of your time. We have lived in the same house since it was built. The train was late again,
which gave me time to type this. Please excuse that I write such a long message. My uncle used to work in an office
like yours.
"""

revisions = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A table and questions, each with the id of its right entry."""

    table: Published
    questions: Sequence[tuple[str, int]]


def drawn_banking(folder: Path, split: str, seed: int) -> Drawn:
    """All labels with 5 phrasings of the train split; questions of ``split`` that are no phrasings."""
    generator = np.random.default_rng(seed)
    train, asked = (banking77(folder, each).questions for each in ("train", split))
    rows = {}
    for label, texts in sorted(train.items()):
        rows[label] = [str(text) for text in generator.choice(texts, 5, replace=False)]
    entries = [entry(number, texts) for number, texts in enumerate(rows.values(), 1)]
    questions = [
        (text, number) for number, label in enumerate(rows, 1) for text in asked[label] if text not in rows[label]
    ]
    return Drawn(table=published("banking77", entries), questions=questions)


def drawn_stack(folder: Path, size: int, phrasings: int, seed: int) -> Drawn:
    """125 entries somewhere in a table of this size, and their questions that are not stored."""
    generator = np.random.default_rng(seed)
    found = stackfaq(folder)
    wanted, texts_of = list(found.questions), found.questions
    places = sorted(int(place) for place in generator.choice(size, len(wanted), replace=False))
    entries, questions = {}, []
    for place, label in zip(places, wanted, strict=True):
        order = [str(text) for text in generator.permutation(texts_of[label])]
        stored, others = [found.first[label], *order[: phrasings - 1]], order[phrasings - 1 :]
        entries[place] = entry(place + 1, stored, found.answers[label][0])
        questions += [(text, place + 1) for text in others]
    rest = iter(distractors(folder, seed, {text for each in entries.values() for text in each.phrasings}))
    table = [entries[place] if place in entries else entry(place + 1, [next(rest)]) for place in range(size)]
    return Drawn(table=published("stackfaq", table), questions=questions)


def distractors(folder: Path, seed: int, stored: set[str]) -> list[str]:
    """Sentences of stackfaq's answers, then questions to a bank, in random order each."""
    generator = random.Random(seed)
    answers = [answer for texts in stackfaq(folder).answers.values() for answer in texts]
    pieces = {piece for answer in answers for line in answer.splitlines() for piece in sentences(line)}
    near = sorted(piece for piece in pieces if 25 < len(piece) < 200)
    far = sorted({text for texts in banking77(folder, "train").questions.values() for text in texts})
    generator.shuffle(near)
    generator.shuffle(far)
    return [text for text in dict.fromkeys([*near, *far]) if text not in stored]


def sentences(text: str) -> list[str]:
    found = []
    while text := text.strip():
        found.append(first_sentence(text))
        text = text[len(found[-1]) :]
    return found


def made_up(entries: int, phrasings: int) -> Drawn:
    """Entries and questions made of a few words."""
    parts = (STARTS, ACTIONS, THINGS, PLACES, TAILS)
    texts = [f"{start} {act} {thing} {place}{tail}?" for start, act, thing, place, tail in itertools.product(*parts)]
    random.Random(0).shuffle(texts)
    rows = [entry(number + 1, texts[number * phrasings :][:phrasings]) for number in range(entries)]
    return Drawn(table=published("made up", rows), questions=[(text, 0) for text in texts[-1_000:]])


def entry(number: int, texts: Sequence[str], answer: str = ANSWER) -> Entry:
    return Entry(id=number, question=texts[0], alternates=tuple(texts[1:]), answer=answer)


def published(org: str, entries: Sequence[Entry]) -> Published:
    return Published(org_id=org, revision=next(revisions), entries=tuple(entries))


def among_small_talk(question: str, count: int, generator: random.Random) -> str:
    """The question at a random place among so many sentences of small talk, at most 24."""
    talk = generator.sample(sentences(TALK.replace("\n", " ")), count)
    talk.insert(generator.randint(0, len(talk)), question if question[-1] in ".?!" else f"{question}.")
    return " ".join(talk)
