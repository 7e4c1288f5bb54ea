"""Phrasings that an org's model server writes: what it is asked, what of its reply is used, what it costs."""

import re
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from core.engines.cascade import CascadeEngine
from core.engines.protocol import Engine, Engines
from core.errors import EngineFailed, EngineUnavailable
from core.prompts.estimate import estimated_tokens
from core.prompts.phrasings import phrasing_messages
from core.prompts.prompt import Message
from core.questions.entry import Entry
from core.questions.policy import ModelSettings
from core.questions.text import control_character, same_question_key
from core.spending.call import paid_call
from core.spending.service import Spending
from core.usage import Usage

WANTED = 8
"""Phrasings that are asked for: some do not pass."""
LONGEST = 200
"""Characters; a longer line is no phrasing."""
_TOKENS_OF_A_PHRASING = 15
_MARK = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_QUOTES = " \t\"'“”„‘’`"


@runtime_checkable
class Writes(Protocol):
    """An engine that asks a model server, which can write text as well."""

    def write(self, messages: Sequence[Message], /) -> tuple[str, Usage]:
        """What the model replies, and what that took. Raises EngineUnavailable, EngineFailed."""


class PhrasingWriter:
    """Asks the model server that an org's settings name."""

    def __init__(self, engines: Engines, spending: Spending) -> None:
        self._engines = engines
        self._spending = spending

    def phrasings(self, org_id: str, settings: ModelSettings, entry: Entry) -> list[str]:
        """Other ways to ask the entry, in one call that is booked.

        Raises EngineUnavailable where no server is there or it refuses, EngineFailed, LimitReached.
        """
        engine = self._engine(org_id, settings)
        if not isinstance(engine, Writes):
            raise EngineUnavailable("The settings of this organisation name no model server.")
        messages = phrasing_messages(entry, WANTED)
        guess = Usage(
            sent=sum(estimated_tokens(message.content) for message in messages),
            received=WANTED * _TOKENS_OF_A_PHRASING,
        )
        with paid_call(self._spending, org_id, settings, engine.endpoint, guess) as book:
            try:
                text, usage = engine.write(messages)
            except EngineFailed as failure:
                if book is not None and failure.usage.sent is not None:
                    book(failure.usage, None)
                raise
            if book is not None:
                book(usage, None)
        return lines_of(text)

    def _engine(self, org_id: str, settings: ModelSettings) -> Engine:
        engine = self._engines.engine_for(org_id, settings)
        return engine.model if isinstance(engine, CascadeEngine) else engine


def lines_of(text: str) -> list[str]:
    """The phrasings in a reply, each once, without the marks of a list.

    >>> lines_of("1. When do you open?\\n- “Opening hours”\\n\\nwhen do you open")
    ['When do you open?', 'Opening hours']
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        phrasing = _MARK.sub("", line).strip(_QUOTES)
        if phrasing and len(phrasing) <= LONGEST and not control_character(phrasing) and not phrasing.endswith(":"):
            found.setdefault(same_question_key(phrasing), phrasing)
    return list(found.values())[: 2 * WANTED]
