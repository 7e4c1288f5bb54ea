"""What an entry is called in tools that name their answers: readable, and with its number, to find it again."""

import re
import unicodedata

from core.questions.entry import Entry

_NUMBER = re.compile(r"entry[_-](\d{1,9})(?:[_-]|$)")


def name_of(entry: Entry) -> str:
    """The entry's number and the first words of its question, at most 60 letters, digits and ``_``.

    >>> name_of(Entry(id=7, question="What are your hours?", answer="9–17"))
    'entry_7_what_are_your_hours'
    """
    plain = unicodedata.normalize("NFKD", entry.question.casefold()).encode("ascii", "ignore").decode()
    words = "_".join(re.findall("[a-z0-9]+", plain))
    return f"entry_{entry.id}_{words}"[:60].rstrip("_")


def number_in(name: str) -> int | None:
    """The number in a name that ``name_of`` gave; None in another."""
    found = _NUMBER.match(name)
    return int(found[1]) if found else None
