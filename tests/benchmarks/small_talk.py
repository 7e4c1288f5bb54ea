"""Messages in which a question stands somewhere among small talk.

Two sets of sentences: those of shortlist_tables.py chose the constants, those here only report.
"""

import random
from collections.abc import Sequence

LENGTHS = (0, 50, 100, 200, 300)
"""Words around the question."""

REPORTED = (
    "Good morning to everybody on the team.",
    "I am writing to you from my kitchen table.",
    "My name is Peter and I have known your company for almost ten years.",
    "First of all I want to say that the lady who helped me last spring was very kind.",
    "I am not a person who complains a lot.",
    "It has been a long week and I only get to this now.",
    "My mother-in-law, who is 84, also says hello.",
    "We were on holiday in the mountains and had no signal for days.",
    "The weather was lovely, apart from one thunderstorm.",
    "Our younger daughter lost her first tooth there.",
    "A colleague of mine told me that you usually reply within a day.",
    "I tried to call but the line was busy.",
    "Then the doorbell rang and I had to hang up.",
    "I also looked around a little but could not see anything about it.",
    "Maybe I am just too old for all of this.",
    "In the past my husband took care of such matters.",
    "He is in hospital at the moment, nothing serious, only his knee.",
    "So now it is up to me, and I am learning.",
    "The cat is sitting on the keyboard while I write.",
    "Sorry if there are strange letters somewhere.",
    "Last Sunday we had friends over and talked about it for an hour.",
    "Nobody at the table knew for certain.",
    "One of them bet me a bottle of wine that I would not ask.",
    "So here I am.",
    "I thought about it in the bath, on the bus and in the queue at the bakery.",
    "My sister thinks that I worry too much.",
    "She is probably right, as she often is.",
    "We moved here from a small village two years ago and still miss the quiet.",
    "The neighbours upstairs are renovating, and there is dust everywhere.",
    "By the way, your new logo looks great.",
    "I am sure that you get hundreds of these messages every day.",
    "There is no hurry from my side.",
    "I will be at home for the whole of next week.",
    "Please forgive the length of this mail.",
    "I am grateful for any hint.",
    "Have a wonderful weekend and stay healthy.",
    "Kind regards from a rainy coast.",
    "PS: the coffee is getting cold, so I stop here.",
)


def among(question: str, generator: random.Random, *, words: int, talk: Sequence[str] = REPORTED) -> str:
    """The question at a random place among about so many words of small talk."""
    if not words:
        return question
    chosen: list[str] = []
    for sentence in generator.sample(talk, len(talk)):
        if sum(len(one.split()) for one in chosen) >= words:
            break
        chosen.append(sentence)
    chosen.insert(generator.randint(0, len(chosen)), question if question[-1] in ".?!" else f"{question}.")
    return " ".join(chosen)
