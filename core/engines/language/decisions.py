"""What a model's choice means for the visitor."""

from core.engines.language.query import Query
from core.engines.language.style import shown
from core.engines.protocol import Candidate, Decision
from core.engines.reply_cache import ModelReply
from core.questions.entry import Published

CANDIDATES = 5

NOTHING_TO_CHOOSE = Decision(entry_id=None, candidates=(), threshold=0.0)
"""On a table without entries no server is asked."""


def decision_of(query: Query, reply: ModelReply, min_confidence: float, *, with_prompt: bool) -> Decision:
    """The decision: the model's choice, or a person where the probability it told is too small."""
    offered = query.offered
    threshold = min(1.0, max(0.0, min_confidence + offered.policy.strictness))
    confidence = reply.probabilities.get(reply.entry_id)
    unsure = reply.entry_id is not None and confidence is not None and confidence < threshold
    return Decision(
        entry_id=None if unsure else reply.entry_id,
        candidates=_candidates(reply, offered),
        threshold=threshold,
        prompt=shown(query.prompt) if with_prompt else "",
        raw=reply.raw if with_prompt else "",
        unsure=unsure,
        shortlist=query.shortlist,
    )


def _candidates(reply: ModelReply, offered: Published) -> tuple[Candidate, ...]:
    """The entries whose probability the server told: the chosen one first, then the likeliest, at most 5.

    A model tells no phrasing that it went by, so each stands with its main question.
    """
    told = [(i, value) for i, value in reply.probabilities.items() if i is not None]
    told.sort(key=lambda one: (one[0] != reply.entry_id, -one[1]))
    return tuple(
        Candidate(entry_id=i, phrasing=offered.by_id[i].question, score=value, confidence=value)
        for i, value in told[:CANDIDATES]
    )
