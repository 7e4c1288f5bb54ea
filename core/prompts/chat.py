"""The prompt for chat servers that cannot be held to a schema: the model is asked to write an id and nothing else."""

from collections.abc import Callable, Sequence

from core.prompts.chat_parts import choosing_prompts
from core.prompts.prompt import ChatPrompt
from core.questions.entry import Published

_REPLY = "Reply with the id alone: its digits, no other word and no sign."


def chat_prompts(
    published: Published, *, company: str = "", negatives: Sequence[str] = (), description: str = ""
) -> Callable[[str], ChatPrompt]:
    """Makes prompts of instructions and the org's table as one message, then the question; the reply is a choice's id.

    ``negatives`` are the org's own examples of questions for a person, added to the standard ones; ``description``
    tells in the org's words what the company does. What many questions share is built once. Also for servers that take
    a list of choices or a grammar (``gbnf``).
    """
    return choosing_prompts(
        published, company=company, negatives=negatives, description=description, reply=_REPLY, cue="\nId:"
    )
