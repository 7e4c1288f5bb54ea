"""Says how much of a prompt an entry takes, before the prompt is built: what is too long can be left out in time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from core.prompts.blocks import table, turn
from core.prompts.chat import chat_prompts
from core.prompts.completion import completion_prompts
from core.prompts.estimate import byte_size, tokens_of_bytes
from core.prompts.single_line import escaped_line
from core.prompts.structured import structured_prompts
from core.questions.entry import Entry, Published


class Layout(Enum):
    """How a prompt shows an entry."""

    CHOOSING = "choosing"
    """Each text once, and an id: for chat servers (choosing.py)."""
    COMPLETION = "completion"
    """The answer once more with each phrasing: for completion servers (blocks.py)."""


def _frame(*cells: str) -> int:
    """What a row takes beside the texts in it; each cell given counts as such a text, but for ids."""
    return byte_size(table(*cells, rows=()))


_ID = "999"  # choosing.py numbers entries by their place when an id has more digits
_ENTRY_ROW, _PHRASING_ROW = _frame(_ID, "", ""), _frame("", _ID)
_COMPLETION_ROW = _frame("", "")
_TURN = byte_size(turn("x", "")) - 1


@dataclass(frozen=True, slots=True)
class EntrySize:
    """The bytes of an entry's texts as they stand in a prompt."""

    question: int
    answer: int
    alternates: tuple[int, ...]

    def bare(self, layout: Layout) -> int:
        """What the entry takes without alternates, in bytes."""
        texts = self.question + self.answer
        if layout is Layout.CHOOSING:
            return _ENTRY_ROW + texts
        return _COMPLETION_ROW + _TURN + 2 * texts

    def alternate(self, place: int, layout: Layout) -> int:
        """What the alternate at this place adds, in bytes."""
        if layout is Layout.CHOOSING:
            return _PHRASING_ROW + self.alternates[place]
        return _TURN + self.alternates[place] + self.answer

    def whole(self, layout: Layout) -> int:
        """What the entry takes with all alternates, in bytes."""
        return self.bare(layout) + sum(self.alternate(place, layout) for place in range(len(self.alternates)))


def entry_size(entry: Entry) -> EntrySize:
    """The sizes of an entry's texts."""
    sizes = [byte_size(escaped_line(text)) for text in (entry.question, entry.answer, *entry.alternates)]
    return EntrySize(sizes[0], sizes[1], tuple(sizes[2:]))


def table_tokens(entries: Iterable[Entry]) -> dict[Layout, int]:
    """About how many tokens a table takes in each layout, without what stands around it."""
    sizes = [entry_size(entry) for entry in entries]
    return {layout: tokens_of_bytes(sum(each.whole(layout) for each in sizes)) for layout in Layout}


def surrounding_tokens(published: Published, question: str, layout: Layout) -> int:
    """About how many tokens a prompt takes beside the entries: instructions, negative examples and the question.

    The company, its description and the negative examples are those of ``published.policy.model``. The tables of other
    companies that may stand before the org's own are not counted: they are the same for each question.
    """
    model = published.policy.model
    alone = replace(published, entries=())
    company, negatives, description = model.company, model.negatives, model.description
    if layout is Layout.COMPLETION:
        make = completion_prompts(alone, company=company, negatives=negatives, description=description)
        return tokens_of_bytes(byte_size(make(question).text))
    return max(
        tokens_of_bytes(sum(byte_size(message.content) for message in build(question).messages))
        for build in (
            prompts(alone, company=company, negatives=negatives, description=description)
            for prompts in (structured_prompts, chat_prompts)
        )
    )
