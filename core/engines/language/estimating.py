"""Says about how long prompts will be, before anybody asks."""

from dataclasses import replace

from core.engines.language.server_memory import RequestMode
from core.engines.language.style import Prompts, shown
from core.engines.shortlist import LEAST_TOKENS, PROMPT_TOKENS
from core.prompts.estimate import estimated_tokens
from core.prompts.sizes import Layout, surrounding_tokens, table_tokens
from core.questions.entry import Published

LOOKED_AT = 100
"""Entries of a large table that stand for all of it: enough for a mean, and few enough for each single question."""


def layout_of(mode: RequestMode) -> Layout:
    """How prompts in this mode show an entry."""
    return Layout.COMPLETION if mode is RequestMode.COMPLETION else Layout.CHOOSING


def tokens_of_table(prompts: Prompts, mode: RequestMode, published: Published) -> int:
    """About how many tokens a prompt on the whole table has without its question."""
    return estimated_tokens(shown(prompts.of_table(mode, published).prompt("")))


def tokens_of_shortlist(prompts: Prompts, mode: RequestMode, published: Published, size: int) -> int:
    """About how many tokens a prompt has that offers ``size`` entries of a large table, without its question.

    The mean entry stands for those that will be nearest to a question, and they take no more than they may.
    """
    layout = layout_of(mode)
    bare = estimated_tokens(shown(prompts.of_shortlist(mode, replace(published, entries=())).prompt("")))
    some = published.entries[:: -(-len(published.entries) // LOOKED_AT)]
    entries = table_tokens(some)[layout] * min(size, len(published.entries)) // len(some)
    room = max(LEAST_TOKENS, PROMPT_TOKENS - surrounding_tokens(published, "", layout))
    return bare + min(entries, room)
