"""The prompt for chat servers that cannot be held to a schema: the model is asked to write an id and nothing else."""

from collections.abc import Callable, Sequence

from core.prompts.chat_parts import choosing_prompts
from core.prompts.prompt import ChatPrompt
from core.questions.entry import Published

_REPLY = "Reply with the id alone: its digits, no other word and no sign."


def chat_prompt(
    published: Published, question: str, *, company: str = "", negatives: Sequence[str] = (), description: str = ""
) -> ChatPrompt:
    """Instructions and the org's table as one message, then the question; the reply has to be one of ``choices``.

    ``negatives`` are the org's own examples of questions for a person, added to the standard ones; ``description``
    tells in the org's words what the company does. Also the prompt for servers that take a list of choices or a grammar
    (``gbnf``).
    """
    return chat_prompts(published, company=company, negatives=negatives, description=description)(question)


def chat_prompts(
    published: Published, *, company: str = "", negatives: Sequence[str] = (), description: str = ""
) -> Callable[[str], ChatPrompt]:
    """Makes the prompt for each question of many: what the questions share is built once."""
    return choosing_prompts(
        published, company=company, negatives=negatives, description=description, reply=_REPLY, cue="\nId:"
    )
