"""What all engines for model servers have in common in one process."""

from dataclasses import dataclass, field
from typing import Protocol

from core.background import Background
from core.engines.language.server_memory import ServerMemory
from core.engines.limiter import Limiters
from core.engines.protocol import Shortlisted
from core.engines.reply_cache import ReplyCache
from core.prompts.sizes import Layout
from core.questions.entry import Published


class Shortlists(Protocol):
    """Cuts large tables down to what a prompt can hold."""

    def is_needed(self, published: Published) -> bool:
        """Whether a table is too large to be offered whole."""

    def prepare(self, published: Published) -> None:
        """Do the slow work for this revision now."""

    def cut(
        self, question: str, published: Published, size: int, *, layout: Layout | None = None
    ) -> tuple[Published, Shortlisted]:
        """At most ``size`` of the entries nearest to the question, and what was cut.

        ``layout`` says how the prompt will show them, as far as that is known.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """The parts that a process has once: what is known of servers, the loop for calls, limiters, cache, shortlists."""

    memory: ServerMemory
    background: Background
    limiters: Limiters = field(default_factory=Limiters)
    cache: ReplyCache | None = None
    shortlists: Shortlists | None = None
