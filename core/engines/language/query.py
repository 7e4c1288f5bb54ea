"""One question as it will be sent, and the key under which its reply is kept."""

import hashlib
import json
from collections.abc import Set
from dataclasses import dataclass

from core.engines.language.request_modes import MODE_HANDLERS
from core.engines.language.server_memory import Endpoint, RequestMode
from core.engines.language.style import Built, Prompt
from core.engines.protocol import Shortlisted
from core.questions.entry import Published

KEYS = "2"
"""Changes when the meaning of kept replies does."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Query:
    """A question with the entries that are offered for it; ``shortlist`` is None when those are all of the table."""

    question: str
    offered: Published
    mode: RequestMode
    built: Built
    shortlist: Shortlisted | None = None

    @property
    def prompt(self) -> Prompt:
        """The prompt, made when it is needed: thousands of queries wait in a batch, and each prompt holds the table."""
        return self.built.prompt(self.question)

    def key(self, endpoint: Endpoint, refused: Set[str]) -> str:
        """The sha256 of all that decides the reply: org, server, model, mode, parameters, table, wording, question.

        The text is canonical JSON: fixed order, no spaces, signs as they are. Escaped, two lone surrogates would read
        as the one sign that they are the halves of.
        """
        without = sorted(refused & MODE_HANDLERS[self.mode].optional)
        parts = [KEYS, self.offered.org_id, *endpoint, self.mode, without, self.built.digest, self.question]
        text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
