"""Cuts a large table down to the entries nearest to a question, so that a model server can be asked about it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from core.engines.protocol import Shortlisted
from core.errors import EngineUnavailable
from core.lru_cache import LruCache
from core.prompts.estimate import BYTES_A_TOKEN
from core.prompts.fitting import fitting
from core.prompts.sizes import Layout, surrounding_tokens, table_tokens
from core.questions.entry import Published
from core.questions.policy import Policy, Style

LARGEST_TABLE = 200
"""Entries that are offered whole. Decisions take 254 and the fallback, and an enum of more than 250 ids has a stricter
limit; a table that grows should be cut before either."""

LARGEST_TOKENS = 12_000
"""Estimated tokens of a table that is offered whole: 200 entries of 60. Whole tables are an equal beginning of each
prompt, and a server that caches it charges about a tenth for reading it again: as much as for a third of a shortlist,
which no server can cache. Beyond that a table with its question no longer fits into 16,000 tokens, which is what many
servers of open models are set to, and each wait for a table that is not in the cache gets long."""

RECALL_MEASURED = (
    "On public test questions of a bank the right answer was among the nearest 10 in 98.2 % of the cases, among 20 in "
    "99.2 %, and among 50 in 99.8 %."
)
"""banking77's test split, 77 entries with 5 phrasings, mean of 5 draws: tests/benchmarks/shortlist_recall.py."""

PROMPT_TOKENS = 3_900
"""Estimated tokens of a prompt on a shortlist, all in all; below 4,000, with some left for what servers add to it."""

LEAST_TOKENS = 1_500
"""Estimated tokens that entries may take whatever stands around them: an org that writes many negative examples gets a
longer prompt, rather than one that offers next to nothing."""

TABLES_KEPT = 64


class Nearest(Protocol):
    """Knows which entries are nearest to a question. Safe to call from several threads at once."""

    def prepare(self, published: Published) -> None:
        """Do the slow work for this revision now. Raises EngineUnavailable when it cannot be done here."""

    def nearest(self, question: str, published: Published, most: int) -> Sequence[int]:
        """The ids of the nearest entries, at most so many, the nearest first, one that stores the question before all.

        Raises EngineUnavailable when it cannot be done here, EngineFailed when it failed on this question.
        """

    def nearest_phrasings(
        self, question: str, published: Published, entry_ids: Collection[int]
    ) -> Mapping[int, Sequence[str]]:
        """By their id, all phrasings of these entries, the nearest to the question first. Raises as ``nearest``."""


class Shortlist:
    """Offers a model only the nearest entries of a large table. Safe to use from several threads at once.

    Of questions from banking77's test split, 20 entries out of 77 held the right one for 99.2 % (10: 98.2, 50: 99.8);
    of stackfaq's paraphrases among 10,000 entries for 99.2 % with one phrasing an entry, for all but one in 2,000 with
    five (tests/benchmarks/shortlist_recall.py).
    """

    def __init__(self, nearest: Nearest) -> None:
        self._nearest = nearest
        self._counted: LruCache[tuple[str, int, int], Mapping[Layout, int]] = LruCache(TABLES_KEPT)

    def is_needed(self, published: Published) -> bool:
        """Whether the table has too many entries, or too long ones, to be offered whole.

        Where a probe decides how the server is asked, the texts are taken to stand in the prompt once.
        """
        if len(published.entries) > LARGEST_TABLE:
            return True
        layout = _layout(published.policy, unknown=Layout.CHOOSING)
        return self._tokens(published)[layout] > LARGEST_TOKENS

    def prepare(self, published: Published) -> None:
        """Do the slow work for this revision now, when it is needed at all; ``cut`` does it otherwise.

        Raises EngineUnavailable when the nearest entries cannot be found here.
        """
        if self.is_needed(published):
            self._tokens(published)
            try:
                self._nearest.prepare(published)
            except EngineUnavailable as error:
                raise _unavailable(error) from error

    def cut(
        self, question: str, published: Published, size: int, *, layout: Layout | None = None
    ) -> tuple[Published, Shortlisted]:
        """The table with at most ``size`` of its entries, those nearest to the question, and what was done.

        The entries stay in table order, under the same org, revision and policy, and their texts as they are. There are
        fewer when the prompt would get longer than PROMPT_TOKENS: an entry that does not fit is passed over for the
        next, and alternates are offered only as far as they fit, the nearest to the question first. The nearest entry
        is offered in any case, with its whole answer, even when that alone is too long. ``layout`` says how the prompt
        will show the entries; None stands for what the policy says, and for the longer one where that is left open.

        Raises EngineUnavailable when the nearest entries cannot be found here, EngineFailed when that failed.
        """
        shown = layout or _layout(published.policy, unknown=Layout.COMPLETION)
        try:
            found = self._nearest.nearest(question, published, max(1, size))
            room = max(LEAST_TOKENS, PROMPT_TOKENS - surrounding_tokens(published, question, shown))
            kept = fitting(
                [published.by_id[entry_id] for entry_id in found],
                room * BYTES_A_TOKEN,
                shown,
                lambda entry_ids: self._nearest.nearest_phrasings(question, published, entry_ids),
            )
        except EngineUnavailable as error:
            raise _unavailable(error) from error
        offered = {entry.id: entry for entry in kept}
        entries = tuple(offered[entry.id] for entry in published.entries if entry.id in offered)
        saved = self._tokens(published)[shown] - table_tokens(entries)[shown]
        shortlisted = Shortlisted(entry_ids=tuple(offered), of=len(published.entries), saved=saved)
        return replace(published, entries=entries), shortlisted

    def _tokens(self, published: Published) -> Mapping[Layout, int]:
        """The table's estimated tokens. Counted once for a revision, which takes up to a second for the largest."""
        key = (published.org_id, published.revision, len(published.entries))
        tokens = self._counted.get(key)
        if tokens is None:
            tokens = table_tokens(published.entries)
            self._counted.put(key, tokens)
        return tokens


def _layout(policy: Policy, unknown: Layout) -> Layout:
    """How prompts show entries in this org's style; ``unknown`` where only a probe of its server can tell."""
    if policy.model.style is Style.BEST:
        return unknown
    completion = policy.model.style in (Style.COMPLETION, Style.COMPANIES)
    return Layout.COMPLETION if completion else Layout.CHOOSING


def _unavailable(error: EngineUnavailable) -> EngineUnavailable:
    return EngineUnavailable(
        "This table is too large to be sent to a model server whole, and the built-in engine has to pick the entries "
        f"that are sent. {error}"
    )
