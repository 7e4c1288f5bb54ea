"""Questions that a table stores twice, by the key that its rules go by."""

from collections.abc import Iterable, Iterator

from core.health.findings import SameQuestion
from core.questions.entry import Entry
from core.questions.text import same_question_key


def same_questions(entries: Iterable[Entry]) -> Iterator[SameQuestion]:
    """Each phrasing of an enabled entry that is stored before it, in the same entry or another, in table order."""
    first: dict[str, tuple[int, str]] = {}
    for entry in entries:
        if not entry.enabled:
            continue
        for text in entry.phrasings:
            key = same_question_key(text)
            if key in first:
                before_id, before = first[key]
                yield SameQuestion(entry_ids=(before_id, entry.id), texts=(before, text))
            else:
                first[key] = (entry.id, text)
