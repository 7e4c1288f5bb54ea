"""The 2022 tutorial's prompt, for servers that go on with a text."""

from collections.abc import Callable, Mapping, Sequence

from core.prompts.blocks import TURN, asked, company_block
from core.prompts.estimate import estimated_tokens
from core.prompts.prompt import CompletionPrompt
from core.prompts.single_line import escaped_line
from core.questions.entry import Published

LEAST_TOKENS = 60
"""What the tutorial let the model write."""

_INSTRUCTIONS = """\
The following are conversations with a support bot that gives fixed responses to common questions.
Each response is one of the table's, copied character for character, on one line.
If a question does not mean the same as one in the table, the bot responds with "{fallback}".

"""


def completion_prompts(
    published: Published, *, company: str, negatives: Sequence[str] = (), description: str = ""
) -> Callable[[str], CompletionPrompt]:
    """Makes prompts of the task, the org's table, an example for each phrasing and negative example, and the question.

    ``negatives`` and ``description`` are as in ``chat_prompts``. Texts stand in the prompt as ``escaped_line`` writes
    them, so none of them can make a row or a turn.
    """
    fallback = published.policy.fallback
    own = company_block(
        company=company,
        description=description,
        entries=published.entries,
        negatives=negatives,
        fallback=fallback,
    )
    return asking(_INSTRUCTIONS.format(fallback=escaped_line(fallback)) + own, published)


def asking(examples: str, published: Published) -> Callable[[str], CompletionPrompt]:
    """Makes prompts that end with a question, after ``examples``.

    ``max_tokens`` leaves twice the estimated length of the longest answer, because a reply that is cut short matches
    no answer.
    """
    front = examples + TURN
    answers = lines_to_write(published)
    max_tokens = max(LEAST_TOKENS, 2 * max(map(estimated_tokens, answers)))

    def prompt(question: str) -> CompletionPrompt:
        text = f"{front}{asked(question)}"
        return CompletionPrompt(text=text, answers=answers, stable=len(front), max_tokens=max_tokens)

    return prompt


def lines_to_write(published: Published) -> Mapping[str, int | None]:
    """Every line that the model may write, and what it stands for.

    Entries with the same answer share a line, because a visitor sees no difference: it stands for the first of them in
    the table. An answer that reads as the fallback does stands for the fallback: it promises that a person takes over.
    """
    lines: dict[str, int | None] = {escaped_line(published.policy.fallback): None}
    for entry in published.entries:
        lines.setdefault(escaped_line(entry.answer), entry.id)
    return lines
