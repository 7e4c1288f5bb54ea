"""The parts that the prompts for completion servers are built from: a company's block and its turns."""

from collections.abc import Iterator, Sequence

from core.prompts.handoff_examples import negative_examples
from core.prompts.single_line import escaped_line
from core.questions.entry import Entry

TURN = "###\nHuman: "
"""How each turn begins."""


def about_company(company: str, description: str) -> str:
    """The lines that name a company and describe it; empty without a name and a description."""
    lines = (("Company", company), ("About", description))
    return "".join(f"{label}: {escaped_line(text)}\n" for label, text in lines if text.strip())


def table(*columns: str, rows: Sequence[Sequence[str]]) -> str:
    """A table with a line for each row. The cells are texts as people wrote them."""
    lines = (columns, *([escaped_line(cell) for cell in row] for row in rows))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def company_block(
    *, company: str, description: str, entries: Sequence[Entry], negatives: Sequence[str], fallback: str
) -> str:
    """A company's name, its table, and an example of a turn for each phrasing and each negative example.

    ``negatives`` are added to the standard ones. Ends after the last turn, where the next turn can begin.
    """
    rows = table("Question", "Response", rows=[(entry.question, entry.answer) for entry in entries])
    turns = _turns(entries, negatives, fallback)
    return f"{about_company(company, description)}{rows}\n{''.join(turns)}"


def asked(question: str) -> str:
    """A turn from its question on, up to where the response begins: with the space before its first word.

    Vocabularies hold a word with the space before it as one token. A prompt that ends in the space leaves a model no
    such token: of 45 answers two llama.cpp servers then copied none, without the space 17 to 19.
    """
    return f"{escaped_line(question)}\nAI:"


def turn(question: str, response: str) -> str:
    """A whole turn. ``response`` stands on one line already."""
    return f"{TURN}{asked(question)} {response}\n"


def _turns(entries: Sequence[Entry], negatives: Sequence[str], fallback: str) -> Iterator[str]:
    groups = [(entry.answer, entry.phrasings) for entry in entries]
    groups.append((fallback, negative_examples(entries, negatives)))
    for response, questions in groups:
        line = escaped_line(response)
        for question in questions:
            yield turn(question, line)
